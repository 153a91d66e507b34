// Lists the aliases of a collection, gives them to a version and takes them away, in SQL tables.
import type { Kysely, Transaction } from "kysely";
import { ServerError } from "../../errors.ts";
import type { Artifact } from "../../modules/artifacts/artifact.ts";
import type { AliasChange, AliasPage, AliasQuery } from "../../modules/artifacts/artifact-store.ts";
import { moveAliases } from "./artifact-names.ts";
import { requireArtifact, selectAliases, toAlias } from "./artifact-rows.ts";
import { renumberRunsOf } from "./run-renumbering.ts";
import type { MetadataTables } from "./tables.ts";

/** As `ArtifactStore.changeAliases`, within a transaction. */
export async function changeAliases(
  trx: Transaction<MetadataTables>,
  { artifactId, changes, now, userId }: AliasChange,
): Promise<Artifact> {
  const { state } = await requireArtifact(trx, artifactId);
  if (state !== "COMMITTED") {
    throw new ServerError("conflict", "The artifact is not committed yet; it can have aliases afterwards");
  }
  for (const { collectionId, toAdd, toDelete } of changes) {
    await requireMember(trx, artifactId, collectionId);
    await moveAliases(trx, { collectionId, artifactId, aliases: toAdd, by: { now, userId } });
    if (toDelete.length === 0) continue;
    const { numDeletedRows } = await trx
      .deleteFrom("artifact_aliases")
      .where("collection_id", "=", collectionId)
      .where("artifact_id", "=", artifactId)
      .where("alias", "in", toDelete)
      .executeTakeFirstOrThrow();
    if (numDeletedRows > 0n) await renumberRunsOf(trx, [artifactId]);
  }
  return requireArtifact(trx, artifactId);
}

async function requireMember(
  trx: Transaction<MetadataTables>,
  artifactId: number,
  collectionId: number,
): Promise<void> {
  const member = await trx
    .selectFrom("artifact_memberships")
    .select("id")
    .where("artifact_id", "=", artifactId)
    .where("collection_id", "=", collectionId)
    .executeTakeFirst();
  if (member !== undefined) return;
  throw new ServerError("conflict", "The collection does not hold the artifact; link it first");
}

/** As `ArtifactStore.listAliases`. */
export async function listAliases(
  db: Kysely<MetadataTables>,
  { collectionId, after, limit }: AliasQuery,
): Promise<AliasPage> {
  let matching = selectAliases(db).where("artifact_aliases.collection_id", "=", collectionId);
  if (after !== null) matching = matching.where("artifact_aliases.alias", ">", after);
  const rows = await matching
    .orderBy("artifact_aliases.alias")
    .limit(limit + 1)
    .execute();
  return { aliases: rows.slice(0, limit).map(toAlias), hasNextPage: rows.length > limit };
}
