import type { Generated } from "kysely";
import type { CollectionKind } from "../../modules/artifacts/artifact-collection.ts";

/** Tables of the artifact modules. */
export interface ArtifactTables {
  artifact_types: ArtifactTypeRow;
  artifact_collections: ArtifactCollectionRow;
  artifact_collection_client_ids: ArtifactCollectionClientIdRow;
  artifacts: ArtifactRow;
  artifact_client_ids: ArtifactClientIdRow;
  artifact_memberships: ArtifactMembershipRow;
  artifact_aliases: ArtifactAliasRow;
  artifact_tags: ArtifactTagRow;
  artifact_manifests: ArtifactManifestRow;
  artifact_contents: ArtifactContentRow;
  artifact_files: ArtifactFileRow;
  artifact_inputs: ArtifactInputRow;
  artifact_outputs: ArtifactOutputRow;
}

/** A type. */
export interface ArtifactTypeRow {
  id: Generated<number>;
  project_id: number;
  name: string;
  description: string | null;
  created_at: string;
}

/** A collection of versions. */
export interface ArtifactCollectionRow {
  id: Generated<number>;
  project_id: number;
  type_id: number;
  kind: Generated<CollectionKind>;
  name: string;
  description: string | null;
  /** The number that the next committed version gets. */
  next_version_index: Generated<number>;
  created_at: string;
  updated_at: string;
}

/** A client-made id of a collection; each writing process makes one of its own. */
export interface ArtifactCollectionClientIdRow {
  project_id: number;
  client_id: string;
  collection_id: number;
}

/** A version. */
export interface ArtifactRow {
  id: Generated<number>;
  project_id: number;
  collection_id: number;
  state: "PENDING" | "COMMITTED";
  digest: string;
  version_index: number | null;
  description: string | null;
  metadata: string | null;
  size_bytes: Generated<number>;
  file_count: Generated<number>;
  commit_hash: Generated<string | null>;
  is_ttl_inherited: number;
  history_step: number | null;
  run_id: number | null;
  /** JSON text of the aliases to set on commit. */
  pending_aliases: string;
  created_at: string;
  updated_at: string;
}

/** A client-made id of a version; a version that several processes logged alike has several. */
export interface ArtifactClientIdRow {
  project_id: number;
  client_id: string;
  artifact_id: number;
}

/** A committed version in a collection. */
export interface ArtifactMembershipRow {
  id: Generated<number>;
  collection_id: number;
  artifact_id: number;
  version_index: number;
  created_at: string;
}

/** A movable name in a collection. */
export interface ArtifactAliasRow {
  id: Generated<number>;
  collection_id: number;
  alias: string;
  artifact_id: number;
}

/** A label of a version. */
export interface ArtifactTagRow {
  id: Generated<number>;
  artifact_id: number;
  name: string;
}

/** A version's manifest file. */
export interface ArtifactManifestRow {
  id: Generated<number>;
  artifact_id: number;
  project_id: number;
  name: string;
  md5: string | null;
  blob_key: string;
  size_bytes: number | null;
  updated_at: string;
}

/** Stored bytes; in use while a file refers to them. */
export interface ArtifactContentRow {
  id: Generated<number>;
  entity_id: number;
  project_id: number;
  md5: string;
  blob_key: string;
  size_bytes: number | null;
  birth_artifact_id: number;
  created_at: string;
}

/** A file of a version. */
export interface ArtifactFileRow {
  id: Generated<number>;
  artifact_id: number;
  path: string;
  digest: string;
  ref: string | null;
  size_bytes: number;
  content_id: number | null;
}

/** A use of a version by a run. */
export interface ArtifactInputRow {
  id: Generated<number>;
  project_id: number;
  run_id: number;
  artifact_id: number;
  used_as: string | null;
  created_at: string;
}

/** A version that a run logged. */
export interface ArtifactOutputRow {
  id: Generated<number>;
  project_id: number;
  run_id: number;
  artifact_id: number;
  created_at: string;
}
