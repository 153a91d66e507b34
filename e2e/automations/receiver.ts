// A webhook's other side: a real HTTP server that remembers what it was sent and answers as a test says.
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A message that arrived. */
export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** How to answer: a status, or never. */
export type Answer = number | "hang";

/** Receives messages until it is closed. */
export class Receiver implements AsyncDisposable {
  readonly received: Received[] = [];
  /** Told for each message how to answer. */
  answer: (message: Received) => Answer = () => 200;
  readonly #server: Server;
  readonly #hanging = new Set<ServerResponse>();

  private constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const body = Buffer.concat(chunks).toString("utf8");
        const message = { path: request.url ?? "", headers: request.headers, body };
        this.received.push(message);
        const answer = this.answer(message);
        if (answer === "hang") this.#hanging.add(response);
        else response.writeHead(answer, { "content-type": "text/plain" }).end("answer");
      });
    });
  }

  /** Listens on a port of this machine; any that is free unless one is given. */
  static async listen(port = 0): Promise<Receiver> {
    const receiver = new Receiver();
    await new Promise<void>((resolve) => receiver.#server.listen(port, "127.0.0.1", resolve));
    return receiver;
  }

  /** The port it listens on. */
  get port(): number {
    const address: AddressInfo | string | null = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("the receiver does not listen");
    return address.port;
  }

  /** Where to send to. */
  url(path = "/hook"): string {
    return `http://127.0.0.1:${this.port}${path}`;
  }

  async close(): Promise<void> {
    for (const response of this.#hanging) response.destroy();
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
