// Artifacts in SQL tables. Each part of the work has a file of its own; this one holds what is short.
import type { Kysely } from "kysely";
import { ServerError } from "../../errors.ts";
import type { Artifact } from "../../modules/artifacts/artifact.ts";
import type {
  ArtifactManifest,
  ArtifactMembership,
  ArtifactCollection,
  ArtifactType,
} from "../../modules/artifacts/artifact-collection.ts";
import type { ArtifactContent, StoredContent } from "../../modules/artifacts/artifact-file.ts";
import type {
  ClaimedContent,
  ContentClaims,
  ContentQuery,
  ContentUse,
  ContentUseQuery,
  FilePage,
  FilePut,
  FileQuery,
  NewContents,
  CollectionContentQuery,
} from "../../modules/artifacts/artifact-file-store.ts";
import type {
  ArtifactLink,
  ArtifactUse,
  ArtifactUser,
  LinkQuery,
  RunArtifactPage,
  RunArtifactQuery,
} from "../../modules/artifacts/artifact-lineage-store.ts";
import type {
  AliasChange,
  AliasPage,
  AliasQuery,
  ArtifactChange,
  ArtifactCommit,
  ArtifactSelector,
  ArtifactStore,
  MembershipSelector,
  NewArtifact,
  NewArtifactType,
  ManifestChange,
  NewManifest,
  CollectionSelector,
} from "../../modules/artifacts/artifact-store.ts";
import { beginArtifact, ensureType } from "./artifact-begin.ts";
import { commitArtifact } from "./artifact-commit.ts";
import { SqlArtifactFileStore } from "./artifact-files.ts";
import { SqlArtifactLineageStore } from "./artifact-lineage.ts";
import { putManifest, selectManifests, updateManifest } from "./artifact-manifests.ts";
import { findMembership } from "./artifact-membership.ts";
import { changeAliases, listAliases } from "./artifact-aliases.ts";
import { addTags, appendTagged } from "./artifact-names.ts";
import {
  requireArtifact,
  selectArtifacts,
  selectCollections,
  toArtifacts,
  toManifest,
  toCollection,
  toType,
} from "./artifact-rows.ts";
import type { MetadataTables } from "./tables.ts";

/** SQLite takes 32,766 parameters in a statement. */
const IDS_AT_ONCE = 1_000;

/** `ArtifactStore` over any SQL dialect. */
export class SqlArtifactStore implements ArtifactStore {
  readonly #db: Kysely<MetadataTables>;
  readonly #files: SqlArtifactFileStore;
  readonly #lineage: SqlArtifactLineageStore;

  constructor(parts: { readonly db: Kysely<MetadataTables> }) {
    this.#db = parts.db;
    this.#files = new SqlArtifactFileStore(parts);
    this.#lineage = new SqlArtifactLineageStore(parts);
  }

  ensureType(type: NewArtifactType): Promise<ArtifactType> {
    return this.#db.transaction().execute((trx) => ensureType(trx, type));
  }

  async findType(request: {
    readonly projectId: number;
    readonly name: string;
  }): Promise<ArtifactType | undefined> {
    const row = await this.#db
      .selectFrom("artifact_types")
      .selectAll()
      .where("project_id", "=", request.projectId)
      .where("name", "=", request.name)
      .executeTakeFirst();
    return row && toType(row);
  }

  begin(request: NewArtifact): Promise<Artifact> {
    return this.#db.transaction().execute((trx) => beginArtifact(trx, request));
  }

  async find(request: ArtifactSelector): Promise<Artifact | undefined> {
    const rows = await selectArtifacts(this.#db).where("artifacts.id", "=", request.artifactId).execute();
    const [artifact] = await toArtifacts(this.#db, rows);
    return artifact;
  }

  async findMany({ artifactIds }: { readonly artifactIds: readonly number[] }): Promise<readonly Artifact[]> {
    const found: Artifact[] = [];
    for (let start = 0; start < artifactIds.length; start += IDS_AT_ONCE) {
      const rows = await selectArtifacts(this.#db)
        .where("artifacts.id", "in", artifactIds.slice(start, start + IDS_AT_ONCE))
        .execute();
      found.push(...(await toArtifacts(this.#db, rows)));
    }
    return found.sort((a, b) => a.id - b.id);
  }

  async findByClientId(request: { readonly clientId: string }): Promise<readonly Artifact[]> {
    const rows = await selectArtifacts(this.#db)
      .innerJoin("artifact_client_ids", "artifact_client_ids.artifact_id", "artifacts.id")
      .where("artifact_client_ids.client_id", "=", request.clientId)
      .orderBy("artifacts.id")
      .execute();
    return toArtifacts(this.#db, rows);
  }

  async findCollection(request: CollectionSelector): Promise<ArtifactCollection | undefined> {
    const all = selectCollections(this.#db);
    const matching =
      "collectionId" in request
        ? all.where("artifact_collections.id", "=", request.collectionId)
        : all
            .where("artifact_collections.project_id", "=", request.projectId)
            .where("artifact_collections.name", "=", request.name);
    const row = await matching.executeTakeFirst();
    return row && toCollection(row);
  }

  listAliases(request: AliasQuery): Promise<AliasPage> {
    return listAliases(this.#db, request);
  }

  async findSequencesByClientId(request: {
    readonly clientId: string;
  }): Promise<readonly ArtifactCollection[]> {
    const rows = await selectCollections(this.#db)
      .innerJoin(
        "artifact_collection_client_ids",
        "artifact_collection_client_ids.collection_id",
        "artifact_collections.id",
      )
      .where("artifact_collection_client_ids.client_id", "=", request.clientId)
      .orderBy("artifact_collections.id")
      .execute();
    return rows.map(toCollection);
  }

  findMembership(request: MembershipSelector): Promise<ArtifactMembership | undefined> {
    return findMembership(this.#db, request);
  }

  putManifest(manifest: NewManifest): Promise<ArtifactManifest> {
    return this.#db.transaction().execute((trx) => putManifest(trx, manifest));
  }

  updateManifest(change: ManifestChange): Promise<ArtifactManifest> {
    return this.#db.transaction().execute((trx) => updateManifest(trx, change));
  }

  async listManifests({ artifactId }: { readonly artifactId: number }): Promise<readonly ArtifactManifest[]> {
    return (await selectManifests(this.#db, { artifactId })).map(toManifest);
  }

  async findManifest(
    request: { readonly artifactId: number } | { readonly manifestId: number },
  ): Promise<ArtifactManifest | undefined> {
    const [row] = await selectManifests(this.#db, request);
    return row && toManifest(row);
  }

  commit(request: ArtifactCommit): Promise<Artifact> {
    return this.#db.transaction().execute((trx) => commitArtifact(trx, request));
  }

  update(change: ArtifactChange): Promise<Artifact> {
    const { artifactId, description, metadata, ttl, tagsToAdd, tagsToDelete, now, userId } = change;
    return this.#db.transaction().execute(async (trx) => {
      const changed = await trx
        .updateTable("artifacts")
        .set({
          ...(description !== undefined && { description }),
          ...(metadata !== undefined && { metadata }),
          ...(ttl !== undefined && {
            is_ttl_inherited: Number(ttl.isInherited),
            ttl_seconds: ttl.isInherited ? null : ttl.seconds,
          }),
          updated_at: now,
        })
        .where("id", "=", artifactId)
        .where("state", "!=", "DELETED")
        .executeTakeFirst();
      if (changed.numUpdatedRows === 0n) {
        throw new ServerError("not_found", `Artifact ${artifactId} not found`);
      }
      const removed =
        tagsToDelete.length === 0
          ? []
          : await trx
              .deleteFrom("artifact_tags")
              .where("artifact_id", "=", artifactId)
              .where("name", "in", tagsToDelete)
              .returning("name")
              .execute();
      const added = await addTags(trx, artifactId, tagsToAdd);
      const names = removed.map(({ name }) => name);
      await appendTagged(trx, { artifactId, added, removed: names, by: { now, userId } });
      return requireArtifact(trx, artifactId);
    });
  }

  changeAliases(change: AliasChange): Promise<Artifact> {
    return this.#db.transaction().execute((trx) => changeAliases(trx, change));
  }

  findContents(request: ContentQuery): Promise<readonly ArtifactContent[]> {
    return this.#files.findContents(request);
  }

  addContents(request: NewContents): Promise<readonly ArtifactContent[]> {
    return this.#files.addContents(request);
  }

  listClaimed(request: { readonly artifactId: number }): Promise<readonly ClaimedContent[]> {
    return this.#files.listClaimed(request);
  }

  findContentsByXxh128(request: {
    readonly entityId: number;
    readonly digests: readonly string[];
  }): Promise<readonly ArtifactContent[]> {
    return this.#files.findContentsByXxh128(request);
  }

  findContentByKey(request: {
    readonly birthArtifactId: number;
    readonly blobKey: string;
  }): Promise<ArtifactContent | undefined> {
    return this.#files.findContentByKey(request);
  }

  claimContents(request: ContentClaims): Promise<void> {
    return this.#files.claimContents(request);
  }

  markStored(request: { readonly contents: readonly StoredContent[] }): Promise<void> {
    return this.#files.markStored(request);
  }

  putFiles(request: FilePut): Promise<void> {
    return this.#files.putFiles(request);
  }

  listFiles(request: FileQuery): Promise<FilePage> {
    return this.#files.listFiles(request);
  }

  findCollectionContent(request: CollectionContentQuery): Promise<ArtifactContent | undefined> {
    return this.#files.findCollectionContent(request);
  }

  listContentUses(request: ContentUseQuery): Promise<readonly ContentUse[]> {
    return this.#files.listContentUses(request);
  }

  use(request: ArtifactUse): Promise<void> {
    return this.#lineage.use(request);
  }

  listByRun(request: RunArtifactQuery): Promise<RunArtifactPage> {
    return this.#lineage.listByRun(request);
  }

  listLinks(request: LinkQuery): Promise<readonly ArtifactLink[]> {
    return this.#lineage.listLinks(request);
  }

  listUsers(request: { readonly artifactId: number }): Promise<readonly ArtifactUser[]> {
    return this.#lineage.listUsers(request);
  }
}
