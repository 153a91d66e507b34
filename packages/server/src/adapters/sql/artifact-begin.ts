// Begins a version in SQL tables: type, sequence, client-made ids and the version in one transaction.
import type { Transaction } from "kysely";
import { ServerError } from "../../errors.ts";
import type { Artifact } from "../../modules/artifacts/artifact.ts";
import type { ArtifactType } from "../../modules/artifacts/artifact-collection.ts";
import type { NewArtifact, NewArtifactType } from "../../modules/artifacts/artifact-store.ts";
import { addClientId, addOutput, addTags, moveAliases, parsePendingAliases } from "./artifact-names.ts";
import { requireArtifact, toType } from "./artifact-rows.ts";
import type { MetadataTables } from "./tables.ts";

type Trx = Transaction<MetadataTables>;

/** As `ArtifactStore.begin`, within a transaction. */
export async function beginArtifact(trx: Trx, request: NewArtifact): Promise<Artifact> {
  const known = await findByClientId(trx, request);
  if (known !== undefined) return requireArtifact(trx, known);
  const type = await ensureType(trx, { ...request, name: request.typeName, description: null });
  const collectionId = await ensureSequence(trx, request, type);
  const artifactId =
    (await joinPending(trx, request, collectionId)) ??
    (await reuseCommitted(trx, request, collectionId)) ??
    (await insertPending(trx, request, collectionId));
  if (request.clientId !== null) {
    await addClientId(trx, { projectId: request.projectId, clientId: request.clientId, artifactId });
  }
  await addTags(trx, artifactId, request.tags);
  return requireArtifact(trx, artifactId);
}

/** As `ArtifactStore.ensureType`, within a transaction. */
export async function ensureType(trx: Trx, type: NewArtifactType): Promise<ArtifactType> {
  const find = trx
    .selectFrom("artifact_types")
    .selectAll()
    .where("project_id", "=", type.projectId)
    .where("name", "=", type.name);
  const existing = await find.executeTakeFirst();
  if (existing !== undefined) return toType(existing);
  await trx
    .insertInto("artifact_types")
    .values({
      project_id: type.projectId,
      name: type.name,
      description: type.description,
      created_at: type.now,
    })
    .onConflict((conflict) => conflict.columns(["project_id", "name"]).doNothing())
    .execute();
  return toType(await find.executeTakeFirstOrThrow());
}

async function findByClientId(trx: Trx, request: NewArtifact): Promise<number | undefined> {
  if (request.clientId === null) return undefined;
  const row = await trx
    .selectFrom("artifact_client_ids")
    .innerJoin("artifacts", "artifacts.id", "artifact_client_ids.artifact_id")
    .select("artifact_client_ids.artifact_id")
    .where("artifact_client_ids.project_id", "=", request.projectId)
    .where("artifact_client_ids.client_id", "=", request.clientId)
    .where("artifacts.state", "!=", "DELETED")
    .executeTakeFirst();
  return row?.artifact_id;
}

async function ensureSequence(trx: Trx, request: NewArtifact, type: ArtifactType): Promise<number> {
  const { projectId, sequenceName: name, sequenceClientId, now } = request;
  await trx
    .insertInto("artifact_collections")
    .values({ project_id: projectId, type_id: type.id, name, created_at: now, updated_at: now })
    .onConflict((conflict) => conflict.columns(["project_id", "name"]).doNothing())
    .execute();
  const sequence = await trx
    .selectFrom("artifact_collections")
    .innerJoin("artifact_types", "artifact_types.id", "artifact_collections.type_id")
    .select(["artifact_collections.id", "artifact_collections.kind", "artifact_types.name as type_name"])
    .where("artifact_collections.project_id", "=", projectId)
    .where("artifact_collections.name", "=", name)
    .executeTakeFirstOrThrow();
  if (sequence.kind !== "sequence") {
    const message = `"${name}" is a portfolio: versions can be linked to it, not logged`;
    throw new ServerError("conflict", message, { field: "artifactCollectionName" });
  }
  if (sequence.type_name !== type.name) {
    const message = `Artifact "${name}" is of type "${sequence.type_name}"; its versions cannot be of type "${type.name}"`;
    throw new ServerError("conflict", message, { field: "artifactTypeName" });
  }
  if (sequenceClientId !== null) {
    await trx
      .insertInto("artifact_collection_client_ids")
      .values({ project_id: projectId, client_id: sequenceClientId, collection_id: sequence.id })
      .onConflict((conflict) => conflict.columns(["project_id", "client_id"]).doNothing())
      .execute();
  }
  return sequence.id;
}

/** The version that other writers have begun; what this one says of it is added. */
async function joinPending(
  trx: Trx,
  request: NewArtifact,
  collectionId: number,
): Promise<number | undefined> {
  if (request.distributedId === null) return undefined;
  const row = await trx
    .selectFrom("artifacts")
    .select(["id", "pending_aliases"])
    .where("collection_id", "=", collectionId)
    .where("distributed_id", "=", request.distributedId)
    .where("state", "=", "PENDING")
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const aliases = [...new Set([...parsePendingAliases(row.pending_aliases), ...request.aliases])];
  await trx
    .updateTable("artifacts")
    .set({
      pending_aliases: JSON.stringify(aliases),
      ...(request.description !== null && { description: request.description }),
      ...(request.metadata !== null && { metadata: request.metadata }),
      updated_at: request.now,
    })
    .where("id", "=", row.id)
    .execute();
  return row.id;
}

async function reuseCommitted(
  trx: Trx,
  request: NewArtifact,
  collectionId: number,
): Promise<number | undefined> {
  if (!request.reuseCommitted || request.distributedId !== null) return undefined;
  const row = await trx
    .selectFrom("artifacts")
    .select("id")
    .where("collection_id", "=", collectionId)
    .where("digest", "=", request.digest)
    .where("state", "=", "COMMITTED")
    .orderBy("version_index", "desc")
    .limit(1)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  await moveAliases(trx, { collectionId, artifactId: row.id, aliases: request.aliases, by: request });
  await addOutput(trx, { ...request, artifactId: row.id });
  return row.id;
}

async function insertPending(trx: Trx, request: NewArtifact, collectionId: number): Promise<number> {
  const { id } = await trx
    .insertInto("artifacts")
    .values({
      project_id: request.projectId,
      collection_id: collectionId,
      state: "PENDING",
      digest: request.digest,
      description: request.description,
      metadata: request.metadata,
      history_step: request.historyStep,
      digest_algorithm: request.digestAlgorithm,
      distributed_id: request.distributedId,
      is_ttl_inherited: Number(request.isTtlInherited),
      ttl_seconds: request.ttlSeconds,
      run_id: request.runId,
      pending_aliases: JSON.stringify(request.aliases),
      created_at: request.now,
      updated_at: request.now,
    })
    .returning("id")
    .executeTakeFirstOrThrow();
  return id;
}
