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
import { cutRows, ROWS_A_TURN } from "./row-stretches.ts";
import type { RowStretch } from "./row-stretches.ts";
import { mergeRow, rowLines } from "./row-text.ts";
import { loadColumns, valueAt } from "./sealed-columns.ts";

/** Takes a row: its finite numbers by the index of the key; undefined where it has none. */
type Visitor = (numberOf: (key: number) => number | undefined) => void;

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
    await read([xAxis, ...keys], (numberOf) => {
      const x = numberOf(0);
      if (x === undefined) return;
      const share = width === 0 ? 0 : (x / 2 - min / 2) / width;
      const bucket = Math.min(count - 1, Math.floor(share * count));
      for (const [index, one] of series.entries()) {
        const value = numberOf(index + 1);
        if (value !== undefined) one.add(bucket, value);
      }
    });
  }
  return { minX: range?.min ?? null, maxX: range?.max ?? null, series: series.map((one) => one.toView()) };
}

/** The least and greatest number on the axis; undefined when no row has one. */
async function rangeOf(
  { rows, from, to }: HistoryRows,
  xAxis: string,
  read: (names: readonly string[], visit: Visitor) => Promise<void>,
): Promise<{ readonly min: number; readonly max: number } | undefined> {
  if (xAxis === STEP_KEY) return from < to ? { min: rows.stepAt(from), max: rows.stepAt(to - 1) } : undefined;
  let min = Infinity;
  let max = -Infinity;
  await read([xAxis], (numberOf) => {
    const x = numberOf(0);
    if (x === undefined) return;
    min = Math.min(min, x);
    max = Math.max(max, x);
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
  const columns = names.map((name) => (name === STEP_KEY ? undefined : loaded[keys.indexOf(name)]));
  for (let position = start; position < end; position += 1) {
    const line = sealed.firstLine + position - start;
    visit((key) => {
      const column = columns[key];
      return column === undefined ? rows.stepAt(position) : toNumber(valueAt(column, line));
    });
  }
  return true;
}

async function visitTexts(
  { rows, texts }: HistoryRows,
  { names, visit }: Visit,
  { start, end }: { readonly start: number; readonly end: number },
): Promise<void> {
  const found = Array.from({ length: end - start }, (_, index) => rows.at(start + index));
  const lines = await texts(found.flatMap((row) => row.lines));
  for (const row of found) {
    const values = mergeRow(row.step, rowLines(row, lines));
    if (values === undefined) continue;
    visit((key) => toNumber(findValue(values, names[key] ?? "")));
  }
}

function toNumber(value: JsonValue | undefined): number | undefined {
  const number = typeof value === "bigint" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
}
