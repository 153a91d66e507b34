// Links versions to portfolios and unlinks them in SQL tables: member, names and event appear together or not at all.
import type { Transaction } from "kysely";
import { ServerError } from "../../errors.ts";
import type { Artifact } from "../../modules/artifacts/artifact.ts";
import type { LinkKey, NewLink } from "../../modules/portfolios/portfolio-store.ts";
import { ensureType } from "./artifact-begin.ts";
import { moveAliases, projectOf } from "./artifact-names.ts";
import type { ChangeOrigin } from "./artifact-names.ts";
import { requireArtifact } from "./artifact-rows.ts";
import { appendEvent } from "./outbox.ts";
import { renumberRunsOf } from "./run-renumbering.ts";
import type { MetadataTables } from "./tables.ts";

type Trx = Transaction<MetadataTables>;

/** As `PortfolioStore.link`, within a transaction; answers with the portfolio's number. */
export async function linkArtifact(trx: Trx, request: NewLink): Promise<number> {
  const { artifactId, now } = request;
  const artifact = await requireArtifact(trx, artifactId);
  if (artifact.state !== "COMMITTED") {
    throw new ServerError("conflict", "The artifact is not committed yet; it can be linked afterwards");
  }
  const collectionId = await ensurePortfolio(trx, request, artifact);
  const isNew = await addMember(trx, { collectionId, artifactId, now });
  const aliases = isNew ? [...request.aliases, "latest"] : request.aliases;
  await moveAliases(trx, { collectionId, artifactId, aliases, by: request });
  const { userId = null } = request;
  if (isNew)
    await appendLinkEvent(trx, "artifact.linked", { collectionId, artifactId, now, userId, aliases });
  return collectionId;
}

/** As `PortfolioStore.unlink`, within a transaction. */
export async function unlinkArtifact(trx: Trx, request: LinkKey & ChangeOrigin): Promise<boolean> {
  const { artifactId, collectionId, now, userId = null } = request;
  const { numDeletedRows } = await trx
    .deleteFrom("artifact_memberships")
    .where("artifact_id", "=", artifactId)
    .where("collection_id", "in", (eb) =>
      eb
        .selectFrom("artifact_collections")
        .select("id")
        .where("id", "=", collectionId)
        .where("kind", "=", "portfolio"),
    )
    .executeTakeFirstOrThrow();
  if (numDeletedRows === 0n) return false;
  const lost = await trx
    .deleteFrom("artifact_aliases")
    .where("artifact_id", "=", artifactId)
    .where("collection_id", "=", collectionId)
    .returning("alias")
    .execute();
  // Filters over runs name artifacts by every collection that holds them.
  await renumberRunsOf(trx, [artifactId]);
  if (lost.some(({ alias }) => alias === "latest")) await moveLatest(trx, collectionId);
  await touch(trx, collectionId, now);
  await appendLinkEvent(trx, "artifact.unlinked", { collectionId, artifactId, now, userId });
  return true;
}

async function ensurePortfolio(trx: Trx, request: NewLink, artifact: Artifact): Promise<number> {
  const { projectId, portfolioName: name, acceptsNewTypes, now } = request;
  const existing = await trx
    .selectFrom("artifact_collections")
    .innerJoin("artifact_types", "artifact_types.id", "artifact_collections.type_id")
    .select(["artifact_collections.id", "artifact_collections.kind", "artifact_types.name as type_name"])
    .where("artifact_collections.project_id", "=", projectId)
    .where("artifact_collections.name", "=", name)
    .executeTakeFirst();
  const typeName = artifact.type.name;
  if (existing !== undefined) {
    if (existing.kind !== "portfolio") {
      throw conflict(`"${name}" is a collection that versions are logged to; they cannot be linked to it`);
    }
    if (existing.type_name === typeName) return existing.id;
    throw conflict(`"${name}" holds versions of the type "${existing.type_name}", not "${typeName}"`);
  }
  if (!acceptsNewTypes) await requireType(trx, projectId, typeName);
  const type = await ensureType(trx, { projectId, name: typeName, description: null, now });
  const { id } = await trx
    .insertInto("artifact_collections")
    .values({
      project_id: projectId,
      type_id: type.id,
      kind: "portfolio",
      name,
      created_at: now,
      updated_at: now,
    })
    .returning("id")
    .executeTakeFirstOrThrow();
  return id;
}

async function requireType(trx: Trx, projectId: number, typeName: string): Promise<void> {
  const types = await trx
    .selectFrom("artifact_types")
    .select("name")
    .where("project_id", "=", projectId)
    .orderBy("id")
    .execute();
  if (types.some(({ name }) => name === typeName)) return;
  const accepted = types.length === 0 ? "none yet" : types.map(({ name }) => `"${name}"`).join(", ");
  const message = `The registry does not accept versions of the type "${typeName}"; it accepts ${accepted}`;
  throw new ServerError("invalid_argument", message, { field: "artifactID" });
}

/** Whether the version is new in the collection. */
async function addMember(trx: Trx, link: LinkKey & { readonly now: string }): Promise<boolean> {
  const { artifactId, collectionId, now } = link;
  const member = await trx
    .selectFrom("artifact_memberships")
    .select("id")
    .where("artifact_id", "=", artifactId)
    .where("collection_id", "=", collectionId)
    .executeTakeFirst();
  if (member !== undefined) return false;
  const { next } = await trx
    .updateTable("artifact_collections")
    .set((eb) => ({ next_version_index: eb("next_version_index", "+", 1), updated_at: now }))
    .where("id", "=", collectionId)
    .returning("next_version_index as next")
    .executeTakeFirstOrThrow();
  await trx
    .insertInto("artifact_memberships")
    .values({
      collection_id: collectionId,
      artifact_id: artifactId,
      version_index: next - 1,
      created_at: now,
    })
    .execute();
  return true;
}

async function moveLatest(trx: Trx, collectionId: number): Promise<void> {
  const newest = await trx
    .selectFrom("artifact_memberships")
    .select("artifact_id")
    .where("collection_id", "=", collectionId)
    .orderBy("version_index", "desc")
    .limit(1)
    .executeTakeFirst();
  if (newest === undefined) return;
  await moveAliases(trx, { collectionId, artifactId: newest.artifact_id, aliases: ["latest"], by: null });
}

async function touch(trx: Trx, collectionId: number, now: string): Promise<void> {
  await trx
    .updateTable("artifact_collections")
    .set({ updated_at: now })
    .where("id", "=", collectionId)
    .execute();
}

async function appendLinkEvent(
  trx: Trx,
  kind: "artifact.linked" | "artifact.unlinked",
  {
    now,
    ...link
  }: LinkKey & {
    readonly now: string;
    readonly userId: number | null;
    readonly aliases?: readonly string[];
  },
): Promise<void> {
  const projectId = await projectOf(trx, link.collectionId);
  const payload = JSON.stringify(link);
  await appendEvent(trx, { kind, projectId, runId: null, payload, createdAt: now });
}

function conflict(message: string): ServerError {
  return new ServerError("conflict", message, { field: "artifactPortfolioName" });
}
