/** Positions of rows that a search found, ascending. Most lie side by side, so they are held as ranges. */
export class FoundRows {
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  /** How many positions lie in the ranges before each. */
  readonly #before: number[] = [];
  #count = 0;

  /** How many positions there are. */
  get count(): number {
    return this.#count;
  }

  /** Adds positions `start` (inclusive) to `end` (exclusive), which follow all others. */
  add(start: number, end: number): void {
    const last = this.#ends.length - 1;
    if (this.#ends[last] === start) {
      this.#ends[last] = end;
    } else {
      this.#starts.push(start);
      this.#ends.push(end);
      this.#before.push(this.#count);
    }
    this.#count += end - start;
  }

  /** The position at an index. */
  at(index: number): number {
    let low = 0;
    let high = this.#before.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((this.#before[middle] ?? Infinity) <= index) low = middle;
      else high = middle - 1;
    }
    const start = this.#starts[low];
    if (start === undefined || index >= this.#count) throw new RangeError(`No row was found at ${index}`);
    return start + index - (this.#before[low] ?? 0);
  }
}
