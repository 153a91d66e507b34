// Changes collections as a whole, in SQL tables.
import type { Kysely, Transaction } from "kysely";
import { ServerError } from "../../errors.ts";
import type { ArtifactTag } from "../../modules/artifacts/artifact.ts";
import type { ArtifactCollection } from "../../modules/artifacts/artifact-collection.ts";
import type {
  ArtifactCollectionStore,
  CollectionChange,
  CollectionMove,
  CollectionPage,
  CollectionQuery,
  CollectionTagChange,
  TypePage,
  TypeQuery,
  VersionPage,
  VersionQuery,
} from "../../modules/artifacts/artifact-collection-store.ts";
import type { Removal } from "../../modules/artifacts/artifact-removal-store.ts";
import { ensureType } from "./artifact-begin.ts";
import { listTypes, queryCollections, queryVersions } from "./artifact-lists.ts";
import { deleteVersions, NO_REMOVAL } from "./artifact-removal.ts";
import { selectCollections, toCollection } from "./artifact-rows.ts";
import { appendEvent } from "./outbox.ts";
import { renumberRunsOf } from "./run-renumbering.ts";
import type { MetadataTables } from "./tables.ts";

type Db = Kysely<MetadataTables>;
type Trx = Transaction<MetadataTables>;

/** `ArtifactCollectionStore` over any SQL dialect. */
export class SqlArtifactCollectionStore implements ArtifactCollectionStore {
  readonly #db: Db;

  constructor(parts: { readonly db: Db }) {
    this.#db = parts.db;
  }

  listTypes(request: TypeQuery): Promise<TypePage> {
    return listTypes(this.#db, request);
  }

  queryCollections(request: CollectionQuery): Promise<CollectionPage> {
    return queryCollections(this.#db, request);
  }

  queryVersions(request: VersionQuery): Promise<VersionPage> {
    return queryVersions(this.#db, request);
  }

  listCollectionTags({ collectionId }: { readonly collectionId: number }): Promise<readonly ArtifactTag[]> {
    return listTags(this.#db, collectionId);
  }

  changeCollectionTags(change: CollectionTagChange): Promise<readonly ArtifactTag[]> {
    const { collectionId, toAdd, toDelete, now, userId = null } = change;
    return this.#db.transaction().execute(async (trx) => {
      const { projectId } = await requireCollection(trx, collectionId);
      const added = await addCollectionTags(trx, collectionId, toAdd);
      const removed = await removeCollectionTags(trx, collectionId, toDelete);
      if (added.length + removed.length > 0) {
        const payload = JSON.stringify({ collectionId, added, removed, userId });
        await appendEvent(trx, {
          kind: "collection.tagged",
          projectId,
          runId: null,
          payload,
          createdAt: now,
        });
      }
      await touch(trx, collectionId, now);
      return listTags(trx, collectionId);
    });
  }

  updateCollection(change: CollectionChange): Promise<ArtifactCollection> {
    const { collectionId, name, description, ttlSeconds, now } = change;
    return this.#db.transaction().execute(async (trx) => {
      const before = await requireCollection(trx, collectionId);
      const isRenamed = name !== undefined && name !== before.name;
      if (isRenamed) await requireFreeName(trx, before.projectId, name);
      await trx
        .updateTable("artifact_collections")
        .set({
          ...(name !== undefined && { name }),
          ...(description !== undefined && { description }),
          ...(ttlSeconds !== undefined && { ttl_seconds: ttlSeconds }),
          updated_at: now,
        })
        .where("id", "=", collectionId)
        .execute();
      // Filters over runs name artifacts by their collection.
      if (isRenamed) await renumberRunsOf(trx, await listVersionIds(trx, collectionId));
      return requireCollection(trx, collectionId);
    });
  }

  moveCollection({ collectionId, typeName, now }: CollectionMove): Promise<ArtifactCollection> {
    return this.#db.transaction().execute(async (trx) => {
      const { projectId } = await requireCollection(trx, collectionId);
      const type = await ensureType(trx, { projectId, name: typeName, description: null, now });
      await trx
        .updateTable("artifact_collections")
        .set({ type_id: type.id, updated_at: now })
        .where("id", "=", collectionId)
        .execute();
      return requireCollection(trx, collectionId);
    });
  }

  deleteSequence(request: { readonly collectionId: number; readonly now: string }): Promise<Removal> {
    const { collectionId, now } = request;
    return this.#db.transaction().execute(async (trx) => {
      const row = await selectCollections(trx)
        .where("artifact_collections.id", "=", collectionId)
        .executeTakeFirst();
      if (row === undefined) return NO_REMOVAL;
      const versions = await trx
        .selectFrom("artifacts")
        .select("id")
        .where("collection_id", "=", collectionId)
        .where("state", "!=", "DELETED")
        .execute();
      const removal = await deleteVersions(trx, {
        artifactIds: versions.map(({ id }) => id),
        deleteAliases: true,
        reason: "deleted",
        now,
      });
      await trx.deleteFrom("artifact_collection_tags").where("collection_id", "=", collectionId).execute();
      await trx
        .deleteFrom("artifact_collection_client_ids")
        .where("collection_id", "=", collectionId)
        .execute();
      await trx
        .updateTable("artifact_collections")
        // No name has a colon, so this one is in nobody's way.
        .set({ name: `:deleted:${collectionId}`, deleted_at: now, updated_at: now })
        .where("id", "=", collectionId)
        .execute();
      return removal;
    });
  }
}

async function addCollectionTags(
  trx: Trx,
  collectionId: number,
  tags: readonly string[],
): Promise<readonly string[]> {
  if (tags.length === 0) return [];
  const rows = await trx
    .insertInto("artifact_collection_tags")
    .values(tags.map((name) => ({ collection_id: collectionId, name })))
    .onConflict((conflict) => conflict.columns(["collection_id", "name"]).doNothing())
    .returning("name")
    .execute();
  return rows.map(({ name }) => name);
}

async function removeCollectionTags(
  trx: Trx,
  collectionId: number,
  tags: readonly string[],
): Promise<readonly string[]> {
  if (tags.length === 0) return [];
  const rows = await trx
    .deleteFrom("artifact_collection_tags")
    .where("collection_id", "=", collectionId)
    .where("name", "in", tags)
    .returning("name")
    .execute();
  return rows.map(({ name }) => name);
}

async function requireCollection(db: Db, collectionId: number): Promise<ArtifactCollection> {
  const row = await selectCollections(db)
    .where("artifact_collections.id", "=", collectionId)
    .executeTakeFirst();
  if (row === undefined) throw new ServerError("not_found", `Artifact collection ${collectionId} not found`);
  return toCollection(row);
}

async function requireFreeName(trx: Trx, projectId: number, name: string): Promise<void> {
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

async function listVersionIds(trx: Trx, collectionId: number): Promise<readonly number[]> {
  const rows = await trx
    .selectFrom("artifact_memberships")
    .select("artifact_id")
    .where("collection_id", "=", collectionId)
    .execute();
  return rows.map((row) => row.artifact_id);
}

async function listTags(db: Db, collectionId: number): Promise<readonly ArtifactTag[]> {
  return db
    .selectFrom("artifact_collection_tags")
    .select(["id", "name"])
    .where("collection_id", "=", collectionId)
    .orderBy("name")
    .execute();
}

async function touch(trx: Trx, collectionId: number, now: string): Promise<void> {
  await trx
    .updateTable("artifact_collections")
    .set({ updated_at: now })
    .where("id", "=", collectionId)
    .execute();
}
