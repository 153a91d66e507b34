/**
 * Finds running runs whose process has gone silent. A server that was down hears of no one, so the time before its
 * start does not count.
 */
import type { Clock } from "../../ports/clock.ts";
import type { Run } from "./run.ts";
import type { RunStore } from "./run-store.ts";

/** What the detector is built from. */
export interface CrashDetectorParts {
  readonly runs: RunStore;
  readonly clock: Clock;
  /**
   * How long a run may be silent; its process calls every 30 seconds.
   *
   * @default 5 minutes
   */
  readonly timeoutMs?: number;
}

/** Marks silent runs as crashed. */
export class CrashDetector {
  readonly #runs: RunStore;
  readonly #timeoutMs: number;
  readonly #startedAtMs: number;

  constructor({ runs, clock, timeoutMs = 5 * 60_000 }: CrashDetectorParts) {
    this.#runs = runs;
    this.#timeoutMs = timeoutMs;
    this.#startedAtMs = Date.parse(clock.now());
  }

  /** Marks the runs that are silent for too long at `now`, an ISO text, and returns them. */
  async detect(now: string): Promise<readonly Run[]> {
    const silentSinceMs = Date.parse(now) - this.#timeoutMs;
    if (silentSinceMs < this.#startedAtMs) return [];
    return this.#runs.markCrashed({ heartbeatBefore: new Date(silentSinceMs).toISOString(), now });
  }
}
