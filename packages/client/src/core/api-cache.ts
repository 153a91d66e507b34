/** What an `Api` remembers until `flush()`: bounded, so that a program that runs for months does not fill up. */

/** A map that forgets its oldest entries. */
export class BoundedCache<T> {
  readonly #entries = new Map<string, T>();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The remembered value, if it is still there. */
  get(key: string): T | undefined {
    return this.#entries.get(key);
  }

  /** Remembers a value and returns it. */
  set(key: string, value: T): T {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.#limit) break;
      this.#entries.delete(oldest);
    }
    return value;
  }

  /** Forgets everything. */
  clear(): void {
    this.#entries.clear();
  }
}
