import type { Generated } from "kysely";
import type { LineStream } from "../../modules/history/history-log.ts";

/** All tables of the history database. */
export interface HistoryTables {
  line_batches: LineBatchRow;
  line_streams: LineStreamRow;
  line_cuts: LineCutRow;
  line_writers: LineWriterRow;
  line_journal: LineJournalRow;
  history_statistics: HistoryStatisticsRow;
  sealed_parts: SealedPartRow;
  sealed_leftovers: SealedLeftoverRow;
}

/** How the lines of a batch are held: joined by newlines, or as a JSON list where a line holds a newline itself. */
export type LineEncoding = "text" | "text+zstd" | "json" | "json+zstd";

/** Lines that came together. Never changed: rows are long, and a change would write them again. */
export interface LineBatchRow {
  project_id: number;
  run_id: number;
  stream: LineStream;
  /** The version that the stream has with this batch; later batches win over earlier ones. */
  batch_no: number;
  first_line: number;
  line_count: number;
  /** Least and greatest step of the lines; null when some line has none. */
  min_step: number | null;
  max_step: number | null;
  encoding: LineEncoding;
  data: Uint8Array;
}

/** The small writes of one commit, as JSON, until they are put into batches. */
export interface LineJournalRow {
  id: Generated<number>;
  writes: string;
}

/** A stream as it is now. */
export interface LineStreamRow {
  project_id: number;
  run_id: number;
  stream: LineStream;
  line_count: number;
  version: number;
}

/** A cut: of the batches before it only the lines below `line_count` are read. */
export interface LineCutRow {
  project_id: number;
  run_id: number;
  stream: LineStream;
  /** The version that the stream has with this cut. */
  version: number;
  line_count: number;
}

/** A piece of what one of several writers wrote: its own numbers from `writer_offset` on are the lines from `first_line` on. */
export interface LineWriterRow {
  project_id: number;
  run_id: number;
  stream: LineStream;
  writer: string;
  writer_offset: number;
  first_line: number;
  line_count: number;
}

/** Statistics of a run's first lines, derived from them. */
export interface HistoryStatisticsRow {
  project_id: number;
  run_id: number;
  /** The version of the history stream that they were counted at. */
  version: number;
  line_count: number;
  state: string;
}

/** A stretch of lines in two blobs. It lies over all batches up to its version, as a batch would. */
export interface SealedPartRow {
  project_id: number;
  run_id: number;
  stream: LineStream;
  first_line: number;
  line_count: number;
  version: number;
  /** How many of the lines are rows. */
  row_count: number;
  min_step: number | null;
  max_step: number | null;
  is_step_ascending: 0 | 1;
  /** 0 while batches wait to be deleted that nothing is read of any more. */
  is_trimmed: 0 | 1;
  table_key: string;
  table_bytes: number;
  beside_key: string;
  beside_bytes: number;
  /** Of history: statistics of the lines, as JSON text. */
  statistics: string;
}

/** A blob that no part names. */
export interface SealedLeftoverRow {
  blob_key: string;
  /** When it may go; null while it is being written. */
  delete_after: string | null;
}
