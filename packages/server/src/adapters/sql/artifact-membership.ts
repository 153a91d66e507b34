// Finds the version of a sequence that a number, an alias or a digest means, in SQL tables.
import type { Kysely } from "kysely";
import type { ArtifactMembership } from "../../modules/artifacts/artifact-collection.ts";
import type { MembershipSelector } from "../../modules/artifacts/artifact-store.ts";
import { requireArtifact } from "./artifact-rows.ts";
import type { MetadataTables } from "./tables.ts";

/** As `ArtifactStore.findMembership`. */
export async function findMembership(
  db: Kysely<MetadataTables>,
  request: MembershipSelector,
): Promise<ArtifactMembership | undefined> {
  const { sequenceId, version } = request;
  let matching = db
    .selectFrom("artifact_memberships")
    .selectAll("artifact_memberships")
    .where("artifact_memberships.collection_id", "=", sequenceId);
  switch (version.kind) {
    case "index":
      matching = matching.where("version_index", "=", version.versionIndex);
      break;
    case "alias":
      matching = matching.where("artifact_id", "in", (eb) =>
        eb
          .selectFrom("artifact_aliases")
          .select("artifact_id")
          .where("collection_id", "=", sequenceId)
          .where("alias", "=", version.alias),
      );
      break;
    case "digest":
      matching = matching.where("artifact_id", "in", (eb) =>
        eb
          .selectFrom("artifacts")
          .select("id")
          .where("collection_id", "=", sequenceId)
          .where("digest", "=", version.digest),
      );
      break;
    case "newest":
      break;
  }
  const row = await matching.orderBy("version_index", "desc").limit(1).executeTakeFirst();
  if (row === undefined) return undefined;
  const artifact = await requireArtifact(db, row.artifact_id);
  const { sequence } = artifact;
  const named = artifact.aliases.filter((alias) => alias.sequence.id === sequenceId);
  return {
    id: row.id,
    sequence,
    artifact,
    versionIndex: row.version_index,
    aliases: [
      { idNumbers: [sequenceId, row.version_index], alias: `v${row.version_index}`, sequence },
      ...named,
    ],
    createdAt: row.created_at,
  };
}
