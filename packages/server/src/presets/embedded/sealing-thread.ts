/**
 * The sealing thread as the main thread sees it. It encodes, which takes processor time, so it is neither the thread that
 * answers nor one that stores; when it dies over a stream the next round starts another.
 */
import { MessageChannel, Worker } from "node:worker_threads";
import type { MessagePort } from "node:worker_threads";
import { createRemote } from "../../adapters/threads/create-remote.ts";
import { serveServices } from "../../adapters/threads/serve-services.ts";
import { scaleRules, SEAL_RULES } from "../../modules/history/seal-plan.ts";
import type { SealRules } from "../../modules/history/seal-plan.ts";
import type { StreamPosition, UnsealedPage } from "../../modules/history/sealed-part-store.ts";
import type { StorageServices } from "./storage.ts";

/** What the thread calls. */
export type SealingCalls = Pick<StorageServices, "sealedParts" | "runs" | "sealingActivity">;

/** What the thread does when it is told to. */
export interface SealingService {
  /** Seals what is due; returns when nothing is, or soon after `stop`. */
  round(): Promise<void>;
  stop(): Promise<void>;
  close(): Promise<void>;
}

/** What the thread is started with. */
export interface SealingData {
  readonly folder: string;
  /** Where the thread calls the main one. */
  readonly calls: MessagePort;
  readonly rules: SealRules;
}

/** What the thread is built from. */
export interface SealingThreadParts {
  /** The data folder, open already. */
  readonly folder: string;
  readonly services: SealingCalls;
  /** A run that is being written is sealed when it has so many lines that are not. @default 20,000 */
  readonly growingLines?: number;
}

/** Runs that ended after few lines, and files whose time to go has come, are looked for so often. */
const SEARCH_MS = 10 * 60 * 1000;
const STREAMS_A_PAGE = 2000;
/** While lines pour in, loading the thread's sources is left for later, but not when so many wait. */
const MAX_WAITING_LINES = 5_000_000;

interface Running {
  readonly worker: Worker;
  readonly sealing: SealingService;
  readonly calls: MessagePort;
}

/** Starts the thread when it is first needed. */
export class SealingThread {
  readonly #parts: SealingThreadParts;
  readonly #rules: SealRules;
  #running: Running | undefined;
  #nextSearch = 0;
  #hadLines = false;

  constructor(parts: SealingThreadParts) {
    this.#parts = parts;
    this.#rules = parts.growingLines === undefined ? SEAL_RULES : scaleRules(parts.growingLines);
  }

  /** Seals what is due; ends soon after the signal. */
  async round(signal: AbortSignal): Promise<void> {
    // An idle server has no use for another thread.
    if (this.#running === undefined && !(await this.#isNeeded())) return;
    const { sealing } = (this.#running ??= this.#start());
    // A thread that is gone has nothing to stop.
    const stop = (): void => void sealing.stop().catch(() => undefined);
    signal.addEventListener("abort", stop, { once: true });
    try {
      if (!signal.aborted) await sealing.round();
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }

  /** Ends the thread; no round may be running. */
  async close(): Promise<void> {
    const running = this.#running;
    if (running === undefined) return;
    try {
      await running.sealing.close();
    } finally {
      await running.worker.terminate();
      running.calls.close();
    }
  }

  /** Whether anything may be due: lines that were written, or what lay there before. */
  async #isNeeded(): Promise<boolean> {
    const { sealedParts: store, sealingActivity } = this.#parts.services;
    const lines = await sealingActivity.countLines();
    if (lines < MAX_WAITING_LINES && (await sealingActivity.isBusy())) return false;
    // In the round after the first lines it is known whether more pour in.
    const hadLines = this.#hadLines;
    this.#hadLines = lines >= this.#rules.finishedLines;
    if (this.#hadLines) return hadLines;
    if (performance.now() < this.#nextSearch) return false;
    // No thread seals, so what is reserved was left by one that was killed.
    await store.abandonAll();
    const now = new Date().toISOString();
    if ((await store.leftovers({ now })).length > 0 || (await store.untrimmed()).length > 0) return true;
    for (let after: StreamPosition | null = null; ;) {
      const page: UnsealedPage = await store.listUnsealed({
        minLines: this.#rules.finishedLines,
        after,
        limit: STREAMS_A_PAGE,
      });
      if (page.streams.length > 0) return true;
      if (page.next === null) break;
      after = page.next;
    }
    this.#nextSearch = performance.now() + SEARCH_MS;
    return false;
  }

  #start(): Running {
    const { folder, services } = this.#parts;
    const rules = this.#rules;
    const { sealedParts, runs, sealingActivity } = services;
    const { port1, port2 } = new MessageChannel();
    serveServices(port1, { sealedParts, runs, sealingActivity });
    const worker = new Worker(new URL("./sealing-worker.ts", import.meta.url), {
      name: "sealing",
      // What it holds for long is typed arrays and texts of lines.
      resourceLimits: { maxYoungGenerationSizeMb: 24 },
      workerData: { folder, calls: port2, rules } satisfies SealingData,
      transferList: [port2],
    });
    const running = {
      worker,
      calls: port1,
      sealing: createRemote<{ readonly sealing: SealingService }, "sealing">(worker, "sealing"),
    };
    worker.on("exit", () => {
      port1.close();
      if (this.#running === running) this.#running = undefined;
    });
    return running;
  }
}
