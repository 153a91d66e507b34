// Files of versions and the contents behind them in SQL tables.
import type { Kysely, Selectable, SelectQueryBuilder, Transaction } from "kysely";
import { ServerError } from "../../errors.ts";
import type { ArtifactContent, ArtifactFile, StoredContent } from "../../modules/artifacts/artifact-file.ts";
import type {
  ArtifactFileStore,
  ClaimedContent,
  ContentClaim,
  ContentClaims,
  ContentQuery,
  ContentUse,
  ContentUseQuery,
  FilePage,
  FilePut,
  FileQuery,
  NewArtifactFile,
  NewContents,
  CollectionContentQuery,
} from "../../modules/artifacts/artifact-file-store.ts";
import type { ArtifactContentRow, ArtifactFileRow } from "./artifact-tables.ts";
import type { MetadataTables } from "./tables.ts";

/** Rows a statement; SQLite takes 32,766 parameters in one. */
const CHUNK_SIZE = 1_000;

/** `ArtifactFileStore` over any SQL dialect. */
export class SqlArtifactFileStore implements ArtifactFileStore {
  readonly #db: Kysely<MetadataTables>;

  constructor(parts: { readonly db: Kysely<MetadataTables> }) {
    this.#db = parts.db;
  }

  async findContents(request: ContentQuery): Promise<readonly ArtifactContent[]> {
    const found: ArtifactContent[] = [];
    for (const md5s of inChunks(request.md5s)) {
      const rows = await this.#db
        .selectFrom("artifact_contents")
        .selectAll()
        .where("entity_id", "=", request.entityId)
        .where("md5", "in", md5s)
        .execute();
      found.push(...rows.map(toContent));
    }
    return found.sort((a, b) => a.id - b.id);
  }

  async addContents(request: NewContents): Promise<readonly ArtifactContent[]> {
    const { entityId, projectId, now } = request;
    const byMd5 = new Map<string, ArtifactContent>();
    for (const chunk of inChunks(request.contents)) {
      const rows = await this.#db.transaction().execute(async (trx) => {
        await trx
          .insertInto("artifact_contents")
          .values(
            chunk.map((content) => ({
              entity_id: entityId,
              project_id: projectId,
              md5: content.md5,
              blob_key: content.blobKey,
              birth_artifact_id: content.artifactId,
              announced_at: now,
              created_at: now,
            })),
          )
          .onConflict((conflict) => conflict.columns(["project_id", "md5"]).doNothing())
          .execute();
        const found = await trx
          .selectFrom("artifact_contents")
          .selectAll()
          .where("project_id", "=", projectId)
          .where(
            "md5",
            "in",
            chunk.map((content) => content.md5),
          )
          .execute();
        const ids = new Map(found.map((row) => [row.md5, row.id]));
        const claims = chunk.flatMap(({ md5, artifactId }) => {
          const contentId = ids.get(md5);
          return contentId === undefined ? [] : [{ artifactId, contentId, xxh128: null }];
        });
        await claimContents(trx, claims, now);
        return found;
      });
      for (const row of rows) byMd5.set(row.md5, toContent(row));
    }
    return request.contents.map((content) => {
      const stored = byMd5.get(content.md5);
      if (stored === undefined) throw new ServerError("internal", "An artifact content was not stored");
      return stored;
    });
  }

  async listClaimed({ artifactId }: { readonly artifactId: number }): Promise<readonly ClaimedContent[]> {
    const rows = await this.#db
      .selectFrom("artifact_claims")
      .innerJoin("artifact_contents", "artifact_contents.id", "artifact_claims.content_id")
      .selectAll("artifact_contents")
      .select("artifact_claims.xxh128 as claimed")
      .where("artifact_claims.artifact_id", "=", artifactId)
      .where("artifact_claims.xxh128", "is not", null)
      .execute();
    return rows.flatMap((row) =>
      row.claimed === null ? [] : [{ content: toContent(row), claimedXxh128: row.claimed }],
    );
  }

  async findContentsByXxh128(request: {
    readonly entityId: number;
    readonly digests: readonly string[];
  }): Promise<readonly ArtifactContent[]> {
    const found: ArtifactContent[] = [];
    for (const digests of inChunks(request.digests)) {
      const rows = await this.#db
        .selectFrom("artifact_contents")
        .selectAll()
        .where("entity_id", "=", request.entityId)
        .where("xxh128", "in", digests)
        .execute();
      found.push(...rows.map(toContent));
    }
    return found.sort((a, b) => a.id - b.id);
  }

  async findContentByKey(request: {
    readonly birthArtifactId: number;
    readonly blobKey: string;
  }): Promise<ArtifactContent | undefined> {
    const row = await this.#db
      .selectFrom("artifact_contents")
      .selectAll()
      .where("birth_artifact_id", "=", request.birthArtifactId)
      .where("blob_key", "=", request.blobKey)
      .executeTakeFirst();
    return row && toContent(row);
  }

  async claimContents({ claims, now }: ContentClaims): Promise<void> {
    for (const chunk of inChunks(claims)) {
      await this.#db.transaction().execute((trx) => claimContents(trx, chunk, now));
    }
  }

  async markStored(request: { readonly contents: readonly StoredContent[] }): Promise<void> {
    for (const chunk of inChunks(request.contents)) {
      await this.#db
        .insertInto("artifact_contents")
        .values(chunk.map(toContentRow))
        .onConflict((conflict) =>
          conflict.column("id").doUpdateSet((eb) => ({
            size_bytes: eb.ref("excluded.size_bytes"),
            xxh128: eb.fn.coalesce("excluded.xxh128", "artifact_contents.xxh128"),
          })),
        )
        .execute();
    }
  }

  putFiles(request: FilePut): Promise<void> {
    const { artifactId } = request;
    return this.#db.transaction().execute(async (trx) => {
      const { state } = await trx
        .selectFrom("artifacts")
        .select("state")
        .where("id", "=", artifactId)
        .executeTakeFirstOrThrow();
      if (state !== "PENDING") {
        throw new ServerError("conflict", `The artifact is ${state.toLowerCase()}; its files cannot change`);
      }
      await requireContents(trx, request.files);
      if (request.isFirst) {
        await trx.deleteFrom("artifact_files").where("artifact_id", "=", artifactId).execute();
      }
      for (const chunk of inChunks(request.files)) {
        await trx
          .insertInto("artifact_files")
          .values(chunk.map((file) => toFileRow(artifactId, file)))
          .onConflict((conflict) =>
            conflict.columns(["artifact_id", "path"]).doUpdateSet((eb) => ({
              digest: eb.ref("excluded.digest"),
              ref: eb.ref("excluded.ref"),
              size_bytes: eb.ref("excluded.size_bytes"),
              content_id: eb.ref("excluded.content_id"),
            })),
          )
          .execute();
      }
    });
  }

  async listFiles(request: FileQuery): Promise<FilePage> {
    const { artifactId, paths, after, limit } = request;
    let matching = this.#db.selectFrom("artifact_files").where("artifact_id", "=", artifactId);
    if (paths !== null) matching = matching.where("path", "in", paths);
    const { count } = await matching
      .select((eb) => eb.fn.countAll<number>().as("count"))
      .executeTakeFirstOrThrow();
    if (after !== null) matching = matching.where("path", ">", after);
    const rows = await matching
      .selectAll("artifact_files")
      .orderBy("path")
      .limit(limit + 1)
      .execute();
    const contents = await this.#contentsOf(rows.slice(0, limit));
    return {
      files: rows.slice(0, limit).map((row) => toFile(row, contents)),
      hasNextPage: rows.length > limit,
      totalCount: count,
    };
  }

  async findCollectionContent(request: CollectionContentQuery): Promise<ArtifactContent | undefined> {
    // A portfolio may hold versions of several entities.
    const row = await this.#usedContents(request.digest)
      .where("artifact_memberships.collection_id", "=", request.collectionId)
      .executeTakeFirst();
    return row && toContent(row);
  }

  async listContentUses(request: ContentUseQuery): Promise<readonly ContentUse[]> {
    const rows = await this.#usedContents(request.digest)
      .where("artifact_contents.entity_id", "=", request.entityId)
      .innerJoin("artifacts", "artifacts.id", "artifact_files.artifact_id")
      .select("artifacts.project_id as used_in_project_id")
      .distinct()
      .orderBy("artifact_contents.id")
      .orderBy("artifacts.project_id")
      .execute();
    return rows.map((row) => ({ content: toContent(row), projectId: row.used_in_project_id }));
  }

  #usedContents(
    digest: string,
  ): SelectQueryBuilder<
    MetadataTables,
    "artifact_contents" | "artifact_files" | "artifact_memberships",
    Selectable<ArtifactContentRow>
  > {
    return this.#db
      .selectFrom("artifact_contents")
      .innerJoin("artifact_files", "artifact_files.content_id", "artifact_contents.id")
      .innerJoin("artifact_memberships", "artifact_memberships.artifact_id", "artifact_files.artifact_id")
      .selectAll("artifact_contents")
      .where((eb) =>
        eb.or([eb("artifact_contents.md5", "=", digest), eb("artifact_contents.xxh128", "=", digest)]),
      );
  }

  async #contentsOf(
    rows: readonly Selectable<ArtifactFileRow>[],
  ): Promise<ReadonlyMap<number, ArtifactContent>> {
    const ids = new Set(rows.map((row) => row.content_id).filter((id) => id !== null));
    const contents = new Map<number, ArtifactContent>();
    for (const chunk of inChunks([...ids])) {
      const found = await this.#db
        .selectFrom("artifact_contents")
        .selectAll()
        .where("id", "in", chunk)
        .execute();
      for (const row of found) contents.set(row.id, toContent(row));
    }
    return contents;
  }
}

/** What was not claimed in time may be gone. */
async function requireContents(
  trx: Transaction<MetadataTables>,
  files: readonly NewArtifactFile[],
): Promise<void> {
  const ids = [...new Set(files.flatMap((file) => file.contentId ?? []))];
  let count = 0;
  for (const chunk of inChunks(ids)) {
    const found = await trx.selectFrom("artifact_contents").select("id").where("id", "in", chunk).execute();
    count += found.length;
  }
  if (count === ids.length) return;
  throw new ServerError("conflict", "Content of the artifact was deleted meanwhile; save it again");
}

/** Versions that are gone and contents that are gone are passed over: whoever needs them finds that out. */
async function claimContents(
  trx: Transaction<MetadataTables>,
  claims: readonly ContentClaim[],
  now: string,
): Promise<void> {
  if (claims.length === 0) return;
  const contentIds = [...new Set(claims.map((claim) => claim.contentId))];
  const artifactIds = [...new Set(claims.map((claim) => claim.artifactId))];
  const contents = await trx
    .updateTable("artifact_contents")
    .set({ announced_at: now })
    .where("id", "in", contentIds)
    .returning("id")
    .execute();
  const artifacts = await trx
    .updateTable("artifacts")
    .set({ updated_at: now })
    .where("id", "in", artifactIds)
    .where("state", "=", "PENDING")
    .returning("id")
    .execute();
  const [isContent, isPending] = [
    new Set(contents.map(({ id }) => id)),
    new Set(artifacts.map(({ id }) => id)),
  ];
  const rows = claims
    .filter(({ artifactId, contentId }) => isPending.has(artifactId) && isContent.has(contentId))
    .map(({ artifactId, contentId, xxh128 }) => ({
      artifact_id: artifactId,
      content_id: contentId,
      xxh128,
    }));
  if (rows.length === 0) return;
  await trx
    .insertInto("artifact_claims")
    .values(rows)
    .onConflict((conflict) =>
      conflict.columns(["artifact_id", "content_id"]).doUpdateSet((eb) => ({
        xxh128: eb.fn.coalesce("excluded.xxh128", "artifact_claims.xxh128"),
      })),
    )
    .execute();
}

/** The content of a row. */
export function toContent(row: Selectable<ArtifactContentRow>): ArtifactContent {
  return {
    id: row.id,
    entityId: row.entity_id,
    projectId: row.project_id,
    md5: row.md5,
    blobKey: row.blob_key,
    sizeBytes: row.size_bytes,
    birthArtifactId: row.birth_artifact_id,
    xxh128: row.xxh128,
    announcedAt: row.announced_at,
    createdAt: row.created_at,
  };
}

function toContentRow(content: ArtifactContent): Selectable<ArtifactContentRow> {
  return {
    id: content.id,
    entity_id: content.entityId,
    project_id: content.projectId,
    md5: content.md5,
    blob_key: content.blobKey,
    size_bytes: content.sizeBytes,
    birth_artifact_id: content.birthArtifactId,
    xxh128: content.xxh128,
    announced_at: content.announcedAt,
    created_at: content.createdAt,
  };
}

function toFile(
  row: Selectable<ArtifactFileRow>,
  contents: ReadonlyMap<number, ArtifactContent>,
): ArtifactFile {
  return {
    id: row.id,
    artifactId: row.artifact_id,
    path: row.path,
    digest: row.digest,
    ref: row.ref,
    sizeBytes: row.size_bytes,
    content: row.content_id === null ? null : (contents.get(row.content_id) ?? null),
  };
}

function toFileRow(artifactId: number, file: NewArtifactFile): Omit<Selectable<ArtifactFileRow>, "id"> {
  return {
    artifact_id: artifactId,
    path: file.path,
    digest: file.digest,
    ref: file.ref,
    size_bytes: file.sizeBytes,
    content_id: file.contentId,
  };
}

function* inChunks<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let start = 0; start < items.length; start += CHUNK_SIZE) yield items.slice(start, start + CHUNK_SIZE);
}
