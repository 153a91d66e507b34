// How rows of sweeps and their agents become sweeps and agents.
import type { Kysely, SelectQueryBuilder, Selectable } from "kysely";
import type { Sweep, SweepAgent } from "../../modules/sweeps/sweep.ts";
import type { SweepAgentRow, SweepRow } from "./sweep-tables.ts";
import type { MetadataTables } from "./tables.ts";

/** A sweep's row with the name of its user. */
export type JoinedSweepRow = Selectable<SweepRow> & { readonly username: string | null };

/** Selects whole sweeps. */
export function selectSweeps(
  db: Kysely<MetadataTables>,
): SelectQueryBuilder<MetadataTables, "sweeps", JoinedSweepRow> {
  return db
    .selectFrom("sweeps")
    .selectAll("sweeps")
    .select((eb) =>
      eb
        .selectFrom("users")
        .select("users.username")
        .whereRef("users.id", "=", "sweeps.user_id")
        .as("username"),
    );
}

/** The sweep that a row holds. */
export function toSweep(row: JoinedSweepRow): Sweep {
  return {
    id: row.id,
    projectId: row.project_id,
    name: row.name,
    displayName: row.display_name,
    state: row.state,
    description: row.description,
    config: row.config,
    method: row.method,
    controller: row.controller,
    scheduler: row.scheduler,
    launchScheduler: row.launch_scheduler,
    priorRunsFilter: row.prior_runs_filter,
    userId: row.user_id,
    // Accounts are never removed; a sweep outlives even one that is.
    username: row.username ?? "",
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    heartbeatAt: row.heartbeat_at,
    revision: row.revision,
    isExhausted: row.is_exhausted === 1,
  };
}

/** An agent's row with its project and the number of its runs. */
export type JoinedAgentRow = Selectable<SweepAgentRow> & {
  readonly project_id: number;
  readonly run_count: number | string | bigint | null;
};

/** Selects whole agents. */
export function selectAgents(
  db: Kysely<MetadataTables>,
): SelectQueryBuilder<MetadataTables, "sweep_agents" | "sweeps", JoinedAgentRow> {
  return db
    .selectFrom("sweep_agents")
    .innerJoin("sweeps", "sweeps.id", "sweep_agents.sweep_id")
    .selectAll("sweep_agents")
    .select("sweeps.project_id")
    .select((eb) =>
      eb
        .selectFrom("sweep_runs")
        .select((count) => count.fn.countAll().as("count"))
        .whereRef("sweep_runs.agent_id", "=", "sweep_agents.id")
        .as("run_count"),
    );
}

/** The agent that a row holds. */
export function toAgent(row: JoinedAgentRow): SweepAgent {
  return {
    id: row.id,
    sweepId: row.sweep_id,
    projectId: row.project_id,
    name: row.name,
    host: row.host,
    userId: row.user_id,
    isFinished: row.is_finished === 1,
    runCount: Number(row.run_count ?? 0),
    createdAt: row.created_at,
    heartbeatAt: row.heartbeat_at,
  };
}
