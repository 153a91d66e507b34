/**
 * Brings measured costs onto a scale that suits a Gaussian process: outliers drawn in, skewness taken out, mean 0 and
 * variance 1. The order of costs stays as it is.
 */

const REACH = 4;
const LEAST_POWER = -2;
const MOST_POWER = 3;
const POWER_STEP = 0.25;

/** The costs, levelled; all 0 where they are all the same. Every cost must be finite. */
export function levelCosts(costs: readonly number[]): readonly number[] {
  const drawnIn = drawIn(costs);
  let best = standardise(drawnIn) ?? drawnIn.map(() => 0);
  let bestFit = -Infinity;
  for (let power = LEAST_POWER; power <= MOST_POWER; power += POWER_STEP) {
    const bent = standardise(drawnIn.map((cost) => bend(cost, power)));
    if (bent === undefined) continue;
    const fit = normality(drawnIn, power);
    if (fit <= bestFit) continue;
    bestFit = fit;
    best = bent;
  }
  return best;
}

/** In units of the middle half's width around the median, and logarithmically from some units on. */
function drawIn(costs: readonly number[]): readonly number[] {
  const sorted = [...costs].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))] ?? 0;
  const middle = at(0.5);
  const half = at(0.75) / 2 - at(0.25) / 2;
  const widest = Math.max(at(1) / 2 - middle / 2, middle / 2 - at(0) / 2) * 2;
  const unit = half > 0 ? half : widest > 0 ? widest : 1;
  return costs.map((cost) => {
    const away = cost / unit - middle / unit;
    const size = Math.abs(away);
    return size <= REACH ? away : Math.sign(away) * REACH * (1 + Math.log(size / REACH));
  });
}

/** Yeo and Johnson's family of curves through 0; a power of 1 leaves all as it is. */
function bend(value: number, power: number): number {
  if (value >= 0) return Math.abs(power) < 1e-9 ? Math.log1p(value) : ((value + 1) ** power - 1) / power;
  const rest = 2 - power;
  return Math.abs(rest) < 1e-9 ? -Math.log1p(-value) : -((1 - value) ** rest - 1) / rest;
}

/** The logarithm of how likely values are when their bent forms are normally distributed. */
function normality(values: readonly number[], power: number): number {
  const bent = values.map((value) => bend(value, power));
  const stretch = values.reduce((sum, value) => sum + Math.sign(value) * Math.log1p(Math.abs(value)), 0);
  return (-values.length / 2) * Math.log(varianceOf(bent)) + (power - 1) * stretch;
}

function standardise(values: readonly number[]): readonly number[] | undefined {
  const variance = varianceOf(values);
  if (!(variance > 0) || !Number.isFinite(variance)) return undefined;
  const mean = meanOf(values);
  const deviation = Math.sqrt(variance);
  return values.map((value) => (value - mean) / deviation);
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function varianceOf(values: readonly number[]): number {
  const mean = meanOf(values);
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
}
