/** The thread that encodes exports, as the main thread sees it: there while exports go on and a little longer, because an idle server should hold little. */
import { Worker } from "node:worker_threads";
import { createRemote } from "../../adapters/threads/create-remote.ts";
import type { ExportEncoders } from "../../modules/exports/export-encoder.ts";

interface ThreadServices {
  readonly encoders: ExportEncoders;
}

interface RunningThread {
  readonly worker: Worker;
  readonly encoders: ExportEncoders;
  /** How many files are open. */
  openCount: number;
}

interface OpenFile {
  readonly thread: RunningThread;
  readonly encoderId: number;
}

/** How long the thread waits for the next export. */
const IDLE_MS = 30_000;

/** `ExportEncoders` in a thread of their own. When it fails, the exports that go on fail and the next begins a new one. */
export class ThreadedEncoders implements ExportEncoders {
  readonly #files = new Map<number, OpenFile>();
  #thread: RunningThread | undefined;
  #idle: NodeJS.Timeout | undefined;
  #lastId = 0;

  async open(request: Parameters<ExportEncoders["open"]>[0]): Promise<{ readonly encoderId: number }> {
    clearTimeout(this.#idle);
    const thread = (this.#thread ??= this.#start());
    thread.openCount += 1;
    try {
      const { encoderId } = await thread.encoders.open(request);
      this.#lastId += 1;
      this.#files.set(this.#lastId, { thread, encoderId });
      return { encoderId: this.#lastId };
    } catch (error) {
      this.#leave(thread);
      throw error;
    }
  }

  append(request: Parameters<ExportEncoders["append"]>[0]): Promise<Uint8Array> {
    const { thread, encoderId } = this.#file(request.encoderId);
    return thread.encoders.append({ ...request, encoderId });
  }

  finish(request: { readonly encoderId: number }): Promise<Uint8Array> {
    const { thread, encoderId } = this.#file(request.encoderId);
    return thread.encoders.finish({ encoderId });
  }

  async close(request: { readonly encoderId: number }): Promise<void> {
    const file = this.#files.get(request.encoderId);
    if (file === undefined) return;
    this.#files.delete(request.encoderId);
    try {
      // A thread that has ended holds nothing any more.
      if (file.thread === this.#thread) await file.thread.encoders.close({ encoderId: file.encoderId });
    } finally {
      this.#leave(file.thread);
    }
  }

  /** Ends the thread; exports that go on fail. */
  async end(): Promise<void> {
    clearTimeout(this.#idle);
    await this.#thread?.worker.terminate();
    this.#thread = undefined;
  }

  #file(id: number): OpenFile {
    const file = this.#files.get(id);
    if (file === undefined) throw new Error(`no export ${id} is open`);
    return file;
  }

  #start(): RunningThread {
    const worker = new Worker(new URL("./export-worker.ts", import.meta.url), {
      name: "exports",
      resourceLimits: { maxYoungGenerationSizeMb: 12 },
    });
    const thread = {
      worker,
      encoders: createRemote<ThreadServices, "encoders">(worker, "encoders"),
      openCount: 0,
    };
    worker.on("exit", () => {
      if (this.#thread === thread) this.#thread = undefined;
    });
    return thread;
  }

  #leave(thread: RunningThread): void {
    thread.openCount -= 1;
    if (thread.openCount > 0 || thread !== this.#thread) return;
    this.#idle = setTimeout(() => {
      this.#thread = undefined;
      void thread.worker.terminate();
    }, IDLE_MS);
    this.#idle.unref();
  }
}
