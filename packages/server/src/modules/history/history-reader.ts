import type { JsonObject } from "@steelyard/protocol";
import type { HistoryStretch } from "./history-files.ts";
import type { LineStream, RunKey } from "./history-log.ts";

/**
 * The one reader of history and system metrics: live lines today, sealed columns merged in later, and the same answer
 * from both. Rows are in ascending `_step`; lines of the same step are one row, later keys winning.
 */
export interface HistoryReader {
  /** Rows of a step window as JSON text, whole when at most `samples` (null: no bound), otherwise an even, repeatable sample with first and last row in it. */
  rows(request: RowRequest): Promise<RowPage>;
  /** For each spec the rows that hold its keys. */
  select(request: RunKey & { readonly specs: readonly HistorySpec[] }): Promise<readonly RowSelection[]>;
  /** Rows of a step window in intervals of equal width on an axis, with statistics of each key in each. */
  buckets(request: BucketRequest): Promise<HistoryBuckets>;
  /** Last step and statistics by key. */
  keys(request: RunKey): Promise<HistoryKeys>;
  /** The same of several runs, in the order asked for. */
  keysOf(request: { readonly runs: readonly RunKey[] }): Promise<readonly HistoryKeys[]>;
  /** All rows in stretches of ascending step: sealed files that may be read as they lie, and the rows between them. */
  files(request: RunKey): Promise<readonly HistoryStretch[]>;
  /** System metric rows as JSON text in the order of their lines; an even, repeatable sample of the lines when there are more than `samples`. */
  events(request: RunKey & { readonly samples: number | null }): Promise<readonly string[]>;
  /** The last system metrics, flattened, as JSON text; null when there are none. */
  systemMetrics(request: RunKey): Promise<string | null>;
  /** Line counts of several runs, in the order asked for. */
  lineCounts(request: { readonly runs: readonly RunKey[] }): Promise<readonly LineCounts[]>;
  /** Line counts and last lines, as a resuming client needs them. */
  tails(request: RunKey): Promise<HistoryTails>;
  /** What became of the rows since a reader looked last; null for one that never did. */
  changes(request: RunKey & { readonly since: RowPosition | null }): Promise<RowChanges>;
  /** The number of the first line after step `step`: the line count that a rewind leaves. */
  lineCountAtStep(request: RunKey & { readonly step: number }): Promise<number>;
}

/** A step window; `minStep` is inclusive, `maxStep` exclusive. */
export interface RowRequest extends RunKey {
  readonly minStep: number | null;
  readonly maxStep: number | null;
  readonly samples: number | null;
}

/** Rows, and whether they are a sample of more. */
export interface RowPage {
  readonly rows: readonly string[];
  readonly isSampled: boolean;
  readonly totalRows: number;
}

/** What rows and keys are asked for; `maxStep` is inclusive here, as clients send it. */
export interface HistorySpec {
  readonly keys: readonly string[];
  readonly samples: number | null;
  readonly minStep: number | null;
  readonly maxStep: number | null;
  /** `all`: rows that hold every key; `union`: rows that hold any, of which `_step`, which all have, is not one. */
  readonly mode: "all" | "union";
}

/** Selected rows, each with only the keys asked for, or with all when none are asked for. */
export interface RowSelection {
  /** Rows as JSON text, so that big integers and key order cross threads whole. */
  readonly rows: readonly string[];
  readonly isSampled: boolean;
  readonly totalRows: number;
}

/** What to divide; `minStep` is inclusive, `maxStep` exclusive. */
export interface BucketRequest extends RunKey {
  readonly keys: readonly string[];
  /** The key whose finite numbers are the axis; rows without one are left out. */
  readonly xAxis: string;
  /** How many intervals there are, 1 or more. */
  readonly count: number;
  readonly minStep: number | null;
  readonly maxStep: number | null;
}

/** Intervals of equal width from the least to the greatest number on the axis. */
export interface HistoryBuckets {
  /** Null when no row of the window is on the axis. */
  readonly minX: number | null;
  readonly maxX: number | null;
  /** One for each key, in the order asked for. */
  readonly series: readonly BucketSeriesView[];
}

/** The finite numbers of a key, as parallel lists of the buckets that hold any. */
export interface BucketSeriesView {
  readonly key: string;
  /** Numbers of the intervals, from 0 on, ascending. */
  readonly buckets: readonly number[];
  readonly counts: readonly number[];
  readonly mins: readonly number[];
  readonly maxs: readonly number[];
  readonly means: readonly number[];
}

/** Last step and statistics by key, as clients read them from `historyKeys`. */
export interface HistoryKeys {
  readonly lastStep: number;
  readonly keys: JsonObject;
}

/** Up to where a reader has seen a run's rows; only the history reader itself understands it. */
export interface RowPosition {
  /** Of the history stream. */
  readonly version: number;
  readonly lineCount: number;
  /** The greatest step; -1 without rows. */
  readonly lastStep: number;
  /** Whether no line has a lower step than one before it. */
  readonly isAscending: boolean;
}

/** What became of rows. */
export interface RowChanges {
  /** As of now. */
  readonly position: RowPosition;
  /**
   * Rows of lower steps are as they were; null when all are, negative infinity when any may have changed. A step too
   * low is allowed.
   */
  readonly fromStep: number | null;
}

/** How many lines each stream of a run has. */
export type LineCounts = Readonly<Record<LineStream, number>>;

/** What a resuming client needs. */
export interface HistoryTails {
  readonly historyLineCount: number;
  readonly eventsLineCount: number;
  readonly logLineCount: number;
  /** JSON text of a list of strings. */
  readonly historyTail: string;
  /** JSON text of a list of strings. */
  readonly eventsTail: string;
}
