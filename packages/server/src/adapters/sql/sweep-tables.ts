import type { Generated } from "kysely";
import type { SweepState } from "../../modules/sweeps/sweep.ts";

/** Tables of the sweep module. */
export interface SweepTables {
  sweeps: SweepRow;
  sweep_agents: SweepAgentRow;
  sweep_runs: SweepRunRow;
}

/** A sweep. */
export interface SweepRow {
  id: Generated<number>;
  project_id: number;
  name: string;
  display_name: string | null;
  state: SweepState;
  method: string;
  description: string | null;
  /** YAML text as received. */
  config: string;
  /** JSON text. */
  controller: string | null;
  /** JSON text. */
  scheduler: string | null;
  /** JSON text. */
  launch_scheduler: string | null;
  /** Filter in JSON text. */
  prior_runs_filter: string | null;
  user_id: number;
  created_at: string;
  updated_at: string;
  heartbeat_at: string | null;
  revision: Generated<number>;
  /** 0 or 1. */
  is_exhausted: Generated<number>;
}

/** An agent. */
export interface SweepAgentRow {
  id: Generated<number>;
  sweep_id: number;
  name: string;
  host: string;
  user_id: number;
  /** 0 or 1. */
  is_finished: Generated<number>;
  created_at: string;
  heartbeat_at: string;
}

/** A run that a sweep made. */
export interface SweepRunRow {
  project_id: number;
  run_id: number;
  sweep_id: number;
  /** Null while it waits for an agent. */
  agent_id: number | null;
  hand_outs: number;
  /** 0 or 1. */
  is_seen: Generated<number>;
  /** JSON text of an object. */
  parameters: string;
}
