/** The sockets on which the application answers: several addresses, one port, one orderly end. */
import { createServer } from "node:http";
import type { Server } from "node:http";
import type { FastifyInstance } from "fastify";
import { ServerError } from "../errors.ts";

/** Where to listen. */
export interface ListenOptions {
  /** A name or address. @default 127.0.0.1, and ::1 where the machine has IPv6 */
  readonly host?: string | undefined;
  /** 0 for any that is free. */
  readonly port: number;
}

/** Open sockets. */
export interface Listeners {
  /** Addresses at which a person on this machine, or on the network, reaches the server. */
  readonly urls: readonly string[];
  /** Accepts nothing new, waits for running requests, and cuts those off that take too long. */
  close(): Promise<void>;
}

/** Clients keep idle connections for up to 90 s; ending one that is about to be used looks like a failure to them. */
const KEEP_ALIVE_MS = 120_000;
const HEADERS_MS = 60_000;
/** How long running requests may take to finish once the server stops. */
const GRACE_MS = 10_000;
const IDLE_CHECK_MS = 50;

/**
 * Starts to listen.
 *
 * @throws {ServerError} `unavailable` with a sentence for the operator: the port is taken, the address is not of this
 * machine, the port is not allowed.
 */
export async function listen(app: FastifyInstance, options: ListenOptions): Promise<Listeners> {
  await app.ready();
  const isLocal = options.host === undefined || options.host === "localhost";
  const host = isLocal ? "127.0.0.1" : options.host;
  const first = createHttpServer(app);
  const port = await bind(first, host, options.port);
  const servers = [first];
  if (isLocal) {
    const second = createHttpServer(app);
    try {
      await bind(second, "::1", port);
      servers.push(second);
    } catch (error) {
      if (!isWithoutIpv6(error)) {
        await closeAll(servers);
        throw error;
      }
    }
  }
  return {
    urls: [`http://${isLocal ? "localhost" : bracketed(host)}:${port}`],
    close: () => closeAll(servers),
  };
}

function createHttpServer(app: FastifyInstance): Server {
  // No limit on a whole request: uploads take as long as they take.
  return createServer(
    { requestTimeout: 0, headersTimeout: HEADERS_MS, keepAliveTimeout: KEEP_ALIVE_MS },
    (request, response) => app.routing(request, response),
  );
}

async function bind(server: Server, host: string, port: number): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  server.once("error", (error) => reject(toServerError(error, host, port)));
  server.listen({ host, port }, () => resolve(undefined));
  await promise;
  const address = server.address();
  if (address === null || typeof address === "string")
    throw new ServerError("internal", "expected a TCP address");
  return address.port;
}

async function closeAll(servers: readonly Server[]): Promise<void> {
  await Promise.all(servers.map(closeServer));
}

async function closeServer(server: Server): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  server.close(() => resolve(undefined));
  const idle = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS);
  const late = setTimeout(() => server.closeAllConnections(), GRACE_MS);
  await promise;
  clearInterval(idle);
  clearTimeout(late);
}

function toServerError(error: Error, host: string, port: number): ServerError {
  const place = `${bracketed(host)}:${port}`;
  return new ServerError(
    "unavailable",
    sentenceFor(codeOf(error), place) ?? `Cannot listen on ${place}: ${error.message}`,
    {
      cause: error,
    },
  );
}

function sentenceFor(code: string, place: string): string | undefined {
  if (code === "EADDRINUSE") return `Another program listens on ${place}; stop it or choose another port.`;
  if (code === "EACCES") return `Listening on ${place} is not allowed; choose a port from 1024 up.`;
  if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND") return `${place} is not an address of this machine.`;
  return undefined;
}

function isWithoutIpv6(error: unknown): boolean {
  return error instanceof ServerError && ["EADDRNOTAVAIL", "EAFNOSUPPORT"].includes(codeOf(error.cause));
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}

function bracketed(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}
