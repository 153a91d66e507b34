import type { ArtifactContent } from "./artifact-file.ts";

/** Takes versions away, with everything that nothing else refers to. */
export interface ArtifactRemovalStore {
  /**
   * Deletes versions: their names, files, uses and manifests at once, and every stored content that no other version
   * holds or waits for; the bytes go after the event `file.deleted` of the same transaction. The rows stay, in the
   * state `DELETED`. Where `latest` goes with a version, it moves to the newest that is left. Versions that are not
   * there or deleted already are passed over. Throws `conflict`, and deletes nothing, when a version has aliases in its
   * sequence and `deleteAliases` is not set.
   */
  deleteVersions(request: VersionRemoval): Promise<Removal>;
  /** Ids of committed versions whose time is over, in no portfolio, at most `limit`. */
  listExpired(request: { readonly now: string; readonly limit: number }): Promise<readonly number[]>;
  /** Ids of pending versions that nobody has touched since, at most `limit`. */
  listAbandoned(request: { readonly before: string; readonly limit: number }): Promise<readonly number[]>;
  /** Contents that were never found stored, that no version waits for and that were announced before an instant. */
  listUnreferenced(request: UnreferencedQuery): Promise<readonly ArtifactContent[]>;
  /** Deletes those contents that still nobody holds or waits for. */
  removeUnreferenced(request: UnreferencedRemoval): Promise<Removal>;
  /** What was given back since, summed by project and reason. */
  sumRemovals(request: { readonly since: string }): Promise<readonly RemovalSum[]>;
  /** Removals after one of them, oldest first. */
  listRemovals(request: {
    readonly afterId: number;
    readonly limit: number;
  }): Promise<readonly RecordedRemoval[]>;
  /** The id of the newest removal; 0 before the first. */
  lastRemovalId(): Promise<number>;
  /** How long versions of an entity live unless something nearer says otherwise; null for ever. */
  setTtlDefault(request: { readonly entityId: number; readonly ttlSeconds: number | null }): Promise<void>;
  /** As it was set; null for ever. */
  findTtlDefault(request: { readonly entityId: number }): Promise<number | null>;
}

/** Why something was taken away. */
export const REMOVAL_REASONS = ["deleted", "expired", "abandoned", "unreferenced"] as const;

/** One of the reasons. */
export type RemovalReason = (typeof REMOVAL_REASONS)[number];

/** Versions to delete. */
export interface VersionRemoval {
  readonly artifactIds: readonly number[];
  readonly deleteAliases: boolean;
  readonly reason: RemovalReason;
  /** Passes over versions that are not pending or were touched since this instant. @default none is passed over */
  readonly onlyPendingBefore?: string;
  readonly now: string;
}

/** Which contents. */
export interface UnreferencedQuery {
  readonly announcedBefore: string;
  readonly limit: number;
}

/** Contents to delete. */
export interface UnreferencedRemoval {
  /** With the size of what lies there all the same. */
  readonly contents: readonly { readonly id: number; readonly sizeBytes: number }[];
  readonly now: string;
}

/** What went. */
export interface Removal {
  readonly artifactCount: number;
  readonly contentCount: number;
  /** Of contents and manifests. */
  readonly freedBytes: number;
}

/** What went from a project for a reason. */
export interface RemovalSum extends Removal {
  readonly projectId: number;
  readonly reason: RemovalReason;
}

/** What went at one time. */
export interface RecordedRemoval extends RemovalSum {
  readonly id: number;
  readonly createdAt: string;
}
