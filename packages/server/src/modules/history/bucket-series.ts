/** What the buckets of one key hold: how many numbers, the least, the greatest and the mean. */
import type { BucketSeriesView } from "./history-reader.ts";

/** So small that sums of the largest numbers stay finite, and a power of two, so that nothing else is lost. */
const SCALE = 2 ** -64;

/** Counts numbers into buckets. */
export class BucketSeries {
  readonly #key: string;
  readonly #counts: Float64Array;
  readonly #mins: Float64Array;
  readonly #maxs: Float64Array;
  readonly #sums: Float64Array;
  readonly #scaledSums: Float64Array;

  constructor(key: string, count: number) {
    this.#key = key;
    this.#counts = new Float64Array(count);
    this.#mins = new Float64Array(count).fill(Infinity);
    this.#maxs = new Float64Array(count).fill(-Infinity);
    this.#sums = new Float64Array(count);
    this.#scaledSums = new Float64Array(count);
  }

  /** Counts a number for each row into the row's bucket; rows without a number (NaN) or a bucket (-1) not. */
  addAll(buckets: Int32Array, values: Float64Array): void {
    const counts = this.#counts;
    const mins = this.#mins;
    const maxs = this.#maxs;
    const sums = this.#sums;
    const scaledSums = this.#scaledSums;
    for (let row = 0; row < values.length; row += 1) {
      const bucket = buckets[row] ?? -1;
      const value = values[row] ?? NaN;
      if (bucket === -1 || Number.isNaN(value)) continue;
      counts[bucket] = (counts[bucket] ?? 0) + 1;
      if (value < (mins[bucket] ?? Infinity)) mins[bucket] = value;
      if (value > (maxs[bucket] ?? -Infinity)) maxs[bucket] = value;
      sums[bucket] = (sums[bucket] ?? 0) + value;
      scaledSums[bucket] = (scaledSums[bucket] ?? 0) + value * SCALE;
    }
  }

  /** The buckets that hold numbers. */
  toView(): BucketSeriesView {
    const buckets = [...this.#counts.keys()].filter((bucket) => this.#counts[bucket] !== 0);
    const pick = (numbers: Float64Array): readonly number[] => buckets.map((bucket) => numbers[bucket] ?? 0);
    return {
      key: this.#key,
      buckets,
      counts: pick(this.#counts),
      mins: pick(this.#mins),
      maxs: pick(this.#maxs),
      means: buckets.map((bucket) => this.#meanOf(bucket)),
    };
  }

  #meanOf(bucket: number): number {
    const count = this.#counts[bucket] ?? 1;
    const mean = (this.#sums[bucket] ?? 0) / count;
    if (Number.isFinite(mean)) return mean;
    return (this.#scaledSums[bucket] ?? 0) / count / SCALE;
  }
}
