// Reads versions whole: with type, sequence, tags and aliases, so that a page of versions costs three queries and not
// several a version.
import type { ExpressionBuilder, Kysely, Selectable, SelectQueryBuilder } from "kysely";
import type { Artifact } from "../../modules/artifacts/artifact.ts";
import type {
  ArtifactAlias,
  ArtifactManifest,
  ArtifactSequence,
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

/** Sequence and type of a version or of an alias. */
interface SequenceColumns {
  readonly sequence_id: number;
  readonly sequence_project_id: number;
  readonly sequence_name: string;
  readonly sequence_description: string | null;
  readonly sequence_created_at: string;
  readonly sequence_updated_at: string;
  readonly type_id: number;
  readonly type_name: string;
  readonly type_description: string | null;
  readonly type_created_at: string;
}

type SequenceTables = "artifact_collections" | "artifact_types";
type JoinedRow = Selectable<ArtifactRow> & SequenceColumns;

/** Versions joined with sequence and type; `where` and `orderBy` are the caller's. */
export function selectArtifacts(
  db: Db,
): SelectQueryBuilder<MetadataTables, "artifacts" | SequenceTables, JoinedRow> {
  return db
    .selectFrom("artifacts")
    .innerJoin("artifact_collections", "artifact_collections.id", "artifacts.collection_id")
    .innerJoin("artifact_types", "artifact_types.id", "artifact_collections.type_id")
    .selectAll("artifacts")
    .select(sequenceColumns);
}

/** Sequences joined with their type. */
export function selectSequences(db: Db): SelectQueryBuilder<MetadataTables, SequenceTables, SequenceColumns> {
  return db
    .selectFrom("artifact_collections")
    .innerJoin("artifact_types", "artifact_types.id", "artifact_collections.type_id")
    .select(sequenceColumns);
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
    const sequence = toSequence(row);
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
      isTtlInherited: row.is_ttl_inherited === 1,
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

/** The sequence of a joined row. */
export function toSequence(row: SequenceColumns): ArtifactSequence {
  return {
    id: row.sequence_id,
    projectId: row.sequence_project_id,
    name: row.sequence_name,
    description: row.sequence_description,
    type: {
      id: row.type_id,
      projectId: row.sequence_project_id,
      name: row.type_name,
      description: row.type_description,
      createdAt: row.type_created_at,
    },
    createdAt: row.sequence_created_at,
    updatedAt: row.sequence_updated_at,
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
    name: row.name,
    md5: row.md5,
    blobKey: row.blob_key,
    sizeBytes: row.size_bytes,
    updatedAt: row.updated_at,
  };
}

type AliasRow = Selectable<ArtifactAliasRow> & SequenceColumns;

/** Aliases joined with sequence and type. */
export function selectAliases(
  db: Db,
): SelectQueryBuilder<MetadataTables, "artifact_aliases" | SequenceTables, AliasRow> {
  return db
    .selectFrom("artifact_aliases")
    .innerJoin("artifact_collections", "artifact_collections.id", "artifact_aliases.collection_id")
    .innerJoin("artifact_types", "artifact_types.id", "artifact_collections.type_id")
    .selectAll("artifact_aliases")
    .select(sequenceColumns);
}

/** The alias of a joined row. */
export function toAlias(row: AliasRow): ArtifactAlias {
  return { idNumbers: [row.id], alias: row.alias, sequence: toSequence(row) };
}

function sequenceColumns(eb: ExpressionBuilder<MetadataTables, SequenceTables>) {
  return [
    eb.ref("artifact_collections.id").as("sequence_id"),
    eb.ref("artifact_collections.project_id").as("sequence_project_id"),
    eb.ref("artifact_collections.name").as("sequence_name"),
    eb.ref("artifact_collections.description").as("sequence_description"),
    eb.ref("artifact_collections.created_at").as("sequence_created_at"),
    eb.ref("artifact_collections.updated_at").as("sequence_updated_at"),
    eb.ref("artifact_types.id").as("type_id"),
    eb.ref("artifact_types.name").as("type_name"),
    eb.ref("artifact_types.description").as("type_description"),
    eb.ref("artifact_types.created_at").as("type_created_at"),
  ] as const;
}
