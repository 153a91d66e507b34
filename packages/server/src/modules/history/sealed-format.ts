/**
 * The port of sealed history: a stretch of a run's lines as one Parquet file and, beside it, a small file with what
 * columns cannot carry. What comes back are the values of the lines, not their spelling.
 */

import type { KeyStatistics } from "./key-statistics.ts";
import type { PartSource, SealedPart } from "@steelyard/protocol";

export type { PartSource, RangeSource, SealedColumn, SealedPart } from "@steelyard/protocol";

/** Writes parts and opens them again. */
export interface SealedFormat {
  /**
   * The two files of a part. `lines[i]` is line i of the part, and line `firstLine + i` of its stream; undefined where
   * the line never arrived. Costs processor time (about 4 s for a million lines of 23 numbers), so it is called in a
   * worker thread.
   *
   * @default firstLine: 0
   */
  encode(lines: readonly (string | undefined)[], firstLine?: number): EncodedPart;
  /**
   * Opens a part; reads the file beside and the table's footer, no rows.
   *
   * @throws {SealedPartError} when the files are damaged or do not belong together.
   */
  open(source: PartSource): Promise<SealedPart>;
}

/** The files of a part, and what the writer learnt of its lines. */
export interface EncodedPart {
  /** The Parquet file: one row a line, absent lines as rows of nulls. */
  readonly table: Uint8Array;
  readonly beside: Uint8Array;
  readonly lineCount: number;
  /** Of the lines that state an integer step; null when none does. */
  readonly minStep: number | null;
  readonly maxStep: number | null;
  /** Whether every line is there and a row, states an integer step, and each step is greater than the one before. */
  readonly isStepAscending: boolean;
  /** Of the lines, whose values were all seen on the way. */
  readonly statistics: KeyStatistics;
}
