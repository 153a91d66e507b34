/**
 * Removes what deleted runs and files leave behind. It follows the change feed, so nothing is forgotten when the server
 * stops half way; every step may be repeated.
 */
import { z } from "zod";
import type { BlobStore } from "../../ports/blob-store.ts";
import type { ChangeEvent } from "../../ports/change-feed.ts";
import type { Clock } from "../../ports/clock.ts";
import type { FileStore } from "../files/file-store.ts";
import type { HistoryLog } from "../history/history-log.ts";

/** What the cleanup is built from. */
export interface RunCleanupParts {
  readonly log: HistoryLog;
  readonly files: FileStore;
  readonly blobs: BlobStore;
  readonly clock: Clock;
}

const deletedBlobs = z.object({ blobKeys: z.array(z.string()) });

/** A consumer of the change feed. */
export class RunCleanup {
  /** Its name in the feed. */
  readonly consumer = "run-cleanup";
  readonly #log: HistoryLog;
  readonly #files: FileStore;
  readonly #blobs: BlobStore;
  readonly #clock: Clock;

  constructor({ log, files, blobs, clock }: RunCleanupParts) {
    this.#log = log;
    this.#files = files;
    this.#blobs = blobs;
    this.#clock = clock;
  }

  /** Does what follows from events, in their order; most need nothing. */
  async handle(events: readonly ChangeEvent[]): Promise<void> {
    for (const event of events) await this.#handleOne(event);
  }

  async #handleOne({ kind, projectId, runId, payload }: ChangeEvent): Promise<void> {
    if (kind === "run.deleted" && runId !== null) {
      await this.#log.deleteRun({ projectId, runId });
      // The blobs follow with the events that this writes.
      await this.#files.deleteRun({ projectId, runId, now: this.#clock.now() });
    }
    if (kind === "file.deleted") {
      const { blobKeys } = deletedBlobs.parse(JSON.parse(payload));
      for (const key of blobKeys) await this.#blobs.delete({ key });
    }
  }
}
