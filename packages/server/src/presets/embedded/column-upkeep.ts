/** Keeps columns of runs up to date in a thread of its own, which is there only while there is work. */
import { setTimeout as pause } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { createRemote } from "../../adapters/threads/create-remote.ts";

/** What the thread that answers questions says of the columns that are kept for it. */
export interface KeptColumns {
  /** Whether they are far behind, and what was thrown away since this was asked last. */
  check(): Promise<{ readonly isDue: boolean; readonly discarded: readonly string[] }>;
}

/** What the building thread does. */
export interface ColumnBuilding {
  open(): Promise<void>;
  /** Builds some thousand runs' columns; tells whether there is more to build, and what was thrown away. */
  buildNext(): Promise<{ readonly isMoreWaiting: boolean; readonly discarded: readonly string[] }>;
  close(): Promise<void>;
}

/** For each millisecond of building the thread rests so many, so that others have most of a processor. */
const restFactor = 3;
/** After so many rounds without work the thread ends. */
const maxIdleRounds = 10;

/** The upkeep of kept columns. */
export class ColumnUpkeep {
  readonly #folder: string;
  readonly #kept: KeptColumns;
  readonly #onDiscard: (reason: string) => void;
  #thread: { readonly worker: Worker; readonly building: ColumnBuilding } | undefined;
  #idleRounds = 0;

  constructor(parts: {
    readonly folder: string;
    readonly kept: KeptColumns;
    /** Told why something was thrown away. */
    readonly onDiscard: (reason: string) => void;
  }) {
    this.#folder = parts.folder;
    this.#kept = parts.kept;
    this.#onDiscard = parts.onDiscard;
  }

  /** Builds what is due. Throws what the thread throws; the next round begins anew. */
  async round(signal: AbortSignal): Promise<void> {
    const { isDue, discarded } = await this.#kept.check();
    for (const reason of discarded) this.#onDiscard(reason);
    this.#idleRounds = isDue ? 0 : this.#idleRounds + 1;
    if (this.#idleRounds >= maxIdleRounds) await this.close();
    if (!isDue) return;
    const building = await this.#start();
    for (let isMoreWaiting = true; isMoreWaiting && !signal.aborted;) {
      const startedAt = performance.now();
      const built = await building.buildNext();
      for (const reason of built.discarded) this.#onDiscard(reason);
      ({ isMoreWaiting } = built);
      const restMs = restFactor * (performance.now() - startedAt);
      // A stop ends the rest, which is all that the rejection says.
      await pause(restMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Ends the thread. */
  async close(): Promise<void> {
    const thread = this.#thread;
    this.#thread = undefined;
    if (thread === undefined) return;
    try {
      await thread.building.close();
    } finally {
      await thread.worker.terminate();
    }
  }

  async #start(): Promise<ColumnBuilding> {
    if (this.#thread !== undefined) return this.#thread.building;
    const worker = new Worker(new URL("./index-worker.ts", import.meta.url), {
      name: "index",
      workerData: this.#folder,
    });
    const building = createRemote<{ readonly building: ColumnBuilding }, "building">(worker, "building");
    const thread = { worker, building };
    this.#thread = thread;
    // Calls that wait reject with the cause; a new thread is started when there is work again.
    const forget = (): void => {
      if (this.#thread === thread) this.#thread = undefined;
    };
    worker.on("error", forget);
    worker.on("exit", forget);
    await building.open();
    return building;
  }
}
