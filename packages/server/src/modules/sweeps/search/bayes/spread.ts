/** The first places of a Bayesian sweep: far from each other, before there is anything to learn from. */
import type { RandomSource } from "../sample.ts";
import type { Space } from "./space.ts";

const CANDIDATES = 128;

/** Of some places drawn at random the one that is farthest from all that are taken. */
export function spreadPlace(
  space: Space,
  taken: readonly Float64Array[],
  random: RandomSource,
): Float64Array {
  const { axes } = space;
  const nearest = (place: Float64Array): number =>
    taken.reduce((least, other) => {
      let sum = 0;
      for (const [index, { isNominal }] of axes.entries()) {
        const apart = Math.abs((place[index] ?? 0) - (other[index] ?? 0));
        // Opposite sides count as neighbours; else all first places would lie in corners.
        const around = isNominal ? (apart === 0 ? 0 : 0.5) : Math.min(apart, 1 - apart);
        sum += around * around;
      }
      return Math.min(least, sum);
    }, Infinity);
  let best = space.samplePlace(random);
  let bestDistance = nearest(best);
  for (let candidate = 1; candidate < CANDIDATES && taken.length > 0; candidate += 1) {
    const place = space.samplePlace(random);
    const distance = nearest(place);
    if (distance <= bestDistance) continue;
    best = place;
    bestDistance = distance;
  }
  return best;
}
