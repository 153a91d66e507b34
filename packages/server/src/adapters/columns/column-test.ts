// One test of a filter, on a column instead of a document. What it means is asked of protocol's own compiled test, once
// for each distinct value. The loops have no branches that depend on values: a wrong guess of the processor costs more
// than the rest of a row's work.
import {
  compileFilter,
  printFilter,
  type FieldTest,
  type Filter,
  type JsonValue,
  type RegexCompiler,
} from "@steelyard/protocol";
import { findRequiredText } from "../re2/literal-pattern.ts";
import { toInstantTest, toNumberTest, type NumberTest } from "./number-test.ts";
import { CODED, NUMBER, type RunColumn } from "./run-column.ts";
import type { CodeVerdicts } from "./code-verdicts.ts";

/** So many distinct values are all judged beforehand; of more only those that rows need. */
const maxJudgedBefore = 8192;

/** A test of a single field. */
export type FieldFilter = Extract<Filter, { readonly kind: "field" }>;

/** Which rows of a stretch: 1 where `from + index` is one of them, else 0. */
export type RowMask = Uint8Array;

type Interval = Extract<NumberTest, { readonly low: number }>;

/** A compiled test. */
export class ColumnTest {
  readonly #column: RunColumn;
  readonly #matches: (value: JsonValue | undefined) => boolean;
  readonly #numbers: NumberTest;
  readonly #isAbsentMatch: number;
  readonly #verdicts: CodeVerdicts;

  constructor(filter: FieldFilter, column: RunColumn, regex: RegexCompiler) {
    this.#column = column;
    const matches = compileValueTest(filter, column, regex);
    this.#matches = matches;
    const each = (number: number): boolean => matches(column.toValue(number));
    this.#numbers =
      column.kind === "date" ? toInstantTest(filter.test, each) : toNumberTest(filter.test, each);
    this.#isAbsentMatch = Number(matches(undefined));
    this.#verdicts = column.dictionary.verdicts(printFilter(filter));
    this.#judgeBefore(filter);
  }

  #judgeBefore({ test }: FieldFilter): void {
    const { dictionary, kind } = this.#column;
    const verdicts = this.#verdicts;
    const needed = kind === "value" && verdicts.known === 0 ? neededText(test) : undefined;
    if (needed !== undefined)
      dictionary.judgeBlocks(verdicts, needed, {
        otherwise: test.operator === "$ne",
        matches: this.#matches,
      });
    const left = dictionary.count - verdicts.known;
    if (left === 0 || left > maxJudgedBefore) return;
    for (let code = 0; code < dictionary.size; code += 1) {
      if (dictionary.valueOf(code) !== undefined) this.#verdictOf(code);
    }
  }

  /** Leaves of a stretch only the rows that match. */
  narrow(from: number, rows: RowMask): void {
    const { tags, dictionary } = this.#column;
    const end = Math.max(0, Math.min(rows.length, tags.length - from));
    const numbers = this.#numbers;
    if ("each" in numbers) this.#narrowEach(from, rows, end, numbers.each);
    else if (dictionary.count === 0) this.#narrowNumbers(from, rows, end, numbers);
    else if (this.#verdicts.known === dictionary.count) this.#narrowKnown(from, rows, end, numbers);
    else this.#narrowEach(from, rows, end, (number) => isBetween(number, numbers));
    const absent = this.#isAbsentMatch;
    for (let index = end; index < rows.length; index += 1) rows[index] = (rows[index] ?? 0) & absent;
  }

  #narrowNumbers(from: number, rows: RowMask, end: number, { low, high, isNegated }: Interval): void {
    const { tags, numbers } = this.#column;
    const absent = this.#isAbsentMatch;
    const flip = Number(isNegated);
    for (let index = 0; index < end; index += 1) {
      const number = numbers[from + index] ?? 0;
      const isNumber = tags[from + index] ?? 0;
      const inside = (Number(number >= low) & Number(number <= high)) ^ flip;
      rows[index] = (rows[index] ?? 0) & ((isNumber & inside) | ((isNumber ^ 1) & absent));
    }
  }

  #narrowKnown(from: number, rows: RowMask, end: number, { low, high, isNegated }: Interval): void {
    const { tags, numbers } = this.#column;
    const verdicts = this.#verdicts.ofCodes;
    const absent = this.#isAbsentMatch;
    const flip = Number(isNegated);
    for (let index = 0; index < end; index += 1) {
      const number = numbers[from + index] ?? 0;
      const tag = tags[from + index] ?? 0;
      const inside = (Number(number >= low) & Number(number <= high)) ^ flip;
      // Rows of one column mostly hold either numbers or codes, so that this guess is mostly right.
      const verdict = tag === CODED ? (verdicts[number] ?? 0) >> 1 : tag & inside;
      rows[index] = (rows[index] ?? 0) & (verdict | (Number(tag === 0) & absent));
    }
  }

  #narrowEach(from: number, rows: RowMask, end: number, each: (number: number) => boolean): void {
    const { tags, numbers } = this.#column;
    for (let index = 0; index < end; index += 1) {
      if (rows[index] === 0) continue;
      const number = numbers[from + index] ?? 0;
      const tag = tags[from + index];
      if (tag === NUMBER) rows[index] = Number(each(number));
      else rows[index] = tag === CODED ? this.#verdictOf(number) : this.#isAbsentMatch;
    }
  }

  #verdictOf(code: number): number {
    const known = this.#verdicts.ofCodes[code] ?? 0;
    if (known > 0) return known - 1;
    return this.#verdicts.set(code, this.#matches(this.#column.dictionary.valueOf(code)));
  }
}

/** What a text must contain for a test to say of it what it does not say of all others. */
function neededText(test: FieldTest): string | undefined {
  switch (test.operator) {
    case "$regex":
      return test.flags === "" ? findRequiredText(test.pattern) : undefined;
    case "$contains":
      return test.text === "" ? undefined : test.text;
    case "$eq":
    case "$ne":
      return typeof test.value === "string" && test.value !== "" ? test.value : undefined;
    case "$all":
    case "$exists":
    case "$gt":
    case "$gte":
    case "$in":
    case "$lt":
    case "$lte":
    case "$nin":
    case "$size":
      return undefined;
  }
}

function isBetween(number: number, { low, high, isNegated }: Interval): boolean {
  return (number >= low && number <= high) !== isNegated;
}

/** The test as a function of the field's value. Throws `FilterError` as `compileRunFilter` does. */
function compileValueTest(
  filter: FieldFilter,
  { kind }: RunColumn,
  regex: RegexCompiler,
): (value: JsonValue | undefined) => boolean {
  const holder: { value: JsonValue | undefined } = { value: undefined };
  const matches = compileFilter<typeof holder>(filter, {
    regex,
    field: () => ({ kind, read: (document) => document.value }),
  });
  return (value) => {
    holder.value = value;
    return matches(holder);
  };
}
