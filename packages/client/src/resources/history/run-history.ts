/** `run.history`: everything by default, a sample on request, as rows or as columns, and always saying which. */
import { ValueError } from "../../core/errors.ts";
import type { ReadOptions } from "../../core/paginator.ts";
import type { Service } from "../../core/service.ts";
import { HistoryColumnsBuilder } from "./history-columns.ts";
import type { HistoryColumns, HistoryExtent } from "./history-columns.ts";
import { HistoryReader } from "./history-reader.ts";
import type { RunAddress } from "./history-reader.ts";
import type { HistoryRow, HistoryRowMode, HistorySelection } from "./history-row.ts";
import { HistoryScan, readKeys } from "./history-scan.ts";
import { sampleRows } from "./sample-rows.ts";

/** Options of `run.history`. */
export interface HistoryOptions extends ReadOptions {
  /** At most this many rows, at even distances. All rows when absent. */
  readonly samples?: number | undefined;
  /** Only these keys; dots reach into nested dicts. All keys when absent or empty. */
  readonly keys?: readonly string[] | undefined;
  /** Taken along with the keys. @default "_step" */
  readonly xAxis?: string | undefined;
  /** Which rows a read with keys gives. @default "union" */
  readonly rows?: HistoryRowMode | undefined;
  /** What the run logged, or the metrics of the machine. @default "default" */
  readonly stream?: "default" | "system" | undefined;
}

/** How the result is laid out. */
export type HistoryFormat = "rows" | "columns" | "arrow";

/** History by rows. */
export interface HistoryRows extends HistoryExtent {
  readonly format: "rows";
  /** The rows in the order of their steps. */
  readonly rows: readonly HistoryRow[];
}

/** More than any machine logs; what a server gives for it is everything. */
const ALL_EVENTS = 10_000_000;
/** The largest number that the schema's `Int` holds. */
const MAX_SAMPLES = 2 ** 31 - 1;

/**
 * Reads a run's history as rows.
 *
 * @throws {ValueError} when `keys` is no list of texts, `samples` no positive integer, or there are keys for the system
 *   stream.
 */
export async function readHistory(
  service: Service,
  run: RunAddress,
  options: HistoryOptions,
): Promise<HistoryRows> {
  const { samples, signal, stream = "default" } = options;
  checkSamples(samples);
  const reader = new HistoryReader(service, run);
  const selection = readSelection(options);
  if (stream === "system") {
    if (selection !== null) throw new ValueError("Keys can be chosen from the default stream only");
    const rows = await reader.sampleEvents(samples ?? ALL_EVENTS, signal);
    return sampledResult(rows, samples ?? ALL_EVENTS, null);
  }
  if (samples === undefined) return completeResult(await scanAll(service, run, options));
  if (selection === null) {
    const { rows, totalRows } = await reader.sample(samples, signal);
    return sampledResult(rows, samples, totalRows);
  }
  if (await reader.canSelect(selection)) {
    return sampledResult(await reader.sampleSelected(selection, samples, signal), samples, null);
  }
  const all = await scanAll(service, run, options);
  return {
    format: "rows",
    rows: sampleRows(all, samples),
    sampled: all.length > samples,
    totalRows: all.length,
  };
}

/** Checks a number of samples. @throws {ValueError} when it is no positive integer. */
export function checkSamples(samples: number | undefined): void {
  if (samples !== undefined && !(Number.isInteger(samples) && samples >= 1 && samples <= MAX_SAMPLES)) {
    throw new ValueError(`Invalid samples: expected a positive integer, found ${samples}`);
  }
}

/** Reads a run's history as columns. @throws {ValueError} as {@link readHistory}. */
export async function readHistoryColumns(
  service: Service,
  run: RunAddress,
  options: HistoryOptions,
): Promise<HistoryColumns> {
  if (options.samples === undefined && options.stream !== "system") {
    return new HistoryScan(service, run, options, options.xAxis).columns();
  }
  const { rows, sampled, totalRows } = await readHistory(service, run, options);
  const builder = new HistoryColumnsBuilder(readSelection(options));
  for (const row of rows) builder.append(row);
  return builder.build({ sampled, totalRows });
}

/** The selection of a read, or null for whole rows. */
export function readSelection({ keys, xAxis, rows }: HistoryOptions): HistorySelection | null {
  const chosen = readKeys(keys);
  return chosen === null ? null : { xAxis: xAxis ?? "_step", keys: chosen, mode: rows ?? "union" };
}

async function scanAll(service: Service, run: RunAddress, options: HistoryOptions): Promise<HistoryRow[]> {
  return new HistoryScan(service, run, options, options.xAxis).toArray();
}

/** All rows of a run. */
export function completeResult(rows: readonly HistoryRow[]): HistoryRows {
  return { format: "rows", rows, sampled: false, totalRows: rows.length };
}

/** A server that gives fewer rows than it may has no more; otherwise its count tells, or nobody does. */
export function sampledResult(
  rows: readonly HistoryRow[],
  samples: number,
  totalRows: number | null,
): HistoryRows {
  if (totalRows !== null && totalRows >= rows.length) {
    return { format: "rows", rows, sampled: rows.length < totalRows, totalRows };
  }
  const isComplete = rows.length < samples;
  return { format: "rows", rows, sampled: !isComplete, totalRows: isComplete ? rows.length : null };
}
