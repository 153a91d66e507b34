/**
 * Finds streams with lines to seal, one after the other, and leaves the processor to others as long as it used it, and
 * for a while altogether when much is written. What is due is seen from the log itself: all streams are looked through on start and now and then, and those that were
 * written to soon after; no list of work could be lost.
 */
import { setTimeout as delay } from "node:timers/promises";
import type { BlobStore } from "../../ports/blob-store.ts";
import type { Clock } from "../../ports/clock.ts";
import type { RunStore } from "../runs/run-store.ts";
import type { HistoryActivity } from "./history-activity.ts";
import type { RunKey } from "./history-log.ts";
import type { PartSealer } from "./part-sealer.ts";
import type { SealRules } from "./seal-plan.ts";
import type { SealedPartStore, StreamPosition } from "./sealed-part-store.ts";

/** What the sealer is built from. */
export interface SealerParts {
  readonly sealer: PartSealer;
  readonly store: SealedPartStore;
  readonly runs: Pick<RunStore, "find">;
  readonly activity: {
    take(): Promise<ReturnType<HistoryActivity["take"]>>;
    /** Whether so much is written that sealing should wait. */
    isBusy(): Promise<boolean>;
  };
  readonly blobs: Pick<BlobStore, "delete">;
  readonly clock: Clock;
  readonly rules: SealRules;
  /** After work the sealer rests so many times as long as it worked. @default 1: half a processor at most */
  readonly restFactor?: number;
  /**
   * While much is written nothing is sealed for so long; then sealing goes on beside it until nothing is due, so that
   * the log does not grow for ever.
   *
   * @default 90 seconds
   */
  readonly maxWaitMs?: number;
}

const MINUTE_MS = 60_000;
const SWEEP_MS = 10 * MINUTE_MS;
/** A run that may have ended meanwhile is looked at again. */
const RECHECK_MS = 5_000;
/** A burst of a minute at the full rate is over by then; the log has grown by a few gigabytes at most. */
const MAX_WAIT_MS = 90_000;
const STREAMS_A_PAGE = 2_000;
/** Of more streams than these the sweep reminds. */
const MAX_DUE = 20_000;

/** Seals in rounds. */
export class Sealer {
  readonly #parts: SealerParts;
  /** By name: streams to look at, and from when on. */
  readonly #due = new Map<string, { readonly stream: StreamPosition; readonly at: number }>();
  #isReady = false;
  #sweep: { readonly after: StreamPosition | null } | undefined = { after: null };
  #nextSweep = 0;
  /** Since when something is due and waits; undefined when nothing is. */
  #waitsSince: number | undefined;

  constructor(parts: SealerParts) {
    this.#parts = parts;
  }

  /** Does what is due until nothing is or the signal comes. Throws, after everything else was tried, what failed. */
  async round(signal: AbortSignal): Promise<void> {
    await this.#prepare();
    await this.#findDue();
    const failures: unknown[] = [];
    for (const [name, { stream, at }] of [...this.#due]) {
      if (signal.aborted || (await this.#givesWay())) break;
      if (at > performance.now()) continue;
      this.#due.delete(name);
      try {
        await this.#sealAll(stream, signal);
      } catch (error) {
        this.#look(stream, SWEEP_MS);
        failures.push(error);
      }
    }
    const now = performance.now();
    if ([...this.#due.values()].every(({ at }) => at > now)) this.#waitsSince = undefined;
    await this.#deleteLeftovers();
    if (failures.length > 0) throw new AggregateError(failures, "Lines could not be sealed");
  }

  /** Takes up what the process before left: reservations without parts, and parts over lines that were not deleted. */
  async #prepare(): Promise<void> {
    if (this.#isReady) return;
    const { store } = this.#parts;
    await store.abandonAll();
    for (const part of await store.untrimmed()) while (await store.trim({ part }));
    this.#isReady = true;
  }

  async #findDue(): Promise<void> {
    const { store, activity, rules } = this.#parts;
    for (const { projectId, runId } of await activity.take()) {
      this.#look({ projectId, runId, stream: "history" }, 0);
      this.#look({ projectId, runId, stream: "events" }, 0);
    }
    if (this.#sweep === undefined && performance.now() >= this.#nextSweep) this.#sweep = { after: null };
    if (this.#sweep === undefined) return;
    const { after } = this.#sweep;
    const page = await store.listUnsealed({ minLines: rules.finishedLines, after, limit: STREAMS_A_PAGE });
    for (const stream of page.streams) this.#look(stream, 0);
    this.#sweep = page.next === null ? undefined : { after: page.next };
    this.#nextSweep = performance.now() + SWEEP_MS;
  }

  async #sealAll(stream: StreamPosition, signal: AbortSignal): Promise<void> {
    const { sealer, restFactor = 1 } = this.#parts;
    for (;;) {
      const startedAt = performance.now();
      const outcome = await sealer.seal(stream, () => this.#isFinished(stream));
      // A run that ends without another line is not heard of.
      if (outcome === "waiting") this.#look(stream, RECHECK_MS);
      if (outcome !== "sealed") return;
      await this.#trim(stream);
      await rest((performance.now() - startedAt) * restFactor, signal);
      if (signal.aborted || (await this.#givesWay())) {
        this.#look(stream, 0);
        return;
      }
    }
  }

  /** Whether to leave what is due for a later round, because the processors are needed to take lines in. */
  async #givesWay(): Promise<boolean> {
    const { activity, maxWaitMs = MAX_WAIT_MS } = this.#parts;
    if (!(await activity.isBusy())) return false;
    this.#waitsSince ??= performance.now();
    return performance.now() - this.#waitsSince < maxWaitMs;
  }

  async #trim({ projectId, runId }: RunKey): Promise<void> {
    const { store } = this.#parts;
    for (const part of await store.untrimmed()) {
      if (part.projectId === projectId && part.runId === runId) while (await store.trim({ part }));
    }
  }

  /** A run that is gone has nothing to seal. */
  async #isFinished({ projectId, runId }: RunKey): Promise<boolean> {
    const run = await this.#parts.runs.find({ projectId, runId });
    return run !== undefined && !["pending", "running", "preempting"].includes(run.state);
  }

  #look(stream: StreamPosition, inMs: number): void {
    const name = `${stream.projectId}/${stream.runId}/${stream.stream}`;
    if (this.#due.size < MAX_DUE || this.#due.has(name)) {
      this.#due.set(name, { stream, at: performance.now() + inMs });
    }
  }

  async #deleteLeftovers(): Promise<void> {
    const { store, blobs, clock } = this.#parts;
    const blobKeys = await store.leftovers({ now: clock.now() });
    for (const key of blobKeys) await blobs.delete({ key });
    await store.forget({ blobKeys });
  }
}

async function rest(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const stop = (): void => resolve(undefined);
  signal.addEventListener("abort", stop, { once: true });
  await Promise.race([delay(signal.aborted ? 0 : ms, undefined, { ref: false }), promise]);
  signal.removeEventListener("abort", stop);
}
