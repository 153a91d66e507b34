// How far a project's runs have come, for those who keep something of them up to date.
import type { Kysely, SelectQueryBuilder } from "kysely";
import { ServerError } from "../../errors.ts";
import type { ProjectNames } from "./run-documents.ts";
import type { MetadataTables } from "./tables.ts";

/** The last numbers that a project's runs and changes took; 0 before the first. */
export async function loadCounters(
  db: Kysely<MetadataTables>,
  projectId: number,
): Promise<{ readonly lastSeq: number; readonly lastRunId: number }> {
  const counters = await db
    .selectFrom("run_counters")
    .select(["last_seq", "last_run_id"])
    .where("project_id", "=", projectId)
    .executeTakeFirst();
  return { lastSeq: counters?.last_seq ?? 0, lastRunId: counters?.last_run_id ?? 0 };
}

/** The ids of runs deleted after a change. */
export async function loadDeletions(
  db: Kysely<MetadataTables>,
  projectId: number,
  afterSeq: number,
): Promise<readonly number[]> {
  const rows = await db
    .selectFrom("run_deletions")
    .select("run_id")
    .where("project_id", "=", projectId)
    .where("seq", ">", afterSeq)
    .execute();
  return rows.map((row) => row.run_id);
}

/** The names of a project and its entity, and when it was created. Throws `not_found`. */
export async function loadNames(
  db: Kysely<MetadataTables>,
  projectId: number,
): Promise<ProjectNames & { readonly createdAt: string }> {
  const names = await db
    .selectFrom("projects")
    .innerJoin("entities", "entities.id", "projects.entity_id")
    .select(["entities.name as entity", "projects.name as project", "projects.created_at as createdAt"])
    .where("projects.id", "=", projectId)
    .executeTakeFirst();
  if (names !== undefined) return names;
  throw new ServerError("not_found", `Project ${projectId} not found`, { field: "project" });
}

/** The projects of at least so many runs, and how far they have come. */
export function projectQuery(
  db: Kysely<MetadataTables>,
  minRuns: number,
): SelectQueryBuilder<
  MetadataTables,
  "projects" | "run_counters",
  { id: number; created_at: string; last_seq: number; last_run_id: number }
> {
  return db
    .selectFrom("run_counters")
    .innerJoin("projects", "projects.id", "run_counters.project_id")
    .select(["projects.id", "projects.created_at", "run_counters.last_seq", "run_counters.last_run_id"])
    .where("run_counters.run_count", ">=", minRuns);
}

/** The runs that were changed or deleted after a change, each with the number of its last one. */
export async function loadChanges(
  db: Kysely<MetadataTables>,
  projectId: number,
  afterSeq: number,
): Promise<readonly { readonly runId: number; readonly seq: number }[]> {
  const changes = [];
  for (const table of ["runs", "run_deletions"] as const) {
    for (let seq = afterSeq; ;) {
      const rows = await db
        .selectFrom(table)
        .select(["run_id as runId", "seq"])
        .where("project_id", "=", projectId)
        .where("seq", ">", seq)
        .orderBy("seq")
        .limit(changesAtOnce)
        .execute();
      changes.push(...rows);
      seq = rows.at(-1)?.seq ?? seq;
      if (rows.length < changesAtOnce) break;
    }
  }
  return changes;
}

const changesAtOnce = 1000;
