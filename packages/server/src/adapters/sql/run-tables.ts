import type { RunState } from "@steelyard/protocol";

/** Tables of the run modules. */
export interface RunTables {
  run_counters: RunCountersRow;
  runs: RunRow;
  run_configs: RunConfigRow;
  run_deletions: RunDeletionRow;
}

/** What a project's runs are numbered with. Every writer of runs updates it first, and so waits for the one before. */
export interface RunCountersRow {
  project_id: number;
  last_run_id: number;
  /** Taken by each change of any run of the project, in the order of commits. */
  last_seq: number;
  run_count: number;
}

/** A run without its config. */
export interface RunRow {
  project_id: number;
  run_id: number;
  name: string;
  display_name: string;
  state: RunState;
  /** JSON list of texts. */
  tags: string;
  group_name: string | null;
  job_type: string | null;
  notes: string | null;
  description: string | null;
  commit_hash: string | null;
  host: string | null;
  program: string | null;
  repo: string | null;
  sweep_name: string | null;
  exit_code: number | null;
  /** 0 or 1. */
  is_stop_requested: number;
  user_id: number;
  created_at: string;
  updated_at: string;
  heartbeat_at: string;
  /** Of the last change. */
  seq: number;
  /** JSON text as received. */
  summary: string;
}

/** A run's config. */
export interface RunConfigRow {
  project_id: number;
  run_id: number;
  /** Of the change that the config came with. */
  seq: number;
  /** JSON text as received. */
  config: string;
}

/** A deletion of a run. */
export interface RunDeletionRow {
  project_id: number;
  seq: number;
  run_id: number;
}
