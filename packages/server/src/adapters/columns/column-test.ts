// One test of a filter, on a column instead of a document. What it means is asked of protocol's own compiled test, once
// for each distinct value where values are shared.
import { compileFilter, type Filter, type JsonValue, type RegexCompiler } from "@steelyard/protocol";
import { toInstantTest, toNumberTest, type NumberTest } from "./number-test.ts";
import { CODED, NUMBER, type RunColumn } from "./run-column.ts";

/** Larger dictionaries hold mostly values of single rows; what was said of one is not worth keeping. */
const maxKept = 8192;

/** A test of a single field. */
export type FieldFilter = Extract<Filter, { readonly kind: "field" }>;

/** Which rows of a stretch: 1 where `from + index` is one of them, else 0. */
export type RowMask = Uint8Array;

/** A compiled test. */
export class ColumnTest {
  readonly #column: RunColumn;
  readonly #matches: (value: JsonValue | undefined) => boolean;
  readonly #numbers: NumberTest;
  readonly #isAbsentMatch: number;
  /** By code: 0 not asked yet, 1 no, 2 yes. Empty for large dictionaries. */
  readonly #verdicts: Uint8Array;

  constructor(filter: FieldFilter, column: RunColumn, regex: RegexCompiler) {
    this.#column = column;
    const matches = compileValueTest(filter, column, regex);
    this.#matches = matches;
    const each = (number: number): boolean => matches(column.toValue(number));
    this.#numbers =
      column.kind === "date" ? toInstantTest(filter.test, each) : toNumberTest(filter.test, each);
    this.#isAbsentMatch = Number(matches(undefined));
    const { size } = column.dictionary;
    this.#verdicts = new Uint8Array(size <= maxKept ? size : 0);
  }

  /** Those rows of `within` that match. */
  select(from: number, within: RowMask): RowMask {
    const selected = new Uint8Array(within.length);
    if ("each" in this.#numbers) this.#selectEach(from, within, selected, this.#numbers.each);
    else this.#selectBetween(from, within, selected, this.#numbers);
    return selected;
  }

  #selectBetween(
    from: number,
    within: RowMask,
    selected: RowMask,
    { low, high, isNegated }: Extract<NumberTest, { readonly low: number }>,
  ): void {
    const { tags, numbers } = this.#column;
    const verdicts = this.#verdicts;
    const absent = this.#isAbsentMatch;
    const inside = isNegated ? 0 : 1;
    const outside = 1 - inside;
    for (let index = 0; index < within.length; index += 1) {
      if (within[index] === 0) continue;
      const number = numbers[from + index] ?? 0;
      const tag = tags[from + index];
      if (tag === NUMBER) {
        selected[index] = number >= low && number <= high ? inside : outside;
      } else if (tag === CODED) {
        const known = verdicts[number] ?? 0;
        selected[index] = known > 0 ? known - 1 : this.#judge(number);
      } else {
        selected[index] = absent;
      }
    }
  }

  #selectEach(from: number, within: RowMask, selected: RowMask, each: (number: number) => boolean): void {
    const { tags, numbers } = this.#column;
    for (let index = 0; index < within.length; index += 1) {
      if (within[index] === 0) continue;
      const number = numbers[from + index] ?? 0;
      const tag = tags[from + index];
      if (tag === NUMBER) selected[index] = Number(each(number));
      else selected[index] = tag === CODED ? this.#verdictOf(number) : this.#isAbsentMatch;
    }
  }

  #verdictOf(code: number): number {
    const known = this.#verdicts[code] ?? 0;
    return known > 0 ? known - 1 : this.#judge(code);
  }

  #judge(code: number): number {
    const verdict = Number(this.#matches(this.#column.dictionary.valueOf(code)));
    // Writing behind the end of an empty list of verdicts does nothing.
    this.#verdicts[code] = verdict + 1;
    return verdict;
  }
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
