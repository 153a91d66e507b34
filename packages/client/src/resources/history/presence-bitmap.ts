/** Tells which rows of a column are there: one bit a row, lowest bit first, the layout of Arrow's validity bitmaps. */

/** A set of row numbers. */
export class PresenceBitmap {
  #bytes: Uint8Array<ArrayBuffer> = new Uint8Array(128);
  #count = 0;

  /** The bits: row `i` is bit `i % 8` of byte `i >> 3`. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes;
  }

  /** How many rows are there. */
  get count(): number {
    return this.#count;
  }

  /** Whether a row is there. */
  has(row: number): boolean {
    return (((this.#bytes[row >> 3] ?? 0) >> (row & 7)) & 1) === 1;
  }

  /** Adds a row. @internal */
  add(row: number): void {
    if (this.has(row)) return;
    const at = row >> 3;
    if (at >= this.#bytes.length) this.#copyTo(Math.max(this.#bytes.length * 2, at + 1));
    this.#bytes[at] = (this.#bytes[at] ?? 0) | (1 << (row & 7));
    this.#count += 1;
  }

  /** Adds rows [from, to), none of which is there yet. @internal */
  addRange(from: number, to: number): void {
    const firstWhole = Math.min(to, Math.ceil(from / 8) * 8);
    const lastWhole = Math.max(firstWhole, Math.floor(to / 8) * 8);
    for (let row = from; row < firstWhole; row += 1) this.add(row);
    if (lastWhole / 8 > this.#bytes.length) this.#copyTo(Math.max(this.#bytes.length * 2, lastWhole / 8));
    this.#bytes.fill(0xff, firstWhole / 8, lastWhole / 8);
    this.#count += lastWhole - firstWhole;
    for (let row = lastWhole; row < to; row += 1) this.add(row);
  }

  /** Gives the bitmap exactly the bytes that a number of rows needs. @internal */
  resize(rows: number): void {
    this.#copyTo(Math.ceil(rows / 8));
  }

  #copyTo(length: number): void {
    const copy = new Uint8Array(length);
    copy.set(this.#bytes.subarray(0, length));
    this.#bytes = copy;
  }
}
