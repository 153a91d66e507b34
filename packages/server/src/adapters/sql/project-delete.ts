// Deletes a project that nothing was logged to, or nothing any more, with what hangs on it in SQL tables.
import type { Transaction } from "kysely";
import { ServerError } from "../../errors.ts";
import { deleteLaunchOf } from "./launch-delete.ts";
import { renumberRunsOf } from "./run-renumbering.ts";
import type { MetadataTables } from "./tables.ts";

type Trx = Transaction<MetadataTables>;

/** As `ProjectStore.delete`, within a transaction. */
export async function deleteProject(trx: Trx, projectId: number): Promise<boolean> {
  const project = await trx
    .selectFrom("projects")
    .select("name")
    .where("id", "=", projectId)
    .executeTakeFirst();
  if (project === undefined) return false;
  await requireNothingLogged(trx, projectId, project.name);
  const portfolios = await trx
    .selectFrom("artifact_collections")
    .select("id")
    .where("project_id", "=", projectId)
    .where("kind", "=", "portfolio")
    .execute();
  for (const { id } of portfolios) await deletePortfolio(trx, id);
  await deleteLaunchOf(trx, projectId);
  for (const table of ["view_tokens", "view_versions", "views"] as const) {
    await trx.deleteFrom(table).where("project_id", "=", projectId).execute();
  }
  await trx.deleteFrom("project_members").where("project_id", "=", projectId).execute();
  await trx.deleteFrom("project_teams").where("project_id", "=", projectId).execute();
  // Types that tombstones of deleted collections refer to stay, out of reach with their project.
  await trx
    .deleteFrom("artifact_types")
    .where("project_id", "=", projectId)
    .where("id", "not in", (eb) => eb.selectFrom("artifact_collections").select("type_id"))
    .execute();
  await trx.deleteFrom("projects").where("id", "=", projectId).execute();
  return true;
}

/** Deletes a portfolio with its members and names; the versions themselves stay. */
export async function deletePortfolio(trx: Trx, collectionId: number): Promise<void> {
  const members = await listMemberIds(trx, collectionId);
  for (const table of ["artifact_aliases", "artifact_memberships", "artifact_collection_tags"] as const) {
    await trx.deleteFrom(table).where("collection_id", "=", collectionId).execute();
  }
  await trx.deleteFrom("artifact_collections").where("id", "=", collectionId).execute();
  if (members.length > 0) await renumberRunsOf(trx, members);
}

/** The versions that a collection holds. */
export async function listMemberIds(trx: Trx, collectionId: number): Promise<readonly number[]> {
  const rows = await trx
    .selectFrom("artifact_memberships")
    .select("artifact_id")
    .where("collection_id", "=", collectionId)
    .execute();
  return rows.map((row) => row.artifact_id);
}

async function requireNothingLogged(trx: Trx, projectId: number, name: string): Promise<void> {
  const run = await trx
    .selectFrom("runs")
    .select("name")
    .where("project_id", "=", projectId)
    .limit(1)
    .executeTakeFirst();
  const sequence = await trx
    .selectFrom("artifact_collections")
    .select("name")
    .where("project_id", "=", projectId)
    .where("kind", "=", "sequence")
    .where("deleted_at", "is", null)
    .limit(1)
    .executeTakeFirst();
  const [what, which] = run === undefined ? ["artifact", sequence?.name] : ["run", run.name];
  if (which === undefined) return;
  throw new ServerError(
    "conflict",
    `The project "${name}" has the ${what} "${which}"; delete what it holds first`,
  );
}
