// Asks for a page of runs again and again from a thread of its own, while others load the server.
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";

/** How long pages took, in milliseconds. */
export interface PageTimes {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

interface ProbeTarget {
  readonly url: string;
  readonly apiKey: string;
  readonly entity: string;
  readonly project: string;
}

const pauseMs = 20;

const query = `query Page($entity: String!, $project: String!) {
  project(name: $project, entityName: $entity) {
    runs(first: 50, order: "-created_at") {
      totalCount
      edges { cursor node { id name displayName state config summaryMetrics tags createdAt heartbeatAt } }
      pageInfo { hasNextPage endCursor }
    }
  }
}`;

/** A running probe. */
export class PageProbe {
  readonly #worker: Worker;

  constructor(target: ProbeTarget) {
    this.#worker = new Worker(new URL(import.meta.url), { workerData: target });
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

async function probe({ url, apiKey, entity, project }: ProbeTarget): Promise<void> {
  const times: number[] = [];
  const stop = new AbortController();
  parentPort?.once("message", () => stop.abort());
  const body = JSON.stringify({ query, variables: { entity, project } });
  const headers = {
    authorization: `Basic ${Buffer.from(`api:${apiKey}`).toString("base64")}`,
    "content-type": "application/json",
  };
  while (!stop.signal.aborted) {
    const startedAt = performance.now();
    const response = await fetch(`${url}/graphql`, { method: "POST", headers, body });
    const text = await response.text();
    times.push(performance.now() - startedAt);
    if (!text.includes('"totalCount"')) throw new Error(`expected a page, found ${text.slice(0, 300)}`);
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

if (!isMainThread) await probe(workerData as ProbeTarget);
