import type { RunKey } from "./history-log.ts";

/**
 * Keeps statistics of runs' histories from one start of the server to the next. They are derived from the lines: losing
 * them costs time and nothing else.
 */
export interface StatisticsStore {
  /** What is kept of each run, in the order asked for, beside the present version of its history. */
  load(request: { readonly runs: readonly RunKey[] }): Promise<readonly StoredStatistics[]>;
  /** Keeps statistics in place of older ones. Those of runs without lines, such as deleted ones, are not kept. */
  save(request: { readonly statistics: readonly SavedStatistics[] }): Promise<void>;
}

/** What is kept of a run. */
export interface StoredStatistics {
  /** The version of the run's history lines now; 0 without any. */
  readonly version: number;
  readonly saved: SavedStatistics | undefined;
}

/** Statistics of a run's first lines at a version of its history. */
export interface SavedStatistics extends RunKey {
  readonly version: number;
  readonly lineCount: number;
  /** JSON text; its shape is the writer's. */
  readonly state: string;
}
