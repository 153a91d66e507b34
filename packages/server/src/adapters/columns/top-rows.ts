// The first rows of many in some order, without sorting the many.

/** An order of rows. */
export interface RowOrder {
  /** Never 0 for different rows. */
  readonly compare: (a: number, b: number) => number;
  /** Sets a number for each row, never greater for one that comes before: most rows are passed over by it alone. */
  readonly fillRoughs: (rows: Uint32Array, roughs: Float64Array) => void;
  /** Where to begin; at the first row where undefined. */
  readonly after: RowOrderPlace | undefined;
}

/** A place in an order of rows. */
export interface RowOrderPlace {
  /** Never greater than that of a row behind, never less than that of a row before; NaN where it is not known. */
  readonly rough: number;
  readonly isFollowedBy: (row: number) => boolean;
}

/** Rows looked at beforehand to learn what the first rows must at least beat, however the rows lie. */
const sampleSize = 4096;
/** Rows whose rough numbers are in memory at once, small enough for the processor's cache. */
const blockSize = 16_384;

/** The first `count` of the rows behind a place, in order, and whether there are more. */
export function selectTopRows(
  rows: Uint32Array,
  count: number,
  order: RowOrder,
): { readonly rows: readonly number[]; readonly hasMore: boolean } {
  const top = new TopRows(count, order.compare);
  if (rows.length > 4 * sampleSize && count <= sampleSize) top.expect(boundOf(rows, count, order));
  const roughs = new Float64Array(Math.min(blockSize, rows.length));
  let left = 0;
  for (let start = 0; start < rows.length; start += blockSize) {
    left += offerAll(rows.subarray(start, start + blockSize), roughs, order, top);
  }
  return { rows: top.sorted(), hasMore: left > count };
}

/** A place in the order, of a row that at least `count` rows behind the beginning do not come after. */
function boundOf(rows: Uint32Array, count: number, order: RowOrder): Ranked | undefined {
  const stride = rows.length / sampleSize;
  const sample = Uint32Array.from(
    { length: sampleSize },
    (_, index) => rows[Math.floor(index * stride)] ?? 0,
  );
  const top = new TopRows(count, order.compare);
  offerAll(sample, new Float64Array(sampleSize), order, top);
  return top.bound;
}

/** Offers rows, and tells how many of them are behind the place. */
function offerAll(rows: Uint32Array, roughs: Float64Array, order: RowOrder, top: TopRows): number {
  order.fillRoughs(rows, roughs);
  const { after } = order;
  const roughPlace = after?.rough ?? NaN;
  let { maxRough } = top;
  let left = rows.length;
  for (let index = 0; index < rows.length; index += 1) {
    const rough = roughs[index] ?? 0;
    const row = rows[index] ?? 0;
    // Comparing with NaN says no, and the row is looked at.
    if (after !== undefined && (rough < roughPlace || (!(rough > roughPlace) && !after.isFollowedBy(row)))) {
      left -= 1;
    } else if (rough <= maxRough) {
      top.offer(row, rough);
      maxRough = top.maxRough;
    }
  }
  return left;
}

interface Ranked {
  readonly row: number;
  readonly rough: number;
}

/** The best rows so far: a heap with the last of them on top. */
class TopRows {
  readonly #count: number;
  readonly #compare: RowOrder["compare"];
  readonly #heap: number[] = [];
  readonly #roughs: Map<number, number> = new Map();
  #bound: Ranked | undefined;

  constructor(count: number, compare: RowOrder["compare"]) {
    this.#count = count;
    this.#compare = compare;
  }

  /** What a row must not come after, once that is known. */
  get bound(): Ranked | undefined {
    return this.#bound;
  }

  get maxRough(): number {
    return this.#bound?.rough ?? Infinity;
  }

  /** Passes over rows that come after one of which it is known that there are enough without them. */
  expect(bound: Ranked | undefined): void {
    this.#bound = bound;
  }

  offer(row: number, rough: number): void {
    if (this.#count <= 0) return;
    if (this.#bound !== undefined && this.#compare(row, this.#bound.row) > 0) return;
    this.#roughs.set(row, rough);
    if (this.#heap.length < this.#count) this.#rise(row);
    else this.#sink(row);
    if (this.#heap.length < this.#count) return;
    const [last = row] = this.#heap;
    this.#bound = { row: last, rough: this.#roughs.get(last) ?? rough };
  }

  sorted(): readonly number[] {
    return this.#heap.toSorted(this.#compare);
  }

  #rise(row: number): void {
    let at = this.#heap.length;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = this.#heap[parent] ?? row;
      if (this.#compare(above, row) >= 0) break;
      this.#heap[at] = above;
      at = parent;
    }
    this.#heap[at] = row;
  }

  #sink(row: number): void {
    const heap = this.#heap;
    const [last] = heap;
    if (last !== undefined) this.#roughs.delete(last);
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      let below = heap[child] ?? row;
      const sibling = heap[child + 1];
      if (sibling !== undefined && this.#compare(sibling, below) > 0) {
        child += 1;
        below = sibling;
      }
      if (this.#compare(below, row) <= 0) break;
      heap[at] = below;
      at = child;
    }
    heap[at] = row;
  }
}
