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
  artifact_collection_tags: ArtifactCollectionTagRow;
  artifact_ttl_defaults: ArtifactTtlDefaultRow;
  artifact_claims: ArtifactClaimRow;
  artifact_removals: ArtifactRemovalRow;
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
  /** Seconds that its versions live unless they say otherwise. */
  ttl_seconds: Generated<number | null>;
  /** Set when it was deleted; its name is then one that nobody can ask for. */
  deleted_at: Generated<string | null>;
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
  state: "PENDING" | "COMMITTED" | "DELETED";
  digest: string;
  version_index: number | null;
  description: string | null;
  metadata: string | null;
  size_bytes: Generated<number>;
  file_count: Generated<number>;
  commit_hash: Generated<string | null>;
  is_ttl_inherited: number;
  /** Seconds that it lives when that is not inherited; null for ever. */
  ttl_seconds: Generated<number | null>;
  digest_algorithm: Generated<"MANIFEST_MD5" | "MANIFEST_XXH128">;
  /** What its several writers call it together. */
  distributed_id: Generated<string | null>;
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

/**
 * A manifest file. A committed version has one of the type FULL; before, each writer of an incremental or distributed
 * version has one of its own.
 */
export interface ArtifactManifestRow {
  id: Generated<number>;
  artifact_id: number;
  project_id: number;
  type: Generated<"FULL" | "INCREMENTAL" | "PATCH">;
  base_artifact_id: Generated<number | null>;
  name: string;
  md5: string | null;
  blob_key: string;
  size_bytes: number | null;
  updated_at: string;
}

/** Stored bytes; in use while a file or a claim refers to them. */
export interface ArtifactContentRow {
  id: Generated<number>;
  entity_id: number;
  project_id: number;
  md5: string;
  blob_key: string;
  size_bytes: number | null;
  birth_artifact_id: number;
  /** In base64; null while no client has said it. */
  xxh128: Generated<string | null>;
  /** When an address to upload to was last given out. */
  announced_at: Generated<string | null>;
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

/** A label of a collection. */
export interface ArtifactCollectionTagRow {
  id: Generated<number>;
  collection_id: number;
  name: string;
}

/** Seconds that versions of an entity live unless their collection says otherwise. */
export interface ArtifactTtlDefaultRow {
  entity_id: number;
  ttl_seconds: number;
}

/** A content that a pending version will refer to. */
export interface ArtifactClaimRow {
  artifact_id: number;
  content_id: number;
  /** In base64, as announced and not yet checked. */
  xxh128: string | null;
}

/** Space given back. */
export interface ArtifactRemovalRow {
  id: Generated<number>;
  project_id: number;
  reason: "deleted" | "expired" | "abandoned" | "unreferenced";
  artifact_count: number;
  content_count: number;
  freed_bytes: number;
  created_at: string;
}
