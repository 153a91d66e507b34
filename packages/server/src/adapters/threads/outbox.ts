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

/** Entries for another thread, which gets them as lists, in order. */
export class Outbox<Entry> {
  readonly #parts: OutboxParts<Entry>;
  #entries: Entry[] = [];
  #buffers: ArrayBuffer[] = [];

  constructor(parts: OutboxParts<Entry>) {
    this.#parts = parts;
  }

  /** Adds an entry; the memory of `buffer`, which is part of it, is handed over instead of copied. */
  add(entry: Entry, buffer?: ArrayBuffer): void {
    if (buffer !== undefined) this.#buffers.push(buffer);
    if (this.#entries.push(entry) === 1) this.#parts.schedule(() => this.#flush());
  }

  #flush(): void {
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
