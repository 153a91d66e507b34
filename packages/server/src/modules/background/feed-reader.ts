/** Hands every change to one consumer, in order and at least once, from where it stood when the server last ran. */
import type { ChangeEvent, ChangeFeed } from "../../ports/change-feed.ts";

/** Takes changes. */
export interface FeedConsumer {
  /** Names the consumer for good: its position is kept under this name. */
  readonly consumer: string;
  /** Takes some events; when it rejects they come again. */
  handle(events: readonly ChangeEvent[]): Promise<void>;
}

const BATCH = 1000;

/** Reads the change feed for one consumer. */
export class FeedReader {
  readonly #feed: ChangeFeed;
  readonly #consumer: FeedConsumer;
  #position: number | undefined;

  constructor(parts: { readonly feed: ChangeFeed; readonly consumer: FeedConsumer }) {
    this.#feed = parts.feed;
    this.#consumer = parts.consumer;
  }

  /**
   * Hands over the events that are there and records that they are done; returns whether there may be more. Recording
   * is a commit of its own, so it pays to call this at intervals and not for every event.
   */
  async readOn(): Promise<boolean> {
    const { consumer } = this.#consumer;
    this.#position ??= await this.#feed.position({ consumer });
    const events = await this.#feed.read({ afterSeq: this.#position, limit: BATCH });
    const last = events.at(-1);
    if (last === undefined) return false;
    await this.#consumer.handle(events);
    await this.#feed.advance({ consumer, seq: last.seq });
    this.#position = last.seq;
    return events.length === BATCH;
  }

  /** Records that the consumer has no use for the events up to one, without reading them. */
  async skipTo(seq: number): Promise<void> {
    const { consumer } = this.#consumer;
    this.#position ??= await this.#feed.position({ consumer });
    if (seq <= this.#position) return;
    await this.#feed.advance({ consumer, seq });
    this.#position = seq;
  }
}
