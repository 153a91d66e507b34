/** Tells of everything that was taken away since it was made, whoever took it. */
import type { ArtifactRemovalStore, RecordedRemoval } from "./artifact-removal-store.ts";

/** What the report is built from. */
export interface RemovalReportParts {
  readonly artifactRemovals: ArtifactRemovalStore;
  /** Told of each removal, in order. */
  readonly tell: (removal: RecordedRemoval) => void;
}

const AT_ONCE = 1_000;

/** Follows removals. */
export class RemovalReport {
  readonly #parts: RemovalReportParts;
  #afterId: number | undefined;

  constructor(parts: RemovalReportParts) {
    this.#parts = parts;
  }

  /** Tells of what is new; returns whether there may be more. The first call only finds where to begin. */
  async readOn(): Promise<boolean> {
    const { artifactRemovals, tell } = this.#parts;
    if (this.#afterId === undefined) {
      this.#afterId = await artifactRemovals.lastRemovalId();
      return false;
    }
    const removals = await artifactRemovals.listRemovals({ afterId: this.#afterId, limit: AT_ONCE });
    for (const removal of removals) {
      tell(removal);
      this.#afterId = removal.id;
    }
    return removals.length === AT_ONCE;
  }
}
