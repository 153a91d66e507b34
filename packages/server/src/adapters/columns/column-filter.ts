// A whole filter over columns: the tests of its fields, joined by `and`, `or`, `nor` and `not` on masks of rows.
import type { Filter, RegexCompiler } from "@steelyard/protocol";
import { ColumnTest, type RowMask } from "./column-test.ts";
import type { RunColumn } from "./run-column.ts";

/** Those rows of `within`, a stretch that begins at row `from`, that match. */
export type RowSelection = (from: number, within: RowMask) => RowMask;

/** Compiles a filter whose fields all have columns. Throws `FilterError` as `compileRunFilter` does. */
export function compileColumnFilter(
  filter: Filter,
  columnOf: (field: string) => RunColumn,
  regex: RegexCompiler,
): RowSelection {
  switch (filter.kind) {
    case "field": {
      const test = new ColumnTest(filter, columnOf(filter.field), regex);
      return (from, within) => test.select(from, within);
    }
    case "and":
      return allOf(filter.filters.map((inner) => compileColumnFilter(inner, columnOf, regex)));
    case "or":
      return anyOf(filter.filters.map((inner) => compileColumnFilter(inner, columnOf, regex)));
    case "nor":
      return noneOf(anyOf(filter.filters.map((inner) => compileColumnFilter(inner, columnOf, regex))));
    case "not":
      return noneOf(compileColumnFilter(filter.filter, columnOf, regex));
  }
}

function allOf(parts: readonly RowSelection[]): RowSelection {
  return (from, within) => parts.reduce((left, part) => part(from, left), within);
}

/** Each part looks only at rows that none before it took. */
function anyOf(parts: readonly RowSelection[]): RowSelection {
  return (from, within) => {
    const taken = new Uint8Array(within.length);
    let left = within;
    for (const part of parts) {
      const found = part(from, left);
      for (let index = 0; index < found.length; index += 1)
        taken[index] = (taken[index] ?? 0) | (found[index] ?? 0);
      left = without(left, found);
    }
    return taken;
  };
}

function noneOf(part: RowSelection): RowSelection {
  return (from, within) => without(within, part(from, within));
}

function without(rows: RowMask, removed: RowMask): RowMask {
  const kept = new Uint8Array(rows.length);
  for (let index = 0; index < kept.length; index += 1)
    kept[index] = (rows[index] ?? 0) & ~(removed[index] ?? 0);
  return kept;
}
