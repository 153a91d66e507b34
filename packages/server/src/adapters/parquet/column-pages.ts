/** Makes the pages of one column, row group after row group, and sets aside the values that do not fit in them. */
import {
  ExceptionsWriter,
  INTEGER_EXCEPTION,
  NARROW_LIMIT,
  NULL_EXCEPTION,
  TEXT_EXCEPTION,
  printFloat,
  splitDoubles,
  writeBits,
  writeLevels,
  writeTexts,
} from "@steelyard/protocol";
import type { Statistics } from "hyparquet";
import { ByteWriter } from "hyparquet-writer";
import { deltaBinaryPack } from "hyparquet-writer/src/delta.js";
import { isStored } from "./column-plan.ts";
import type { PlannedColumn } from "./column-plan.ts";
import { BOOLEAN, FLOAT, INTEGER, NULL, STRING, WIDE_INTEGER } from "./column-values.ts";
import type { ColumnValues } from "./column-values.ts";
import type { TablePage } from "./table-file.ts";

/** A page, and what lies beside it. */
export interface ColumnPage {
  /** Undefined for columns that the table does not have. */
  readonly page: TablePage | undefined;
  readonly exceptions: Uint8Array | undefined;
}

/** The pages of one column. */
export class ColumnPages {
  readonly #column: PlannedColumn;
  readonly #values: ColumnValues;
  #next = 0;

  constructor(column: PlannedColumn) {
    this.#column = column;
    this.#values = column.node.values;
  }

  /** The page of lines [from, to); called for one row group after the other. */
  take(from: number, to: number): ColumnPage {
    const values = this.#values;
    const { storage, isRequired } = this.#column;
    const floats = isRequired ? values.floats(from, to) : undefined;
    if (floats !== undefined) {
      // What most columns are: a float on every line.
      this.#next = to;
      return {
        page: toPage(contentOf(floats), undefined, to - from, floats.length, false),
        exceptions: undefined,
      };
    }
    const first = this.#next;
    const exceptions = new ExceptionsWriter();
    const isPresent = isRequired ? undefined : new Uint8Array(to - from);
    const stored: number[] = [];
    let isWide = false;
    let index = first;
    for (; index < values.count && values.lineOf(index) < to; index += 1) {
      const line = values.lineOf(index) - from;
      const kind = values.kindOf(index);
      if (!isStored(storage, kind)) {
        if (kind === NULL) exceptions.add(line, NULL_EXCEPTION);
        else exceptions.add(line, TEXT_EXCEPTION, this.#textOf(index, kind));
        continue;
      }
      if (storage === "double" && kind === INTEGER) exceptions.add(line, INTEGER_EXCEPTION);
      if (storage === "integer") {
        isWide ||= kind === WIDE_INTEGER || Math.abs(values.numberOf(index)) >= NARROW_LIMIT;
      }
      if (isPresent !== undefined) isPresent[line] = 1;
      stored.push(index);
    }
    this.#next = index;
    if (storage === "none") return { page: undefined, exceptions: exceptions.finish() };
    const content = this.#content(stored, isWide);
    const page = toPage(content, isPresent, to - from, stored.length, isWide);
    return { page, exceptions: exceptions.finish() };
  }

  #content(stored: readonly number[], isWide: boolean): PageContent {
    const values = this.#values;
    switch (this.#column.storage) {
      case "double": {
        return contentOf(numbersOf(values, stored));
      }
      case "integer":
        return isWide ? packWide(values, stored) : packNarrow(values, stored);
      case "boolean":
        return {
          content: writeBits(numbersOf(values, stored)),
          statistics: {},
        };
      case "string":
      case "json":
      case "none":
        return { content: writeTexts(stored.map((index) => values.textOf(index))), statistics: {} };
    }
  }

  #textOf(index: number, kind: number): string {
    const values = this.#values;
    switch (kind) {
      case FLOAT:
        return printFloat(values.numberOf(index));
      case INTEGER:
        return String(values.numberOf(index));
      case BOOLEAN:
        return values.numberOf(index) === 1 ? "true" : "false";
      case STRING:
        return JSON.stringify(values.textOf(index));
      default:
        return values.textOf(index);
    }
  }
}

/** Values of a page, without levels. */
interface PageContent {
  readonly content: Uint8Array;
  /** Of doubles as they are in memory. */
  readonly plain?: Uint8Array;
  readonly statistics: Statistics;
}

function toPage(
  { content, plain, statistics }: PageContent,
  isPresent: Uint8Array | undefined,
  lineCount: number,
  storedCount: number,
  isWide: boolean,
): TablePage {
  const withCount = { ...statistics, null_count: BigInt(lineCount - storedCount) };
  const levels = isPresent === undefined ? undefined : writeLevels(isPresent);
  return {
    content: withLevels(levels, content),
    ...(plain !== undefined && { plain: () => withLevels(levels, plain) }),
    lineCount,
    isWide,
    statistics: withCount,
  };
}

function withLevels(levels: Uint8Array | undefined, content: Uint8Array): Uint8Array {
  if (levels === undefined) return content;
  const bytes = new Uint8Array(levels.length + content.length);
  bytes.set(levels);
  bytes.set(content, levels.length);
  return bytes;
}

function contentOf(doubles: Float64Array): PageContent {
  const plain = new Uint8Array(doubles.buffer, doubles.byteOffset, doubles.byteLength);
  return { content: splitDoubles(doubles), plain, statistics: boundsOf(doubles) };
}

function numbersOf(values: ColumnValues, stored: readonly number[]): Float64Array {
  const numbers = new Float64Array(stored.length);
  for (let place = 0; place < stored.length; place += 1) numbers[place] = values.numberOf(stored[place] ?? 0);
  return numbers;
}

function packNarrow(values: ColumnValues, stored: readonly number[]): PageContent {
  const integers = numbersOf(values, stored);
  const bytes = new ByteWriter();
  deltaBinaryPack(bytes, integers, "INT64");
  const { min_value, max_value } = boundsOf(integers);
  if (min_value === undefined || max_value === undefined)
    return { content: bytes.getBytes(), statistics: {} };
  const statistics = { min_value: BigInt(Number(min_value)), max_value: BigInt(Number(max_value)) };
  return { content: bytes.getBytes(), statistics };
}

function packWide(values: ColumnValues, stored: readonly number[]): PageContent {
  const integers = BigInt64Array.from(stored, (index) =>
    BigInt(values.kindOf(index) === WIDE_INTEGER ? values.textOf(index) : values.numberOf(index)),
  );
  const bytes = new ByteWriter();
  deltaBinaryPack(bytes, integers, "INT64");
  let min_value = integers[0] ?? 0n;
  let max_value = min_value;
  for (const integer of integers) {
    if (integer < min_value) min_value = integer;
    if (integer > max_value) max_value = integer;
  }
  return { content: bytes.getBytes(), statistics: { min_value, max_value } };
}

/** Least and greatest number; NaN is neither, and the format wants zeros with these signs. */
function boundsOf(numbers: ArrayLike<number>): Pick<Statistics, "min_value" | "max_value"> {
  let least = Infinity;
  let greatest = -Infinity;
  for (let index = 0; index < numbers.length; index += 1) {
    const number = numbers[index] ?? NaN;
    if (number < least) least = number;
    if (number > greatest) greatest = number;
  }
  if (least > greatest) return {};
  return { min_value: least === 0 ? -0 : least, max_value: greatest === 0 ? 0 : greatest };
}
