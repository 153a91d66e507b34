/** Finds a local minimum within a box by L-BFGS steps that are cut off at its sides. */

/** A function's value and slope at a place. */
export interface Slope {
  readonly value: number;
  readonly gradient: Float64Array;
}

/** What to minimise, where. */
export interface MinimiseInput {
  /** Must answer a finite value at the start; a value that is not finite elsewhere is stepped back from. */
  readonly objective: (place: Float64Array) => Slope;
  readonly start: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  /** The most steps that are taken. */
  readonly maxSteps: number;
}

/** Where it ended. */
export interface Minimum {
  readonly place: Float64Array;
  readonly value: number;
}

const MEMORY = 8;
const MAX_HALVINGS = 20;
const SUFFICIENT_DECREASE = 1e-4;
const TOLERANCE = 1e-7;

/** A local minimum near the start, or as near to one as the steps lead. */
export function minimise({ objective, start, lower, upper, maxSteps }: MinimiseInput): Minimum {
  const project = (place: Float64Array): Float64Array =>
    place.map((value, index) => Math.min(Math.max(value, lower[index] ?? value), upper[index] ?? value));
  let place = project(start);
  let slope = objective(place);
  const pairs: Pair[] = [];
  for (let step = 0; step < maxSteps; step += 1) {
    const free = freeOf(place, slope.gradient, lower, upper);
    const direction = directionOf(slope.gradient, free, pairs);
    const next = search(objective, project, place, slope, direction);
    if (next === undefined) {
      if (pairs.length === 0) break;
      pairs.length = 0;
      continue;
    }
    const moved = subtract(next.place, place);
    const turned = subtract(next.slope.gradient, slope.gradient);
    const curvature = dot(moved, turned);
    if (curvature > 1e-12) {
      pairs.push({ moved, turned, rho: 1 / curvature });
      if (pairs.length > MEMORY) pairs.shift();
    }
    const gain = slope.value - next.slope.value;
    place = next.place;
    slope = next.slope;
    if (gain < TOLERANCE * (1 + Math.abs(slope.value))) break;
  }
  return { place, value: slope.value };
}

interface Pair {
  readonly moved: Float64Array;
  readonly turned: Float64Array;
  readonly rho: number;
}

/** Which coordinates may move: not those that stand at a side and would leave it. */
function freeOf(
  place: Float64Array,
  gradient: Float64Array,
  lower: Float64Array,
  upper: Float64Array,
): readonly boolean[] {
  return Array.from(place, (value, index) => {
    const slope = gradient[index] ?? 0;
    return !(
      (value <= (lower[index] ?? -Infinity) && slope > 0) ||
      (value >= (upper[index] ?? Infinity) && slope < 0)
    );
  });
}

function directionOf(gradient: Float64Array, free: readonly boolean[], pairs: readonly Pair[]): Float64Array {
  const steepest = gradient.map((value, index) => (free[index] === true ? -value : 0));
  const direction = Float64Array.from(steepest);
  const weights = [...pairs].reverse().map(({ moved, turned, rho }) => {
    const weight = rho * dot(moved, direction);
    addScaled(direction, turned, -weight);
    return weight;
  });
  const last = pairs.at(-1);
  const scale =
    last === undefined ? 1 / Math.max(1, norm(steepest)) : 1 / (last.rho * dot(last.turned, last.turned));
  for (const [index, value] of direction.entries()) direction[index] = value * scale;
  for (const [index, { moved, turned, rho }] of pairs.entries()) {
    const weight = weights[pairs.length - 1 - index] ?? 0;
    addScaled(direction, moved, weight - rho * dot(turned, direction));
  }
  for (const [index, isFree] of free.entries()) if (!isFree) direction[index] = 0;
  return dot(direction, gradient) < 0 ? direction : steepest;
}

function search(
  objective: MinimiseInput["objective"],
  project: (place: Float64Array) => Float64Array,
  place: Float64Array,
  { value, gradient }: Slope,
  direction: Float64Array,
): { readonly place: Float64Array; readonly slope: Slope } | undefined {
  let length = 1;
  for (let halving = 0; halving < MAX_HALVINGS; halving += 1) {
    const target = project(place.map((from, index) => from + length * (direction[index] ?? 0)));
    const expected = dot(gradient, subtract(target, place));
    if (expected >= 0) return undefined;
    const slope = objective(target);
    if (Number.isFinite(slope.value) && slope.value <= value + SUFFICIENT_DECREASE * expected)
      return { place: target, slope };
    length /= 2;
  }
  return undefined;
}

function dot(left: Float64Array, right: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < left.length; index += 1) sum += (left[index] ?? 0) * (right[index] ?? 0);
  return sum;
}

function norm(vector: Float64Array): number {
  return Math.sqrt(dot(vector, vector));
}

function subtract(left: Float64Array, right: Float64Array): Float64Array {
  return left.map((value, index) => value - (right[index] ?? 0));
}

function addScaled(target: Float64Array, vector: Float64Array, factor: number): void {
  for (let index = 0; index < target.length; index += 1)
    target[index] = (target[index] ?? 0) + factor * (vector[index] ?? 0);
}
