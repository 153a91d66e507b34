/** Tables of the index database. */
export interface IndexTables {
  segment_projects: SegmentProjectRow;
  run_segments: RunSegmentRow;
  column_segments: ColumnSegmentRow;
  requested_fields: RequestedFieldRow;
}

/** A project that has segments. */
export interface SegmentProjectRow {
  project_id: number;
  /** Tells a project from one of another data folder, or a later one of the same number. */
  created_at: string;
}

/** A stretch of a project's runs. */
export interface RunSegmentRow {
  project_id: number;
  segment: number;
  /** All changes up to this one are in the segment's columns. */
  up_to_seq: number;
  /** Which runs there are, and which fields are not kept. */
  directory: Uint8Array;
}

/** One field of such a stretch. */
export interface ColumnSegmentRow {
  project_id: number;
  segment: number;
  field: string;
  data: Uint8Array;
}

/** A field that was asked for and is kept only therefore. */
export interface RequestedFieldRow {
  project_id: number;
  field: string;
}
