/** Reports and saved workspaces in SQL tables. */
import type { Kysely, SelectQueryBuilder, Selectable, Transaction } from "kysely";
import { ServerError } from "../../errors.ts";
import type { ShareLink, View, ViewVersion } from "../../modules/reports/view.ts";
import type { NewView, ViewChange, ViewQuery, ViewStore } from "../../modules/reports/view-store.ts";
import type { MetadataTables } from "./tables.ts";
import type { ViewRow, ViewVersionRow } from "./view-tables.ts";
import { addLink, findLink, listLinks, updateLink } from "./view-links.ts";

type Trx = Transaction<MetadataTables>;

type JoinedRow = Selectable<ViewRow> &
  Pick<ViewVersionRow, "display_name" | "description" | "spec" | "user_id">;

/** `ViewStore` over any SQL dialect. */
export class SqlViewStore implements ViewStore {
  readonly #db: Kysely<MetadataTables>;

  constructor(parts: { readonly db: Kysely<MetadataTables> }) {
    this.#db = parts.db;
  }

  create(view: NewView): Promise<{ readonly view: View; readonly inserted: boolean }> {
    return this.#db.transaction().execute(async (trx) => {
      const existing = await findNamesake(trx, view);
      if (existing !== undefined) return { view: await requireView(trx, existing), inserted: false };
      const { view_id: viewId } = await trx
        .insertInto("views")
        .values({
          project_id: view.projectId,
          type: view.type,
          name: view.name,
          parent_id: view.parentId,
          version: 1,
          created_by_user_id: view.userId,
          created_at: view.now,
          updated_at: view.now,
        })
        .returning("view_id")
        .executeTakeFirstOrThrow();
      await addVersion(trx, { ...view, viewId, version: 1 });
      return { view: await requireView(trx, viewId), inserted: true };
    });
  }

  update({ viewId, userId, now, ...change }: ViewChange): Promise<View | undefined> {
    return this.#db.transaction().execute(async (trx) => {
      const before = await findView(trx, viewId);
      if (before === undefined) return undefined;
      const { displayName = before.displayName, description = before.description } = change;
      const { type = before.type, name = before.name, spec = before.spec } = change;
      const isNewVersion =
        displayName !== before.displayName || description !== before.description || spec !== before.spec;
      const isRenamed = type !== before.type || name !== before.name;
      if (!isNewVersion && !isRenamed) return before;
      const { projectId } = before;
      if (isRenamed && (await findNamesake(trx, { projectId, type, name })) !== undefined) {
        throw new ServerError("already_exists", `The project has another view "${name}"`, { field: "name" });
      }
      const version = isNewVersion ? before.version + 1 : before.version;
      await trx
        .updateTable("views")
        .set({ type, name, version, updated_at: now })
        .where("view_id", "=", viewId)
        .execute();
      if (isNewVersion)
        await addVersion(trx, { projectId, viewId, version, displayName, description, spec, userId, now });
      return requireView(trx, viewId);
    });
  }

  find({ viewId }: { readonly viewId: number }): Promise<View | undefined> {
    return findView(this.#db, viewId);
  }

  async list(query: ViewQuery): Promise<readonly View[]> {
    const { name, orTitle = false, userId, before } = query;
    let rows = selectViews(this.#db)
      .where("views.project_id", "=", query.projectId)
      .where("views.type", "=", query.type);
    if (name !== undefined) {
      rows = rows.where((eb) =>
        orTitle
          ? eb.or([eb("views.name", "=", name), eb("view_versions.display_name", "=", name)])
          : eb("views.name", "=", name),
      );
    }
    if (userId !== undefined) rows = rows.where("views.created_by_user_id", "=", userId);
    if (before !== null) rows = rows.where("views.view_id", "<", before);
    return (await rows.orderBy("views.view_id", "desc").limit(query.limit).execute()).map(toView);
  }

  async listVersions(request: {
    readonly viewId: number;
    readonly before: number | null;
    readonly limit: number;
  }): Promise<readonly ViewVersion[]> {
    const view = await this.find(request);
    if (view === undefined) return [];
    let rows = this.#db
      .selectFrom("view_versions")
      .selectAll()
      .where("project_id", "=", view.projectId)
      .where("view_id", "=", request.viewId);
    if (request.before !== null) rows = rows.where("version", "<", request.before);
    return (await rows.orderBy("version", "desc").limit(request.limit).execute()).map(toVersion);
  }

  delete({ viewId, withDrafts }: { readonly viewId: number; readonly withDrafts: boolean }): Promise<{
    readonly hasDrafts: boolean;
  }> {
    return this.#db.transaction().execute(async (trx) => {
      const drafts = await trx
        .selectFrom("views")
        .select("view_id")
        .where("parent_id", "=", viewId)
        .execute();
      if (drafts.length > 0 && !withDrafts) return { hasDrafts: true };
      for (const doomed of [...drafts.map((row) => row.view_id), viewId]) await deleteView(trx, doomed);
      return { hasDrafts: drafts.length > 0 };
    });
  }

  addLink(link: ShareLink): Promise<void> {
    return this.#db.transaction().execute(async (trx) => {
      const view = await findView(trx, link.viewId);
      if (view !== undefined) await addLink(trx, view.projectId, link);
    });
  }

  findLink({ token }: { readonly token: string }): Promise<ShareLink | undefined> {
    return findLink(this.#db, token);
  }

  listLinks({ viewId }: { readonly viewId: number }): Promise<readonly ShareLink[]> {
    return listLinks(this.#db, viewId);
  }

  updateLink(change: {
    readonly token: string;
    readonly projectIds?: readonly number[];
    readonly revokedAt?: string;
  }): Promise<void> {
    return updateLink(this.#db, change);
  }
}

function selectViews(
  db: Kysely<MetadataTables>,
): SelectQueryBuilder<MetadataTables, "views" | "view_versions", JoinedRow> {
  return db
    .selectFrom("views")
    .innerJoin("view_versions", (join) =>
      join
        .onRef("view_versions.project_id", "=", "views.project_id")
        .onRef("view_versions.view_id", "=", "views.view_id")
        .onRef("view_versions.version", "=", "views.version"),
    )
    .selectAll("views")
    .select([
      "view_versions.display_name",
      "view_versions.description",
      "view_versions.spec",
      "view_versions.user_id",
    ]);
}

async function findView(db: Kysely<MetadataTables>, viewId: number): Promise<View | undefined> {
  const row = await selectViews(db).where("views.view_id", "=", viewId).executeTakeFirst();
  return row && toView(row);
}

async function requireView(db: Kysely<MetadataTables>, viewId: number): Promise<View> {
  const view = await findView(db, viewId);
  if (view === undefined) throw new ServerError("internal", `View ${viewId} has no current version`);
  return view;
}

async function findNamesake(
  trx: Trx,
  { projectId, type, name }: { readonly projectId: number; readonly type: string; readonly name: string },
): Promise<number | undefined> {
  const row = await trx
    .selectFrom("views")
    .select("view_id")
    .where("project_id", "=", projectId)
    .where("type", "=", type)
    .where("name", "=", name)
    .executeTakeFirst();
  return row?.view_id;
}

async function addVersion(
  trx: Trx,
  version: Omit<NewView, "type" | "name" | "parentId"> & {
    readonly viewId: number;
    readonly version: number;
  },
): Promise<void> {
  await trx
    .insertInto("view_versions")
    .values({
      project_id: version.projectId,
      view_id: version.viewId,
      version: version.version,
      display_name: version.displayName,
      description: version.description,
      spec: version.spec,
      user_id: version.userId,
      created_at: version.now,
    })
    .execute();
}

async function deleteView(trx: Trx, viewId: number): Promise<void> {
  const view = await findView(trx, viewId);
  if (view === undefined) return;
  await trx.deleteFrom("view_tokens").where("view_id", "=", viewId).execute();
  await trx
    .deleteFrom("view_versions")
    .where("project_id", "=", view.projectId)
    .where("view_id", "=", viewId)
    .execute();
  await trx.deleteFrom("views").where("view_id", "=", viewId).execute();
}

function toView(row: JoinedRow): View {
  return {
    viewId: row.view_id,
    projectId: row.project_id,
    type: row.type,
    name: row.name,
    parentId: row.parent_id,
    version: row.version,
    displayName: row.display_name,
    description: row.description,
    spec: row.spec,
    createdByUserId: row.created_by_user_id,
    updatedByUserId: row.user_id,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

function toVersion(row: Selectable<ViewVersionRow>): ViewVersion {
  return {
    viewId: row.view_id,
    version: row.version,
    displayName: row.display_name,
    description: row.description,
    spec: row.spec,
    userId: row.user_id,
    createdAt: row.created_at,
  };
}
