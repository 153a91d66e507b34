// Lists of types, collections and versions in SQL tables, by filters and orders.
import {
  encodeGlobalId,
  parseJsonObject,
  resolveCollectionField,
  resolveVersionField,
} from "@steelyard/protocol";
import type { CollectionDocument, JsonObject, VersionDocument } from "@steelyard/protocol";
import type { Kysely, Selectable } from "kysely";
import type {
  CollectionPage,
  CollectionQuery,
  ListQuery,
  TypePage,
  TypeQuery,
  VersionPage,
  VersionQuery,
} from "../../modules/artifacts/artifact-collection-store.ts";
import type { ArtifactCollection } from "../../modules/artifacts/artifact-collection.ts";
import { toMembership } from "./artifact-membership.ts";
import { selectArtifacts, selectCollections, toArtifacts, toCollection, toType } from "./artifact-rows.ts";
import type { ArtifactMembershipRow } from "./artifact-tables.ts";
import { pageOfDocuments } from "./document-page.ts";
import type { MetadataTables } from "./tables.ts";

type Db = Kysely<MetadataTables>;

const NEWEST_FIRST = "-created_at";
/** SQLite takes 32,766 parameters in a statement. */
const COLLECTIONS_AT_ONCE = 1_000;

/** As `ArtifactCollectionStore.listTypes`. */
export async function listTypes(db: Db, { projectId, after, limit }: TypeQuery): Promise<TypePage> {
  const rows = await db
    .selectFrom("artifact_types")
    .selectAll()
    .where("project_id", "=", projectId)
    .where("id", ">", after ?? 0)
    .orderBy("id")
    .limit(limit + 1)
    .execute();
  return { types: rows.slice(0, limit).map(toType), hasNextPage: rows.length > limit };
}

/** As `ArtifactCollectionStore.queryCollections`. */
export async function queryCollections(db: Db, query: CollectionQuery): Promise<CollectionPage> {
  let matching = selectCollections(db).where("artifact_collections.project_id", "=", query.projectId);
  if (query.typeId !== null) matching = matching.where("artifact_collections.type_id", "=", query.typeId);
  return pageCollections(db, (await matching.execute()).map(toCollection), query);
}

/** A page of some collections. Throws `invalid_argument` for a filter, an order or a cursor that cannot be used. */
export async function pageCollections(
  db: Db,
  collections: readonly ArtifactCollection[],
  query: ListQuery,
): Promise<CollectionPage> {
  const tags = await readCollectionTags(db, collections);
  const { entries, ...page } = pageOfDocuments<
    CollectionDocument & { readonly collection: ArtifactCollection }
  >({
    ...query,
    defaultOrder: NEWEST_FIRST,
    field: resolveCollectionField,
    documents: collections.map((collection) => ({
      id: collection.id,
      globalId: encodeGlobalId(
        collection.kind === "portfolio" ? "ArtifactPortfolio" : "ArtifactSequence",
        collection.id,
      ),
      name: collection.name,
      description: collection.description,
      type: collection.type.name,
      tags: tags.get(String(collection.id)) ?? [],
      createdAt: collection.createdAt,
      updatedAt: collection.updatedAt,
      collection,
    })),
  });
  return {
    ...page,
    collections: entries.map(({ cursor, document }) => ({ cursor, collection: document.collection })),
  };
}

/** As `ArtifactCollectionStore.queryVersions`. */
export async function queryVersions(db: Db, query: VersionQuery): Promise<VersionPage> {
  const row = await selectCollections(db)
    .where("artifact_collections.id", "=", query.collectionId)
    .executeTakeFirst();
  return pageVersions(db, row === undefined ? [] : [toCollection(row)], query);
}

/** A page of the versions of some collections. Throws as `pageCollections` does. */
export async function pageVersions(
  db: Db,
  collections: readonly ArtifactCollection[],
  query: ListQuery,
): Promise<VersionPage> {
  const documents: (VersionDocument & { readonly row: MemberRow })[] = [];
  for (let start = 0; start < collections.length; start += COLLECTIONS_AT_ONCE) {
    const ids = collections.slice(start, start + COLLECTIONS_AT_ONCE).map(({ id }) => id);
    documents.push(...(await readVersions(db, ids)));
  }
  const { entries, ...page } = pageOfDocuments<VersionDocument & { readonly row: MemberRow }>({
    ...query,
    defaultOrder: NEWEST_FIRST,
    field: resolveVersionField,
    documents,
  });
  if (entries.length === 0) return { ...page, members: [] };
  const shown = [...new Set(entries.map(({ document }) => document.artifactId))];
  const found = await toArtifacts(db, await selectArtifacts(db).where("artifacts.id", "in", shown).execute());
  const artifacts = new Map(found.map((artifact) => [artifact.id, artifact]));
  const byId = new Map(collections.map((collection) => [collection.id, collection]));
  return {
    ...page,
    members: entries.flatMap(({ cursor, document: { row } }) => {
      const artifact = artifacts.get(row.artifact_id);
      const collection = byId.get(row.collection_id);
      return artifact === undefined || collection === undefined
        ? []
        : [{ cursor, membership: toMembership({ row, collection, artifact }) }];
    }),
  };
}

interface MemberRow extends Selectable<ArtifactMembershipRow> {
  readonly state: string;
  readonly digest: string;
  readonly metadata: string | null;
  readonly description: string | null;
  readonly size_bytes: number;
  readonly artifact_created_at: string;
  readonly updated_at: string;
}

async function readVersions(
  db: Db,
  collectionIds: readonly number[],
): Promise<readonly (VersionDocument & { readonly row: MemberRow })[]> {
  const rows: readonly MemberRow[] = await db
    .selectFrom("artifact_memberships")
    .innerJoin("artifacts", "artifacts.id", "artifact_memberships.artifact_id")
    .selectAll("artifact_memberships")
    .select([
      "artifacts.state",
      "artifacts.digest",
      "artifacts.metadata",
      "artifacts.description",
      "artifacts.size_bytes",
      "artifacts.created_at as artifact_created_at",
      "artifacts.updated_at",
    ])
    .where("artifact_memberships.collection_id", "in", collectionIds)
    .execute();
  const tags = await readVersionTags(db, collectionIds);
  const aliases = await readAliases(db, collectionIds);
  return rows.map((row) => ({
    id: row.id,
    artifactId: row.artifact_id,
    globalId: encodeGlobalId("Artifact", row.artifact_id),
    versionIndex: row.version_index,
    state: row.state,
    digest: row.digest,
    tags: tags.get(String(row.artifact_id)) ?? [],
    aliases: aliases.get(`${row.collection_id}:${row.artifact_id}`) ?? [],
    // Read only when a filter or an order looks at it.
    get metadata(): JsonObject {
      return row.metadata === null ? {} : parseJsonObject(row.metadata);
    },
    description: row.description,
    sizeBytes: row.size_bytes,
    createdAt: row.artifact_created_at,
    updatedAt: row.updated_at,
    linkedAt: row.created_at,
    row,
  }));
}

async function readCollectionTags(db: Db, collections: readonly ArtifactCollection[]): Promise<Names> {
  if (collections.length === 0) return new Map();
  const projectIds = [...new Set(collections.map(({ projectId }) => projectId))];
  const rows = await db
    .selectFrom("artifact_collection_tags")
    .innerJoin("artifact_collections", "artifact_collections.id", "artifact_collection_tags.collection_id")
    .select(["artifact_collection_tags.collection_id", "artifact_collection_tags.name"])
    .where("artifact_collections.project_id", "in", projectIds)
    .execute();
  return groupNames(rows.map(({ collection_id, name }) => ({ key: String(collection_id), name })));
}

async function readVersionTags(db: Db, collectionIds: readonly number[]): Promise<Names> {
  const rows = await db
    .selectFrom("artifact_tags")
    .select(["artifact_id", "name"])
    .where("artifact_id", "in", (eb) =>
      eb.selectFrom("artifact_memberships").select("artifact_id").where("collection_id", "in", collectionIds),
    )
    .execute();
  return groupNames(rows.map(({ artifact_id, name }) => ({ key: String(artifact_id), name })));
}

async function readAliases(db: Db, collectionIds: readonly number[]): Promise<Names> {
  const rows = await db
    .selectFrom("artifact_aliases")
    .select(["collection_id", "artifact_id", "alias"])
    .where("collection_id", "in", collectionIds)
    .execute();
  return groupNames(
    rows.map(({ collection_id, artifact_id, alias }) => ({
      key: `${collection_id}:${artifact_id}`,
      name: alias,
    })),
  );
}

type Names = ReadonlyMap<string, readonly string[]>;

function groupNames(rows: readonly { readonly key: string; readonly name: string }[]): Names {
  const names = new Map<string, string[]>();
  for (const { key, name } of rows) {
    const ofOne = names.get(key);
    if (ofOne === undefined) names.set(key, [name]);
    else ofOne.push(name);
  }
  return names;
}
