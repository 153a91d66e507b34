import type { Generated } from "kysely";

/** Tables of the file modules. */
export interface FileTables {
  run_files: RunFileRow;
  alerts: AlertRow;
}

/** A file of a run; the blob's columns are null together, before the first upload has ended. */
export interface RunFileRow {
  project_id: number;
  run_id: number;
  file_id: Generated<number>;
  name: string;
  blob_key: string | null;
  size_bytes: number | null;
  /** In base64. */
  md5: string | null;
  created_at: string;
  updated_at: string;
}

/** An alert that a run sent. */
export interface AlertRow {
  project_id: number;
  run_id: number;
  alert_id: Generated<number>;
  title: string;
  text: string;
  severity: string;
  user_id: number;
  created_at: string;
}
