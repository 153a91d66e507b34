import type { JsonObject } from "@steelyard/protocol";

/** Where an artifact version stands in its life. */
export type ArtifactState = "PENDING" | "COMMITTED" | "DELETED";

/** An artifact version. */
export interface Artifact {
  readonly id: number;
  readonly projectId: number;
  readonly sequenceId: number;
  readonly typeId: number;
  readonly state: ArtifactState;
  /** Hexadecimal. */
  readonly digest: string;
  /** From 0; null before the commit. */
  readonly versionIndex: number | null;
  readonly description: string | null;
  /** JSON text. */
  readonly metadata: string | null;
  readonly sizeBytes: number;
  readonly fileCount: number;
  readonly historyStep: number | null;
  readonly createdByRunId: number | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** The entries of a manifest file, by path. */
export type ManifestContents = JsonObject;
