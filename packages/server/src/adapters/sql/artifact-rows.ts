// Reads versions whole: with type, sequence, tags and aliases, so that a page of versions costs three queries and not
// several a version.
import type { ExpressionBuilder, Kysely, Selectable, SelectQueryBuilder } from "kysely";
import type { Artifact } from "../../modules/artifacts/artifact.ts";
import type {
  ArtifactAlias,
  CollectionKind,
  ArtifactManifest,
  ArtifactCollection,
  ArtifactType,
} from "../../modules/artifacts/artifact-collection.ts";
import { ServerError } from "../../errors.ts";
import type {
  ArtifactAliasRow,
  ArtifactManifestRow,
  ArtifactRow,
  ArtifactTypeRow,
} from "./artifact-tables.ts";
import type { MetadataTables } from "./tables.ts";

type Db = Kysely<MetadataTables>;

/** Collection and type of a version or of an alias. */
interface CollectionColumns {
  readonly collection_id: number;
  readonly collection_project_id: number;
  readonly collection_kind: CollectionKind;
  readonly collection_name: string;
  readonly collection_description: string | null;
  readonly collection_ttl_seconds: number | null;
  readonly collection_created_at: string;
  readonly collection_updated_at: string;
  readonly type_id: number;
  readonly type_name: string;
  readonly type_description: string | null;
  readonly type_created_at: string;
}

type CollectionTables = "artifact_collections" | "artifact_types";
type JoinedRow = Selectable<ArtifactRow> & CollectionColumns;

/** Versions joined with sequence and type; `where` and `orderBy` are the caller's. */
export function selectArtifacts(
  db: Db,
): SelectQueryBuilder<MetadataTables, "artifacts" | CollectionTables, JoinedRow> {
  return db
    .selectFrom("artifacts")
    .innerJoin("artifact_collections", "artifact_collections.id", "artifacts.collection_id")
    .innerJoin("artifact_types", "artifact_types.id", "artifact_collections.type_id")
    .selectAll("artifacts")
    .select(collectionColumns);
}

/** Collections that are there, joined with their type. */
export function selectCollections(
  db: Db,
): SelectQueryBuilder<MetadataTables, CollectionTables, CollectionColumns> {
  return db
    .selectFrom("artifact_collections")
    .innerJoin("artifact_types", "artifact_types.id", "artifact_collections.type_id")
    .select(collectionColumns)
    .where("artifact_collections.deleted_at", "is", null);
}

/** The versions of joined rows, in their order. */
export async function toArtifacts(db: Db, rows: readonly JoinedRow[]): Promise<readonly Artifact[]> {
  if (rows.length === 0) return [];
  const ids = rows.map((row) => row.id);
  const tags = Map.groupBy(
    await db
      .selectFrom("artifact_tags")
      .selectAll()
      .where("artifact_id", "in", ids)
      .orderBy("artifact_id")
      .orderBy("name")
      .execute(),
    (row) => row.artifact_id,
  );
  const aliases = Map.groupBy(
    await selectAliases(db)
      .where("artifact_aliases.artifact_id", "in", ids)
      .orderBy("artifact_aliases.artifact_id")
      .orderBy("artifact_aliases.alias")
      .execute(),
    (row) => row.artifact_id,
  );
  return rows.map((row) => {
    const sequence = toCollection(row);
    return {
      id: row.id,
      projectId: row.project_id,
      sequence,
      type: sequence.type,
      state: row.state,
      digest: row.digest,
      versionIndex: row.version_index,
      description: row.description,
      metadata: row.metadata,
      tags: (tags.get(row.id) ?? []).map(({ id, name }) => ({ id, name })),
      aliases: (aliases.get(row.id) ?? []).map(toAlias),
      sizeBytes: row.size_bytes,
      fileCount: row.file_count,
      commitHash: row.commit_hash,
      digestAlgorithm: row.digest_algorithm,
      isTtlInherited: row.is_ttl_inherited === 1,
      ttlSeconds: row.ttl_seconds,
      historyStep: row.history_step,
      createdByRunId: row.run_id,
      createdAt: row.created_at,
      updatedAt: row.updated_at,
    };
  });
}

/** The version of an id. Throws `not_found`. */
export async function requireArtifact(db: Db, artifactId: number): Promise<Artifact> {
  const rows = await selectArtifacts(db).where("artifacts.id", "=", artifactId).execute();
  const [artifact] = await toArtifacts(db, rows);
  if (artifact === undefined) throw new ServerError("not_found", `Artifact ${artifactId} not found`);
  return artifact;
}

/** The collection of a joined row. */
export function toCollection(row: CollectionColumns): ArtifactCollection {
  return {
    id: row.collection_id,
    kind: row.collection_kind,
    projectId: row.collection_project_id,
    name: row.collection_name,
    description: row.collection_description,
    type: {
      id: row.type_id,
      projectId: row.collection_project_id,
      name: row.type_name,
      description: row.type_description,
      createdAt: row.type_created_at,
    },
    ttlSeconds: row.collection_ttl_seconds,
    createdAt: row.collection_created_at,
    updatedAt: row.collection_updated_at,
  };
}

/** The type of a row. */
export function toType(row: Selectable<ArtifactTypeRow>): ArtifactType {
  return {
    id: row.id,
    projectId: row.project_id,
    name: row.name,
    description: row.description,
    createdAt: row.created_at,
  };
}

/** The manifest of a row. */
export function toManifest(row: Selectable<ArtifactManifestRow>): ArtifactManifest {
  return {
    id: row.id,
    artifactId: row.artifact_id,
    projectId: row.project_id,
    type: row.type,
    baseArtifactId: row.base_artifact_id,
    name: row.name,
    md5: row.md5,
    blobKey: row.blob_key,
    sizeBytes: row.size_bytes,
    updatedAt: row.updated_at,
  };
}

type AliasRow = Selectable<ArtifactAliasRow> & CollectionColumns;

/** Aliases joined with collection and type. */
export function selectAliases(
  db: Db,
): SelectQueryBuilder<MetadataTables, "artifact_aliases" | CollectionTables, AliasRow> {
  return db
    .selectFrom("artifact_aliases")
    .innerJoin("artifact_collections", "artifact_collections.id", "artifact_aliases.collection_id")
    .innerJoin("artifact_types", "artifact_types.id", "artifact_collections.type_id")
    .selectAll("artifact_aliases")
    .select(collectionColumns);
}

/** The alias of a joined row. */
export function toAlias(row: AliasRow): ArtifactAlias {
  return { idNumbers: [row.id], alias: row.alias, collection: toCollection(row) };
}

function collectionColumns(eb: ExpressionBuilder<MetadataTables, CollectionTables>) {
  return [
    eb.ref("artifact_collections.id").as("collection_id"),
    eb.ref("artifact_collections.project_id").as("collection_project_id"),
    eb.ref("artifact_collections.kind").as("collection_kind"),
    eb.ref("artifact_collections.name").as("collection_name"),
    eb.ref("artifact_collections.description").as("collection_description"),
    eb.ref("artifact_collections.ttl_seconds").as("collection_ttl_seconds"),
    eb.ref("artifact_collections.created_at").as("collection_created_at"),
    eb.ref("artifact_collections.updated_at").as("collection_updated_at"),
    eb.ref("artifact_types.id").as("type_id"),
    eb.ref("artifact_types.name").as("type_name"),
    eb.ref("artifact_types.description").as("type_description"),
    eb.ref("artifact_types.created_at").as("type_created_at"),
  ] as const;
}
