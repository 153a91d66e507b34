/** Keeps what was costly to make, up to a number of bytes; what is unused for longest goes first. */

interface Entry<Value> {
  readonly value: Promise<Value>;
  bytes: number;
}

/** A cache by key. Those who ask while a value is being made wait for the same one. */
export class ByteCache<Value> {
  readonly #maxBytes: number;
  readonly #sizeOf: (value: Value) => number;
  /** In the order of use, the latest last. */
  readonly #entries = new Map<string, Entry<Value>>();
  #bytes = 0;

  constructor(parts: { readonly maxBytes: number; readonly sizeOf: (value: Value) => number }) {
    this.#maxBytes = parts.maxBytes;
    this.#sizeOf = parts.sizeOf;
  }

  /** About how many bytes are kept. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether the value of a key is there or being made. */
  has(key: string): boolean {
    return this.#entries.has(key);
  }

  /** The value of a key, made when it is not there. A failure is not kept. */
  async get(key: string, make: () => Promise<Value>): Promise<Value> {
    const known = this.#entries.get(key);
    if (known !== undefined) {
      this.#entries.delete(key);
      this.#entries.set(key, known);
      return known.value;
    }
    const entry: Entry<Value> = { value: make(), bytes: 0 };
    this.#entries.set(key, entry);
    try {
      const value = await entry.value;
      if (this.#entries.get(key) === entry) {
        entry.bytes = this.#sizeOf(value);
        this.#bytes += entry.bytes;
        this.#evict();
      }
      return value;
    } catch (error) {
      if (this.#entries.get(key) === entry) this.#entries.delete(key);
      throw error;
    }
  }

  #evict(): void {
    for (const [key, entry] of this.#entries) {
      if (this.#bytes <= this.#maxBytes) return;
      // What is being made has no size yet.
      if (entry.bytes === 0) continue;
      this.#bytes -= entry.bytes;
      this.#entries.delete(key);
    }
  }
}
