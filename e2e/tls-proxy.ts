// A proxy that speaks TLS in front of a server, as operators put one there, with a certificate that openssl makes for it.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { request as startRequest } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream";

/** Answers over https what a server answers over http, until it is closed. */
export class TlsProxy implements AsyncDisposable {
  /** Where clients reach the server. */
  readonly url: string;
  /** What tells a Python client to believe the certificate: its own requests, and those of its other process. */
  readonly clientEnv: Readonly<Record<string, string>>;
  readonly #folder: string;
  readonly #server: Server;

  private constructor(folder: string, server: Server, port: number) {
    this.#folder = folder;
    this.#server = server;
    this.url = `https://localhost:${port}`;
    const certificate = join(folder, "certificate.pem");
    this.clientEnv = { REQUESTS_CA_BUNDLE: certificate, SSL_CERT_FILE: certificate };
  }

  /** Starts a proxy in front of the server at an address. Needs the program openssl. */
  static async start(target: string): Promise<TlsProxy> {
    const folder = mkdtempSync(join(tmpdir(), "steelyard-tls-"));
    makeCertificate(folder);
    const server = createServer(
      { key: readFileSync(join(folder, "key.pem")), cert: readFileSync(join(folder, "certificate.pem")) },
      (incoming, answer) => {
        const headers = { ...incoming.headers, "x-forwarded-proto": "https", "x-forwarded-for": "127.0.0.1" };
        const { method } = incoming;
        const outgoing = startRequest(
          new URL(incoming.url ?? "/", target),
          { method, headers },
          (response) => {
            answer.writeHead(response.statusCode ?? 502, response.headers);
            pipeline(response, answer, () => undefined);
          },
        );
        outgoing.on("error", () => answer.destroy());
        pipeline(incoming, outgoing, () => undefined);
      },
    );
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address: AddressInfo | string | null = server.address();
    if (address === null || typeof address === "string") throw new Error("the proxy does not listen");
    return new TlsProxy(folder, server, address.port);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function makeCertificate(folder: string): void {
  const names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"];
  const files = ["-keyout", join(folder, "key.pem"), "-out", join(folder, "certificate.pem")];
  const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  execFileSync("openssl", ["req", "-x509", ...kind, ...names, ...files], { stdio: "pipe" });
}
