// The names of versions in SQL tables: aliases that move, tags, client-made ids, and the outputs of runs.
import { isJsonArray, parseJson } from "@steelyard/protocol";
import type { Transaction } from "kysely";
import { renumberRun, renumberRunsOf } from "./run-renumbering.ts";
import type { MetadataTables } from "./tables.ts";

type Trx = Transaction<MetadataTables>;

/** Moves aliases of a collection to a version, creating those that are not there. */
export async function moveAliases(
  trx: Trx,
  request: {
    readonly collectionId: number;
    readonly artifactId: number;
    readonly aliases: readonly string[];
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
    .select("artifact_id")
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
}

/** Gives a version tags; those that it has already stay. */
export async function addTags(trx: Trx, artifactId: number, tags: readonly string[]): Promise<void> {
  if (tags.length === 0) return;
  await trx
    .insertInto("artifact_tags")
    .values(tags.map((name) => ({ artifact_id: artifactId, name })))
    .onConflict((conflict) => conflict.columns(["artifact_id", "name"]).doNothing())
    .execute();
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
