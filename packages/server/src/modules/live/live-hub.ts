/** One reader of the change feed for all who watch: it reads while there are any, and hands each project's events on. */
import type { ChangeEvent, ChangeFeed } from "../../ports/change-feed.ts";

/** What the hub is built from. */
export interface LiveHubParts {
  readonly feed: ChangeFeed;
  /** Told of each failed round; it is tried again. */
  readonly onFailure: (cause: unknown) => void;
}

/** Takes some events of its project, in order. */
export type LiveListener = (events: readonly ChangeEvent[]) => void;

/** A listener that is told of events. */
export interface LiveSubscription {
  /** All events after this one are told. */
  readonly seq: number;
  /** Ends it. */
  end(): void;
}

const BATCH = 1_000;
const WAIT_MS = 1_000;
/** Events that follow each other closely are handed on together. */
const PAUSE_MS = 50;
const RETRY_MS = 1_000;

/** Fans events out. */
export class LiveHub {
  readonly #feed: ChangeFeed;
  readonly #onFailure: (cause: unknown) => void;
  readonly #listeners = new Map<number, Set<LiveListener>>();
  #position: Promise<number> | undefined;
  #isClosed = false;

  constructor({ feed, onFailure }: LiveHubParts) {
    this.#feed = feed;
    this.#onFailure = onFailure;
  }

  /** Begins to tell a listener of a project's events. */
  async subscribe(projectId: number, listener: LiveListener): Promise<LiveSubscription> {
    const listeners = this.#listeners.get(projectId) ?? new Set();
    this.#listeners.set(projectId, listeners.add(listener));
    const end = (): void => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#listeners.get(projectId) === listeners)
        this.#listeners.delete(projectId);
    };
    try {
      return { seq: await (this.#position ??= this.#start()), end };
    } catch (error) {
      end();
      throw error;
    }
  }

  /** Ends; nobody is told of anything any more. */
  close(): void {
    this.#isClosed = true;
    this.#listeners.clear();
  }

  async #start(): Promise<number> {
    try {
      const { last } = await this.#feed.span();
      void this.#run(last);
      return last;
    } catch (error) {
      this.#position = undefined;
      throw error;
    }
  }

  async #run(start: number): Promise<void> {
    let seq = start;
    while (this.#isWanted()) {
      try {
        const events = await this.#read(seq);
        seq = events.at(-1)?.seq ?? seq;
        this.#position = Promise.resolve(seq);
        this.#tell(events);
        if (events.length < BATCH) await pause(PAUSE_MS);
      } catch (error) {
        if (this.#isWanted()) this.#onFailure(error);
        await pause(RETRY_MS);
      }
    }
    this.#position = undefined;
  }

  #isWanted(): boolean {
    return !this.#isClosed && this.#listeners.size > 0;
  }

  async #read(afterSeq: number): Promise<readonly ChangeEvent[]> {
    await this.#feed.wait({ afterSeq, timeoutMs: WAIT_MS });
    return this.#feed.read({ afterSeq, limit: BATCH });
  }

  #tell(events: readonly ChangeEvent[]): void {
    for (const [projectId, ofProject] of Map.groupBy(events, (event) => event.projectId)) {
      for (const listener of this.#listeners.get(projectId) ?? []) listener(ofProject);
    }
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
