// Runs as filters and orders see them, read from the tables in the order of their last changes.
import { parseJsonObject, type JsonObject, type RunDocument } from "@steelyard/protocol";
import type { Kysely, Selectable } from "kysely";
import { parseTags } from "./run-rows.ts";
import type { RunRow } from "./run-tables.ts";
import type { MetadataTables } from "./tables.ts";

/** A run's row with the config where it is newer than asked for. */
export type DocumentRow = Omit<Selectable<RunRow>, "program" | "repo" | "exit_code" | "is_stop_requested"> & {
  readonly config: string | null;
  readonly username: string | null;
};

/** Names that documents carry and their rows do not. */
export interface ProjectNames {
  readonly entity: string;
  readonly project: string;
}

/** Runs changed after `afterSeq`, oldest change first, with the configs changed after `configAfterSeq`. */
export async function readChangedRows(
  db: Kysely<MetadataTables>,
  request: {
    readonly projectId: number;
    readonly afterSeq: number;
    readonly configAfterSeq: number;
    readonly limit: number;
  },
): Promise<readonly DocumentRow[]> {
  return db
    .selectFrom("runs")
    .leftJoin("run_configs", (join) =>
      join
        .onRef("run_configs.project_id", "=", "runs.project_id")
        .onRef("run_configs.run_id", "=", "runs.run_id")
        .on("run_configs.seq", ">", request.configAfterSeq),
    )
    .select([
      "runs.project_id",
      "runs.run_id",
      "runs.name",
      "runs.display_name",
      "runs.state",
      "runs.tags",
      "runs.group_name",
      "runs.job_type",
      "runs.notes",
      "runs.description",
      "runs.commit_hash",
      "runs.host",
      "runs.sweep_name",
      "runs.user_id",
      "runs.created_at",
      "runs.updated_at",
      "runs.heartbeat_at",
      "runs.seq",
      "runs.summary",
      "run_configs.config",
    ])
    .select((eb) =>
      eb
        .selectFrom("users")
        .select("users.username")
        .whereRef("users.id", "=", "runs.user_id")
        .as("username"),
    )
    .where("runs.project_id", "=", request.projectId)
    .where("runs.seq", ">", request.afterSeq)
    .orderBy("runs.seq")
    .limit(request.limit)
    .execute();
}

/** The document of a row; `before` gives the config where the row has none. */
export function toDocument(
  row: DocumentRow,
  names: ProjectNames,
  before: RunDocument | undefined,
): RunDocument {
  const config = row.config === null ? before?.config : parseObject(row.config);
  if (config === undefined) throw new Error(`the config of run ${row.project_id}/${row.run_id} is missing`);
  return {
    ...names,
    id: row.run_id,
    name: row.name,
    displayName: row.display_name,
    state: row.state,
    config,
    summary: parseObject(row.summary),
    tags: parseTags(row.tags),
    group: row.group_name,
    jobType: row.job_type,
    host: row.host,
    username: row.username,
    sweep: row.sweep_name,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    heartbeatAt: row.heartbeat_at,
    durationSeconds: (Date.parse(row.heartbeat_at) - Date.parse(row.created_at)) / 1000,
    notes: row.notes,
    description: row.description,
    commit: row.commit_hash,
  };
}

/** About how much memory a row's document takes. */
export function weightOf(row: DocumentRow): number {
  return 1000 + 2 * (row.summary.length + (row.config?.length ?? 0));
}

/** Texts are checked where they enter; one that is no object all the same must not hide a whole project. */
function parseObject(text: string): JsonObject {
  try {
    return parseJsonObject(text);
  } catch {
    return {};
  }
}
