/** Under which address the client reached the server: it sends its key only to addresses below that one. */
import type { FastifyRequest } from "fastify";
import type { TransportOptions } from "./options.ts";

const HOST = /^(?:[\w.-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/;

/** Scheme and host without a slash at the end; forwarded headers count only when the app trusts its proxy. */
export function baseUrlOf(request: FastifyRequest, options: TransportOptions): string {
  if (options.url !== undefined) return options.url.replace(/\/+$/, "");
  const scheme = request.protocol === "https" ? "https" : "http";
  return `${scheme}://${HOST.test(request.host) ? request.host : localAddress(request)}`;
}

/** Where the connection arrived, for clients that name no host or an impossible one. */
function localAddress(request: FastifyRequest): string {
  const { localAddress: address = "127.0.0.1", localPort = 0 } = request.socket;
  return address.includes(":") ? `[${address}]:${localPort}` : `${address}:${localPort}`;
}
