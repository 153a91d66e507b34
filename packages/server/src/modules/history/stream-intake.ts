/**
 * Bounds what is held of requests that are not stored yet. When there is too much, the bodies of further requests are
 * left where they are: their sockets fill up, and whoever sends slows down. Nobody is refused, and nothing is lost.
 */

/** How much is held. */
export interface StreamIntakeParts {
  /**
   * Bytes of bodies that may wait to be stored before no further body is read.
   *
   * @default 16 MiB
   */
  readonly maxBytes?: number;
}

/** Unpacked, a body is several times as large as it was sent. */
const PACKED_FACTOR = 8;

/** Lets bodies in as fast as they are stored. */
export class StreamIntake {
  readonly #maxBytes: number;
  #bytes = 0;
  #mostBytes = 0;
  /** In the order of arrival. */
  readonly #waiting = new Set<() => void>();

  constructor({ maxBytes = 16 * 1024 * 1024 }: StreamIntakeParts = {}) {
    this.#maxBytes = maxBytes;
  }

  /** Bytes held now, how many there were at most, and how many requests wait to be read. */
  get load(): { readonly bytes: number; readonly mostBytes: number; readonly waiting: number } {
    return { bytes: this.#bytes, mostBytes: this.#mostBytes, waiting: this.#waiting.size };
  }

  /** Whether a body may be read at once; whoever comes later must not overtake those that wait. */
  get isOpen(): boolean {
    return this.#bytes < this.#maxBytes && this.#waiting.size === 0;
  }

  /** Ends when a body may be read; at the signal at once, because nobody sends any more. */
  async admit(signal: AbortSignal): Promise<void> {
    if (this.isOpen || signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const goOn = (): void => {
      this.#waiting.delete(goOn);
      signal.removeEventListener("abort", goOn);
      resolve(undefined);
    };
    this.#waiting.add(goOn);
    signal.addEventListener("abort", goOn);
    await promise;
  }

  /** Counts a body for as long as `store` takes. */
  async hold<T>(
    { body, isPacked }: { readonly body: Uint8Array; readonly isPacked: boolean },
    store: () => Promise<T>,
  ): Promise<T> {
    const bytes = body.byteLength * (isPacked ? PACKED_FACTOR : 1);
    this.#bytes += bytes;
    this.#mostBytes = Math.max(this.#mostBytes, this.#bytes);
    try {
      return await store();
    } finally {
      this.#bytes -= bytes;
      this.#letIn();
    }
  }

  /** One for each that is stored; when nothing is left to store, all: who was let in may never have sent a body. */
  #letIn(): void {
    if (this.#bytes >= this.#maxBytes) return;
    for (const goOn of [...this.#waiting].slice(0, this.#bytes === 0 ? undefined : 2)) goOn();
  }
}
