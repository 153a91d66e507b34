/**
 * Takes away what is over: versions whose time has come, versions that were begun and given up, and contents that were
 * announced and never used. Every round may be repeated, and several servers may do it at once.
 */
import type { BlobStore } from "../../ports/blob-store.ts";
import type { ArtifactRemovalStore } from "./artifact-removal-store.ts";

/** What the sweeper is built from. */
export interface ArtifactSweeperParts {
  readonly artifactRemovals: ArtifactRemovalStore;
  readonly blobs: BlobStore;
}

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;
/** A writer that lost its network comes back within a week or begins anew. */
const ABANDONED_AFTER_MS = 7 * DAY_MS;
/** An address to upload to is good for a day, and an upload may take another. */
const UNREFERENCED_AFTER_MS = 2 * DAY_MS;
/** Few enough that others get a turn between. */
const VERSIONS_AT_ONCE = 100;
const CONTENTS_AT_ONCE = 1_000;

/** Sweeps. */
export class ArtifactSweeper {
  readonly #removals: ArtifactRemovalStore;
  readonly #blobs: BlobStore;

  constructor({ artifactRemovals, blobs }: ArtifactSweeperParts) {
    this.#removals = artifactRemovals;
    this.#blobs = blobs;
  }

  /** Does one round; returns whether there may be more to do at once. */
  async sweep(now: string): Promise<boolean> {
    const rounds = [await this.#expire(now), await this.#abandon(now), await this.#collect(now)];
    return rounds.includes(true);
  }

  async #expire(now: string): Promise<boolean> {
    const artifactIds = await this.#removals.listExpired({ now, limit: VERSIONS_AT_ONCE });
    if (artifactIds.length === 0) return false;
    await this.#removals.deleteVersions({ artifactIds, deleteAliases: true, reason: "expired", now });
    return artifactIds.length === VERSIONS_AT_ONCE;
  }

  async #abandon(now: string): Promise<boolean> {
    const before = earlier(now, ABANDONED_AFTER_MS);
    const artifactIds = await this.#removals.listAbandoned({ before, limit: VERSIONS_AT_ONCE });
    if (artifactIds.length === 0) return false;
    await this.#removals.deleteVersions({
      artifactIds,
      deleteAliases: true,
      reason: "abandoned",
      // Its writer may come back just now.
      onlyPendingBefore: before,
      now,
    });
    return artifactIds.length === VERSIONS_AT_ONCE;
  }

  async #collect(now: string): Promise<boolean> {
    const announcedBefore = earlier(now, UNREFERENCED_AFTER_MS);
    const found = await this.#removals.listUnreferenced({ announcedBefore, limit: CONTENTS_AT_ONCE });
    const contents: { readonly id: number; readonly sizeBytes: number }[] = [];
    for (const { id, blobKey } of found) {
      const info = await this.#blobs.find({ key: blobKey });
      contents.push({ id, sizeBytes: info?.sizeBytes ?? 0 });
    }
    if (contents.length > 0) await this.#removals.removeUnreferenced({ contents, now });
    return contents.length === CONTENTS_AT_ONCE;
  }
}

function earlier(instant: string, ms: number): string {
  return new Date(Date.parse(instant) - ms).toISOString();
}
