// The first rows of many in some order, without sorting the many.

/** An order of rows; never 0 for different rows. */
export interface RowOrder {
  readonly compare: (a: number, b: number) => number;
  /** Never greater for a row that comes before another. */
  readonly rough: (row: number) => number;
}

/** Rows looked at beforehand to learn what the first rows must at least beat, however the rows lie. */
const sampleSize = 4096;

/** The first `count` of the rows, in order. */
export function selectTopRows(rows: Uint32Array, count: number, order: RowOrder): readonly number[] {
  if (count <= 0) return [];
  if (count >= rows.length) return [...rows].sort(order.compare);
  const bound = rows.length > 4 * sampleSize ? boundOf(rows, count, order) : undefined;
  const top = new TopRows(count, order, bound);
  for (const row of rows) top.offer(row);
  return top.sorted();
}

/** A row that at least `count` rows do not come after; undefined when the sample is too small to tell. */
function boundOf(rows: Uint32Array, count: number, order: RowOrder): number | undefined {
  if (count > sampleSize) return undefined;
  const top = new TopRows(count, order, undefined);
  const stride = rows.length / sampleSize;
  for (let index = 0; index < sampleSize; index += 1) top.offer(rows[Math.floor(index * stride)] ?? 0);
  return top.last;
}

/** The best rows so far: a heap with the last of them on top. */
class TopRows {
  readonly #count: number;
  readonly #order: RowOrder;
  readonly #heap: number[] = [];
  #bound: number | undefined;
  #rough: number;

  constructor(count: number, order: RowOrder, bound: number | undefined) {
    this.#count = count;
    this.#order = order;
    this.#bound = bound;
    this.#rough = bound === undefined ? NaN : order.rough(bound);
  }

  /** The last of the best rows, once there are enough. */
  get last(): number | undefined {
    return this.#heap.length === this.#count ? this.#heap[0] : undefined;
  }

  offer(row: number): void {
    // Comparing with NaN says no: without a bound every row passes.
    if (this.#order.rough(row) > this.#rough) return;
    if (this.#bound !== undefined && this.#order.compare(row, this.#bound) > 0) return;
    if (this.#heap.length < this.#count) this.#rise(row);
    else this.#sink(row);
    if (this.#heap.length < this.#count) return;
    const [last = row] = this.#heap;
    this.#bound = last;
    this.#rough = this.#order.rough(last);
  }

  sorted(): readonly number[] {
    return this.#heap.toSorted(this.#order.compare);
  }

  #rise(row: number): void {
    let at = this.#heap.length;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = this.#heap[parent] ?? row;
      if (this.#order.compare(above, row) >= 0) break;
      this.#heap[at] = above;
      at = parent;
    }
    this.#heap[at] = row;
  }

  #sink(row: number): void {
    const heap = this.#heap;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      let below = heap[child] ?? row;
      const sibling = heap[child + 1];
      if (sibling !== undefined && this.#order.compare(sibling, below) > 0) {
        child += 1;
        below = sibling;
      }
      if (this.#order.compare(below, row) <= 0) break;
      heap[at] = below;
      at = child;
    }
    heap[at] = row;
  }
}
