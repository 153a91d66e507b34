// Asks for a page of runs again and again from a thread of its own, while others load the server.
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";

/** How long pages took, in milliseconds. */
export interface PageTimes {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** What to ask. */
export interface PageRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** What an answer that is a page holds. */
  readonly mark: string;
}

const pauseMs = 20;

/** A running probe. */
export class PageProbe {
  readonly #worker: Worker;

  constructor(request: PageRequest) {
    this.#worker = new Worker(new URL(import.meta.url), { workerData: request });
  }

  /** Ends the probe and says what it saw. */
  async stop(): Promise<PageTimes> {
    const { promise, resolve, reject } = Promise.withResolvers<PageTimes>();
    this.#worker.once("message", resolve);
    this.#worker.once("error", reject);
    this.#worker.postMessage("stop");
    const times = await promise;
    await this.#worker.terminate();
    return times;
  }
}

async function probe({ url, headers, body, mark }: PageRequest): Promise<void> {
  const times: number[] = [];
  const stop = new AbortController();
  parentPort?.once("message", () => stop.abort());
  while (!stop.signal.aborted) {
    const startedAt = performance.now();
    const response = await fetch(url, { method: "POST", headers, body });
    const text = await response.text();
    times.push(performance.now() - startedAt);
    if (!text.includes(mark)) throw new Error(`expected a page, found ${text.slice(0, 300)}`);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  times.sort((a, b) => a - b);
  const at = (share: number): number =>
    times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
  parentPort?.postMessage({
    count: times.length,
    p50: at(0.5),
    p99: at(0.99),
    max: at(1),
  } satisfies PageTimes);
}

// Only the class above starts this file as a thread.
if (!isMainThread) await probe(workerData as PageRequest);
