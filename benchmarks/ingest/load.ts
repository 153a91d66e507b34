// Sends requests over plain sockets, one connection a run, each the next when the one before was answered.
import { connect, type Socket } from "node:net";
import type { PatchedRequest } from "./stream-requests.ts";

/** What was sent and how it was answered. */
export interface LoadResult {
  readonly seconds: number;
  readonly requests: number;
  readonly requestsASecond: number;
  readonly milliseconds: { readonly p50: number; readonly p99: number; readonly max: number };
}

/** The requests of one connection, sent in turn; all of them write to the same run. */
export interface ConnectionLoad {
  readonly requests: readonly PatchedRequest[];
  readonly rowsARequest: number;
}

/** Sends on all connections for some time. Throws when an answer is not 200. */
export async function sendLoad(
  address: { readonly host: string; readonly port: number },
  loads: readonly ConnectionLoad[],
  seconds: number,
): Promise<LoadResult> {
  const connections = await Promise.all(loads.map((load) => Connection.open(address, load)));
  const startedAt = performance.now();
  const until = startedAt + seconds * 1000;
  await Promise.all(connections.map((connection) => connection.sendUntil(until)));
  const elapsed = (performance.now() - startedAt) / 1000;
  for (const connection of connections) connection.close();
  const times = Float64Array.from(connections.flatMap((connection) => connection.times)).sort();
  const at = (share: number): number =>
    times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
  return {
    seconds: elapsed,
    requests: times.length,
    requestsASecond: times.length / elapsed,
    milliseconds: { p50: at(0.5), p99: at(0.99), max: at(1) },
  };
}

const headEnd = "\r\n\r\n";

class Connection {
  /** How long each request took, in milliseconds. */
  readonly times: number[] = [];
  readonly #socket: Socket;
  readonly #load: ConnectionLoad;
  #answer = "";
  #onAnswer: (status: string) => void = () => undefined;
  #onFailure: (error: Error) => void = () => undefined;

  private constructor(socket: Socket, load: ConnectionLoad) {
    this.#socket = socket;
    this.#load = load;
    socket.setNoDelay(true);
    socket.on("data", (chunk: Buffer) => this.#read(chunk));
    socket.on("error", (error) => this.#onFailure(error));
    socket.on("close", () => this.#onFailure(new Error("the server closed the connection")));
  }

  static open(
    address: { readonly host: string; readonly port: number },
    load: ConnectionLoad,
  ): Promise<Connection> {
    const { promise, resolve, reject } = Promise.withResolvers<Connection>();
    const socket = connect(address, () => resolve(new Connection(socket, load)));
    socket.once("error", reject);
    return promise;
  }

  async sendUntil(until: number): Promise<void> {
    const { requests, rowsARequest } = this.#load;
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    let startedAt = 0;
    const sendNext = (): void => {
      const count = this.times.length;
      const request = requests[count % requests.length];
      startedAt = performance.now();
      if (startedAt >= until || request === undefined) {
        resolve(undefined);
        return;
      }
      request.setFirstLine(count * rowsARequest);
      this.#socket.write(request.bytes);
    };
    this.#onFailure = reject;
    this.#onAnswer = (status) => {
      if (status !== "200") {
        reject(new Error(`expected 200, found ${status}: ${this.#answer}`));
        return;
      }
      this.times.push(performance.now() - startedAt);
      sendNext();
    };
    sendNext();
    await promise;
  }

  close(): void {
    this.#onFailure = () => undefined;
    this.#socket.destroy();
  }

  /** An answer has come when its body has as many bytes as its head says; bodies here are ASCII. */
  #read(chunk: Buffer): void {
    this.#answer += chunk.toString("latin1");
    const bodyAt = this.#answer.indexOf(headEnd);
    if (bodyAt === -1) return;
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(this.#answer)?.[1] ?? 0);
    if (this.#answer.length < bodyAt + headEnd.length + length) return;
    const status = this.#answer.slice(9, 12);
    this.#onAnswer(status);
    this.#answer = "";
  }
}
