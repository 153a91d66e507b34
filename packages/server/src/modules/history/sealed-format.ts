/**
 * The port of sealed history: a stretch of a run's lines as one Parquet file and, beside it, a small file with what
 * columns cannot carry. What comes back are the values of the lines, not their spelling.
 */

/** Writes parts and opens them again. */
export interface SealedFormat {
  /**
   * The two files of a part. `lines[i]` is line i of the part; undefined where the line never arrived. Costs
   * processor time (about 3 s for a million lines of 23 numbers), so it is called in a worker thread.
   */
  encode(lines: readonly (string | undefined)[]): EncodedPart;
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
}

/** Where a part's files are read. */
export interface PartSource {
  readonly table: RangeSource;
  readonly beside: RangeSource;
}

/** A file of known size, read in ranges. */
export interface RangeSource {
  readonly size: number;
  /** The bytes [start, end); always as many as asked for, otherwise it throws. */
  read(start: number, end: number): Promise<Uint8Array>;
}

/** An open part. Every method throws `SealedPartError` when it comes upon damage. */
export interface SealedPart {
  readonly lineCount: number;
  /**
   * The flattened keys of the part's lines, as `flatten` names them: plain objects are opened and their names joined
   * by dots; lists, empty objects and what carries a `_type` are values.
   */
  readonly keys: readonly string[];
  /** The step that each line states, by its number in the part; NaN where it is absent or states none. */
  steps(): Promise<Float64Array>;
  /**
   * Lines [from, to) as JSON texts with the values of what was sealed: types, digits, order of keys; an unreadable
   * line as it was, undefined for an absent one. Only the row groups that hold them are read.
   */
  lines(from: number, to: number): Promise<readonly (string | undefined)[]>;
  /**
   * Some lines by their ascending numbers in the part, otherwise as `lines`. Each row group is read once at most, and
   * only the lines asked for are put together.
   */
  linesAt(numbers: readonly number[]): Promise<readonly (string | undefined)[]>;
  /**
   * One flattened key of lines [from, to). A key that no line has is a column of nothing. Where a line has the key both
   * as it stands and by way of nested objects, its value is the one that stands nearest the top, as `findValue` has it.
   */
  column(key: string, from: number, to: number): Promise<SealedColumn>;
}

/**
 * The values of one key. `number` where every value is a number that a double holds exactly (NaN and the infinities
 * are); otherwise the JSON text of each value, undefined where a line has none.
 */
export type SealedColumn =
  | {
      readonly kind: "number";
      /** By line; NaN where there is no value. */
      readonly values: Float64Array;
      /** By line: 1 where there is a value, 0 where there is none. */
      readonly isPresent: Uint8Array;
    }
  | { readonly kind: "json"; readonly values: readonly (string | undefined)[] };
