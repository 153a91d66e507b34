/**
 * Cuts rows into stretches that are looked at in one way: rows that are one sealed line each, in the order of their
 * lines, and others.
 */
import type { HistoryRows } from "./history-rows.ts";
import type { LineStretch } from "./history-log.ts";
import type { StoredPart } from "./sealed-part-store.ts";

/** Rows from position `start` (inclusive) to `end` (exclusive). */
export interface RowStretch {
  readonly start: number;
  readonly end: number;
  /** Where each row is one line of a sealed part: the part, and the number in it of the first row's line. */
  readonly sealed: { readonly part: StoredPart; readonly firstLine: number } | undefined;
}

/** Other rows are looked at so many at a time, because their lines are held in memory. */
export const ROWS_A_TURN = 1_000;

/** The stretches of rows `from` to `to`, in their order, given how the lines lie. */
export function* cutRows(
  { rows }: Pick<HistoryRows, "rows">,
  lines: readonly LineStretch[],
  { from, to }: { readonly from: number; readonly to: number },
): Generator<RowStretch> {
  const places = new Places(lines);
  let start = from;
  while (start < to) {
    const first = rows.onlyLineAt(start);
    const place = first === undefined ? undefined : places.find(first);
    if (first === undefined || place?.part === undefined) {
      let end = start + 1;
      for (; end < to && end - start < ROWS_A_TURN; end += 1) {
        const line = rows.onlyLineAt(end);
        if (line !== undefined && places.find(line)?.part !== undefined) break;
      }
      yield { start, end, sealed: undefined };
      start = end;
      continue;
    }
    const most = Math.min(to - start, place.to - first);
    let count = Math.min(most, Math.max(1, rows.evenFrom(start)));
    while (count < most && rows.onlyLineAt(start + count) === first + count) {
      count = Math.min(most, count + Math.max(1, rows.evenFrom(start + count)));
    }
    yield {
      start,
      end: start + count,
      sealed: { part: place.part, firstLine: first - place.part.firstLine },
    };
    start += count;
  }
}

/** Finds the stretch of a line; questions come nearly in the order of lines. */
class Places {
  readonly #lines: readonly LineStretch[];
  #at = 0;

  constructor(lines: readonly LineStretch[]) {
    this.#lines = lines;
  }

  find(line: number): LineStretch | undefined {
    const latest = this.#lines[this.#at];
    if (latest !== undefined && line >= latest.from && line < latest.to) return latest;
    let low = 0;
    let high = this.#lines.length - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const place = this.#lines[middle];
      if (place === undefined || line < place.from) high = middle - 1;
      else if (line >= place.to) low = middle + 1;
      else {
        this.#at = middle;
        return place;
      }
    }
    return undefined;
  }
}
