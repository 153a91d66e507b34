/** Bulk export: the histories of many runs in one request, as a file or as frames around its bytes. */
import type { ErrorBody } from "./error-body.ts";

/** The forms in which histories are exported. */
export const EXPORT_FORMATS = ["parquet", "arrow", "ndjson"] as const;

/** One of the forms: a Parquet file, an Arrow IPC stream, or a JSON object a line. */
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** The media type of each form. */
export const EXPORT_MEDIA_TYPES: Readonly<Record<ExportFormat, string>> = {
  parquet: "application/vnd.apache.parquet",
  arrow: "application/vnd.apache.arrow.stream",
  ndjson: "application/x-ndjson",
};

/** Announced by servers that answer {@link historyExportPath}. */
export const BULK_EXPORT_FEATURE = "STEELYARD_BULK_EXPORT";

/** Most rows of a run that an export may be asked to sample. */
export const MAX_EXPORT_SAMPLES = 10_000;

/** Most runs that an export may name one by one. */
export const MAX_EXPORT_RUNS = 20_000;

/** Tells whether a text names a form of export. */
export function isExportFormat(text: string): text is ExportFormat {
  return EXPORT_FORMATS.some((format) => format === text);
}

/** Where the histories of a project's runs are exported with POST. */
export function historyExportPath({
  entity,
  project,
}: {
  readonly entity: string;
  readonly project: string;
}): string {
  return `/api/exports/${encodeURIComponent(entity)}/${encodeURIComponent(project)}/histories`;
}

/** What is asked of {@link historyExportPath}. Runs are chosen by a filter and order, or named one by one. */
export interface HistoryExportBody {
  readonly format: ExportFormat;
  /** A filter of runs, as JSON or its text. @default all runs */
  readonly filter?: unknown;
  /** The order of runs. @default "+created_at" */
  readonly order?: string;
  /** Ids of runs, in the order in which they are to come; not together with filter or order. */
  readonly runs?: readonly string[];
  /** Only these keys, and `_step`. @default all keys */
  readonly keys?: readonly string[];
  /** Which rows an export with keys gives: those that hold any of them, or only those that hold all. @default "union" */
  readonly mode?: "union" | "all";
  /** At most this many rows of each run, at even distances. @default all rows */
  readonly samples?: number;
  /** The first step, inclusive. @default the run's first */
  readonly minStep?: number;
  /** The last step, exclusive. @default after the run's last */
  readonly maxStep?: number;
}

/** How far an export is. */
export interface ExportProgress {
  /** Runs whose rows are in the bytes sent so far, or about to be. */
  readonly runsDone: number;
  /** Runs in all; null until they are counted. */
  readonly runsTotal: number | null;
  readonly rows: number;
  /** Bytes of the file so far. */
  readonly bytes: number;
}

/** A run whose rows are all sent. */
export interface ExportedRun {
  /** The run's id. */
  readonly id: string;
  /** How many rows were sent. */
  readonly rows: number;
  /** How many rows there are to sample from; null where that was not counted. */
  readonly totalRows: number | null;
}

/** What can fail an export half way. */
export type ExportFailure = ErrorBody["error"];
