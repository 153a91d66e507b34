// How far a project's runs have come, for those who keep something of them up to date.
import type { Kysely } from "kysely";
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

/** The names of a project and its entity. Throws `not_found`. */
export async function loadNames(db: Kysely<MetadataTables>, projectId: number): Promise<ProjectNames> {
  const names = await db
    .selectFrom("projects")
    .innerJoin("entities", "entities.id", "projects.entity_id")
    .select(["entities.name as entity", "projects.name as project"])
    .where("projects.id", "=", projectId)
    .executeTakeFirst();
  if (names !== undefined) return names;
  throw new ServerError("not_found", `Project ${projectId} not found`, { field: "project" });
}
