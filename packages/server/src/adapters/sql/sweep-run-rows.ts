// The runs of a sweep with what the sweep knows of them.
import type { Kysely, SelectQueryBuilder } from "kysely";
import type { RunState } from "@steelyard/protocol";
import type { SweepRun } from "../../modules/sweeps/sweep-run-store.ts";
import type { Sweep } from "../../modules/sweeps/sweep.ts";
import type { MetadataTables } from "./tables.ts";

/** A run of a sweep; what the sweep knows of it is null for one that joined by itself. */
export interface JoinedSweepRunRow {
  readonly run_id: number;
  readonly name: string;
  readonly state: RunState;
  readonly is_stop_requested: number;
  readonly agent_id: number | null;
  readonly hand_outs: number | null;
  readonly is_seen: number | null;
  readonly parameters: string | null;
  readonly agent_heartbeat_at: string | null;
}

/** Selects the runs of a sweep. */
export function selectSweepRuns(
  db: Kysely<MetadataTables>,
  sweep: Sweep,
): SelectQueryBuilder<MetadataTables, "runs", JoinedSweepRunRow> {
  return db
    .selectFrom("runs")
    .leftJoin("sweep_runs", (join) =>
      join
        .onRef("sweep_runs.project_id", "=", "runs.project_id")
        .onRef("sweep_runs.run_id", "=", "runs.run_id")
        .on("sweep_runs.sweep_id", "=", sweep.id),
    )
    .leftJoin("sweep_agents", (join) =>
      join.onRef("sweep_agents.id", "=", "sweep_runs.agent_id").on("sweep_agents.is_finished", "=", 0),
    )
    .select([
      "runs.run_id",
      "runs.name",
      "runs.state",
      "runs.is_stop_requested",
      "sweep_runs.agent_id",
      "sweep_runs.hand_outs",
      "sweep_runs.is_seen",
      "sweep_runs.parameters",
      "sweep_agents.heartbeat_at as agent_heartbeat_at",
    ])
    .where("runs.project_id", "=", sweep.projectId)
    .where("runs.sweep_name", "=", sweep.name);
}

/** The run that a row holds. */
export function toSweepRun(row: JoinedSweepRunRow): SweepRun {
  return {
    runId: row.run_id,
    name: row.name,
    state: row.state,
    isStopRequested: row.is_stop_requested === 1,
    agentId: row.agent_id,
    agentHeartbeatAt: row.agent_heartbeat_at,
    isSeen: row.is_seen === 1,
    handOuts: row.hand_outs ?? 0,
    parameters: row.parameters,
  };
}
