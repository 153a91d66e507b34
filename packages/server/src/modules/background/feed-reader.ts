/** Hands every change to one consumer, in order and at least once, from where it stood when the server last ran. */
import type { ChangeEvent, ChangeFeed } from "../../ports/change-feed.ts";

/** What the reader is built from. */
export interface FeedReaderParts {
  readonly feed: ChangeFeed;
  /** Names the consumer for good: its position is kept under this name. */
  readonly consumer: string;
  /** Takes some events; when it rejects they come again. */
  readonly handle: (events: readonly ChangeEvent[]) => Promise<void>;
}

const BATCH = 500;
/** Short enough that stopping does not have to wait for long. */
const WAIT_MS = 1000;

/** Reads the change feed for one consumer. */
export class FeedReader {
  readonly #parts: FeedReaderParts;

  constructor(parts: FeedReaderParts) {
    this.#parts = parts;
  }

  /** Waits for events, hands them over and moves on; returns true, because waiting is the feed's. */
  async readOn(): Promise<boolean> {
    const { feed, consumer, handle } = this.#parts;
    const afterSeq = await feed.position({ consumer });
    const events = await feed.read({ afterSeq, limit: BATCH });
    const last = events.at(-1);
    if (last === undefined) {
      await feed.wait({ afterSeq, timeoutMs: WAIT_MS });
      return true;
    }
    await handle(events);
    await feed.advance({ consumer, seq: last.seq });
    return true;
  }
}
