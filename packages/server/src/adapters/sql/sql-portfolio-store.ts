// Portfolios in SQL tables, which they share with sequences.
import type { Kysely, Transaction } from "kysely";
import { ServerError } from "../../errors.ts";
import type { ArtifactCollection, ArtifactMembership } from "../../modules/artifacts/artifact-collection.ts";
import type {
  LinkKey,
  NewLink,
  PortfolioChange,
  PortfolioStore,
} from "../../modules/portfolios/portfolio-store.ts";
import { toMembership } from "./artifact-membership.ts";
import { requireArtifact, selectCollections, toCollection } from "./artifact-rows.ts";
import { linkArtifact, unlinkArtifact } from "./portfolio-link.ts";
import { deletePortfolio, listMemberIds } from "./project-delete.ts";
import { renumberRunsOf } from "./run-renumbering.ts";
import type { MetadataTables } from "./tables.ts";

type Db = Kysely<MetadataTables>;

/** `PortfolioStore` over any SQL dialect. */
export class SqlPortfolioStore implements PortfolioStore {
  readonly #db: Db;

  constructor(parts: { readonly db: Db }) {
    this.#db = parts.db;
  }

  link(request: NewLink): Promise<ArtifactMembership> {
    const { artifactId } = request;
    return this.#db.transaction().execute(async (trx) => {
      const collectionId = await linkArtifact(trx, request);
      const members = await listMemberships(trx, artifactId);
      const linked = members.find(({ collection }) => collection.id === collectionId);
      if (linked === undefined) throw new ServerError("internal", `Artifact ${artifactId} was not linked`);
      return linked;
    });
  }

  unlink(request: LinkKey & { readonly now: string; readonly userId?: number }): Promise<boolean> {
    return this.#db.transaction().execute((trx) => unlinkArtifact(trx, request));
  }

  listMemberships({ artifactId }: { readonly artifactId: number }): Promise<readonly ArtifactMembership[]> {
    return listMemberships(this.#db, artifactId);
  }

  async listLinkProjects(request: { readonly artifactId: number }): Promise<readonly number[]> {
    const rows = await this.#db
      .selectFrom("artifact_memberships")
      .innerJoin("artifact_collections", "artifact_collections.id", "artifact_memberships.collection_id")
      .select("artifact_collections.project_id as projectId")
      .distinct()
      .where("artifact_memberships.artifact_id", "=", request.artifactId)
      .where("artifact_collections.kind", "=", "portfolio")
      .orderBy("artifact_collections.project_id")
      .execute();
    return rows.map((row) => row.projectId);
  }

  updatePortfolio({ collectionId, name, description, now }: PortfolioChange): Promise<ArtifactCollection> {
    return this.#db.transaction().execute(async (trx) => {
      const before = await requirePortfolio(trx, collectionId);
      const isRenamed = name !== undefined && name !== before.name;
      if (isRenamed) await requireFreeName(trx, before.projectId, name);
      await trx
        .updateTable("artifact_collections")
        .set({
          ...(name !== undefined && { name }),
          ...(description !== undefined && { description }),
          updated_at: now,
        })
        .where("id", "=", collectionId)
        .execute();
      const members = isRenamed ? await listMemberIds(trx, collectionId) : [];
      if (members.length > 0) await renumberRunsOf(trx, members);
      return requirePortfolio(trx, collectionId);
    });
  }

  deletePortfolio({ collectionId }: { readonly collectionId: number }): Promise<boolean> {
    return this.#db.transaction().execute(async (trx) => {
      const row = await selectPortfolio(trx, collectionId);
      if (row === undefined) return false;
      await deletePortfolio(trx, collectionId);
      return true;
    });
  }
}

async function listMemberships(db: Db, artifactId: number): Promise<readonly ArtifactMembership[]> {
  const rows = await db
    .selectFrom("artifact_memberships")
    .selectAll()
    .where("artifact_id", "=", artifactId)
    .orderBy("id")
    .execute();
  if (rows.length === 0) return [];
  const artifact = await requireArtifact(db, artifactId);
  const found = await selectCollections(db)
    .where(
      "artifact_collections.id",
      "in",
      rows.map((row) => row.collection_id),
    )
    .execute();
  const collections = new Map(found.map((row) => [row.collection_id, toCollection(row)]));
  const members = rows.flatMap((row) => {
    const collection = collections.get(row.collection_id);
    return collection === undefined ? [] : [toMembership({ row, collection, artifact })];
  });
  return members.sort((a, b) => Number(isLink(a)) - Number(isLink(b)));
}

function isLink({ collection }: ArtifactMembership): boolean {
  return collection.kind === "portfolio";
}

async function selectPortfolio(db: Db, collectionId: number): Promise<ArtifactCollection | undefined> {
  const row = await selectCollections(db)
    .where("artifact_collections.id", "=", collectionId)
    .where("artifact_collections.kind", "=", "portfolio")
    .executeTakeFirst();
  return row && toCollection(row);
}

async function requirePortfolio(db: Db, collectionId: number): Promise<ArtifactCollection> {
  const portfolio = await selectPortfolio(db, collectionId);
  if (portfolio !== undefined) return portfolio;
  throw new ServerError("not_found", `Portfolio ${collectionId} not found`, { field: "artifactPortfolioID" });
}

async function requireFreeName(
  trx: Transaction<MetadataTables>,
  projectId: number,
  name: string,
): Promise<void> {
  const taken = await trx
    .selectFrom("artifact_collections")
    .select("id")
    .where("project_id", "=", projectId)
    .where("name", "=", name)
    .executeTakeFirst();
  if (taken === undefined) return;
  const message = `The project has an artifact collection "${name}" already`;
  throw new ServerError("already_exists", message, { field: "name" });
}
