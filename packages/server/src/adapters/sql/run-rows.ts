// How a run's rows become a run, and the columns that take what callers state.
import type { Kysely, SelectQueryBuilder, Selectable } from "kysely";
import type { Run } from "../../modules/runs/run.ts";
import type { RunUpsert } from "../../modules/runs/run-store.ts";
import type { RunRow } from "./run-tables.ts";
import type { MetadataTables } from "./tables.ts";

/** A run's row with its config and the name of its user. */
export type JoinedRunRow = Selectable<RunRow> & { readonly config: string; readonly username: string | null };

/** Selects whole runs. */
export function selectRuns(
  db: Kysely<MetadataTables>,
): SelectQueryBuilder<MetadataTables, "runs" | "run_configs", JoinedRunRow> {
  return db
    .selectFrom("runs")
    .innerJoin("run_configs", (join) =>
      join
        .onRef("run_configs.project_id", "=", "runs.project_id")
        .onRef("run_configs.run_id", "=", "runs.run_id"),
    )
    .selectAll("runs")
    .select("run_configs.config")
    .select((eb) =>
      eb
        .selectFrom("users")
        .select("users.username")
        .whereRef("users.id", "=", "runs.user_id")
        .as("username"),
    );
}

/** The run that a row holds. */
export function toRun(row: JoinedRunRow): Run {
  return {
    projectId: row.project_id,
    runId: row.run_id,
    name: row.name,
    displayName: row.display_name,
    state: row.state,
    config: row.config,
    summary: row.summary,
    tags: parseTags(row.tags),
    group: row.group_name,
    jobType: row.job_type,
    notes: row.notes,
    description: row.description,
    commit: row.commit_hash,
    host: row.host,
    program: row.program,
    repo: row.repo,
    sweepName: row.sweep_name,
    exitCode: row.exit_code,
    isStopRequested: row.is_stop_requested === 1,
    userId: row.user_id,
    // Accounts are never removed; a run outlives even one that is.
    username: row.username ?? "",
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    heartbeatAt: row.heartbeat_at,
    seq: row.seq,
  };
}

/** The columns of what is given, apart from the status. */
export function toColumns(run: RunUpsert): Partial<RunRow> {
  return {
    ...(run.displayName !== undefined && { display_name: run.displayName }),
    ...(run.summary !== undefined && { summary: run.summary }),
    ...(run.tags !== undefined && { tags: JSON.stringify(run.tags) }),
    ...(run.group !== undefined && { group_name: run.group }),
    ...(run.jobType !== undefined && { job_type: run.jobType }),
    ...(run.notes !== undefined && { notes: run.notes }),
    ...(run.description !== undefined && { description: run.description }),
    ...(run.commit !== undefined && { commit_hash: run.commit }),
    ...(run.host !== undefined && { host: run.host }),
    ...(run.program !== undefined && { program: run.program }),
    ...(run.repo !== undefined && { repo: run.repo }),
    ...(run.sweepName !== undefined && { sweep_name: run.sweepName }),
    ...(run.isHeartbeat === true && { heartbeat_at: run.now }),
  };
}

/** What identifies a call rather than changing the run. */
const notFields: ReadonlySet<string> = new Set([
  "projectId",
  "name",
  "userId",
  "now",
  "defaultDisplayName",
  "isHeartbeat",
]);

/** The names of what is given, for the event. */
export function changedFields(run: RunUpsert): readonly string[] {
  return Object.entries(run).flatMap(([field, value]) =>
    value === undefined || notFields.has(field) ? [] : [field],
  );
}

/** The tags that a column holds; throws when it was damaged. */
export function parseTags(text: string): readonly string[] {
  const tags: unknown = JSON.parse(text);
  if (!Array.isArray(tags)) throw new Error("expected a JSON list of tags");
  return tags.map(String);
}
