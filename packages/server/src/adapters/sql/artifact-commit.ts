// Commits a version in SQL tables: number, names, output and event appear together or not at all.
import type { Selectable, Transaction } from "kysely";
import { ServerError } from "../../errors.ts";
import type { Artifact } from "../../modules/artifacts/artifact.ts";
import type { ArtifactCommit } from "../../modules/artifacts/artifact-store.ts";
import { addOutput, appendTagged, moveAliases, parsePendingAliases } from "./artifact-names.ts";
import { deleteUnreferenced, record } from "./artifact-removal.ts";
import { requireArtifact } from "./artifact-rows.ts";
import type { ArtifactRow } from "./artifact-tables.ts";
import { appendEvent } from "./outbox.ts";
import type { MetadataTables } from "./tables.ts";

type Trx = Transaction<MetadataTables>;

const MANIFEST_NAME = "wandb_manifest.json";

/** As `ArtifactStore.commit`, within a transaction. */
export async function commitArtifact(trx: Trx, request: ArtifactCommit): Promise<Artifact> {
  const { artifactId, now } = request;
  const row = await trx.selectFrom("artifacts").selectAll().where("id", "=", artifactId).executeTakeFirst();
  if (row === undefined) throw new ServerError("not_found", `Artifact ${artifactId} not found`);
  if (row.state === "COMMITTED") return requireArtifact(trx, artifactId);
  if (row.state === "DELETED") throw new ServerError("not_found", `Artifact ${artifactId} was deleted`);
  await checkFiles(trx, request);
  await setManifest(trx, request, row);
  const versionIndex = await takeVersionIndex(trx, row, now);
  await trx
    .updateTable("artifacts")
    .set({
      state: "COMMITTED",
      ...(request.digest !== undefined && { digest: request.digest }),
      version_index: versionIndex,
      size_bytes: request.sizeBytes,
      file_count: request.fileCount,
      commit_hash: request.commitHash,
      pending_aliases: "[]",
      updated_at: now,
    })
    .where("id", "=", artifactId)
    .execute();
  await trx
    .insertInto("artifact_memberships")
    .values({
      collection_id: row.collection_id,
      artifact_id: artifactId,
      version_index: versionIndex,
      created_at: now,
    })
    .execute();
  const aliases = [...parsePendingAliases(row.pending_aliases), "latest"];
  await moveAliases(trx, { collectionId: row.collection_id, artifactId, aliases, by: request });
  await addOutput(trx, { projectId: row.project_id, runId: row.run_id, artifactId, now });
  await releaseClaims(trx, row, now);
  await appendEvent(trx, {
    kind: "artifact.committed",
    projectId: row.project_id,
    runId: row.run_id,
    payload: JSON.stringify({
      artifactId,
      collectionId: row.collection_id,
      versionIndex,
      aliases,
      userId: request.userId ?? null,
    }),
    createdAt: now,
  });
  await appendTagged(trx, { artifactId, added: await listTags(trx, artifactId), removed: [], by: request });
  return requireArtifact(trx, artifactId);
}

async function listTags(trx: Trx, artifactId: number): Promise<readonly string[]> {
  const rows = await trx
    .selectFrom("artifact_tags")
    .select("name")
    .where("artifact_id", "=", artifactId)
    .orderBy("name")
    .execute();
  return rows.map(({ name }) => name);
}

/** Files are put before, in small transactions; another attempt at the same commit may just have taken them away. */
async function checkFiles(trx: Trx, request: ArtifactCommit): Promise<void> {
  const { count } = await trx
    .selectFrom("artifact_files")
    .select((eb) => eb.fn.countAll<number>().as("count"))
    .where("artifact_id", "=", request.artifactId)
    .executeTakeFirstOrThrow();
  if (count === request.fileCount) return;
  const message = `The artifact has ${count} of ${request.fileCount} files; commit it again`;
  throw new ServerError("conflict", message);
}

/**
 * Of all manifests one is left, the full one. One that was written anew, and those that were merged, leave blobs without
 * a holder, as the event tells.
 */
async function setManifest(trx: Trx, request: ArtifactCommit, row: Selectable<ArtifactRow>): Promise<void> {
  const { blobKey, md5, sizeBytes } = request.manifest;
  const [first, ...others] = await trx
    .selectFrom("artifact_manifests")
    .select(["id", "blob_key", "name", "type"])
    .where("artifact_id", "=", request.artifactId)
    .orderBy("id")
    .execute();
  if (first === undefined) throw new ServerError("conflict", "The artifact has no manifest");
  await trx
    .updateTable("artifact_manifests")
    .set({
      type: "FULL",
      name: first.type === "FULL" ? first.name : MANIFEST_NAME,
      blob_key: blobKey,
      md5,
      size_bytes: sizeBytes,
      updated_at: request.now,
    })
    .where("id", "=", first.id)
    .execute();
  if (others.length > 0) {
    await trx
      .deleteFrom("artifact_manifests")
      .where("artifact_id", "=", request.artifactId)
      .where("id", "!=", first.id)
      .execute();
  }
  const blobKeys = [first, ...others].map((manifest) => manifest.blob_key).filter((key) => key !== blobKey);
  if (blobKeys.length === 0) return;
  await appendEvent(trx, {
    kind: "file.deleted",
    projectId: row.project_id,
    runId: row.run_id,
    payload: JSON.stringify({ blobKeys }),
    createdAt: request.now,
  });
}

/** What was uploaded and then left out of the manifest goes at once, unless another version holds it. */
async function releaseClaims(trx: Trx, row: Selectable<ArtifactRow>, now: string): Promise<void> {
  const released = await trx
    .deleteFrom("artifact_claims")
    .where("artifact_id", "=", row.id)
    .returning("content_id")
    .execute();
  const unused = await deleteUnreferenced(
    trx,
    released.map((claim) => claim.content_id),
  );
  if (unused.length === 0) return;
  await record(trx, {
    projectId: row.project_id,
    reason: "unreferenced",
    now,
    blobs: unused,
    artifactCount: 0,
    contentCount: unused.length,
  });
}

async function takeVersionIndex(trx: Trx, row: Selectable<ArtifactRow>, now: string): Promise<number> {
  const { next } = await trx
    .updateTable("artifact_collections")
    .set((eb) => ({ next_version_index: eb("next_version_index", "+", 1), updated_at: now }))
    .where("id", "=", row.collection_id)
    .returning("next_version_index as next")
    .executeTakeFirstOrThrow();
  return next - 1;
}
