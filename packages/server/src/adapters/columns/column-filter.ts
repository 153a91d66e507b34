// A whole filter over columns: the tests of its fields, joined by `and`, `or`, `nor` and `not` on masks of rows.
import type { Filter, RegexCompiler } from "@steelyard/protocol";
import { ColumnTest, type RowMask } from "./column-test.ts";
import type { RunColumn } from "./run-column.ts";

/** Stretches of rows are at most this long, so that what is looked at stays in the processor's nearest cache. */
export const rowsAStretch = 4096;

/** Leaves of the rows of a stretch, which begins at row `from`, only those that match. */
export type RowNarrowing = (from: number, rows: RowMask) => void;

/** Compiles a filter whose fields all have columns. Throws `FilterError` as `compileRunFilter` does. */
export function compileColumnFilter(
  filter: Filter,
  columnOf: (field: string) => RunColumn,
  regex: RegexCompiler,
): RowNarrowing {
  const compile = (inner: Filter): RowNarrowing => compileColumnFilter(inner, columnOf, regex);
  switch (filter.kind) {
    case "field": {
      const test = new ColumnTest(filter, columnOf(filter.field), regex);
      return (from, rows) => {
        test.narrow(from, rows);
      };
    }
    case "and":
      return allOf(filter.filters.map(compile));
    case "or":
      return anyOf(filter.filters.map(compile));
    case "nor":
      return noneOf(anyOf(filter.filters.map(compile)));
    case "not":
      return noneOf(compile(filter.filter));
  }
}

function allOf(parts: readonly RowNarrowing[]): RowNarrowing {
  return (from, rows) => {
    for (const part of parts) part(from, rows);
  };
}

/** Each part looks only at rows that none before it took. */
function anyOf(parts: readonly RowNarrowing[]): RowNarrowing {
  const left = new Uint8Array(rowsAStretch);
  const found = new Uint8Array(rowsAStretch);
  return (from, rows) => {
    const length = rows.length;
    left.set(rows);
    for (const part of parts) {
      found.set(left);
      part(from, found.subarray(0, length));
      remove(left, found, length);
    }
    remove(rows, left, length);
  };
}

function noneOf(part: RowNarrowing): RowNarrowing {
  const found = new Uint8Array(rowsAStretch);
  return (from, rows) => {
    found.set(rows);
    part(from, found.subarray(0, rows.length));
    remove(rows, found, rows.length);
  };
}

function remove(rows: RowMask, removed: RowMask, length: number): void {
  for (let index = 0; index < length; index += 1) rows[index] = (rows[index] ?? 0) & ~(removed[index] ?? 0);
}
