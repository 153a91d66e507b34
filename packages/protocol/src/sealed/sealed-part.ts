/**
 * What a sealed part of a run's history is for its readers: where its two files are read, and the questions it
 * answers. The table is a Parquet file, one row a line; the file beside it holds what columns cannot carry.
 */

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

/** What a platform lends to the reader of parts. */
export interface SealedCodec {
  /** Unpacks one Zstandard frame whose content is `size` bytes long. */
  decompress(bytes: Uint8Array, size: number): Uint8Array;
  /**
   * CRC-32, as zlib computes it.
   *
   * @default a portable one
   */
  checksum?(bytes: Uint8Array): number;
}

/** An open part. Every method throws `SealedPartError` when it comes upon damage. */
export interface SealedPart {
  readonly lineCount: number;
  /**
   * The flattened keys of the part's lines: plain objects are opened and their names joined by dots; lists, empty
   * objects and what carries a `_type` are values.
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
   * Some lines by their ascending numbers in the part, otherwise as `lines`. Each row group is read once, and only the
   * lines asked for are put together.
   */
  linesAt(numbers: readonly number[]): Promise<readonly (string | undefined)[]>;
  /**
   * One flattened key of lines [from, to). A key that no line has is a column of nothing. Where a line has the key both
   * as it stands and by way of nested objects, the exact key goes before nested ones and a shorter outer key before a
   * longer one.
   */
  column(key: string, from: number, to: number): Promise<SealedColumn>;
}

/**
 * The values of one key. `number` where every value is a number that a double holds exactly (NaN and the infinities
 * are), those included that a line has by another way and that are not given; otherwise the JSON text of each value,
 * undefined where a line has none.
 */
export type SealedColumn = NumberColumn | JsonColumn;

/** A column of numbers. */
export interface NumberColumn {
  readonly kind: "number";
  /** By line; NaN where there is no value. */
  readonly values: Float64Array;
  /** By line: 1 where there is a value, 0 where there is none. */
  readonly isPresent: Uint8Array;
}

/** A column of any values. */
export interface JsonColumn {
  readonly kind: "json";
  readonly values: readonly (string | undefined)[];
}
