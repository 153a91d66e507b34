// One field of a project's runs, a row for each run id: numbers and instants as doubles, everything else as a code
// into a dictionary. Nine bytes a row, and the dictionary.
import type { FieldKind, JsonValue } from "@steelyard/protocol";
import { ColumnDictionary } from "./column-dictionary.ts";
import type { ColumnSegment } from "./column-segment.ts";

/** The row has no value. */
export const ABSENT = 0;
/** The row's double is the value, or the milliseconds since 1970 in a column of instants. */
export const NUMBER = 1;
/** The row's double is a code. */
export const CODED = 2;

/** What a row takes besides its share of the dictionary. */
export const bytesARow = 9;

/** The values of one field. */
export class RunColumn {
  readonly kind: FieldKind;
  readonly dictionary: ColumnDictionary = new ColumnDictionary();
  /** `ABSENT`, `NUMBER` or `CODED`; rows beyond the end are absent. */
  tags: Uint8Array = new Uint8Array(0);
  numbers: Float64Array = new Float64Array(0);
  #numberCount = 0;

  constructor(kind: FieldKind) {
    this.kind = kind;
  }

  /** About how much memory is in use. */
  get bytes(): number {
    return this.tags.length * bytesARow + this.dictionary.bytes;
  }

  /** How many rows hold doubles. */
  get numberCount(): number {
    return this.#numberCount;
  }

  /** Makes room for rows up to `rowCount` at once. */
  reserve(rowCount: number): void {
    if (rowCount <= this.tags.length) return;
    const tags = new Uint8Array(rowCount);
    const numbers = new Float64Array(rowCount);
    tags.set(this.tags);
    numbers.set(this.numbers);
    this.tags = tags;
    this.numbers = numbers;
  }

  /** The value of a row as it was set. */
  get(row: number): JsonValue | undefined {
    const number = this.numbers[row] ?? 0;
    switch (this.tags[row]) {
      case NUMBER:
        return this.toValue(number);
      case CODED:
        return this.dictionary.valueOf(number);
      case undefined:
      default:
        return undefined;
    }
  }

  /** The value that a row's double stands for. */
  toValue(number: number): number | string {
    return this.kind === "date" ? new Date(number).toISOString() : number;
  }

  /** Sets a row, or empties it. */
  set(row: number, value: JsonValue | undefined): void {
    if (row >= this.tags.length) {
      if (value === undefined) return;
      this.reserve(Math.max(row + 1, Math.ceil(this.tags.length * 1.25), 64));
    }
    this.#clear(row);
    if (value === undefined) return;
    const number = this.#numberOf(value);
    this.tags[row] = number === undefined ? CODED : NUMBER;
    this.numbers[row] = number ?? this.dictionary.take(value);
    if (number !== undefined) this.#numberCount += 1;
  }

  /** Sets the rows of a segment that begins at a row; they must be empty. */
  load(from: number, segment: ColumnSegment): void {
    const { rows, count, isNumber, numbers, codes, values } = segment;
    this.reserve(from + (rows === undefined ? count : (rows.at(-1) ?? -1) + 1));
    this.#numberCount += numbers.length;
    const first = rows?.[0] ?? 0;
    const isGapless = rows === undefined || (rows.at(-1) ?? 0) - first + 1 === count;
    if (isGapless && numbers.length === count) {
      this.numbers.set(numbers, from + first);
      this.tags.fill(NUMBER, from + first, from + first + count);
      return;
    }
    const uses = new Uint32Array(values.length);
    for (const code of codes) uses[code] = (uses[code] ?? 0) + 1;
    const shared = Uint32Array.from(values, (value, code) => this.dictionary.take(value, uses[code]));
    let nextNumber = 0;
    let nextCode = 0;
    for (let index = 0; index < count; index += 1) {
      const row = from + (rows === undefined ? index : (rows[index] ?? 0));
      const isOfNumber = isNumber === undefined ? codes.length === 0 : isNumber[index] === 1;
      this.tags[row] = isOfNumber ? NUMBER : CODED;
      this.numbers[row] = isOfNumber ? (numbers[nextNumber++] ?? 0) : (shared[codes[nextCode++] ?? 0] ?? 0);
    }
  }

  #clear(row: number): void {
    if (this.tags[row] === CODED) this.dictionary.release(this.numbers[row] ?? 0);
    else if (this.tags[row] === NUMBER) this.#numberCount -= 1;
    this.tags[row] = ABSENT;
  }

  #numberOf(value: JsonValue): number | undefined {
    if (this.kind === "date") return typeof value === "string" ? canonicalInstant(value) : undefined;
    return typeof value === "number" ? value : undefined;
  }
}

/** Milliseconds since 1970 of a text that is the only one for its instant, so that nothing is lost. */
export function canonicalInstant(text: string): number | undefined {
  if (text.length !== 24) return undefined;
  const instant = Date.parse(text);
  return !Number.isNaN(instant) && new Date(instant).toISOString() === text ? instant : undefined;
}
