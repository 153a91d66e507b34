/** The thread that sweeps' searches run in, as the main thread sees it: there while sweeps ask and a little longer. */
import { Worker } from "node:worker_threads";
import { createRemote } from "../../adapters/threads/create-remote.ts";
import { LocalSearch } from "../../modules/sweeps/local-search.ts";
import type { SearchRequest, Suggestion, SweepSearch } from "../../modules/sweeps/sweep-search.ts";

interface ThreadServices {
  readonly search: SweepSearch;
}

interface RunningThread {
  readonly worker: Worker;
  readonly search: SweepSearch;
  /** How many questions are open. */
  openCount: number;
}

/** How long the thread waits for the next question. */
const IDLE_MS = 60_000;

/** `SweepSearch` in a thread of its own for what takes a while, and on the spot for the rest. */
export class ThreadedSearch implements SweepSearch {
  readonly #local = new LocalSearch();
  #thread: RunningThread | undefined;
  #idle: NodeJS.Timeout | undefined;

  async next(request: SearchRequest): Promise<Suggestion> {
    if (request.config["method"] !== "bayes") return this.#local.next(request);
    clearTimeout(this.#idle);
    const thread = (this.#thread ??= this.#start());
    thread.openCount += 1;
    try {
      return await thread.search.next(request);
    } finally {
      this.#leave(thread);
    }
  }

  /** Ends the thread; questions that are open fail. */
  async end(): Promise<void> {
    clearTimeout(this.#idle);
    await this.#thread?.worker.terminate();
    this.#thread = undefined;
  }

  #start(): RunningThread {
    const worker = new Worker(new URL("./search-worker.ts", import.meta.url), { name: "search" });
    const search = createRemote<ThreadServices, "search">(worker, "search");
    const thread = { worker, search, openCount: 0 };
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
