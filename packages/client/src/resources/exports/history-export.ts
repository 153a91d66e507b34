/**
 * `runs.export`: the histories of many runs as one file, on disk or as a stream. Where a server has no bulk export,
 * lines of JSON are put together from one run after the other; tables need the server.
 */
import { BULK_EXPORT_FEATURE, EXPORT_FORMATS, isExportFormat, printJson } from "@steelyard/protocol";
import type { ExportFormat, ExportProgress, HistoryExportBody, JsonObject } from "@steelyard/protocol";

import { UnsupportedError, ValueError } from "../../core/errors.ts";
import type { ReadOptions } from "../../core/paginator.ts";
import type { Service } from "../../core/service.ts";
import type { HistoryRow, HistoryRowMode } from "../history/history-row.ts";
import { checkSamples, readHistory } from "../history/run-history.ts";
import { HistoryScan, readKeys } from "../history/history-scan.ts";
import { readBulkExport } from "./bulk-export.ts";
import type { ProjectAddress } from "./bulk-export.ts";

/** Options of `runs.export`. */
export interface ExportOptions extends ReadOptions {
  /**
   * `parquet` and `arrow` (an Arrow IPC stream) are tables with the columns `run_id`, `run_name`, `_step`, one for each
   * key with nested ones joined by dots, and `_other_json` for values that fit no column. `ndjson` has a line
   * `{"run_id", "run_name", "row"}` for each row as it was logged.
   */
  readonly format: ExportFormat;
  /** Only these keys, and `_step`. All keys when absent or empty. */
  readonly keys?: readonly string[] | undefined;
  /** Which rows an export with keys gives. @default "union" */
  readonly rows?: HistoryRowMode | undefined;
  /** At most this many rows of each run, at even distances. All rows when absent. */
  readonly samples?: number | undefined;
  /** Told how far the export is, after each run and each part of the file. */
  readonly onProgress?: ((progress: ExportProgress) => void) | undefined;
}

/** What an export to disk brought. */
export interface ExportSummary {
  /** Where the file is. */
  readonly path: string;
  readonly runs: number;
  readonly rows: number;
  readonly bytes: number;
}

/** Which runs: how to ask the server for them, and themselves where it has to be done one by one. */
export interface ExportedRuns {
  readonly place: ProjectAddress;
  readonly choice: Pick<HistoryExportBody, "filter" | "order" | "runs">;
  /** Loads the runs. */
  readonly load: () => Promise<readonly { readonly id: string; readonly displayName: string | null }[]>;
}

/**
 * Checks what is asked for before anything is read.
 *
 * @throws {ValueError} when an option has a value that is not allowed.
 * @throws {UnsupportedError} for a table where the server has no bulk export.
 */
export async function checkExport(service: Service, options: ExportOptions): Promise<void> {
  const { format, keys, samples } = options;
  if (!isExportFormat(format)) {
    throw new ValueError(`Invalid format ${JSON.stringify(format)}: expected ${EXPORT_FORMATS.join(", ")}`);
  }
  readKeys(keys);
  checkSamples(samples);
  if (format !== "ndjson" && !(await service.supports(BULK_EXPORT_FEATURE))) {
    throw new UnsupportedError(`${service.settings.baseUrl} exports no tables: ask for the format "ndjson"`);
  }
}

/** The parts of the file; `onProgress` is called on the way. Throws when the server does. */
export async function* exportHistories(
  service: Service,
  runs: ExportedRuns,
  options: ExportOptions,
): AsyncGenerator<Uint8Array, ExportProgress, undefined> {
  const { signal, onProgress } = options;
  if (await service.supports(BULK_EXPORT_FEATURE)) return yield* exportInBulk(service, runs, options);
  const list = await runs.load();
  let progress: ExportProgress = { runsDone: 0, runsTotal: list.length, rows: 0, bytes: 0 };
  for (const run of list) {
    const address = { ...runs.place, id: run.id };
    for await (const rows of readPages(service, address, options)) {
      const bytes = new TextEncoder().encode(printLines(run.id, run.displayName, rows));
      progress = { ...progress, rows: progress.rows + rows.length, bytes: progress.bytes + bytes.length };
      if (bytes.length > 0) yield bytes;
    }
    signal?.throwIfAborted();
    progress = { ...progress, runsDone: progress.runsDone + 1 };
    onProgress?.(progress);
  }
  return progress;
}

async function* exportInBulk(
  service: Service,
  { place, choice }: ExportedRuns,
  options: ExportOptions,
): AsyncGenerator<Uint8Array, ExportProgress, undefined> {
  const { format, keys, rows, samples, signal, onProgress } = options;
  const body: HistoryExportBody = {
    ...choice,
    format,
    ...(keys !== undefined && { keys }),
    ...(rows === "all-keys" && { mode: "all" }),
    ...(samples !== undefined && { samples }),
  };
  let progress: ExportProgress = { runsDone: 0, runsTotal: null, rows: 0, bytes: 0 };
  for await (const frame of readBulkExport(service, place, body, signal)) {
    switch (frame.kind) {
      case "data":
        progress = { ...progress, bytes: progress.bytes + frame.bytes.length };
        yield frame.bytes;
        break;
      case "run":
        progress = { ...progress, runsDone: progress.runsDone + 1, rows: progress.rows + frame.value.rows };
        break;
      case "progress":
      case "end":
        progress = frame.value;
        break;
    }
    onProgress?.(progress);
  }
  return progress;
}

async function* readPages(
  service: Service,
  run: ProjectAddress & { readonly id: string },
  { keys, rows, samples, signal }: ExportOptions,
): AsyncGenerator<readonly HistoryRow[], void, undefined> {
  if (samples === undefined) {
    yield* new HistoryScan(service, run, { keys, rows, signal }).pages();
  } else {
    yield (await readHistory(service, run, { keys, rows, samples, signal })).rows;
  }
}

function printLines(id: string, name: string | null, rows: readonly JsonObject[]): string {
  return rows.map((row) => `${printJson({ run_id: id, run_name: name ?? id, row })}\n`).join("");
}
