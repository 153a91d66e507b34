/**
 * Brings statistics of runs up to date soon after lines were acknowledged, so that a question about them costs little.
 * It lags a second behind at most while lines arrive more slowly than they can be parsed, and gives way to them when
 * they do not; whoever reads brings the runs in question up to date first.
 */
import { setTimeout as delay } from "node:timers/promises";
import type { HistoryActivity } from "./history-activity.ts";
import type { HistoryIndexes } from "./history-index.ts";
import { nextTurn } from "./next-turn.ts";

/** Runs are quiet, so that it pays to store their statistics, when nothing was added for so long. */
const QUIET_MS = 10_000;

/** Between portions of about 5 ms of work while much is written. What is sealed before its turn is never counted here. */
const BUSY_PAUSE_MS = 250;

/** What the indexer is built from. */
export interface TailIndexerParts {
  readonly indexes: HistoryIndexes;
  readonly activity: HistoryActivity;
}

/** Keeps statistics up to date in the background. */
export class TailIndexer {
  readonly #indexes: HistoryIndexes;
  readonly #activity: HistoryActivity;

  constructor({ indexes, activity }: TailIndexerParts) {
    this.#indexes = indexes;
    this.#activity = activity;
  }

  /** Counts what was written since the last round. */
  async update(): Promise<void> {
    const pace = (): Promise<void> => (this.#activity.isBusy ? delay(BUSY_PAUSE_MS) : nextTurn());
    const failures: unknown[] = [];
    for (const run of this.#activity.take()) {
      try {
        await this.#indexes.statistics(run, pace);
      } catch (error) {
        failures.push(error);
      }
      await pace();
    }
    await this.#indexes.save({ quietSince: performance.now() - QUIET_MS });
    if (failures.length > 0) throw new AggregateError(failures, "Statistics of runs could not be counted");
  }

  /** Stores everything that is not stored yet, before the end. */
  async close(): Promise<void> {
    while (await this.#indexes.save({ quietSince: Infinity }));
  }
}
