/** What groups artifact versions: types, collections and the names in them. */
import type { Artifact } from "./artifact.ts";

/** The kind of thing that artifacts of a project are. */
export interface ArtifactType {
  readonly id: number;
  readonly projectId: number;
  /** Unique in the project. */
  readonly name: string;
  readonly description: string | null;
  readonly createdAt: string;
}

/**
 * What a collection holds: a sequence the versions that are logged to it, a portfolio those that are linked to it from
 * sequences of any project.
 */
export const COLLECTION_KINDS = ["sequence", "portfolio"] as const;

/** One of the kinds. */
export type CollectionKind = (typeof COLLECTION_KINDS)[number];

/** A named series of versions. All its versions have one type. */
export interface ArtifactCollection {
  readonly id: number;
  readonly kind: CollectionKind;
  readonly projectId: number;
  /** Unique in the project, among sequences and portfolios alike. */
  readonly name: string;
  readonly description: string | null;
  readonly type: ArtifactType;
  /** Seconds that its versions live unless they say otherwise; null for what the entity says. */
  readonly ttlSeconds: number | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** A version as a member of a collection. */
export interface ArtifactMembership {
  readonly id: number;
  readonly collection: ArtifactCollection;
  readonly artifact: Artifact;
  /** From 0; a portfolio counts for itself. */
  readonly versionIndex: number;
  /** The aliases in this collection, and first of all v and the number of the version. */
  readonly aliases: readonly ArtifactAlias[];
  readonly createdAt: string;
}

/** A name of a version in a collection. */
export interface ArtifactAlias {
  /** The numbers of its global id: the alias's own, or collection and version for v and its number. */
  readonly idNumbers: readonly number[];
  readonly alias: string;
  readonly collection: ArtifactCollection;
}

/**
 * What a manifest lists: all files of a version, those that are added to a base, or those of one of several writers. A
 * committed version has a full one.
 */
export const MANIFEST_TYPES = ["FULL", "INCREMENTAL", "PATCH"] as const;

/** One of the types. */
export type ManifestType = (typeof MANIFEST_TYPES)[number];

/** A list of a version's files, itself a file. */
export interface ArtifactManifest {
  readonly id: number;
  readonly artifactId: number;
  readonly projectId: number;
  readonly type: ManifestType;
  /** The version that an incremental one adds to. */
  readonly baseArtifactId: number | null;
  readonly name: string;
  /** MD5 in base64; null while it is not known. */
  readonly md5: string | null;
  readonly blobKey: string;
  /** Null before the commit. */
  readonly sizeBytes: number | null;
  readonly updatedAt: string;
}
