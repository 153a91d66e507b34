/** Share links of reports in a SQL table. */
import { isJsonArray, parseJson } from "@steelyard/protocol";
import type { Kysely, Selectable } from "kysely";
import { ServerError } from "../../errors.ts";
import type { ShareLink } from "../../modules/reports/view.ts";
import type { MetadataTables } from "./tables.ts";
import type { ViewTokenRow } from "./view-tables.ts";

type Db = Kysely<MetadataTables>;

/** As `ViewStore.addLink`, for a view that is there. */
export async function addLink(db: Db, projectId: number, link: ShareLink): Promise<void> {
  await db
    .insertInto("view_tokens")
    .values({
      token: link.token,
      project_id: projectId,
      view_id: link.viewId,
      shown_project_ids: JSON.stringify(link.projectIds),
      created_at: link.createdAt,
      revoked_at: link.revokedAt,
    })
    .execute();
}

/** As `ViewStore.findLink`. */
export async function findLink(db: Db, token: string): Promise<ShareLink | undefined> {
  const row = await db.selectFrom("view_tokens").selectAll().where("token", "=", token).executeTakeFirst();
  return row && toLink(row);
}

/** As `ViewStore.listLinks`. */
export async function listLinks(db: Db, viewId: number): Promise<readonly ShareLink[]> {
  const rows = await db
    .selectFrom("view_tokens")
    .selectAll()
    .where("view_id", "=", viewId)
    .orderBy("created_at")
    .orderBy("token")
    .execute();
  return rows.map(toLink);
}

/** As `ViewStore.updateLink`. */
export async function updateLink(
  db: Db,
  change: { readonly token: string; readonly projectIds?: readonly number[]; readonly revokedAt?: string },
): Promise<void> {
  const { token, projectIds, revokedAt } = change;
  if (projectIds !== undefined) {
    await db
      .updateTable("view_tokens")
      .set({ shown_project_ids: JSON.stringify(projectIds) })
      .where("token", "=", token)
      .execute();
  }
  if (revokedAt !== undefined) {
    await db
      .updateTable("view_tokens")
      .set({ revoked_at: revokedAt })
      .where("token", "=", token)
      .where("revoked_at", "is", null)
      .execute();
  }
}

function toLink(row: Selectable<ViewTokenRow>): ShareLink {
  return {
    token: row.token,
    viewId: row.view_id,
    projectIds: parseIds(row),
    createdAt: row.created_at,
    revokedAt: row.revoked_at,
  };
}

function parseIds(row: Selectable<ViewTokenRow>): readonly number[] {
  const ids = parseJson(row.shown_project_ids);
  if (isJsonArray(ids)) {
    const numbers = ids.filter((id) => typeof id === "number");
    if (numbers.length === ids.length) return numbers;
  }
  throw new ServerError("internal", `A share link of view ${row.view_id} has no list of projects`);
}
