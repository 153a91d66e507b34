/** Histograms in the form that W&B keeps in a row: counts, and the edges between and around them. */
import type { JsonObject } from "@steelyard/protocol";

import type { HistogramProto } from "../event-file/event.ts";
import type { Tensor } from "../event-file/tensor.ts";

/** W&B shows no more intervals than this. */
const MAX_INTERVALS = 512;
/** Into how many intervals the values of a large tensor are counted. */
const TENSOR_INTERVALS = 32;

/** A histogram of the first generation; null when nothing was counted. */
export function histogramOfProto({ min, max, limits, counts }: HistogramProto): JsonObject | null {
  const first = counts.findIndex((count) => count > 0);
  if (first < 0) return null;
  const last = counts.findLastIndex((count) => count > 0);
  // The outermost limits may be the largest numbers there are; what was really seen are the least and the greatest value.
  // TensorBoard keeps these numbers in single precision, and so does W&B's client, which reads what TensorBoard made.
  const edges = [min, ...limits.slice(first, last), max].map(Math.fround);
  return print(counts.slice(first, last + 1).map(Math.fround), edges);
}

/** A histogram of the second generation: rows of left edge, right edge and count; null when it has no rows. */
export function histogramOfTensor(tensor: Tensor): JsonObject | null {
  if (tensor.kind !== "numbers" || tensor.shape.length !== 2 || tensor.shape[1] !== 3) return null;
  const { values } = tensor;
  const counts = values.filter((_, index) => index % 3 === 2);
  const rights = values.filter((_, index) => index % 3 === 1);
  return counts.length === 0 ? null : print(counts, [values[0] ?? 0, ...rights]);
}

/** How often the finite values of a list lie in each of {@link TENSOR_INTERVALS} intervals of the same width. */
export function histogramOfValues(values: readonly number[]): JsonObject {
  const finite = values.filter(Number.isFinite);
  let min = finite.reduce((least, value) => Math.min(least, value), Infinity);
  let max = finite.reduce((greatest, value) => Math.max(greatest, value), -Infinity);
  if (finite.length === 0) [min, max] = [0, 1];
  else if (min === max) [min, max] = [min - 0.5, max + 0.5];
  const width = (max - min) / TENSOR_INTERVALS;
  const edges = Array.from({ length: TENSOR_INTERVALS + 1 }, (_, index) => min + index * width);
  edges[TENSOR_INTERVALS] = max;
  const counts = Array.from({ length: TENSOR_INTERVALS }, () => 0);
  for (const value of finite) {
    const index = Math.min(Math.floor((value - min) / width), TENSOR_INTERVALS - 1);
    counts[index] = (counts[index] ?? 0) + 1;
  }
  return print(counts, edges);
}

/** Neighbours are put together until there are few enough: W&B's client drops such a histogram instead. */
function print(counts: readonly number[], edges: readonly number[]): JsonObject {
  if (counts.length <= MAX_INTERVALS) return { _type: "histogram", values: counts, bins: edges };
  const together = Math.ceil(counts.length / MAX_INTERVALS);
  const sums: number[] = [];
  const bounds: number[] = [edges[0] ?? 0];
  for (let start = 0; start < counts.length; start += together) {
    const part = counts.slice(start, start + together);
    sums.push(part.reduce((sum, count) => sum + count, 0));
    bounds.push(edges[start + part.length] ?? 0);
  }
  return { _type: "histogram", values: sums, bins: bounds };
}
