/**
 * Figures over a set of numbers. Numbers are sorted first, so that figures do not depend on the order in which they
 * were found, and columns, documents and clients that scan come to the same ones, digit by digit.
 */

/** Figures over numbers; null where there are too few of them. */
export interface NumberSummary {
  readonly count: number;
  readonly min: number | null;
  readonly max: number | null;
  readonly mean: number | null;
  /** Of a sample: the squares are divided by one less than the count. NaN where a number is infinite. */
  readonly standardDeviation: number | null;
  /** In the order asked for, between two neighbours in proportion. */
  readonly quantiles: readonly (number | null)[];
}

/** Figures over numbers, none of them NaN; sorts them in place. */
export function summarizeNumbers(numbers: Float64Array, quantiles: readonly number[]): NumberSummary {
  const count = numbers.length;
  const sorted = numbers.sort();
  const [min] = sorted;
  const max = sorted[count - 1];
  if (min === undefined || max === undefined) {
    const none = { min: null, max: null, mean: null, standardDeviation: null };
    return { count, ...none, quantiles: quantiles.map(() => null) };
  }
  const mean = meanOf(sorted, min, max);
  return {
    count,
    min,
    max,
    mean,
    standardDeviation: count < 2 ? null : deviationOf(sorted, mean, min === max),
    quantiles: quantiles.map((quantile) => quantileOf(sorted, quantile)),
  };
}

function meanOf(sorted: Float64Array, min: number, max: number): number {
  if (min === max) return min;
  const sum = sumOf(sorted, (number) => number);
  const isFinite = Number.isFinite(min) && Number.isFinite(max);
  if (!isFinite) return min + max;
  // A sum too large for a double is built from shares instead.
  const mean = Number.isFinite(sum) ? sum / sorted.length : sumOf(sorted, (number) => number / sorted.length);
  return Math.min(Math.max(mean, min), max);
}

function deviationOf(sorted: Float64Array, mean: number, isConstant: boolean): number {
  if (!Number.isFinite(mean)) return NaN;
  if (isConstant) return 0;
  return Math.sqrt(sumOf(sorted, (number) => (number - mean) ** 2) / (sorted.length - 1));
}

function quantileOf(sorted: Float64Array, quantile: number): number {
  const place = quantile * (sorted.length - 1);
  const below = sorted[Math.floor(place)] ?? NaN;
  const above = sorted[Math.ceil(place)] ?? NaN;
  if (below === above) return below;
  const share = place - Math.floor(place);
  const distance = above - below;
  if (distance !== Infinity) return below + distance * share;
  return Number.isFinite(below) && Number.isFinite(above)
    ? below * (1 - share) + above * share
    : below + above;
}

/** A sum that keeps what additions round away (Neumaier's). */
function sumOf(numbers: Float64Array, toTerm: (number: number) => number): number {
  let sum = 0;
  let lost = 0;
  for (const number of numbers) {
    const term = toTerm(number);
    const next = sum + term;
    lost += Math.abs(sum) >= Math.abs(term) ? sum - next + term : term - next + sum;
    sum = next;
  }
  // An infinite sum has lost nothing that counts.
  return Number.isFinite(sum) ? sum + lost : sum;
}
