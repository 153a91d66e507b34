// A question about runs, answered from columns: which rows match, how many, and one page of them in order.
import type { Filter, OrderKey, OrderValue, RegexCompiler } from "@steelyard/protocol";
import { nextTurn } from "../../modules/history/next-turn.ts";
import { compileColumnFilter } from "./column-filter.ts";
import { ColumnOrder } from "./column-order.ts";
import type { RunColumn } from "./run-column.ts";
import { selectTopRows } from "./top-rows.ts";

/** Rows judged before others get their turn; some milliseconds of work at most for a filter of usual size. */
const rowsAtOnce = 65_536;

/** What is asked. */
export interface ColumnQuestion {
  readonly filter: Filter;
  readonly regex: RegexCompiler;
}

/** What is asked about: row for row, whether there is such a run, and its values. */
export interface ColumnTable {
  /** 1 where there is a run. */
  readonly isThere: Uint8Array;
  readonly columnOf: (field: string) => RunColumn;
}

/** A place among rows. */
export interface RowPlace {
  readonly row: number;
  readonly values: readonly OrderValue[];
}

/** The rows that match, ascending. The table must not change meanwhile. */
export async function selectRows(table: ColumnTable, question: ColumnQuestion): Promise<Uint32Array> {
  const { isThere, columnOf } = table;
  const select = compileColumnFilter(question.filter, columnOf, question.regex);
  const rows = new Uint32Array(isThere.length);
  let count = 0;
  for (let from = 0; from < isThere.length; from += rowsAtOnce) {
    if (from > 0) await nextTurn();
    const selected = select(from, isThere.subarray(from, from + rowsAtOnce));
    for (let index = 0; index < selected.length; index += 1) {
      if (selected[index] === 0) continue;
      rows[count] = from + index;
      count += 1;
    }
  }
  return rows.subarray(0, count);
}

/** Up to `limit` of the rows in order, after a place or from the beginning; ties by ascending row. */
export function pageOfRows(
  rows: Uint32Array,
  request: {
    readonly columnOf: (field: string) => RunColumn;
    readonly order: readonly OrderKey[];
    readonly after: RowPlace | undefined;
    readonly limit: number;
  },
): { readonly places: readonly RowPlace[]; readonly hasNextPage: boolean } {
  const { columnOf, order, after, limit } = request;
  const keys = order.map((key) => new ColumnOrder(columnOf(key.field), key.isDescending));
  const left = after === undefined ? rows : rowsAfter(rows, keys, after);
  const [first] = keys;
  const top = selectTopRows(left, limit, {
    compare: (a, b) => {
      for (const key of keys) {
        const difference = key.compare(a, b);
        if (difference !== 0) return difference;
      }
      return a - b;
    },
    rough: (row) => first?.rough(row) ?? row,
  });
  return {
    places: top.map((row) => ({ row, values: keys.map((key) => key.valueOf(row)) })),
    hasNextPage: left.length > limit,
  };
}

function rowsAfter(rows: Uint32Array, keys: readonly ColumnOrder[], place: RowPlace): Uint32Array {
  const comparers = keys.map((key, index) => key.comparerWith(place.values[index] ?? null));
  const isAfter = (row: number): boolean => {
    for (const compareWithPlace of comparers) {
      const difference = compareWithPlace(row);
      if (difference !== 0) return difference > 0;
    }
    return row > place.row;
  };
  return rows.filter(isAfter);
}
