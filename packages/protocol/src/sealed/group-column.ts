/** A column's values in one row group, by line: what the table's page and the exceptions beside it say together. */
import { parseJson } from "../json/parse.ts";
import type { JsonValue } from "../json/value.ts";
import { INTEGER_EXCEPTION, NULL_EXCEPTION, TEXT_EXCEPTION } from "./exceptions.ts";
import type { Exceptions } from "./exceptions.ts";
import { printFloat } from "./line-printer.ts";
import { readNarrowIntegers, readWideIntegers } from "./page-integers.ts";
import { copyDoubles, joinDoubles } from "./page-doubles.ts";
import { readLevels } from "./page-levels.ts";
import { readBits, readTexts } from "./page-texts.ts";
import type { ColumnLayout, ColumnStorage, PageLayout } from "./part-layout.ts";

/** The values of a page by line. */
interface PageValues {
  /** 0 or 1; undefined when every line has a value. */
  readonly isPresent: Uint8Array | undefined;
  /** Of numbers and truth values; NaN where there is none. */
  readonly numbers: Float64Array | undefined;
  /** Of the others what was stored; of a page with integers too great for a double the digits. */
  readonly texts: readonly (string | undefined)[] | undefined;
}

/** Values of one column in one row group. */
export class GroupColumn {
  readonly #storage: ColumnStorage;
  readonly #page: PageValues | undefined;
  readonly #exceptions: Exceptions | undefined;

  constructor(storage: ColumnStorage, page: PageValues | undefined, exceptions: Exceptions | undefined) {
    this.#storage = storage;
    this.#page = page;
    this.#exceptions = exceptions;
  }

  /** The JSON text of a line's value, or undefined when it has none. */
  textAt(line: number): string | undefined {
    switch (this.#exceptions?.kinds[line]) {
      case INTEGER_EXCEPTION:
        return String(this.#page?.numbers?.[line]);
      case NULL_EXCEPTION:
        return "null";
      case TEXT_EXCEPTION:
        return this.#exceptions.texts.get(line);
      case undefined:
      default:
        return this.#pageTextAt(line);
    }
  }

  /** A line's value, or undefined when it has none: what `parseJson` gives of {@link textAt}. */
  valueAt(line: number): JsonValue | undefined {
    const kind = this.#exceptions?.kinds[line] ?? 0;
    const page = this.#page;
    if (kind === NULL_EXCEPTION) return null;
    if (kind === TEXT_EXCEPTION) return parseOptional(this.#exceptions?.texts.get(line));
    if (page === undefined || page.isPresent?.[line] === 0) return undefined;
    switch (this.#storage) {
      case "double":
        return page.numbers?.[line];
      case "integer":
        return page.texts === undefined ? page.numbers?.[line] : parseOptional(page.texts[line]);
      case "boolean":
        return page.numbers?.[line] === 1;
      case "string":
        return page.texts?.[line];
      case "json":
      case "none":
        return parseOptional(page.texts?.[line]);
    }
  }

  /** Whether every value of lines [from, to) is a number that a double holds exactly. */
  isNumeric(from: number, to: number): boolean {
    const exceptions = this.#exceptions;
    if (exceptions !== undefined) {
      for (let line = from; line < to; line += 1) {
        if (exceptions.kinds[line] === NULL_EXCEPTION) return false;
        if (exceptions.texts.size === 0) continue;
        const text = exceptions.texts.get(line);
        if (text !== undefined && typeof parseJson(text) !== "number") return false;
      }
    }
    if (this.#page === undefined) return true;
    const { numbers, texts, isPresent } = this.#page;
    if (this.#storage === "integer" && texts !== undefined) {
      // What stands for no value is no integer either, so texts tell the two apart.
      const slice = texts.slice(from, to);
      return slice.every((digits) => digits === undefined || Number.isSafeInteger(Number(digits)));
    }
    if (numbers !== undefined && this.#storage !== "boolean") return true;
    return isPresent?.subarray(from, to).every((bit) => bit === 0) ?? from === to;
  }

  /** By line: the integer that a double holds, however it is written; NaN where there is something else. */
  integers(lineCount: number): Float64Array {
    const integers = new Float64Array(lineCount).fill(NaN);
    const numbers = this.#storage === "boolean" ? undefined : this.#page?.numbers;
    const take = (line: number, value: unknown): void => {
      if (typeof value === "number" && Number.isSafeInteger(value)) integers[line] = value;
    };
    for (let line = 0; line < lineCount; line += 1) take(line, numbers?.[line]);
    for (const [line, text] of this.#exceptions?.texts ?? []) take(line, parseJson(text));
    return integers;
  }

  /** Writes numbers and presence of lines [from, to) to the targets from `start` on; only where they are numeric. */
  fill(from: number, to: number, values: Float64Array, isPresent: Uint8Array, start: number): void {
    const numbers = this.#page?.numbers;
    if (numbers === undefined || this.#storage === "boolean") {
      values.fill(NaN, start, start + to - from);
    } else {
      // The page's numbers may have been put in their place when it was read.
      if (numbers.buffer !== values.buffer) values.set(numbers.subarray(from, to), start);
      if (this.#page?.isPresent === undefined) isPresent.fill(1, start, start + to - from);
      else isPresent.set(this.#page.isPresent.subarray(from, to), start);
    }
    for (const [line, text] of this.#exceptions?.texts ?? []) {
      if (line < from || line >= to) continue;
      values[start + line - from] = Number(parseJson(text));
      isPresent[start + line - from] = 1;
    }
  }

  #pageTextAt(line: number): string | undefined {
    const page = this.#page;
    if (page === undefined || page.isPresent?.[line] === 0) return undefined;
    const number = page.numbers?.[line] ?? NaN;
    const text = page.texts?.[line];
    switch (this.#storage) {
      case "double":
        return printFloat(number);
      case "integer":
        return text ?? String(number);
      case "boolean":
        return number === 1 ? "true" : "false";
      case "string":
        return JSON.stringify(text);
      case "json":
      case "none":
        return text;
    }
  }
}

function parseOptional(text: string | undefined): JsonValue | undefined {
  return text === undefined ? undefined : parseJson(text);
}

/** Reads a page of `count` lines; doubles on every line are put into `target` where there is one. */
export function readPage(
  bytes: Uint8Array,
  { storage, isRequired }: ColumnLayout,
  page: Pick<PageLayout, "isWide" | "isPlain">,
  count: number,
  target?: Float64Array,
): PageValues {
  const levels = isRequired ? undefined : readLevels(bytes, count);
  const isPresent = levels?.isPresent;
  const stored = isPresent === undefined ? count : isPresent.reduce((sum, bit) => sum + bit, 0);
  const values = bytes.subarray(levels?.end ?? 0);
  if (target !== undefined && storage === "double" && stored === count) {
    readDoubles(values, page, target);
    return { isPresent: undefined, numbers: target, texts: undefined };
  }
  const dense = readDense(values, storage, page, stored);
  if (isPresent === undefined || stored === count) return { ...dense, isPresent: undefined };
  return {
    isPresent,
    numbers: dense.numbers && spreadNumbers(dense.numbers, isPresent),
    texts: dense.texts && spreadTexts(dense.texts, isPresent),
  };
}

function readDense(
  bytes: Uint8Array,
  storage: ColumnStorage,
  page: Pick<PageLayout, "isWide" | "isPlain">,
  count: number,
): Pick<PageValues, "numbers" | "texts"> {
  switch (storage) {
    case "double": {
      const numbers = new Float64Array(count);
      readDoubles(bytes, page, numbers);
      return { numbers, texts: undefined };
    }
    case "integer":
      if (!page.isWide) return { numbers: readNarrowIntegers(bytes, count), texts: undefined };
      return readWide(readWideIntegers(bytes, count));
    case "boolean":
      return { numbers: readBits(bytes, count), texts: undefined };
    case "string":
    case "json":
    case "none":
      return { numbers: undefined, texts: readTexts(bytes, count) };
  }
}

function readDoubles(
  bytes: Uint8Array,
  { isPlain }: { readonly isPlain: boolean },
  target: Float64Array,
): void {
  if (isPlain) copyDoubles(bytes, target.length, target, 0);
  else joinDoubles(bytes, target.length, target, 0);
}

/** Integers of which some are too great for a double: the digits tell what the numbers cannot. */
function readWide(integers: BigInt64Array): Pick<PageValues, "numbers" | "texts"> {
  const numbers = Float64Array.from(integers, Number);
  if (numbers.every((number) => Number.isSafeInteger(number))) return { numbers, texts: undefined };
  return { numbers, texts: Array.from(integers, String) };
}

function spreadNumbers(dense: Float64Array, isPresent: Uint8Array): Float64Array {
  const values = new Float64Array(isPresent.length).fill(NaN);
  let next = 0;
  for (let line = 0; line < isPresent.length; line += 1) {
    if (isPresent[line] !== 1) continue;
    values[line] = dense[next] ?? NaN;
    next += 1;
  }
  return values;
}

function spreadTexts(
  dense: readonly string[] | readonly (string | undefined)[],
  isPresent: Uint8Array,
): (string | undefined)[] {
  let next = 0;
  return Array.from(isPresent, (bit) => {
    if (bit !== 1) return undefined;
    next += 1;
    return dense[next - 1];
  });
}
