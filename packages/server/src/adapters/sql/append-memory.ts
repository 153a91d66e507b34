/**
 * Remembers of streams since when lines were only added to them. Once lines are sealed their batches are gone, and with
 * them the only trace of whether an older line was overwritten; without this, whoever counts lines would have to begin
 * anew whenever a part is sealed that has lines which were not counted yet.
 */
import { headKey } from "./line-heads.ts";
import type { StreamKey } from "./line-heads.ts";

/** Streams that are remembered; of others nothing is known, which is safe. */
const MAX_STREAMS = 50_000;

interface Known {
  /** Writes after this version were seen. */
  readonly since: number;
  /** The version of the last write that was more than lines added at the end. */
  overwrittenAt: number;
}

/** What was seen of streams in this process. */
export class AppendMemory {
  readonly #streams = new Map<string, Known>();

  /** Notes a write that takes a stream from a version to the next; it may still be rolled back. */
  note(stream: StreamKey, version: number, write: { readonly isAppend: boolean }): void {
    const key = headKey(stream.projectId, stream.runId, stream.stream);
    let known = this.#streams.get(key);
    if (known === undefined) {
      if (this.#streams.size >= MAX_STREAMS) this.#streams.clear();
      known = { since: version, overwrittenAt: 0 };
      this.#streams.set(key, known);
    }
    if (!write.isAppend) known.overwrittenAt = Math.max(known.overwrittenAt, version + 1);
  }

  /** Whether all writes after a version are known to have added lines at the end and done nothing else. */
  onlyAppendedSince(stream: StreamKey, version: number): boolean {
    const known = this.#streams.get(headKey(stream.projectId, stream.runId, stream.stream));
    return known !== undefined && version >= known.since && version >= known.overwrittenAt;
  }

  /** Forgets a stream that is deleted. */
  forget({ projectId, runId, stream }: StreamKey): void {
    this.#streams.delete(headKey(projectId, runId, stream));
  }
}
