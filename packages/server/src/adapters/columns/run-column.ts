// One field of a project's runs, a row for each run id: numbers and instants as doubles, everything else as a code
// into a dictionary. Nine bytes a row, and the dictionary.
import type { FieldKind, JsonValue } from "@steelyard/protocol";
import { ColumnDictionary } from "./column-dictionary.ts";
import type { ColumnSegment } from "./column-segment.ts";
import { TextBlock } from "./text-block.ts";

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
  /** Whether the dictionary knows how often each value is used. */
  #isCounted = true;

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
    if (!this.#isCounted) this.#count();
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
    this.#isCounted = false;
    const toCode =
      values instanceof TextBlock
        ? this.dictionary.enterBlock(values)
        : values.map((value) => this.dictionary.enter(value));
    const first = from + (rows?.[0] ?? 0);
    const isGapless = rows === undefined || (rows.at(-1) ?? 0) - (rows[0] ?? 0) + 1 === count;
    if (isGapless && isNumber === undefined) {
      const isOfNumbers = codes.length === 0;
      this.tags.fill(isOfNumbers ? NUMBER : CODED, first, first + count);
      if (isOfNumbers) this.numbers.set(numbers, first);
      else fillCodes(this.numbers, first, codes, toCode);
      return;
    }
    this.#loadRows(from, segment, toCode);
  }

  #loadRows(from: number, segment: ColumnSegment, toCode: number | readonly number[]): void {
    const { rows, count, isNumber, numbers, codes } = segment;
    const ofRows = new Float64Array(codes.length);
    fillCodes(ofRows, 0, codes, toCode);
    let nextNumber = 0;
    let nextCode = 0;
    for (let index = 0; index < count; index += 1) {
      const row = from + (rows === undefined ? index : (rows[index] ?? 0));
      const isOfNumber = isNumber === undefined ? codes.length === 0 : isNumber[index] === 1;
      this.tags[row] = isOfNumber ? NUMBER : CODED;
      this.numbers[row] = (isOfNumber ? numbers[nextNumber++] : ofRows[nextCode++]) ?? 0;
    }
  }

  /** Counts the uses of each value, which only those need who end some. */
  #count(): void {
    const uses = new Uint32Array(this.dictionary.size);
    for (let row = 0; row < this.tags.length; row += 1) {
      const code = this.numbers[row] ?? 0;
      if (this.tags[row] === CODED) uses[code] = (uses[code] ?? 0) + 1;
    }
    this.dictionary.setUses(uses);
    this.#isCounted = true;
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

/** Sets codes that are looked up in a list, or that begin at a number. */
function fillCodes(
  numbers: Float64Array,
  from: number,
  codes: Uint16Array,
  toCode: number | readonly number[],
): void {
  if (typeof toCode === "number") {
    for (let index = 0; index < codes.length; index += 1)
      numbers[from + index] = toCode + (codes[index] ?? 0);
    return;
  }
  // Segments of few values mostly have the same ones in the same order, which is set in one go.
  if (toCode.every((code, index) => code === index)) {
    numbers.set(codes, from);
    return;
  }
  const shared = Float64Array.from(toCode);
  for (let index = 0; index < codes.length; index += 1)
    numbers[from + index] = shared[codes[index] ?? 0] ?? 0;
}

/** Milliseconds since 1970 of a text that is the only one for its instant, so that nothing is lost. */
export function canonicalInstant(text: string): number | undefined {
  if (text.length !== 24) return undefined;
  const instant = Date.parse(text);
  return !Number.isNaN(instant) && new Date(instant).toISOString() === text ? instant : undefined;
}
