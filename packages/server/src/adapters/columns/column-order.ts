// Rows in the order of one column. Doubles compare as doubles; whatever else there is compares as protocol says.
import type { JsonValue, OrderValue } from "@steelyard/protocol";
import { roughOfText } from "./column-dictionary.ts";
import { canonicalInstant, CODED, NUMBER, type RunColumn } from "./run-column.ts";
import { createValueOrder, type ValueOrder } from "./value-order.ts";

/** Larger dictionaries hold mostly values of single rows, about which nothing is worth keeping. */
const maxKept = 8192;
/** Longer texts are cut for cursors, and compare as cut. */
const maxTextLength = 1000;

/** One key of an order. */
export class ColumnOrder {
  readonly #column: RunColumn;
  readonly #order: ValueOrder;
  readonly #sign: number;
  /** By code, filled as needed; the dictionary is too large where undefined. */
  readonly #kept: { readonly values: (OrderValue | undefined)[]; readonly roughs: number[] } | undefined;

  constructor(column: RunColumn, isDescending: boolean) {
    this.#column = column;
    this.#order = createValueOrder(column.kind, isDescending);
    this.#sign = isDescending ? -1 : 1;
    this.#kept = column.dictionary.size <= maxKept ? { values: [], roughs: [] } : undefined;
  }

  /** What a cursor carries of a row. */
  valueOf(row: number): OrderValue {
    const { tags, numbers } = this.#column;
    if (tags[row] === CODED) return this.#valueOfCode(numbers[row] ?? 0);
    return this.#order.toOrderValue(this.#column.get(row));
  }

  compare(a: number, b: number): number {
    const { tags, numbers } = this.#column;
    const tag = tags[a];
    if (tag === tags[b]) {
      const first = numbers[a] ?? 0;
      const second = numbers[b] ?? 0;
      if (tag === NUMBER) return this.#compareNumbers(first, second);
      if (tag !== CODED || first === second) return 0;
      const texts = this.#compareTexts(this.#textOf(first), this.#textOf(second));
      if (texts !== undefined) return texts;
    }
    return this.#order.compare(this.valueOf(a), this.valueOf(b));
  }

  /** Compares rows with a value that a cursor carried. */
  comparerWith(value: OrderValue): (row: number) => number {
    const { tags, numbers } = this.#column;
    const number = this.#toNumber(value);
    const text = typeof value === "string" && value.length < maxTextLength ? value : undefined;
    const compareCode = (code: number): number =>
      this.#compareTexts(this.#textOf(code), text) ?? this.#order.compare(this.#valueOfCode(code), value);
    const byCode: number[] | undefined = this.#kept && [];
    const absent = this.#order.compare(null, value);
    return (row) => {
      const found = numbers[row] ?? 0;
      switch (tags[row]) {
        case NUMBER:
          if (number !== undefined) return this.#compareNumbers(found, number);
          return this.#order.compare(this.valueOf(row), value);
        case CODED:
          return byCode === undefined ? compareCode(found) : (byCode[found] ??= compareCode(found));
        case undefined:
        default:
          return absent;
      }
    };
  }

  /** Sets a number for each row that is never greater for one that comes before: enough to pass over most rows by. */
  fillRoughs(rows: Uint32Array, roughs: Float64Array): void {
    const { kind, dictionary } = this.#column;
    if (dictionary.count === 0) this.#fillNumbers(rows, roughs);
    else if (kind !== "date") this.#fillMixed(rows, roughs);
    // Instants that are written unlike all others may stand between any two.
    else for (const [index, row] of rows.entries()) roughs[index] = this.valueOf(row) === null ? Infinity : 0;
  }

  /** Whether rows of which this is the number are equal by this key. */
  isExact(rough: number): boolean {
    // What is absent, NaN and the last of the numbers share one.
    return this.#column.dictionary.count === 0 && rough !== Infinity;
  }

  #fillNumbers(rows: Uint32Array, roughs: Float64Array): void {
    const { tags, numbers } = this.#column;
    const sign = this.#sign;
    for (let index = 0; index < rows.length; index += 1) {
      const row = rows[index] ?? 0;
      const number = numbers[row] ?? NaN;
      // Absent rows hold 0, NaN is not equal to itself.
      roughs[index] = tags[row] === NUMBER && number === number ? sign * number : Infinity;
    }
  }

  #fillMixed(rows: Uint32Array, roughs: Float64Array): void {
    const { tags, numbers, dictionary } = this.#column;
    const sign = this.#sign;
    const textRoughs = this.#column.numberCount === 0 ? dictionary.roughs : new Float64Array(0);
    for (let index = 0; index < rows.length; index += 1) {
      const row = rows[index] ?? 0;
      const number = numbers[row] ?? 0;
      let rough = Infinity;
      if (tags[row] === CODED) {
        rough = sign * (textRoughs[number] ?? NaN);
        if (Number.isNaN(rough)) rough = this.#roughOfCode(number);
      } else if (tags[row] === NUMBER && !Number.isNaN(number)) {
        rough = sign * number;
      }
      roughs[index] = rough;
    }
  }

  /** The same for a value that a cursor carried; NaN where that tells nothing. */
  roughOf(value: OrderValue): number {
    if (typeof value === "number" && Number.isNaN(value)) return NaN;
    const instant = this.#column.kind === "date" ? this.#toNumber(value) : undefined;
    if (instant !== undefined && this.#column.dictionary.size === 0) return this.#sign * instant;
    if (this.#column.kind === "date") return NaN;
    return this.#toRough(value);
  }

  #roughOfCode(code: number): number {
    const known = this.#kept?.roughs[code];
    if (known !== undefined) return known;
    const rough = this.#toRough(this.#textOf(code) ?? this.#valueOfCode(code));
    if (this.#kept !== undefined) this.#kept.roughs[code] = rough;
    return rough;
  }

  /** Texts stand between booleans and numbers on one side, and what is absent on the other, as far as this can tell. */
  #toRough(value: OrderValue): number {
    if (value === null) return Infinity;
    if (this.#column.kind === "date") return 0;
    const hasNumbers = this.#column.numberCount > 0;
    if (typeof value === "string") return this.#sign * (hasNumbers ? Infinity : roughOfText(value));
    if (typeof value === "boolean" || !hasNumbers) return this.#sign * -Infinity;
    return this.#sign * Number(value);
  }

  #valueOfCode(code: number): OrderValue {
    const known = this.#kept?.values[code];
    if (known !== undefined) return known;
    const value = this.#order.toOrderValue(this.#column.dictionary.valueOf(code));
    if (this.#kept !== undefined) this.#kept.values[code] = value;
    return value;
  }

  /** The value of a code where it is a text that is its own order value. */
  #textOf(code: number): string | undefined {
    const value: JsonValue | undefined = this.#column.dictionary.valueOf(code);
    return typeof value === "string" && value.length < maxTextLength ? value : undefined;
  }

  #compareTexts(a: string | undefined, b: string | undefined): number | undefined {
    if (a === undefined || b === undefined) return undefined;
    if (a === b) return 0;
    return a < b ? -this.#sign : this.#sign;
  }

  /** Numbers in the direction of the order, NaN after all others in both. */
  #compareNumbers(a: number, b: number): number {
    if (a < b) return -this.#sign;
    if (a > b) return this.#sign;
    return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  }

  /** The double that stands for a cursor's value in this column, if one does. */
  #toNumber(value: OrderValue): number | undefined {
    if (this.#column.kind === "date") return typeof value === "string" ? canonicalInstant(value) : undefined;
    return typeof value === "number" ? value : undefined;
  }
}
