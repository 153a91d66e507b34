/**
 * Chooses a kernel's shape: the one that makes the measured costs most likely (the marginal likelihood), held back by
 * wide priors while there are few of them.
 */
import { factorise, invertFactored, logDeterminant, multiply } from "./cholesky.ts";
import { covarianceOf, distanceTo, gap, maternSlope } from "./kernel.ts";
import type { KernelShape, Places } from "./kernel.ts";
import { minimise } from "./minimise.ts";
import type { Slope } from "./minimise.ts";

interface Prior {
  /** The most likely logarithm. */
  readonly center: number;
  readonly deviation: number;
  readonly min: number;
  readonly max: number;
}

const AMPLITUDE: Prior = { center: 0, deviation: 1, min: Math.log(0.05), max: Math.log(50) };
const NOISE: Prior = { center: Math.log(1e-4), deviation: 2.5, min: Math.log(1e-7), max: Math.log(0.5) };
const LENGTH_DEVIATION = 1;
const MAX_STEPS = 40;
/** Where the fit sets out from, away from the priors' centers: smooth, rough, and noisy costs. */
const STARTS = [
  { lengths: 0, noise: 0 },
  { lengths: -1.2, noise: 0 },
  { lengths: 0, noise: 7 },
];

/** The likeliest shape for costs (of mean 0 and variance 1) at places. */
export function fitKernel(places: Places, costs: Float64Array): KernelShape {
  const priors = priorsOf(places.dimensions);
  const lower = Float64Array.from(priors, ({ min }) => min);
  const upper = Float64Array.from(priors, ({ max }) => max);
  const objective = (logs: Float64Array): Slope => misfit(places, costs, logs, priors);
  const starts = STARTS.map(({ lengths, noise }) =>
    Float64Array.from(priors, ({ center }, index) => {
      if (index < places.dimensions) return center + lengths;
      return index === places.dimensions ? center : center + noise;
    }),
  );
  const minima = starts.map((start) => minimise({ objective, start, lower, upper, maxSteps: MAX_STEPS }));
  const best = minima.reduce((left, right) => (right.value < left.value ? right : left));
  return shapeOf(best.place);
}

function priorsOf(dimensions: number): readonly Prior[] {
  // Places are further apart the more coordinates there are.
  const center = Math.log(0.5) + 0.5 * Math.log(dimensions);
  const length: Prior = { center, deviation: LENGTH_DEVIATION, min: Math.log(0.01), max: Math.log(100) };
  return [...Array.from({ length: dimensions }, () => length), AMPLITUDE, NOISE];
}

function shapeOf(logs: Float64Array): KernelShape {
  const dimensions = logs.length - 2;
  return {
    lengths: logs.subarray(0, dimensions).map(Math.exp),
    amplitude: Math.exp(logs[dimensions] ?? 0),
    noise: Math.exp(logs[dimensions + 1] ?? 0),
  };
}

/** Minus the logarithm of the likelihood and the priors, and its slope. */
function misfit(places: Places, costs: Float64Array, logs: Float64Array, priors: readonly Prior[]): Slope {
  const { count, dimensions } = places;
  const shape = shapeOf(logs);
  const factor = factorise(covarianceOf(places, shape), count);
  const inverse = invertFactored(factor, count);
  const weights = multiply(inverse, costs);
  const gradient = new Float64Array(logs.length);
  let value = 0.5 * logDeterminant(factor, count);
  let trace = 0;
  for (let row = 0; row < count; row += 1) {
    const weight = weights[row] ?? 0;
    value += 0.5 * weight * (costs[row] ?? 0);
    trace += (inverse[row * count + row] ?? 0) - weight * weight;
    addLengthSlopes({ places, shape, inverse, weights, row, gradient });
  }
  // The whole covariance is amplitude's part plus noise's, so amplitude's slope is what noise leaves of the whole.
  const whole = 0.5 * (count - dotOf(weights, costs));
  const noiseSlope = 0.5 * shape.noise * trace;
  gradient[dimensions] = whole - noiseSlope;
  gradient[dimensions + 1] = noiseSlope;
  for (const [index, { center, deviation }] of priors.entries()) {
    const away = ((logs[index] ?? 0) - center) / deviation;
    value += 0.5 * away * away;
    gradient[index] = (gradient[index] ?? 0) + away / deviation;
  }
  return { value, gradient };
}

interface LengthSlopes {
  readonly places: Places;
  readonly shape: KernelShape;
  readonly inverse: Float64Array;
  readonly weights: Float64Array;
  readonly row: number;
  readonly gradient: Float64Array;
}

function addLengthSlopes({ places, shape, inverse, weights, row, gradient }: LengthSlopes): void {
  const { count, dimensions, coordinates, isNominal } = places;
  const { lengths, amplitude } = shape;
  const place = coordinates.subarray(row * dimensions, (row + 1) * dimensions);
  for (let column = 0; column < row; column += 1) {
    const slope = amplitude * maternSlope(distanceTo(places, column, place, lengths));
    const sensitivity = (inverse[row * count + column] ?? 0) - (weights[row] ?? 0) * (weights[column] ?? 0);
    for (let axis = 0; axis < dimensions; axis += 1) {
      const apart =
        gap(place[axis] ?? 0, coordinates[column * dimensions + axis] ?? 0, isNominal[axis] ?? false) /
        (lengths[axis] ?? 1);
      gradient[axis] = (gradient[axis] ?? 0) + sensitivity * slope * apart * apart;
    }
  }
}

function dotOf(left: Float64Array, right: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < left.length; index += 1) sum += (left[index] ?? 0) * (right[index] ?? 0);
  return sum;
}
