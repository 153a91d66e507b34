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

/** Versions are logged to a sequence and linked to a portfolio. */
export type ArtifactCollectionKind = "sequence" | "portfolio";

/** A named series of versions of one type. */
export interface ArtifactCollection {
  readonly id: number;
  readonly projectId: number;
  readonly kind: ArtifactCollectionKind;
  /** Unique in the project. */
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

/** The list of a version's files, itself a file. */
export interface ArtifactManifest {
  readonly id: number;
  readonly artifactId: number;
  readonly projectId: number;
  readonly name: string;
  /** MD5 in base64; null while it is not known. */
  readonly md5: string | null;
  readonly blobKey: string;
  /** Null before the commit. */
  readonly sizeBytes: number | null;
  readonly updatedAt: string;
}
