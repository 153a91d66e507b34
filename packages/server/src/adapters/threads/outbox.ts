// Collects what is to be said to another thread and says it in one message, because sending a message costs more than
// most of what is said.
import type { MessagePort, Worker } from "node:worker_threads";

/** Where an outbox sends to, and when. */
export interface OutboxParts<Entry> {
  readonly thread: Worker | MessagePort;
  /** Calls back when the message is to go: soon, and after everything that should be in it was added. */
  readonly schedule: (flush: () => void) => void;
  /** Hears of an entry that cannot be cloned. */
  readonly onUnsendable: (entry: Entry, cause: unknown) => void;
}

/** How an entry is sent. */
export interface EntryOptions {
  /** Memory of the entry that is handed over instead of copied. */
  readonly buffer?: ArrayBuffer | undefined;
  /** For how long it may wait for others that go with it. @default only as `schedule` says */
  readonly patienceMs?: number | undefined;
}

/** Entries for another thread, which gets them as lists, in order. */
export class Outbox<Entry> {
  readonly #parts: OutboxParts<Entry>;
  #entries: Entry[] = [];
  #buffers: ArrayBuffer[] = [];
  #isScheduled = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: OutboxParts<Entry>) {
    this.#parts = parts;
  }

  /** Adds an entry. One that may wait goes with the first that may not. */
  add(entry: Entry, { buffer, patienceMs = 0 }: EntryOptions = {}): void {
    if (buffer !== undefined) this.#buffers.push(buffer);
    this.#entries.push(entry);
    if (patienceMs === 0) this.hurry();
    else if (!this.#isScheduled) this.#timer ??= setTimeout(() => this.#flush(), patienceMs);
  }

  /** Sends what waits as soon as `schedule` says. */
  hurry(): void {
    if (this.#isScheduled || this.#entries.length === 0) return;
    this.#isScheduled = true;
    this.#parts.schedule(() => this.#flush());
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#isScheduled = false;
    const entries = this.#entries;
    const buffers = this.#buffers;
    this.#entries = [];
    this.#buffers = [];
    try {
      this.#parts.thread.postMessage(entries, buffers);
    } catch {
      // One of them cannot be cloned, and nothing has gone. The others must not suffer for it; memory is copied now.
      for (const entry of entries) this.#sendAlone(entry);
    }
  }

  #sendAlone(entry: Entry): void {
    try {
      this.#parts.thread.postMessage([entry]);
    } catch (cause) {
      this.#parts.onUnsendable(entry, cause);
    }
  }
}
