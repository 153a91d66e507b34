/** What groups artifact versions: types, sequences and the names in them. */
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

/** The collection that versions are logged to. All its versions have one type. */
export interface ArtifactSequence {
  readonly id: number;
  readonly projectId: number;
  /** Unique in the project. */
  readonly name: string;
  readonly description: string | null;
  readonly type: ArtifactType;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** A version as a member of a sequence. */
export interface ArtifactMembership {
  readonly id: number;
  readonly sequence: ArtifactSequence;
  readonly artifact: Artifact;
  readonly versionIndex: number;
  /** The aliases in this sequence, and first of all v and the number of the version. */
  readonly aliases: readonly ArtifactAlias[];
  readonly createdAt: string;
}

/** A name of a version in a sequence. */
export interface ArtifactAlias {
  /** The numbers of its global id: the alias's own, or sequence and version for v and its number. */
  readonly idNumbers: readonly number[];
  readonly alias: string;
  readonly sequence: ArtifactSequence;
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
