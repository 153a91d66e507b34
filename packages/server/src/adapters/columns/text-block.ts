// Many texts in one long text, as a segment keeps them: most of them are never looked at one by one, so none is made
// before it is asked for.

/** Texts by number. */
export class TextBlock {
  readonly #text: string;
  /** Where each ends. */
  readonly #ends: Uint32Array;

  constructor(text: string, ends: Uint32Array) {
    this.#text = text;
    this.#ends = ends;
  }

  /** How many there are. */
  get size(): number {
    return this.#ends.length;
  }

  /** About how much memory they take. */
  get bytes(): number {
    return 2 * this.#text.length + this.#ends.byteLength;
  }

  /** A text; empty beyond the last. */
  at(index: number): string {
    return this.#text.slice(this.#startOf(index), this.#ends[index]);
  }

  /** The numbers of the texts that contain another, which must not be empty, ascending. */
  *containing(part: string): Generator<number> {
    let at = this.#text.indexOf(part);
    while (at !== -1) {
      const index = this.#indexAt(at);
      const end = this.#ends[index] ?? 0;
      const isWithin = at + part.length <= end;
      if (isWithin) yield index;
      at = this.#text.indexOf(part, isWithin ? end : at + 1);
    }
  }

  #startOf(index: number): number {
    return index === 0 ? 0 : (this.#ends[index - 1] ?? 0);
  }

  /** The number of the text that a place in the long one belongs to: the first that ends behind it. */
  #indexAt(place: number): number {
    let low = 0;
    let high = this.#ends.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#ends[middle] ?? 0) > place) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
