// A question about runs, answered from columns: which rows match, how many, and one page of them in order.
import type { Filter, OrderKey, OrderValue, RegexCompiler } from "@steelyard/protocol";
import { nextTurn } from "../../modules/history/next-turn.ts";
import { compileColumnFilter, rowsAStretch } from "./column-filter.ts";
import { ColumnOrder } from "./column-order.ts";
import type { RowMask } from "./column-test.ts";
import type { RunColumn } from "./run-column.ts";
import { selectTopRows, type RowOrderPlace } from "./top-rows.ts";

/** Rows judged before others get their turn; some milliseconds of work at most for a filter of usual size. */
const rowsAtOnce = 32 * rowsAStretch;

/** What is asked. */
export interface ColumnQuestion {
  readonly filter: Filter;
  readonly regex: RegexCompiler;
}

/** What is asked about: row for row, whether there is such a run, and its values. */
export interface ColumnTable {
  /** 1 where there is a run. */
  readonly isThere: Uint8Array;
  /** As long as `isThere` at least, for the rows that a question selects: fresh memory would cost more than the rest. */
  readonly scratch: Uint32Array;
  readonly columnOf: (field: string) => RunColumn;
}

/** A place among rows. */
export interface RowPlace {
  readonly row: number;
  readonly values: readonly OrderValue[];
}

/** The rows that match, ascending, in the table's scratch. The table must not change meanwhile. */
export async function selectRows(table: ColumnTable, question: ColumnQuestion): Promise<Uint32Array> {
  const { isThere, columnOf, scratch: rows } = table;
  const narrow = compileColumnFilter(question.filter, columnOf, question.regex);
  const mask = new Uint8Array(rowsAStretch);
  let count = 0;
  for (let from = 0; from < isThere.length; from += rowsAStretch) {
    if (from > 0 && from % rowsAtOnce === 0) await nextTurn();
    const stretch = mask.subarray(0, Math.min(rowsAStretch, isThere.length - from));
    stretch.set(isThere.subarray(from, from + stretch.length));
    narrow(from, stretch);
    count = appendRows(rows, count, from, stretch);
  }
  return rows.subarray(0, count);
}

/** Adds the rows of a mask after the first `count`, and counts them with those before. */
function appendRows(rows: Uint32Array, count: number, from: number, selected: RowMask): number {
  let end = count;
  for (let index = 0; index < selected.length; index += 1) {
    // Written in any case and kept if selected: cheaper than to guess wrong which it is.
    rows[end] = from + index;
    end += selected[index] ?? 0;
  }
  return end;
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
  const top = selectTopRows(rows, limit, {
    compare: (a, b) => {
      for (const key of keys) {
        const difference = key.compare(a, b);
        if (difference !== 0) return difference;
      }
      return a - b;
    },
    keys: keys.map((key) => ({
      fillRoughs: (some, roughs) => {
        key.fillRoughs(some, roughs);
      },
      isExact: (rough) => key.isExact(rough),
    })),
    after: after && placeOf(keys, after),
  });
  return {
    places: top.rows.map((row) => ({ row, values: keys.map((key) => key.valueOf(row)) })),
    hasNextPage: top.hasMore,
  };
}

function placeOf(keys: readonly ColumnOrder[], place: RowPlace): RowOrderPlace {
  const comparers = keys.map((key, index) => key.comparerWith(place.values[index] ?? null));
  return {
    rough: keys[0]?.roughOf(place.values[0] ?? null) ?? NaN,
    isFollowedBy: (row) => {
      for (const compareWithPlace of comparers) {
        const difference = compareWithPlace(row);
        if (difference !== 0) return difference > 0;
      }
      return row > place.row;
    },
  };
}
