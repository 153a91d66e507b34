/** The logarithm of expected improvement, exact far out in the tail too, where the improvement itself would be 0. */

/** How much better than the best so far a place promises to be, and how that changes with the prediction. */
export interface Improvement {
  /** The logarithm of the expected improvement. */
  readonly log: number;
  /** Its slope by the predicted mean. */
  readonly byMean: number;
  /** Its slope by the predicted deviation. */
  readonly byDeviation: number;
}

const LOG_ROOT_2_PI = 0.5 * Math.log(2 * Math.PI);
const TAIL = 3;
const FRACTION_TERMS = 60;
const SERIES_TERMS = 60;
/** From here on 1 - x R(x) has no exact digits left, and its first term is exact enough. */
const FAR_TAIL = 1e4;

/** The logarithm of the expected improvement on the best cost so far. */
export function expectedImprovement(best: number, mean: number, deviation: number): Improvement {
  const z = (best - mean) / deviation;
  // With density p and distribution P, the improvement is deviation * h, h = p + z P.
  const logDensity = -0.5 * z * z - LOG_ROOT_2_PI;
  if (z > -TAIL) {
    const density = Math.exp(logDensity);
    const below = normalBelow(z, density);
    const h = density + z * below;
    return {
      log: Math.log(deviation) + Math.log(h),
      byMean: -below / (h * deviation),
      byDeviation: density / (h * deviation),
    };
  }
  const x = -z;
  const ratio = millsRatio(x);
  const share = x > FAR_TAIL ? 1 / (x * x) : 1 - x * ratio;
  return {
    log: Math.log(deviation) + logDensity + Math.log(share),
    byMean: -ratio / (share * deviation),
    byDeviation: 1 / (share * deviation),
  };
}

/** The normal distribution at z > -3, from its density there. */
function normalBelow(z: number, density: number): number {
  if (z > TAIL) return 1 - density * millsRatio(z);
  let term = z;
  let sum = z;
  for (let index = 1; index < SERIES_TERMS; index += 1) {
    term *= (z * z) / (2 * index + 1);
    sum += term;
  }
  return 0.5 + density * sum;
}

/** What lies beyond x of the normal distribution, by its density at x: a continued fraction, for x of at least 3. */
function millsRatio(x: number): number {
  let fraction = 0;
  for (let index = FRACTION_TERMS; index > 0; index -= 1) fraction = index / (x + fraction);
  return 1 / (x + fraction);
}
