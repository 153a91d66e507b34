// Takes versions away in SQL tables, and with them every content that nothing refers to any more. All of it is one
// transaction with the events that have the bytes deleted.
import type { Expression, ExpressionBuilder, SqlBool, Transaction } from "kysely";
import { ServerError } from "../../errors.ts";
import type {
  Removal,
  RemovalReason,
  VersionRemoval,
} from "../../modules/artifacts/artifact-removal-store.ts";
import { moveAliases } from "./artifact-names.ts";
import { appendEvents } from "./outbox.ts";
import { renumberRunsOf } from "./run-renumbering.ts";
import type { MetadataTables } from "./tables.ts";

type Trx = Transaction<MetadataTables>;

/** Nothing. */
export const NO_REMOVAL: Removal = { artifactCount: 0, contentCount: 0, freedBytes: 0 };

const IDS_AT_ONCE = 1_000;
const LATEST = "latest";

/** As `ArtifactRemovalStore.deleteVersions`, within a transaction. */
export async function deleteVersions(trx: Trx, request: VersionRemoval): Promise<Removal> {
  let sum = NO_REMOVAL;
  for (const chunk of inChunks(request.artifactIds)) {
    const versions = await trx
      .selectFrom("artifacts")
      .select(["id", "project_id"])
      .where("id", "in", chunk)
      .where("state", "!=", "DELETED")
      .$if(request.onlyPendingBefore !== undefined, (query) =>
        query
          .where("state", "=", "PENDING")
          .where("updated_at", "<", request.onlyPendingBefore ?? request.now),
      )
      .execute();
    for (const [projectId, ofProject] of Map.groupBy(versions, (version) => version.project_id)) {
      const ids = ofProject.map((version) => version.id);
      sum = add(sum, await deleteSome(trx, projectId, { ...request, artifactIds: ids }));
    }
  }
  return sum;
}

async function deleteSome(trx: Trx, projectId: number, request: VersionRemoval): Promise<Removal> {
  const { reason, now, artifactIds: ids } = request;
  const aliases = await trx
    .selectFrom("artifact_aliases")
    .innerJoin("artifacts", "artifacts.id", "artifact_aliases.artifact_id")
    .select([
      "artifact_aliases.collection_id",
      "artifact_aliases.alias",
      "artifacts.collection_id as home_id",
    ])
    .where("artifact_aliases.artifact_id", "in", ids)
    .execute();
  const named = aliases.find((alias) => alias.collection_id === alias.home_id);
  if (named !== undefined && !request.deleteAliases) {
    const message = `The version has the alias "${named.alias}"; delete it with its aliases, or move them first`;
    throw new ServerError("conflict", message, { field: "deleteAliases" });
  }
  const contentIds = await heldContents(trx, ids);
  const manifests = await trx
    .selectFrom("artifact_manifests")
    .select(["blob_key", "size_bytes"])
    .where("artifact_id", "in", ids)
    .execute();
  // Before the uses go: they tell whose names change.
  await renumberRunsOf(trx, ids);
  for (const table of OF_VERSIONS) await trx.deleteFrom(table).where("artifact_id", "in", ids).execute();
  await trx
    .updateTable("artifacts")
    .set({ state: "DELETED", description: null, metadata: null, pending_aliases: "[]", updated_at: now })
    .where("id", "in", ids)
    .execute();
  const collectionIds = aliases.filter(({ alias }) => alias === LATEST).map((alias) => alias.collection_id);
  for (const collectionId of collectionIds) await passOnLatest(trx, collectionId);
  const contents = await deleteUnreferenced(trx, contentIds);
  return record(trx, {
    projectId,
    reason,
    now,
    blobs: [...manifests, ...contents],
    artifactCount: ids.length,
    contentCount: contents.length,
  });
}

const OF_VERSIONS = [
  "artifact_aliases",
  "artifact_memberships",
  "artifact_tags",
  "artifact_files",
  "artifact_claims",
  "artifact_manifests",
  "artifact_inputs",
  "artifact_outputs",
] as const;

async function heldContents(trx: Trx, artifactIds: readonly number[]): Promise<readonly number[]> {
  const rows = await trx
    .selectFrom("artifact_files")
    .select("content_id")
    .where("artifact_id", "in", artifactIds)
    .where("content_id", "is not", null)
    .union(trx.selectFrom("artifact_claims").select("content_id").where("artifact_id", "in", artifactIds))
    .execute();
  return rows.flatMap((row) => row.content_id ?? []);
}

/** `collection` and `collection:latest` go on meaning something while there is a version. */
async function passOnLatest(trx: Trx, collectionId: number): Promise<void> {
  const newest = await trx
    .selectFrom("artifact_memberships")
    .select("artifact_id")
    .where("collection_id", "=", collectionId)
    .orderBy("version_index", "desc")
    .limit(1)
    .executeTakeFirst();
  if (newest === undefined) return;
  await moveAliases(trx, { collectionId, artifactId: newest.artifact_id, aliases: [LATEST], by: null });
}

/**
 * Deletes those of the contents that nothing refers to. Contents that were never found stored stay for those who still
 * have an address to upload them to.
 */
export async function deleteUnreferenced(trx: Trx, contentIds: readonly number[]): Promise<readonly Blob[]> {
  const deleted: Blob[] = [];
  for (const ids of inChunks(contentIds)) {
    deleted.push(
      ...(await trx
        .deleteFrom("artifact_contents")
        .where("id", "in", ids)
        .where("size_bytes", "is not", null)
        .where(isUnreferenced)
        .returning(["blob_key", "size_bytes"])
        .execute()),
    );
  }
  return deleted;
}

/** Whether no file and no version in the making refers to a content. */
export function isUnreferenced(
  eb: ExpressionBuilder<MetadataTables, "artifact_contents">,
): Expression<SqlBool> {
  const files = eb
    .selectFrom("artifact_files")
    .select("artifact_files.id")
    .whereRef("artifact_files.content_id", "=", "artifact_contents.id");
  const claims = eb
    .selectFrom("artifact_claims")
    .select("artifact_claims.artifact_id")
    .whereRef("artifact_claims.content_id", "=", "artifact_contents.id");
  return eb.and([eb.not(eb.exists(files)), eb.not(eb.exists(claims))]);
}

/** Stored bytes to delete. */
export interface Blob {
  readonly blob_key: string;
  readonly size_bytes: number | null;
}

/** Writes down what went, and has its bytes deleted. */
export async function record(
  trx: Trx,
  removal: {
    readonly projectId: number;
    readonly reason: RemovalReason;
    readonly now: string;
    readonly blobs: readonly Blob[];
    readonly artifactCount: number;
    readonly contentCount: number;
  },
): Promise<Removal> {
  const { projectId, reason, now, blobs, artifactCount, contentCount } = removal;
  const freedBytes = blobs.reduce((sum, blob) => sum + (blob.size_bytes ?? 0), 0);
  await appendEvents(
    trx,
    [...inChunks(blobs)].map((chunk) => ({
      kind: "file.deleted" as const,
      projectId,
      runId: null,
      payload: JSON.stringify({ blobKeys: chunk.map((blob) => blob.blob_key) }),
      createdAt: now,
    })),
  );
  await trx
    .insertInto("artifact_removals")
    .values({
      project_id: projectId,
      reason,
      artifact_count: artifactCount,
      content_count: contentCount,
      freed_bytes: freedBytes,
      created_at: now,
    })
    .execute();
  return { artifactCount, contentCount, freedBytes };
}

/** Both together. */
export function add(a: Removal, b: Removal): Removal {
  return {
    artifactCount: a.artifactCount + b.artifactCount,
    contentCount: a.contentCount + b.contentCount,
    freedBytes: a.freedBytes + b.freedBytes,
  };
}

function* inChunks<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let start = 0; start < items.length; start += IDS_AT_ONCE)
    yield items.slice(start, start + IDS_AT_ONCE);
}
