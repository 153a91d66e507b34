// A real Steelyard server for one test: its own process, port, data folder and keys. End-to-end tests talk
// to it exactly as a person's scripts would.
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { findFreePort } from "./free-port.ts";
import { ServerProcess, type ProcessEnd } from "./server-process.ts";

const readyTimeoutMs = 30_000;
const stopTimeoutMs = 15_000;

/** What a test may choose about its server. */
export interface TestServerOptions {
  /** An existing folder to serve. @default a new temporary folder, deleted by `stop` */
  readonly dataFolder?: string;
  /** Environment variables on top of those of this process. @default none */
  readonly env?: Readonly<Record<string, string>>;
  /** More arguments of `steelyard server`. @default none */
  readonly args?: readonly string[];
  /** Name of the ordinary user who is made on start and whose key is `apiKey`. @default "tester" */
  readonly user?: string;
}

/** A server that answers on `url` until it is stopped. */
export interface TestServer extends AsyncDisposable {
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  readonly url: string;
  /** The key that the test's user logs in with. */
  readonly apiKey: string;
  /** The key of the first administrator. */
  readonly adminKey: string;
  /** The folder that holds everything the server knows. */
  readonly dataFolder: string;
  /** The id of the serving process. */
  readonly pid: number;
  /** What the server printed last, for failure messages. */
  readonly output: string;
  /** Ends the server gracefully and deletes a folder of its own; throws when it had to be killed or failed. */
  stop(): Promise<void>;
  /** Ends the server as `kill -9` does; the folder stays for `restart`. */
  kill(): Promise<void>;
  /** Ends the server gracefully if it runs, and starts it on the same port and folder. */
  restart(): Promise<void>;
}

/** Starts a server and waits until it is ready; throws with its output when it is not within 30 s. */
export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const dataFolder = options.dataFolder ?? (await mkdtemp(join(tmpdir(), "steelyard-test-")));
  const server = new SpawnedServer(options, dataFolder, await findFreePort());
  try {
    await server.start();
    await server.createUser(options.user ?? "tester");
  } catch (error) {
    await server.abandon();
    throw error;
  }
  return server;
}

class SpawnedServer implements TestServer {
  readonly url: string;
  readonly apiKey: string = newApiKey();
  readonly adminKey: string = newApiKey();
  readonly dataFolder: string;
  readonly #options: TestServerOptions;
  readonly #port: number;
  #process: ServerProcess | undefined;
  #earlierOutput = "";

  constructor(options: TestServerOptions, dataFolder: string, port: number) {
    this.#options = options;
    this.dataFolder = dataFolder;
    this.#port = port;
    this.url = `http://127.0.0.1:${port}`;
  }

  get pid(): number {
    const pid = this.#process?.pid;
    if (pid === undefined) throw new Error("the test server is not running");
    return pid;
  }

  get output(): string {
    return this.#earlierOutput + (this.#process?.output ?? "");
  }

  async start(): Promise<void> {
    const child = new ServerProcess(
      ["server", "--port", String(this.#port), "--data", this.dataFolder, ...(this.#options.args ?? [])],
      { STEELYARD_ADMIN_API_KEY: this.adminKey, ...this.#options.env },
    );
    this.#process = child;
    let end: ProcessEnd | undefined;
    void child.ended.then((value) => (end = value));
    const deadline = Date.now() + readyTimeoutMs;
    for (;;) {
      if (await isReady(this.url)) return;
      if (end !== undefined)
        throw new Error(`the server ended (${describe(end)}) before it was ready:\n${child.output}`);
      if (Date.now() > deadline) {
        child.signal("SIGKILL");
        throw new Error(`the server was not ready after ${readyTimeoutMs} ms:\n${child.output}`);
      }
      await delay(25);
    }
  }

  async createUser(username: string): Promise<void> {
    const response = await fetch(`${this.url}/api/admin/users/${encodeURIComponent(username)}`, {
      method: "PUT",
      headers: { authorization: basic(this.adminKey), "content-type": "application/json" },
      body: JSON.stringify({ email: `${username}@example.com`, apiKey: this.apiKey }),
    });
    if (!response.ok) {
      throw new Error(
        `making the user ${username} was answered ${response.status}: ${await response.text()}`,
      );
    }
  }

  async stop(): Promise<void> {
    try {
      await this.#end();
    } finally {
      await this.#deleteOwnFolder();
    }
  }

  /** Ends what a failed start left behind, however that looks. */
  async abandon(): Promise<void> {
    await this.kill();
    await this.#deleteOwnFolder();
  }

  async kill(): Promise<void> {
    const child = this.#process;
    if (child === undefined) return;
    child.signal("SIGKILL");
    await child.ended;
    this.#forget(child);
  }

  async restart(): Promise<void> {
    await this.#end();
    await this.start();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #end(): Promise<void> {
    const child = this.#process;
    if (child === undefined) return;
    child.signal("SIGTERM");
    const timer = setTimeout(() => {
      child.signal("SIGKILL");
    }, stopTimeoutMs);
    const end = await child.ended;
    clearTimeout(timer);
    this.#forget(child);
    if (end.code !== 0)
      throw new Error(`the server did not stop cleanly (${describe(end)}):\n${child.output}`);
  }

  async #deleteOwnFolder(): Promise<void> {
    if (this.#options.dataFolder === undefined) await rm(this.dataFolder, { recursive: true, force: true });
  }

  #forget(child: ServerProcess): void {
    this.#earlierOutput += child.output;
    this.#process = undefined;
  }
}

async function isReady(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/ready`, { signal: AbortSignal.timeout(2_000) });
    await response.arrayBuffer();
    return response.status === 200;
  } catch (error) {
    // Until it listens every attempt is refused; anything that is not a failed request is our own mistake.
    if (error instanceof TypeError || (error instanceof DOMException && error.name === "TimeoutError"))
      return false;
    throw error;
  }
}

function newApiKey(): string {
  return randomBytes(20).toString("hex");
}

function basic(key: string): string {
  return `Basic ${Buffer.from(`api:${key}`).toString("base64")}`;
}

function describe(end: ProcessEnd): string {
  return end.signal === null ? `exit code ${String(end.code)}` : `signal ${end.signal}`;
}
