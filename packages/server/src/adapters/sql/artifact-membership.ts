// Finds the version of a collection that a number, an alias or a digest means, in SQL tables.
import type { Kysely, Selectable } from "kysely";
import type { Artifact } from "../../modules/artifacts/artifact.ts";
import type { ArtifactCollection, ArtifactMembership } from "../../modules/artifacts/artifact-collection.ts";
import type { MembershipSelector } from "../../modules/artifacts/artifact-store.ts";
import { requireArtifact, selectCollections, toCollection } from "./artifact-rows.ts";
import type { ArtifactMembershipRow } from "./artifact-tables.ts";
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
      matching = matching
        .innerJoin("artifacts", "artifacts.id", "artifact_memberships.artifact_id")
        .where("artifacts.digest", "=", version.digest);
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
  return toMembership({ row, collection, artifact });
}

/** A version as a member of one of its collections. */
export function toMembership(parts: {
  readonly row: Selectable<ArtifactMembershipRow>;
  readonly collection: ArtifactCollection;
  readonly artifact: Artifact;
}): ArtifactMembership {
  const { row, collection, artifact } = parts;
  const { id, version_index: versionIndex, created_at: createdAt } = row;
  const named = artifact.aliases.filter((alias) => alias.collection.id === collection.id);
  const numbered = { idNumbers: [collection.id, versionIndex], alias: `v${versionIndex}`, collection };
  return { id, collection, artifact, versionIndex, aliases: [numbered, ...named], createdAt };
}
