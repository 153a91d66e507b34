/**
 * History as columns: what Python users get as a data frame. Numbers are in typed arrays, ready for charts, WebGL or
 * Arrow; a column with anything else, or with integers that a double cannot hold, is a plain list.
 */
import type { JsonObject, JsonValue } from "@steelyard/protocol";

import { findInRow, selectedKeys } from "./history-row.ts";
import type { HistorySelection } from "./history-row.ts";
import { PresenceBitmap } from "./presence-bitmap.ts";

/** A column of numbers. */
export interface NumberColumn {
  readonly kind: "number";
  /** One number per row; NaN where the row has none (and where NaN was logged: see `present`). */
  readonly values: Float64Array<ArrayBuffer>;
  /** Which rows have the key. */
  readonly present: PresenceBitmap;
}

/** A column of texts, truth values, lists, dicts, nulls, big integers, or a mixture. */
export interface ValueColumn {
  readonly kind: "value";
  /** One value per row; undefined where the row has none. */
  readonly values: readonly (JsonValue | undefined)[];
  /** Which rows have the key. */
  readonly present: PresenceBitmap;
}

/** A column of history. */
export type HistoryColumn = NumberColumn | ValueColumn;

/** Whether a result is a sample, and of how many rows. */
export interface HistoryExtent {
  /** True when rows may have been left out. */
  readonly sampled: boolean;
  /** How many rows there are in all, where that is known. */
  readonly totalRows: number | null;
}

/** History by columns. */
export interface HistoryColumns extends HistoryExtent {
  readonly format: "columns";
  /** How many rows each column has. */
  readonly length: number;
  /** The columns by key, in the order in which keys appear; the keys asked for come first, in their order. */
  readonly columns: ReadonlyMap<string, HistoryColumn>;
}

/** Rows that come together: by columns where that is how they were read. */
export type ColumnBlock =
  | { readonly kind: "rows"; readonly rows: readonly JsonObject[] }
  | {
      readonly kind: "columns";
      readonly length: number;
      /** In the order in which new keys appear. */
      readonly columns: readonly (readonly [string, BlockColumn])[];
    };

/** A column of a block. */
export type BlockColumn =
  | {
      readonly kind: "number";
      readonly values: Float64Array;
      /** By row: 1 where there is a value, 0 where there is none. */
      readonly isPresent: Uint8Array;
    }
  | { readonly kind: "value"; readonly values: readonly (JsonValue | undefined)[] };

/** Where the columns of a block go. */
export interface BlockTargets {
  /** Whether there is a column of this key. */
  has(key: string): boolean;
  /** Where the next `length` numbers of a column may be put before they are added; undefined where there is no room. */
  placeOf(key: string, length: number): Float64Array | undefined;
}

const FIRST_CAPACITY = 1_024;

/** Collects rows into columns. */
export class HistoryColumnsBuilder implements BlockTargets {
  readonly #columns = new Map<string, ColumnBuilder>();
  readonly #keys: readonly string[] | null;
  #length = 0;

  /** With a selection there are exactly its columns; otherwise one for each top-level key. */
  constructor(selection: HistorySelection | null, leading: readonly string[] = []) {
    this.#keys = selection === null ? null : [...leading, ...selectedKeys(selection)];
    for (const key of this.#keys ?? leading) this.#columns.set(key, new ColumnBuilder());
  }

  /** How many rows there are so far. */
  get length(): number {
    return this.#length;
  }

  /** Adds a row at the end. */
  append(row: JsonObject): void {
    for (const key of this.#keys ?? Object.keys(row)) {
      const value = findInRow(row, key);
      if (value !== undefined) this.#column(key).set(this.#length, value);
    }
    this.#length += 1;
  }

  has(key: string): boolean {
    return this.#columns.has(key);
  }

  placeOf(key: string, length: number): Float64Array | undefined {
    return this.#columns.get(key)?.placeOf(this.#length, length);
  }

  /**
   * Adds rows at the end. `expectedRows` is how many rows there may be in the end, so that columns that every row has
   * need not grow by and by.
   */
  appendBlock(block: ColumnBlock, expectedRows: number): void {
    if (block.kind === "rows") {
      for (const row of block.rows) this.append(row);
      return;
    }
    for (const [key, column] of block.columns) this.#column(key).setAll(this.#length, column, expectedRows);
    this.#length += block.length;
  }

  /** The columns. The builder is not to be used afterwards. */
  build(extent: HistoryExtent): HistoryColumns {
    const columns = new Map<string, HistoryColumn>();
    for (const [key, column] of this.#columns) columns.set(key, column.build(this.#length));
    return { format: "columns", length: this.#length, columns, ...extent };
  }

  #column(key: string): ColumnBuilder {
    let column = this.#columns.get(key);
    if (column === undefined) {
      column = new ColumnBuilder();
      this.#columns.set(key, column);
    }
    return column;
  }
}

/** A column that is numbers until something else comes. */
class ColumnBuilder {
  readonly #present = new PresenceBitmap();
  #numbers: Float64Array<ArrayBuffer> = new Float64Array(0);
  /** Up to here the numbers are set; beyond is nothing yet, not even NaN. */
  #filled = 0;
  #values: (JsonValue | undefined)[] | undefined;

  set(row: number, value: JsonValue): void {
    this.#present.add(row);
    if (this.#values === undefined && typeof value === "number") {
      this.#reserve(row + 1, 0);
      this.#fillTo(row);
      this.#numbers[row] = value;
      this.#filled = row + 1;
      return;
    }
    this.#values ??= this.#toValues();
    this.#values[row] = value;
  }

  placeOf(start: number, length: number): Float64Array | undefined {
    const hasRoom = this.#values === undefined && start + length <= this.#numbers.length;
    return hasRoom ? this.#numbers.subarray(start, start + length) : undefined;
  }

  setAll(start: number, column: BlockColumn, expectedRows: number): void {
    if (column.kind === "number" && this.#values === undefined) {
      const { values, isPresent } = column;
      const isFull = !isPresent.includes(0);
      const end = start + values.length;
      this.#reserve(end, isFull ? expectedRows : 0);
      this.#fillTo(start);
      // They may be in their place already.
      if (values.buffer !== this.#numbers.buffer) this.#numbers.set(values, start);
      this.#filled = end;
      if (isFull) this.#present.addRange(start, end);
      else for (const [row, bit] of isPresent.entries()) if (bit === 1) this.#present.add(start + row);
      return;
    }
    for (let row = 0; row < column.values.length; row += 1) {
      const value = column.values[row];
      if (value === undefined || (column.kind === "number" && column.isPresent[row] !== 1)) continue;
      this.set(start + row, value);
    }
  }

  build(length: number): HistoryColumn {
    this.#present.resize(length);
    const present = this.#present;
    if (this.#values !== undefined) {
      return { kind: "value", present, values: Array.from({ length }, (_, row) => this.#values?.[row]) };
    }
    this.#reserve(length, length);
    this.#fillTo(length);
    const isExact = this.#numbers.length === length;
    return { kind: "number", present, values: isExact ? this.#numbers : this.#numbers.slice(0, length) };
  }

  #reserve(rows: number, expectedRows: number): void {
    if (rows <= this.#numbers.length) return;
    const grown = Math.max(FIRST_CAPACITY, this.#numbers.length * 2, rows);
    const numbers = new Float64Array(expectedRows >= rows ? expectedRows : grown);
    numbers.set(this.#numbers.subarray(0, this.#filled));
    this.#numbers = numbers;
  }

  /** Rows that were passed over have no number. */
  #fillTo(row: number): void {
    if (row > this.#filled) this.#numbers.fill(Number.NaN, this.#filled, row);
    this.#filled = Math.max(this.#filled, row);
  }

  #toValues(): (JsonValue | undefined)[] {
    const numbers = this.#numbers.subarray(0, this.#filled);
    this.#numbers = new Float64Array(0);
    return Array.from(numbers, (number, row) => (this.#present.has(row) ? number : undefined));
  }
}
