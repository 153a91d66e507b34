// Manifests of versions in the making, in SQL tables.
import type { Kysely, Selectable, Transaction } from "kysely";
import { ServerError } from "../../errors.ts";
import type { ArtifactManifest } from "../../modules/artifacts/artifact-collection.ts";
import type { ManifestChange, NewManifest } from "../../modules/artifacts/artifact-store.ts";
import { requireArtifact, toManifest } from "./artifact-rows.ts";
import type { ArtifactManifestRow } from "./artifact-tables.ts";
import type { MetadataTables } from "./tables.ts";

type Trx = Transaction<MetadataTables>;

/** As `ArtifactStore.putManifest`, within a transaction. */
export async function putManifest(trx: Trx, manifest: NewManifest): Promise<ArtifactManifest> {
  const { artifactId, type = "FULL", name, md5, baseArtifactId = null, now } = manifest;
  const { state } = await requireArtifact(trx, artifactId);
  const [existing] = await selectManifests(trx, { artifactId });
  const isAnotherOne = existing === undefined || type === "PATCH";
  if (state !== "PENDING" && existing !== undefined) return toManifest(existing);
  const fields = { type, name, md5, base_artifact_id: baseArtifactId, updated_at: now };
  const row = isAnotherOne
    ? await trx
        .insertInto("artifact_manifests")
        .values({
          ...fields,
          artifact_id: artifactId,
          project_id: manifest.projectId,
          blob_key: manifest.blobKey,
        })
        .returningAll()
        .executeTakeFirstOrThrow()
    : await trx
        .updateTable("artifact_manifests")
        .set(fields)
        .where("id", "=", existing.id)
        .returningAll()
        .executeTakeFirstOrThrow();
  return toManifest(row);
}

/** As `ArtifactStore.updateManifest`, within a transaction. */
export async function updateManifest(trx: Trx, change: ManifestChange): Promise<ArtifactManifest> {
  const { manifestId, md5, baseArtifactId, now } = change;
  const [row] = await selectManifests(trx, { manifestId });
  if (row === undefined)
    throw new ServerError("not_found", "Manifest not found", { field: "artifactManifestID" });
  const { state } = await requireArtifact(trx, row.artifact_id);
  if (state !== "PENDING") return toManifest(row);
  const changed = await trx
    .updateTable("artifact_manifests")
    .set({
      ...(md5 !== null && { md5 }),
      ...(baseArtifactId !== null && { base_artifact_id: baseArtifactId }),
      updated_at: now,
    })
    .where("id", "=", manifestId)
    .returningAll()
    .executeTakeFirstOrThrow();
  return toManifest(changed);
}

/** Manifests by their own id or by their version's, oldest first. */
export function selectManifests(
  db: Kysely<MetadataTables>,
  of: { readonly artifactId: number } | { readonly manifestId: number },
): Promise<readonly Selectable<ArtifactManifestRow>[]> {
  const all = db.selectFrom("artifact_manifests").selectAll();
  const matching =
    "artifactId" in of ? all.where("artifact_id", "=", of.artifactId) : all.where("id", "=", of.manifestId);
  return matching.orderBy("id").execute();
}
