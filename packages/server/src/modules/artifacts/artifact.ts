/** An artifact version: what it holds and where it stands. */
import type { ArtifactAlias, ArtifactCollection, ArtifactType } from "./artifact-collection.ts";

/** Where an artifact version stands in its life. A deleted one stays for those who have its id. */
export type ArtifactState = "PENDING" | "COMMITTED" | "DELETED";

/** What digests of versions are computed from, by their names on the wire. */
export const DIGEST_ALGORITHMS = ["MANIFEST_MD5", "MANIFEST_XXH128"] as const;

/** One of them. */
export type DigestAlgorithm = (typeof DIGEST_ALGORITHMS)[number];

/** A label of a version. */
export interface ArtifactTag {
  readonly id: number;
  readonly name: string;
}

/** An artifact version. Its content never changes once it is committed. */
export interface Artifact {
  readonly id: number;
  readonly projectId: number;
  /** The collection that it was logged to. */
  readonly sequence: ArtifactCollection;
  readonly type: ArtifactType;
  readonly state: ArtifactState;
  /** Hexadecimal. */
  readonly digest: string;
  /** From 0; null before the commit. */
  readonly versionIndex: number | null;
  readonly description: string | null;
  /** JSON text. */
  readonly metadata: string | null;
  /** In alphabetical order. */
  readonly tags: readonly ArtifactTag[];
  /** In all collections that hold it, in alphabetical order, without v and the number. */
  readonly aliases: readonly ArtifactAlias[];
  readonly sizeBytes: number;
  readonly fileCount: number;
  /** Names the commit; null before it. */
  readonly commitHash: string | null;
  readonly digestAlgorithm: DigestAlgorithm;
  /** Whether its collection, or else its entity, says how long it lives. */
  readonly isTtlInherited: boolean;
  /** Seconds that it lives when that is not inherited; null for ever. */
  readonly ttlSeconds: number | null;
  readonly historyStep: number | null;
  /** The run that logged it first, in the same project. */
  readonly createdByRunId: number | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}
