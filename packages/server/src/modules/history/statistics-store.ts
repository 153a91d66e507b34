import type { RunKey } from "./history-log.ts";

/**
 * Keeps statistics of runs' histories from one start of the server to the next. They are derived from the lines: losing
 * them costs time and nothing else.
 */
export interface StatisticsStore {
  /** What is kept of each run, in the order asked for. */
  load(request: { readonly runs: readonly RunKey[] }): Promise<readonly (SavedStatistics | undefined)[]>;
  /** Keeps statistics in place of older ones. Those of runs without lines, such as deleted ones, are not kept. */
  save(request: { readonly statistics: readonly SavedStatistics[] }): Promise<void>;
}

/** Statistics of a run's first lines at a version of its history. */
export interface SavedStatistics extends RunKey {
  readonly version: number;
  readonly lineCount: number;
  /** JSON text; its shape is the writer's. */
  readonly state: string;
}
