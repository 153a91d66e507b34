// Finds the version of a collection that a number, an alias or a digest means, in SQL tables.
import type { Kysely } from "kysely";
import type { ArtifactMembership } from "../../modules/artifacts/artifact-collection.ts";
import type { MembershipSelector } from "../../modules/artifacts/artifact-store.ts";
import { requireArtifact, selectCollections, toCollection } from "./artifact-rows.ts";
import type { MetadataTables } from "./tables.ts";

/** As `ArtifactStore.findMembership`. */
export async function findMembership(
  db: Kysely<MetadataTables>,
  request: MembershipSelector,
): Promise<ArtifactMembership | undefined> {
  const { collectionId, version } = request;
  let matching = db
    .selectFrom("artifact_memberships")
    .selectAll("artifact_memberships")
    .where("artifact_memberships.collection_id", "=", collectionId);
  switch (version.kind) {
    case "index":
      matching = matching.where("version_index", "=", version.versionIndex);
      break;
    case "alias":
      matching = matching.where("artifact_id", "in", (eb) =>
        eb
          .selectFrom("artifact_aliases")
          .select("artifact_id")
          .where("collection_id", "=", collectionId)
          .where("alias", "=", version.alias),
      );
      break;
    case "digest":
      matching = matching.where("artifact_id", "in", (eb) =>
        eb
          .selectFrom("artifacts")
          .select("id")
          .where("collection_id", "=", collectionId)
          .where("digest", "=", version.digest),
      );
      break;
    case "newest":
      break;
  }
  const row = await matching.orderBy("version_index", "desc").limit(1).executeTakeFirst();
  if (row === undefined) return undefined;
  const artifact = await requireArtifact(db, row.artifact_id);
  const collection = toCollection(
    await selectCollections(db).where("artifact_collections.id", "=", collectionId).executeTakeFirstOrThrow(),
  );
  const named = artifact.aliases.filter((alias) => alias.collection.id === collectionId);
  return {
    id: row.id,
    collection,
    artifact,
    versionIndex: row.version_index,
    aliases: [
      { idNumbers: [collectionId, row.version_index], alias: `v${row.version_index}`, collection },
      ...named,
    ],
    createdAt: row.created_at,
  };
}
