// Lists of types, collections and versions in SQL tables, by filters and orders.
import {
  encodeGlobalId,
  parseJsonObject,
  resolveCollectionField,
  resolveVersionField,
} from "@steelyard/protocol";
import type { CollectionDocument, JsonObject, VersionDocument } from "@steelyard/protocol";
import type { Kysely } from "kysely";
import type {
  CollectionPage,
  CollectionQuery,
  TypePage,
  TypeQuery,
  VersionPage,
  VersionQuery,
} from "../../modules/artifacts/artifact-collection-store.ts";
import type { ArtifactCollection } from "../../modules/artifacts/artifact-collection.ts";
import { toMembership } from "./artifact-membership.ts";
import { selectArtifacts, selectCollections, toArtifacts, toCollection, toType } from "./artifact-rows.ts";
import { pageOfDocuments } from "./document-page.ts";
import type { MetadataTables } from "./tables.ts";

type Db = Kysely<MetadataTables>;

const NEWEST_FIRST = "-created_at";

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
  const collections = (await matching.execute()).map(toCollection);
  const tags = await readCollectionTags(db, query.projectId);
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
      tags: tags.get(collection.id) ?? [],
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
  const { collectionId } = query;
  const rows = await db
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
    .where("artifact_memberships.collection_id", "=", collectionId)
    .execute();
  const tags = await readVersionTags(db, collectionId);
  const aliases = await readAliases(db, collectionId);
  const { entries, ...page } = pageOfDocuments<VersionDocument & { readonly row: (typeof rows)[number] }>({
    ...query,
    defaultOrder: NEWEST_FIRST,
    field: resolveVersionField,
    documents: rows.map((row) => ({
      id: row.id,
      artifactId: row.artifact_id,
      globalId: encodeGlobalId("Artifact", row.artifact_id),
      versionIndex: row.version_index,
      state: row.state,
      digest: row.digest,
      tags: tags.get(row.artifact_id) ?? [],
      aliases: aliases.get(row.artifact_id) ?? [],
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
    })),
  });
  if (entries.length === 0) return { ...page, members: [] };
  const shown = entries.map(({ document }) => document.artifactId);
  const found = await toArtifacts(db, await selectArtifacts(db).where("artifacts.id", "in", shown).execute());
  const artifacts = new Map(found.map((artifact) => [artifact.id, artifact]));
  const collection = toCollection(
    await selectCollections(db).where("artifact_collections.id", "=", collectionId).executeTakeFirstOrThrow(),
  );
  return {
    ...page,
    members: entries.flatMap(({ cursor, document: { row } }) => {
      const artifact = artifacts.get(row.artifact_id);
      return artifact === undefined
        ? []
        : [{ cursor, membership: toMembership({ row, collection, artifact }) }];
    }),
  };
}

async function readCollectionTags(db: Db, projectId: number): Promise<Names> {
  const rows = await db
    .selectFrom("artifact_collection_tags")
    .innerJoin("artifact_collections", "artifact_collections.id", "artifact_collection_tags.collection_id")
    .select(["artifact_collection_tags.collection_id as id", "artifact_collection_tags.name"])
    .where("artifact_collections.project_id", "=", projectId)
    .execute();
  return groupNames(rows);
}

async function readVersionTags(db: Db, collectionId: number): Promise<Names> {
  const rows = await db
    .selectFrom("artifact_memberships")
    .innerJoin("artifact_tags", "artifact_tags.artifact_id", "artifact_memberships.artifact_id")
    .select(["artifact_tags.artifact_id as id", "artifact_tags.name"])
    .where("artifact_memberships.collection_id", "=", collectionId)
    .execute();
  return groupNames(rows);
}

async function readAliases(db: Db, collectionId: number): Promise<Names> {
  const rows = await db
    .selectFrom("artifact_aliases")
    .select(["artifact_id as id", "alias as name"])
    .where("collection_id", "=", collectionId)
    .execute();
  return groupNames(rows);
}

type Names = ReadonlyMap<number, readonly string[]>;

function groupNames(rows: readonly { readonly id: number; readonly name: string }[]): Names {
  const names = new Map<number, string[]>();
  for (const { id, name } of rows) {
    const ofOne = names.get(id);
    if (ofOne === undefined) names.set(id, [name]);
    else ofOne.push(name);
  }
  return names;
}
