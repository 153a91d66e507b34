/**
 * How alike the costs at two places are: a Matérn 5/2 kernel with a length of its own for each coordinate. Coordinates
 * that are only equal or not count as one apart when they differ.
 */

/** What the kernel's shape depends on, besides the places. */
export interface KernelShape {
  /** For each coordinate, how far one has to go for costs to become unlike. */
  readonly lengths: Float64Array;
  /** The variance of costs. */
  readonly amplitude: number;
  /** The variance of what is measured at one place. */
  readonly noise: number;
}

/** Places, one after another in one array. */
export interface Places {
  readonly count: number;
  readonly dimensions: number;
  readonly coordinates: Float64Array;
  /** Which coordinates are only equal or not. */
  readonly isNominal: readonly boolean[];
}

const ROOT_5 = Math.sqrt(5);

/** The kernel at a distance, for an amplitude of one. */
export function matern(distance: number): number {
  const scaled = ROOT_5 * distance;
  return (1 + scaled + (scaled * scaled) / 3) * Math.exp(-scaled);
}

/** Minus the kernel's slope by half its squared distance, for an amplitude of one. */
export function maternSlope(distance: number): number {
  const scaled = ROOT_5 * distance;
  return (5 / 3) * (1 + scaled) * Math.exp(-scaled);
}

/** How far apart two coordinates are, before lengths are applied. */
export function gap(left: number, right: number, isNominal: boolean): number {
  return isNominal ? (left === right ? 0 : 1) : left - right;
}

/** The distance of a place from the place of a number. */
export function distanceTo(
  places: Places,
  index: number,
  place: Float64Array,
  lengths: Float64Array,
): number {
  const { dimensions, coordinates, isNominal } = places;
  let sum = 0;
  for (let axis = 0; axis < dimensions; axis += 1) {
    const apart =
      gap(place[axis] ?? 0, coordinates[index * dimensions + axis] ?? 0, isNominal[axis] ?? false) /
      (lengths[axis] ?? 1);
    sum += apart * apart;
  }
  return Math.sqrt(sum);
}

/** The covariance of measurements at all places, noise included. */
export function covarianceOf(places: Places, { lengths, amplitude, noise }: KernelShape): Float64Array {
  const { count, dimensions, coordinates } = places;
  const matrix = new Float64Array(count * count);
  for (let row = 0; row < count; row += 1) {
    const place = coordinates.subarray(row * dimensions, (row + 1) * dimensions);
    for (let column = 0; column < row; column += 1) {
      const value = amplitude * matern(distanceTo(places, column, place, lengths));
      matrix[row * count + column] = value;
      matrix[column * count + row] = value;
    }
    matrix[row * count + row] = amplitude + noise;
  }
  return matrix;
}
