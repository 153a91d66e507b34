// The first rows of many in some order, without sorting the many. Most rows are passed over by one number each, which
// the processor's own loops do; only rows that these numbers do not tell apart are compared.

/** An order of rows. */
export interface RowOrder {
  /** Never 0 for different rows; in the end ascending rows. */
  readonly compare: (a: number, b: number) => number;
  /** The keys that rows are ordered by, one after another. */
  readonly keys: readonly RowKey[];
  /** Where to begin; at the first row where undefined. */
  readonly after: RowOrderPlace | undefined;
}

/** One key of an order. */
export interface RowKey {
  /** Sets a number for each row, never greater for one that comes before by this key. */
  readonly fillRoughs: (rows: Uint32Array, roughs: Float64Array) => void;
  /** Whether all rows of which this is the number are equal by this key. */
  readonly isExact: (rough: number) => boolean;
}

/** A place in an order of rows. */
export interface RowOrderPlace {
  /** By the first key: never greater than that of a row behind, never less than that of a row before; NaN where it is not known. */
  readonly rough: number;
  readonly isFollowedBy: (row: number) => boolean;
}

/** At most so many rows are looked at beforehand to learn what the first rows must at least reach, however the rows lie. */
const maxSample = 4096;
/** One of so many rows, if that is less. */
const sampleStride = 4;
/** Rows whose rough numbers are in memory at once, small enough for the processor's cache. */
const blockSize = 8192;

/** The first `count` of the rows, which ascend, behind a place, in order, and whether there are more. */
export function selectTopRows(
  rows: Uint32Array,
  count: number,
  order: RowOrder,
): { readonly rows: readonly number[]; readonly hasMore: boolean } {
  // One more than asked for tells whether there are more.
  const top = firstOf(rows, { count: count + 1, order, keys: order.keys, after: order.after });
  const sorted = top.sort(order.compare);
  return { rows: sorted.slice(0, count), hasMore: sorted.length > count };
}

interface Selection {
  readonly count: number;
  readonly order: RowOrder;
  /** By which the rows are not known to be equal. */
  readonly keys: readonly RowKey[];
  readonly after: RowOrderPlace | undefined;
}

/** The first rows, in no order. */
function firstOf(rows: Uint32Array, { count, order, keys, after }: Selection): number[] {
  const [key, ...keysBehind] = keys;
  if (key === undefined) return [...rows.subarray(0, count)];
  const found = new Candidates(count);
  const size = Math.min(blockSize, rows.length);
  const block = { roughs: new Float64Array(size), places: new Uint16Array(size) };
  const sampleSize = Math.min(maxSample, Math.floor(rows.length / sampleStride));
  if (count < sampleSize) found.maxRough = boundOf(rows, { key, count, after, sampleSize });
  for (let start = 0; start < rows.length; start += blockSize) {
    offer(rows.subarray(start, start + blockSize), { key, after, found, block });
    found.tighten();
  }
  if (found.length <= count) return [...found.rows];
  const last = found.roughOfLast();
  const { before, ties } = found.split(last);
  const rest = { count: count - before.length, order, keys: keysBehind, after: undefined };
  if (key.isExact(last)) return [...before, ...firstOf(ties, rest)];
  return [...before, ...leastOf(ties, rest.count, order.compare)];
}

/** A number that those of at least `count` rows behind the place do not exceed. */
function boundOf(
  rows: Uint32Array,
  request: {
    readonly key: RowKey;
    readonly count: number;
    readonly after: RowOrder["after"];
    readonly sampleSize: number;
  },
): number {
  const { key, count, after, sampleSize } = request;
  const stride = rows.length / sampleSize;
  const sample = new Uint32Array(sampleSize);
  for (let index = 0; index < sampleSize; index += 1) sample[index] = rows[Math.floor(index * stride)] ?? 0;
  const roughs = new Float64Array(sampleSize);
  key.fillRoughs(sample, roughs);
  roughs.sort();
  // Of rows with the number of the place itself it is not known on which side they are.
  const first = after === undefined ? 0 : roughs.findIndex((rough) => rough > after.rough);
  return first === -1 ? Infinity : (roughs[first + count - 1] ?? Infinity);
}

/** Offers the rows of a block that are behind the place. */
function offer(
  rows: Uint32Array,
  parts: {
    readonly key: RowKey;
    readonly after: RowOrderPlace | undefined;
    readonly found: Candidates;
    readonly block: { readonly roughs: Float64Array; readonly places: Uint16Array };
  },
): void {
  const { key, after, found, block } = parts;
  const { roughs, places } = block;
  key.fillRoughs(rows, roughs);
  const count = findBetween(roughs, rows.length, after?.rough ?? NaN, found.maxRough, places);
  found.reserve(count);
  if (after === undefined) {
    found.addAll(rows, roughs, places.subarray(0, count));
    return;
  }
  for (let index = 0; index < count; index += 1) {
    const at = places[index] ?? 0;
    const rough = roughs[at] ?? 0;
    const row = rows[at] ?? 0;
    if (rough > after.rough || after.isFollowedBy(row)) found.add(row, rough);
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

/** Rows that may be among the first, ascending, with their numbers. */
class Candidates {
  readonly #count: number;
  #rows: Uint32Array<ArrayBuffer> = new Uint32Array(2 * blockSize);
  #roughs: Float64Array<ArrayBuffer> = new Float64Array(2 * blockSize);
  /** With so many of them it is worth looking which are too many. */
  #many: number;
  length = 0;
  /** Rows with greater numbers are not needed. */
  maxRough = Infinity;

  constructor(count: number) {
    this.#count = count;
    this.#many = Math.max(blockSize, 4 * count);
  }

  get rows(): Uint32Array {
    return this.#rows.subarray(0, this.length);
  }

  /** Makes room for `more` rows. */
  reserve(more: number): void {
    const needed = this.length + more;
    if (needed <= this.#rows.length) return;
    const rows = new Uint32Array(2 * needed);
    const roughs = new Float64Array(2 * needed);
    rows.set(this.#rows);
    roughs.set(this.#roughs);
    this.#rows = rows;
    this.#roughs = roughs;
  }

  /** Adds the rows at some places. */
  addAll(rows: Uint32Array, roughs: Float64Array, places: Uint16Array): void {
    const start = this.length;
    for (let index = 0; index < places.length; index += 1) {
      const at = places[index] ?? 0;
      this.#rows[start + index] = rows[at] ?? 0;
      this.#roughs[start + index] = roughs[at] ?? 0;
    }
    this.length += places.length;
  }

  add(row: number, rough: number): void {
    this.#rows[this.length] = row;
    this.#roughs[this.length] = rough;
    this.length += 1;
  }

  /** The number of the last row that is needed, when there are that many. */
  roughOfLast(): number {
    const roughs = this.#roughs.subarray(0, this.length);
    let least = Infinity;
    let count = 0;
    for (let index = 0; index < roughs.length; index += 1) {
      const rough = roughs[index] ?? 0;
      if (rough < least) {
        least = rough;
        count = 0;
      }
      count += Number(rough === least);
    }
    // Where a key has few values, the first one has more rows than are needed.
    return count >= this.#count ? least : (roughs.slice().sort()[this.#count - 1] ?? Infinity);
  }

  /** Lets go of rows that are too many, once there are many. */
  tighten(): void {
    if (this.length < this.#many) return;
    this.maxRough = this.roughOfLast();
    let kept = 0;
    for (let index = 0; index < this.length; index += 1) {
      const rough = this.#roughs[index] ?? 0;
      this.#rows[kept] = this.#rows[index] ?? 0;
      this.#roughs[kept] = rough;
      kept += Number(rough <= this.maxRough);
    }
    this.length = kept;
    // Rows with equal numbers stay, however many they are.
    this.#many = Math.max(this.#many, 2 * kept);
  }

  /** The rows whose numbers are less than another, and those whose are the same. */
  split(rough: number): { readonly before: readonly number[]; readonly ties: Uint32Array } {
    const before: number[] = [];
    const ties = new Uint32Array(this.length);
    let tieCount = 0;
    for (let index = 0; index < this.length; index += 1) {
      const row = this.#rows[index] ?? 0;
      const found = this.#roughs[index] ?? 0;
      if (found < rough) before.push(row);
      else if (found === rough) ties[tieCount++] = row;
    }
    return { before, ties: ties.subarray(0, tieCount) };
  }
}

/** The least `count` rows by comparison: a heap with the greatest of them on top. */
function leastOf(rows: Uint32Array, count: number, compare: RowOrder["compare"]): readonly number[] {
  const heap: number[] = [];
  for (const row of rows) {
    if (heap.length < count) rise(heap, row, compare);
    else if (compare(row, heap[0] ?? row) < 0) sink(heap, row, compare);
  }
  return heap;
}

function rise(heap: number[], row: number, compare: RowOrder["compare"]): void {
  let at = heap.length;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    const above = heap[parent] ?? row;
    if (compare(above, row) >= 0) break;
    heap[at] = above;
    at = parent;
  }
  heap[at] = row;
}

function sink(heap: number[], row: number, compare: RowOrder["compare"]): void {
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    let below = heap[child] ?? row;
    const sibling = heap[child + 1];
    if (sibling !== undefined && compare(sibling, below) > 0) {
      child += 1;
      below = sibling;
    }
    if (compare(below, row) <= 0) break;
    heap[at] = below;
    at = child;
  }
  heap[at] = row;
}
