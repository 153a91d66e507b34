// The names of versions in SQL tables: aliases that move, tags, client-made ids, and the outputs of runs.
import { isJsonArray, parseJson } from "@steelyard/protocol";
import type { Transaction } from "kysely";
import { appendEvent } from "./outbox.ts";
import { renumberRun, renumberRunsOf } from "./run-renumbering.ts";
import type { MetadataTables } from "./tables.ts";

type Trx = Transaction<MetadataTables>;

/** Who changed something, and when, for the event that tells of it. */
export interface ChangeOrigin {
  readonly now: string;
  /** @default nobody is known */
  readonly userId?: number | null | undefined;
}

/** Moves aliases of a collection to a version, creating those that are not there; an event tells of those it had not. */
export async function moveAliases(
  trx: Trx,
  request: {
    readonly collectionId: number;
    readonly artifactId: number;
    readonly aliases: readonly string[];
    /** Null where the server moves names by itself, which is nobody's business. */
    readonly by: ChangeOrigin | null;
  },
): Promise<void> {
  const rows = [...new Set(request.aliases)].map((alias) => ({
    collection_id: request.collectionId,
    alias,
    artifact_id: request.artifactId,
  }));
  if (rows.length === 0) return;
  const before = await trx
    .selectFrom("artifact_aliases")
    .select(["artifact_id", "alias"])
    .where("collection_id", "=", request.collectionId)
    .where(
      "alias",
      "in",
      rows.map((row) => row.alias),
    )
    .execute();
  const losers = before.map((row) => row.artifact_id).filter((id) => id !== request.artifactId);
  if (before.length === rows.length && losers.length === 0) return;
  await trx
    .insertInto("artifact_aliases")
    .values(rows)
    .onConflict((conflict) =>
      conflict.columns(["collection_id", "alias"]).doUpdateSet({ artifact_id: request.artifactId }),
    )
    .execute();
  await renumberRunsOf(trx, [...new Set([request.artifactId, ...losers])]);
  const kept = new Set(before.flatMap((row) => (row.artifact_id === request.artifactId ? row.alias : [])));
  const given = rows.map((row) => row.alias).filter((alias) => !kept.has(alias));
  if (request.by !== null) await appendAliased(trx, { ...request, by: request.by, aliases: given });
}

async function appendAliased(
  trx: Trx,
  request: {
    readonly collectionId: number;
    readonly artifactId: number;
    readonly aliases: readonly string[];
    readonly by: ChangeOrigin;
  },
): Promise<void> {
  const { artifactId, collectionId, aliases, by } = request;
  const payload = JSON.stringify({ artifactId, collectionId, aliases, userId: by.userId ?? null });
  await appendEvent(trx, {
    kind: "artifact.aliased",
    projectId: await projectOf(trx, collectionId),
    runId: null,
    payload,
    createdAt: by.now,
  });
}

/** Tells of tags that a committed version was given or lost; nothing when there are none. */
export async function appendTagged(
  trx: Trx,
  request: {
    readonly artifactId: number;
    readonly added: readonly string[];
    readonly removed: readonly string[];
    readonly by: ChangeOrigin;
  },
): Promise<void> {
  const { artifactId, added, removed, by } = request;
  if (added.length + removed.length === 0) return;
  const artifact = await trx
    .selectFrom("artifacts")
    .select(["project_id", "collection_id"])
    .where("id", "=", artifactId)
    .where("state", "=", "COMMITTED")
    .executeTakeFirst();
  if (artifact === undefined) return;
  const { project_id: projectId, collection_id: collectionId } = artifact;
  const payload = JSON.stringify({ artifactId, collectionId, added, removed, userId: by.userId ?? null });
  await appendEvent(trx, { kind: "artifact.tagged", projectId, runId: null, payload, createdAt: by.now });
}

/** The project of a collection. */
export async function projectOf(trx: Trx, collectionId: number): Promise<number> {
  const { project_id: projectId } = await trx
    .selectFrom("artifact_collections")
    .select("project_id")
    .where("id", "=", collectionId)
    .executeTakeFirstOrThrow();
  return projectId;
}

/** Gives a version tags; those that it has already stay. Returns the new ones. */
export async function addTags(
  trx: Trx,
  artifactId: number,
  tags: readonly string[],
): Promise<readonly string[]> {
  if (tags.length === 0) return [];
  const added = await trx
    .insertInto("artifact_tags")
    .values(tags.map((name) => ({ artifact_id: artifactId, name })))
    .onConflict((conflict) => conflict.columns(["artifact_id", "name"]).doNothing())
    .returning("name")
    .execute();
  return added.map(({ name }) => name);
}

/** The aliases that a pending version will get. */
export function parsePendingAliases(text: string): readonly string[] {
  const aliases = parseJson(text);
  return isJsonArray(aliases) ? aliases.filter((alias) => typeof alias === "string") : [];
}

/** Records what a client-made id of a version stands for: for ever, unless that version is deleted. */
export async function addClientId(
  trx: Trx,
  request: { readonly projectId: number; readonly clientId: string; readonly artifactId: number },
): Promise<void> {
  await trx
    .insertInto("artifact_client_ids")
    .values({
      project_id: request.projectId,
      client_id: request.clientId,
      artifact_id: request.artifactId,
    })
    .onConflict((conflict) =>
      conflict.columns(["project_id", "client_id"]).doUpdateSet({ artifact_id: request.artifactId }),
    )
    .execute();
}

/** Records that a run logged a version; once for each. */
export async function addOutput(
  trx: Trx,
  request: {
    readonly projectId: number;
    readonly runId: number | null;
    readonly artifactId: number;
    readonly now: string;
  },
): Promise<void> {
  const { projectId, runId, artifactId, now } = request;
  if (runId === null) return;
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto("artifact_outputs")
    .values({ project_id: projectId, run_id: runId, artifact_id: artifactId, created_at: now })
    .onConflict((conflict) => conflict.columns(["project_id", "run_id", "artifact_id"]).doNothing())
    .executeTakeFirstOrThrow();
  if (numInsertedOrUpdatedRows !== 0n) await renumberRun(trx, { projectId, runId });
}
