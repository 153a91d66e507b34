/**
 * The values of one column in the order of their lines, kept as tightly as they allow: most columns hold numbers of one
 * kind on every line, and cost eight bytes a value.
 */

/** A number that is written with a point or an exponent, or is not finite. */
export const FLOAT = 0;
/** An integer that a double holds exactly. */
export const INTEGER = 1;
/** An integer that only 64 bits hold; its digits are kept. */
export const WIDE_INTEGER = 2;
/** A number for which neither a double nor 64 bits will do (`-0` is one); its text is kept. */
export const OTHER_NUMBER = 3;
export const BOOLEAN = 4;
/** A text that is well formed. */
export const STRING = 5;
export const NULL = 6;
/** Lists, empty objects, objects with a `_type`, texts that are not well formed; their JSON text is kept. */
export const JSON_TEXT = 7;

const KINDS = 8;
const FIRST_CAPACITY = 64;

/** Values with their lines and kinds; lines must come in ascending order. */
export class ColumnValues {
  /** How many values of each kind there are. */
  readonly counts: Uint32Array = new Uint32Array(KINDS);
  #count = 0;
  #numbers = new Float64Array(FIRST_CAPACITY);
  /** Undefined while value i is on line i. */
  #lines: Uint32Array | undefined;
  /** Undefined while all values are of the first one's kind. */
  #kinds: Uint8Array | undefined;
  #firstKind = FLOAT;
  readonly #texts: string[] = [];

  /** How many values there are. */
  get count(): number {
    return this.#count;
  }

  /** Adds a value: a number, 0 or 1 for a truth value, or the text of the kinds that have one. */
  add(line: number, kind: number, number: number, text: string | undefined): void {
    const at = this.#count;
    if (at === this.#numbers.length) this.#grow();
    if (at === 0) this.#firstKind = kind;
    if (this.#lines === undefined && line !== at) {
      this.#lines = Uint32Array.from({ length: this.#numbers.length }, (_, index) => index);
    }
    if (this.#kinds === undefined && kind !== this.#firstKind) {
      this.#kinds = new Uint8Array(this.#numbers.length).fill(this.#firstKind);
    }
    if (this.#lines !== undefined) this.#lines[at] = line;
    if (this.#kinds !== undefined) this.#kinds[at] = kind;
    if (text === undefined) {
      this.#numbers[at] = number;
    } else {
      this.#numbers[at] = this.#texts.length;
      this.#texts.push(text);
    }
    this.counts[kind] = (this.counts[kind] ?? 0) + 1;
    this.#count = at + 1;
  }

  /** The line of a value. */
  lineOf(index: number): number {
    return this.#lines === undefined ? index : (this.#lines[index] ?? 0);
  }

  /** The kind of a value. */
  kindOf(index: number): number {
    return this.#kinds === undefined ? this.#firstKind : (this.#kinds[index] ?? FLOAT);
  }

  /** The number of a value, or 0 or 1 of a truth value. */
  numberOf(index: number): number {
    return this.#numbers[index] ?? NaN;
  }

  /** The text of a value that has one. */
  textOf(index: number): string {
    return this.#texts[this.#numbers[index] ?? 0] ?? "";
  }

  /** The numbers of values [from, to), without a copy, if all values are floats; undefined otherwise. */
  floats(from: number, to: number): Float64Array | undefined {
    const areFloats = this.counts[FLOAT] === this.#count;
    return areFloats ? this.#numbers.subarray(from, to) : undefined;
  }

  #grow(): void {
    const capacity = this.#numbers.length * 2;
    const numbers = new Float64Array(capacity);
    numbers.set(this.#numbers);
    this.#numbers = numbers;
    if (this.#lines !== undefined) {
      const lines = new Uint32Array(capacity);
      lines.set(this.#lines);
      this.#lines = lines;
    }
    if (this.#kinds !== undefined) {
      const kinds = new Uint8Array(capacity);
      kinds.set(this.#kinds);
      this.#kinds = kinds;
    }
  }
}
