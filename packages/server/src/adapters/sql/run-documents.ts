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

/** A run as filters see it. Its config and summary are parsed when a question first looks at them. */
export class StoredRun implements RunDocument {
  readonly id: number;
  readonly name: string;
  readonly displayName: string;
  readonly state: string;
  readonly tags: readonly string[];
  readonly group: string | null;
  readonly jobType: string | null;
  readonly host: string | null;
  readonly username: string | null;
  readonly entity: string;
  readonly project: string;
  readonly sweep: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly heartbeatAt: string;
  readonly notes: string | null;
  readonly description: string | null;
  readonly commit: string | null;
  /** Set by those who know; see `RunSearchOptions`. */
  historyKeys: JsonObject | undefined;
  /** Set when a question names them, like the next one. */
  inputArtifacts: readonly string[] | undefined;
  outputArtifacts: readonly string[] | undefined;
  #config: string | JsonObject;
  #summary: string | JsonObject;

  /** Takes the config of `before` where the row has none. */
  constructor(row: DocumentRow, names: ProjectNames, before: StoredRun | undefined) {
    const config = row.config ?? (before === undefined ? undefined : before.#config);
    if (config === undefined) throw new Error(`the config of run ${row.project_id}/${row.run_id} is missing`);
    this.#config = config;
    this.#summary = row.summary;
    this.id = row.run_id;
    this.name = row.name;
    this.displayName = row.display_name;
    this.state = row.state;
    this.tags = row.tags === "[]" ? noTags : parseTags(row.tags);
    this.group = row.group_name;
    this.jobType = row.job_type;
    this.host = row.host;
    this.username = row.username;
    this.entity = names.entity;
    this.project = names.project;
    this.sweep = row.sweep_name;
    this.createdAt = row.created_at;
    this.updatedAt = row.updated_at;
    this.heartbeatAt = row.heartbeat_at;
    this.notes = row.notes;
    this.description = row.description;
    this.commit = row.commit_hash;
  }

  get config(): JsonObject {
    if (typeof this.#config === "string") this.#config = parseObject(this.#config);
    return this.#config;
  }

  get summary(): JsonObject {
    if (typeof this.#summary === "string") this.#summary = parseObject(this.#summary);
    return this.#summary;
  }

  get durationSeconds(): number {
    return (Date.parse(this.heartbeatAt) - Date.parse(this.createdAt)) / 1000;
  }
}

const noTags: readonly string[] = [];

/** About how much memory a row's document takes. */
export function weightOf(row: DocumentRow): number {
  return 1000 + 2 * (row.summary.length + (row.config?.length ?? 0));
}

/** An object from its text. Texts are checked where they enter; one that is no object all the same must not hide a whole project. */
export function parseObject(text: string): JsonObject {
  try {
    return parseJsonObject(text);
  } catch {
    return {};
  }
}
