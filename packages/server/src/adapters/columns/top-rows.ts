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
const blockSize = 8192;

/** The first `count` of the rows behind a place, in order, and whether there are more. */
export function selectTopRows(
  rows: Uint32Array,
  count: number,
  order: RowOrder,
): { readonly rows: readonly number[]; readonly hasMore: boolean } {
  // One more than asked for tells whether there are more.
  const top = new TopRows(count + 1, order.compare);
  if (rows.length > 4 * sampleSize && count < sampleSize) top.expect(boundOf(rows, count + 1, order));
  offerAll(rows, order, top);
  const sorted = top.sorted();
  return { rows: sorted.slice(0, count), hasMore: sorted.length > count };
}

/** A place in the order, of a row that at least `count` rows behind the beginning do not come after. */
function boundOf(rows: Uint32Array, count: number, order: RowOrder): Ranked | undefined {
  const stride = rows.length / sampleSize;
  const sample = Uint32Array.from(
    { length: sampleSize },
    (_, index) => rows[Math.floor(index * stride)] ?? 0,
  );
  const top = new TopRows(count, order.compare);
  offerAll(sample, order, top);
  return top.bound;
}

/** Offers the rows behind the place. */
function offerAll(rows: Uint32Array, order: RowOrder, top: TopRows): void {
  const { after } = order;
  const size = Math.min(blockSize, rows.length);
  const roughs = new Float64Array(size);
  const candidates = new Uint16Array(size);
  for (let start = 0; start < rows.length; start += blockSize) {
    const block = rows.subarray(start, start + blockSize);
    order.fillRoughs(block, roughs);
    const found = findBetween(roughs, block.length, after?.rough ?? NaN, top.maxRough, candidates);
    for (let index = 0; index < found; index += 1) {
      const at = candidates[index] ?? 0;
      const rough = roughs[at] ?? 0;
      const row = block[at] ?? 0;
      // What must be beaten rises while a block is looked through.
      if (rough > top.maxRough) continue;
      if (after === undefined || rough > after.rough || after.isFollowedBy(row)) top.offer(row, rough);
    }
  }
}

/** The places of the numbers that are neither below `low` nor above `high`, without a branch for each. */
function findBetween(
  roughs: Float64Array,
  length: number,
  low: number,
  high: number,
  places: Uint16Array,
): number {
  let found = 0;
  for (let index = 0; index < length; index += 1) {
    const rough = roughs[index] ?? 0;
    places[found] = index;
    found += Number(rough <= high) & (Number(rough < low) ^ 1);
  }
  return found;
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
