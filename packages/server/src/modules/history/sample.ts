/** The choice of a sample: even, the same every time, with the first and the last element in it. */

/**
 * The positions of at most `samples` of `count` elements, ascending; all of them when they fit or `samples` is null.
 * A sample of one is the last element.
 */
export function samplePositions(count: number, samples: number | null): readonly number[] {
  if (samples === null || count <= samples) return Array.from({ length: count }, (_, position) => position);
  if (samples <= 0) return [];
  if (samples === 1) return [count - 1];
  return Array.from({ length: samples }, (_, index) => Math.round((index * (count - 1)) / (samples - 1)));
}
