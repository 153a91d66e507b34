/** An artifact version: what it holds and where it stands. */
import type { ArtifactAlias, ArtifactCollection, ArtifactType } from "./artifact-collection.ts";

/** Where an artifact version stands in its life. A deleted one stays for those who have its id. */
export type ArtifactState = "PENDING" | "COMMITTED" | "DELETED";

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
  /** False when it was logged with expiry switched off, whatever its collection says. */
  readonly isTtlInherited: boolean;
  readonly historyStep: number | null;
  /** The run that logged it first, in the same project. */
  readonly createdByRunId: number | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}
