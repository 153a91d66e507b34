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

/** Looks after sweeps. */
export class SweepUpkeep {
  readonly #parts: SweepUpkeepParts;

  constructor(parts: SweepUpkeepParts) {
    this.#parts = parts;
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
  }
}
