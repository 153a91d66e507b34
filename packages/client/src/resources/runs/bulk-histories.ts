/** The histories of many runs by one request, each as `run.history` gives it. */
import { BULK_EXPORT_FEATURE, MAX_EXPORT_RUNS, MAX_EXPORT_SAMPLES } from "@steelyard/protocol";
import type { HistoryExportBody } from "@steelyard/protocol";

import type { Service } from "../../core/service.ts";
import { readBulkExport } from "../exports/bulk-export.ts";
import type { ProjectAddress } from "../exports/bulk-export.ts";
import { ExportedRowReader } from "../exports/exported-rows.ts";
import { selectFromRow, selectedKeys } from "../history/history-row.ts";
import type { HistoryRow, HistorySelection } from "../history/history-row.ts";
import { checkSamples, completeResult, readSelection, sampledResult } from "../history/run-history.ts";
import type { HistoryOptions } from "../history/run-history.ts";
import type { RunHistory } from "./run-histories.ts";

/** Which runs: those that a filter finds, in an order, or those of a list. */
export type RunChoice =
  { readonly filter: string; readonly order: string } | { readonly runs: readonly string[] };

/** Whether the server answers for many runs at once what these options ask for. */
export async function canReadInBulk(service: Service, options: HistoryOptions): Promise<boolean> {
  const isFew = options.samples === undefined || options.samples <= MAX_EXPORT_SAMPLES;
  return options.stream !== "system" && isFew && service.supports(BULK_EXPORT_FEATURE);
}

/** Reads the histories, in the order of the runs. @throws {ValueError} as `run.history`. */
export async function readHistoriesInBulk(
  service: Service,
  place: ProjectAddress,
  choice: RunChoice,
  options: HistoryOptions,
): Promise<RunHistory[]> {
  checkSamples(options.samples);
  const selection = readSelection(options);
  const histories: RunHistory[] = [];
  for (const portion of portions(choice)) {
    const body = { ...portion, ...readBody(selection, options) };
    const reader = new ExportedRowReader();
    let rows: HistoryRow[] = [];
    for await (const frame of readBulkExport(service, place, body, options.signal)) {
      if (frame.kind === "data") {
        for (const row of reader.push(frame.bytes)) rows.push(row);
      } else if (frame.kind === "run") {
        const { id, totalRows } = frame.value;
        histories.push({ id, history: toHistory(rows, selection, options.samples, totalRows) });
        rows = [];
      }
    }
  }
  return histories;
}

function portions(choice: RunChoice): readonly RunChoice[] {
  if (!("runs" in choice)) return [choice];
  const lists: RunChoice[] = [];
  for (let start = 0; start < choice.runs.length; start += MAX_EXPORT_RUNS) {
    lists.push({ runs: choice.runs.slice(start, start + MAX_EXPORT_RUNS) });
  }
  return lists;
}

/** A scan begins at step 0, as `run.history` without samples does. */
function readBody(selection: HistorySelection | null, { samples }: HistoryOptions): HistoryExportBody {
  return {
    format: "ndjson",
    ...(selection !== null && {
      keys: selectedKeys(selection),
      mode: selection.mode === "union" ? "union" : "all",
    }),
    ...(samples === undefined ? { minStep: 0 } : { samples }),
  };
}

function toHistory(
  rows: readonly HistoryRow[],
  selection: HistorySelection | null,
  samples: number | undefined,
  totalRows: number | null,
): RunHistory["history"] {
  const meant =
    selection === null
      ? rows
      : rows.map((row) => selectFromRow(row, selection)).filter((row) => row !== undefined);
  if (samples === undefined) return completeResult(meant);
  // By another x axis the server may count rows that hold nothing else.
  const isCounted = selection === null || selection.mode === "all-keys" || selection.xAxis === "_step";
  return sampledResult(meant, samples, isCounted ? totalRows : null);
}
