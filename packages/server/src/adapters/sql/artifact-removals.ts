// What is to be taken away, and what was, in SQL tables.
import type { Kysely } from "kysely";
import type { ArtifactContent } from "../../modules/artifacts/artifact-file.ts";
import type {
  ArtifactRemovalStore,
  RecordedRemoval,
  Removal,
  RemovalSum,
  UnreferencedQuery,
  UnreferencedRemoval,
  VersionRemoval,
} from "../../modules/artifacts/artifact-removal-store.ts";
import { toContent } from "./artifact-files.ts";
import { add, deleteVersions, isUnreferenced, NO_REMOVAL, record } from "./artifact-removal.ts";
import type { MetadataTables } from "./tables.ts";

/** `ArtifactRemovalStore` over any SQL dialect. */
export class SqlArtifactRemovalStore implements ArtifactRemovalStore {
  readonly #db: Kysely<MetadataTables>;

  constructor(parts: { readonly db: Kysely<MetadataTables> }) {
    this.#db = parts.db;
  }

  deleteVersions(request: VersionRemoval): Promise<Removal> {
    return this.#db.transaction().execute((trx) => deleteVersions(trx, request));
  }

  async listExpired({
    now,
    limit,
  }: {
    readonly now: string;
    readonly limit: number;
  }): Promise<readonly number[]> {
    const ids = [
      ...(await this.#expiredByThemselves(now, limit)),
      ...(await this.#expiredByCollection(now, limit)),
      ...(await this.#expiredByEntity(now, limit)),
    ];
    return ids.slice(0, limit);
  }

  async listAbandoned(request: {
    readonly before: string;
    readonly limit: number;
  }): Promise<readonly number[]> {
    const rows = await this.#db
      .selectFrom("artifacts")
      .select("id")
      .where("state", "=", "PENDING")
      .where("updated_at", "<", request.before)
      .orderBy("updated_at")
      .limit(request.limit)
      .execute();
    return rows.map((row) => row.id);
  }

  async listUnreferenced(request: UnreferencedQuery): Promise<readonly ArtifactContent[]> {
    const rows = await this.#db
      .selectFrom("artifact_contents")
      .selectAll()
      .where("size_bytes", "is", null)
      .where((eb) =>
        eb.or([eb("announced_at", "is", null), eb("announced_at", "<", request.announcedBefore)]),
      )
      .where(isUnreferenced)
      .limit(request.limit)
      .execute();
    return rows.map(toContent);
  }

  removeUnreferenced({ contents, now }: UnreferencedRemoval): Promise<Removal> {
    const sizes = new Map(contents.map(({ id, sizeBytes }) => [id, sizeBytes]));
    if (sizes.size === 0) return Promise.resolve(NO_REMOVAL);
    return this.#db.transaction().execute(async (trx) => {
      const rows = await trx
        .deleteFrom("artifact_contents")
        .where("id", "in", [...sizes.keys()])
        .where(isUnreferenced)
        .returning(["id", "project_id", "blob_key"])
        .execute();
      let sum = NO_REMOVAL;
      for (const [projectId, ofProject] of Map.groupBy(rows, (row) => row.project_id)) {
        const blobs = ofProject.map(({ id, blob_key }) => ({ blob_key, size_bytes: sizes.get(id) ?? 0 }));
        const counts = { artifactCount: 0, contentCount: blobs.length };
        sum = add(sum, await record(trx, { projectId, reason: "unreferenced", now, blobs, ...counts }));
      }
      return sum;
    });
  }

  async sumRemovals({ since }: { readonly since: string }): Promise<readonly RemovalSum[]> {
    const rows = await this.#db
      .selectFrom("artifact_removals")
      .select((eb) => [
        "project_id",
        "reason",
        eb.fn.sum<number>("artifact_count").as("artifacts"),
        eb.fn.sum<number>("content_count").as("contents"),
        eb.fn.sum<number>("freed_bytes").as("bytes"),
      ])
      .where("created_at", ">=", since)
      .groupBy(["project_id", "reason"])
      .orderBy("project_id")
      .orderBy("reason")
      .execute();
    return rows.map((row) => ({
      projectId: row.project_id,
      reason: row.reason,
      artifactCount: row.artifacts,
      contentCount: row.contents,
      freedBytes: row.bytes,
    }));
  }

  async listRemovals(request: {
    readonly afterId: number;
    readonly limit: number;
  }): Promise<readonly RecordedRemoval[]> {
    const rows = await this.#db
      .selectFrom("artifact_removals")
      .selectAll()
      .where("id", ">", request.afterId)
      .orderBy("id")
      .limit(request.limit)
      .execute();
    return rows.map((row) => ({
      id: row.id,
      projectId: row.project_id,
      reason: row.reason,
      artifactCount: row.artifact_count,
      contentCount: row.content_count,
      freedBytes: row.freed_bytes,
      createdAt: row.created_at,
    }));
  }

  async lastRemovalId(): Promise<number> {
    const row = await this.#db
      .selectFrom("artifact_removals")
      .select((eb) => eb.fn.max<number | null>("id").as("id"))
      .executeTakeFirstOrThrow();
    return row.id ?? 0;
  }

  async setTtlDefault(request: {
    readonly entityId: number;
    readonly ttlSeconds: number | null;
  }): Promise<void> {
    const { entityId, ttlSeconds } = request;
    if (ttlSeconds === null) {
      await this.#db.deleteFrom("artifact_ttl_defaults").where("entity_id", "=", entityId).execute();
      return;
    }
    await this.#db
      .insertInto("artifact_ttl_defaults")
      .values({ entity_id: entityId, ttl_seconds: ttlSeconds })
      .onConflict((conflict) => conflict.column("entity_id").doUpdateSet({ ttl_seconds: ttlSeconds }))
      .execute();
  }

  async findTtlDefault({ entityId }: { readonly entityId: number }): Promise<number | null> {
    const row = await this.#db
      .selectFrom("artifact_ttl_defaults")
      .select("ttl_seconds")
      .where("entity_id", "=", entityId)
      .executeTakeFirst();
    return row?.ttl_seconds ?? null;
  }

  /** One question for each length of life, of which there are few: an index then finds those that are old enough. */
  async #expiredByThemselves(now: string, limit: number): Promise<readonly number[]> {
    const lives = await this.#db
      .selectFrom("artifacts")
      .select("ttl_seconds")
      .distinct()
      .where("ttl_seconds", "is not", null)
      .execute();
    const ids: number[] = [];
    for (const { ttl_seconds: seconds } of lives) {
      if (seconds === null) continue;
      const rows = await this.#expired(now, seconds, limit).where("ttl_seconds", "=", seconds).execute();
      ids.push(...rows.map((row) => row.id));
    }
    return ids;
  }

  async #expiredByCollection(now: string, limit: number): Promise<readonly number[]> {
    const collections = await this.#db
      .selectFrom("artifact_collections")
      .select(["id", "ttl_seconds"])
      .where("ttl_seconds", "is not", null)
      .execute();
    const ids: number[] = [];
    for (const { id, ttl_seconds: seconds } of collections) {
      if (seconds === null) continue;
      const rows = await this.#expired(now, seconds, limit)
        .where("is_ttl_inherited", "=", 1)
        .where("collection_id", "=", id)
        .execute();
      ids.push(...rows.map((row) => row.id));
    }
    return ids;
  }

  async #expiredByEntity(now: string, limit: number): Promise<readonly number[]> {
    const entities = await this.#db.selectFrom("artifact_ttl_defaults").selectAll().execute();
    const ids: number[] = [];
    for (const { entity_id: entityId, ttl_seconds: seconds } of entities) {
      const rows = await this.#expired(now, seconds, limit)
        .where("is_ttl_inherited", "=", 1)
        .where("collection_id", "in", (eb) =>
          eb
            .selectFrom("artifact_collections")
            .innerJoin("projects", "projects.id", "artifact_collections.project_id")
            .select("artifact_collections.id")
            .where("projects.entity_id", "=", entityId)
            .where("artifact_collections.ttl_seconds", "is", null),
        )
        .execute();
      ids.push(...rows.map((row) => row.id));
    }
    return ids;
  }

  #expired(now: string, seconds: number, limit: number) {
    const bornBefore = new Date(Date.parse(now) - seconds * 1000).toISOString();
    return this.#db
      .selectFrom("artifacts")
      .select("artifacts.id")
      .where("artifacts.state", "=", "COMMITTED")
      .where("artifacts.created_at", "<=", bornBefore)
      .where((eb) =>
        eb.not(
          eb.exists(
            eb
              .selectFrom("artifact_memberships")
              .select("artifact_memberships.id")
              .whereRef("artifact_memberships.artifact_id", "=", "artifacts.id")
              .whereRef("artifact_memberships.collection_id", "!=", "artifacts.collection_id"),
          ),
        ),
      )
      .orderBy("artifacts.created_at")
      .limit(limit);
  }
}
