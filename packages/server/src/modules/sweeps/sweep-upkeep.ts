/** What sweeps need when no agent calls any more: those that are through are finished, and what nobody will begin ends. */
import type { Clock } from "../../ports/clock.ts";
import type { SweepRunStore } from "./sweep-run-store.ts";
import type { SweepStore } from "./sweep-store.ts";

/** What the upkeep is built from. */
export interface SweepUpkeepParts {
  readonly sweeps: SweepStore;
  readonly sweepRuns: SweepRunStore;
  readonly clock: Clock;
  /** Agents that have not called since are lost. */
  readonly lostBefore: () => string;
}

/** The process of a run calls every 30 seconds, so one that was to stop and missed two of them is gone. */
const STOPPED_AFTER_MS = 75_000;

/** Looks after sweeps. */
export class SweepUpkeep {
  readonly #parts: SweepUpkeepParts;
  readonly #startedAtMs: number;

  constructor(parts: SweepUpkeepParts) {
    this.#parts = parts;
    this.#startedAtMs = Date.parse(parts.clock.now());
  }

  /** Does what is due. */
  async round(): Promise<void> {
    const { sweeps, sweepRuns, clock, lostBefore } = this.#parts;
    const now = clock.now();
    for (const { id: sweepId, revision } of await sweeps.listDone()) {
      await sweeps.update({ sweepId, state: "FINISHED", ifRevision: revision, now });
    }
    for (const forgotten of await sweepRuns.listForgotten({ lostBefore: lostBefore() })) {
      await sweepRuns.endPending({ ...forgotten, state: "killed", now });
    }
    // A server that was down hears of no one, so the time before its start does not count.
    const silentSinceMs = Date.parse(now) - STOPPED_AFTER_MS;
    if (silentSinceMs < this.#startedAtMs) return;
    await sweepRuns.endStopped({ heartbeatBefore: new Date(silentSinceMs).toISOString(), now });
  }
}
