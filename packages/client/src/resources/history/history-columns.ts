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

const FIRST_CAPACITY = 1_024;

/** Collects rows into columns. */
export class HistoryColumnsBuilder {
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
  #values: (JsonValue | undefined)[] | undefined;

  set(row: number, value: JsonValue): void {
    this.#present.add(row);
    if (this.#values !== undefined) this.#values[row] = value;
    else if (typeof value === "number") this.#setNumber(row, value);
    else {
      this.#values = this.#toValues(row);
      this.#values[row] = value;
    }
  }

  build(length: number): HistoryColumn {
    this.#present.resize(length);
    const present = this.#present;
    if (this.#values !== undefined) {
      return { kind: "value", present, values: Array.from({ length }, (_, row) => this.#values?.[row]) };
    }
    const values = new Float64Array(length).fill(Number.NaN);
    values.set(this.#numbers.subarray(0, length));
    return { kind: "number", present, values };
  }

  #setNumber(row: number, value: number): void {
    if (row >= this.#numbers.length) {
      const grown = new Float64Array(Math.max(FIRST_CAPACITY, this.#numbers.length * 2, row + 1)).fill(
        Number.NaN,
      );
      grown.set(this.#numbers);
      this.#numbers = grown;
    }
    this.#numbers[row] = value;
  }

  #toValues(rows: number): (JsonValue | undefined)[] {
    return Array.from({ length: rows }, (_, row) =>
      this.#present.has(row) ? this.#numbers[row] : undefined,
    );
  }
}
