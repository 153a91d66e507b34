/**
 * A run's history for a chart that is wider than its pixels are many: the rows of a step window in intervals of equal
 * width, and of each key the least, the greatest and the mean number in each. Every row counts; nothing is sampled.
 */
import type { JsonValue } from "@steelyard/protocol";
import { BucketSeries } from "./bucket-series.ts";
import { STEP_KEY } from "./history-line.ts";
import type { BucketRequest, HistoryBuckets } from "./history-reader.ts";
import { openRows } from "./history-rows.ts";
import type { HistoryRows, RowSources } from "./history-rows.ts";
import { findValue } from "./key-path.ts";
import { nextTurn } from "./next-turn.ts";
import type { PartColumn } from "./part-reader.ts";
import { cutRows, ROWS_A_TURN } from "./row-stretches.ts";
import type { RowStretch } from "./row-stretches.ts";
import { mergeRow, rowLines } from "./row-text.ts";
import { loadColumns, valueAt } from "./sealed-columns.ts";

/** Takes rows: for each key one finite number a row, NaN where a row has none. */
type Visitor = (columns: readonly Float64Array[]) => void;

/** Sealed rows are looked at so many at a time. */
const SEALED_ROWS_A_TURN = 16_384;

/** The buckets of a window. */
export async function readBuckets(sources: RowSources, request: BucketRequest): Promise<HistoryBuckets> {
  const history = await openRows(sources, request);
  // Begun again as a whole when lines move meanwhile, so that no row counts twice.
  const act = (): Promise<HistoryBuckets> => countRows(sources, history, request);
  return history.lines === undefined ? act() : history.lines.settle(act);
}

async function countRows(
  sources: RowSources,
  history: HistoryRows,
  { keys, xAxis, count }: BucketRequest,
): Promise<HistoryBuckets> {
  const read = (names: readonly string[], visit: Visitor): Promise<void> =>
    visitRows(sources, history, { names, visit });
  const range = await rangeOf(history, xAxis, read);
  const series = keys.map((key) => new BucketSeries(key, count));
  if (range !== undefined) {
    const { min, max } = range;
    // Halves, because the whole width may be more than a number holds.
    const width = max / 2 - min / 2;
    await read([xAxis, ...keys], ([axis = EMPTY, ...columns]) => {
      const buckets = new Int32Array(axis.length).fill(-1);
      for (let row = 0; row < axis.length; row += 1) {
        const x = axis[row] ?? NaN;
        // What is no number is in no bucket.
        if (Number.isNaN(x)) continue;
        const share = width === 0 ? 0 : (x / 2 - min / 2) / width;
        buckets[row] = Math.min(count - 1, Math.floor(share * count));
      }
      for (const [index, one] of series.entries()) one.addAll(buckets, columns[index] ?? EMPTY);
    });
  }
  return { minX: range?.min ?? null, maxX: range?.max ?? null, series: series.map((one) => one.toView()) };
}

const EMPTY = new Float64Array(0);

/** The least and greatest number on the axis; undefined when no row has one. */
async function rangeOf(
  { rows, from, to }: HistoryRows,
  xAxis: string,
  read: (names: readonly string[], visit: Visitor) => Promise<void>,
): Promise<{ readonly min: number; readonly max: number } | undefined> {
  if (xAxis === STEP_KEY) return from < to ? { min: rows.stepAt(from), max: rows.stepAt(to - 1) } : undefined;
  let min = Infinity;
  let max = -Infinity;
  await read([xAxis], ([axis = EMPTY]) => {
    for (const x of axis) {
      if (x < min) min = x;
      if (x > max) max = x;
    }
  });
  return min <= max ? { min, max } : undefined;
}

interface Visit {
  readonly names: readonly string[];
  readonly visit: Visitor;
}

async function visitRows(sources: RowSources, history: HistoryRows, visit: Visit): Promise<void> {
  const places = (await history.lines?.stretches()) ?? [];
  for (const stretch of cutRows(history, places, history)) {
    if (!(await visitColumns(sources, history, { ...visit, stretch }))) {
      for (let start = stretch.start; start < stretch.end; start += ROWS_A_TURN) {
        const end = Math.min(start + ROWS_A_TURN, stretch.end);
        await visitTexts(history, visit, { start, end });
        await nextTurn();
      }
    }
    await nextTurn();
  }
}

/** Visits sealed rows by columns; returns whether columns tell all. */
async function visitColumns(
  { parts }: RowSources,
  { rows }: HistoryRows,
  { names, visit, stretch }: Visit & { readonly stretch: RowStretch },
): Promise<boolean> {
  const { start, end, sealed } = stretch;
  if (sealed === undefined) return false;
  const keys = names.filter((name) => name !== STEP_KEY);
  const loaded = await loadColumns(parts, sealed.part, keys);
  if (loaded === undefined) return false;
  const columns = new Map(keys.map((key, index) => [key, loaded[index]]));
  for (let from = start; from < end; from += SEALED_ROWS_A_TURN) {
    const to = Math.min(from + SEALED_ROWS_A_TURN, end);
    const firstLine = sealed.firstLine + from - start;
    visit(
      names.map((name) => {
        const column = columns.get(name);
        return column === undefined
          ? Float64Array.from({ length: to - from }, (_, index) => rows.stepAt(from + index))
          : numbersOf(column, firstLine, to - from);
      }),
    );
    if (to < end) await nextTurn();
  }
  return true;
}

/** The finite numbers of lines from `firstLine` on. */
function numbersOf(column: PartColumn, firstLine: number, count: number): Float64Array {
  const numbers = new Float64Array(count).fill(NaN);
  const { isPresent, values } = column;
  if (values instanceof Float64Array) {
    for (let index = 0; index < count; index += 1) {
      const value = values[firstLine + index] ?? NaN;
      if (isPresent[firstLine + index] === 1 && Number.isFinite(value)) numbers[index] = value;
    }
  } else {
    for (let index = 0; index < count; index += 1) {
      numbers[index] = toNumber(valueAt(column, firstLine + index));
    }
  }
  return numbers;
}

async function visitTexts(
  { rows, texts }: HistoryRows,
  { names, visit }: Visit,
  { start, end }: { readonly start: number; readonly end: number },
): Promise<void> {
  const found = Array.from({ length: end - start }, (_, index) => rows.at(start + index));
  const lines = await texts(found.flatMap((row) => row.lines));
  const columns = names.map(() => new Float64Array(found.length).fill(NaN));
  for (const [index, row] of found.entries()) {
    const values = mergeRow(row.step, rowLines(row, lines));
    if (values === undefined) continue;
    for (const [key, column] of columns.entries()) {
      column[index] = toNumber(findValue(values, names[key] ?? ""));
    }
  }
  visit(columns);
}

/** NaN for anything but a finite number. */
function toNumber(value: JsonValue | undefined): number {
  const number = typeof value === "bigint" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : NaN;
}
