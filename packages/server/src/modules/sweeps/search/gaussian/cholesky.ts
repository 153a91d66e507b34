/** The Cholesky factor of a covariance matrix, which is where a Gaussian process breaks when its points nearly coincide. */

const FIRST_JITTER = 1e-10;
const JITTER_GROWTH = 10;
const MAX_TRIES = 12;

/**
 * The lower triangle L with L Lᵀ = matrix, row after row. Where rounding has made the matrix indefinite, as little as
 * is needed is added to its diagonal. Throws RangeError for a matrix that holds something that is not a finite number.
 */
export function factorise(matrix: Float64Array, size: number): Float64Array {
  const scale = meanDiagonal(matrix, size);
  for (let attempt = 0; attempt < MAX_TRIES; attempt += 1) {
    const jitter = attempt === 0 ? 0 : scale * FIRST_JITTER * JITTER_GROWTH ** attempt;
    const factor = tryFactorise(matrix, size, jitter);
    if (factor !== undefined) return factor;
  }
  throw new RangeError("expected a covariance matrix of finite numbers");
}

/** The inverse of L Lᵀ, whole. */
export function invertFactored(factor: Float64Array, size: number): Float64Array {
  const lower = invertLower(factor, size);
  const inverse = new Float64Array(size * size);
  for (let row = 0; row < size; row += 1)
    for (let k = row; k < size; k += 1) {
      const left = lower[k * size + row] ?? 0;
      if (left === 0) continue;
      for (let column = 0; column <= row; column += 1)
        inverse[row * size + column] =
          (inverse[row * size + column] ?? 0) + left * (lower[k * size + column] ?? 0);
    }
  for (let row = 0; row < size; row += 1)
    for (let column = 0; column < row; column += 1)
      inverse[column * size + row] = inverse[row * size + column] ?? 0;
  return inverse;
}

/** The logarithm of the determinant of L Lᵀ. */
export function logDeterminant(factor: Float64Array, size: number): number {
  let sum = 0;
  for (let index = 0; index < size; index += 1) sum += Math.log(factor[index * size + index] ?? NaN);
  return 2 * sum;
}

/** A symmetric matrix times a vector. */
export function multiply(matrix: Float64Array, vector: Float64Array): Float64Array {
  const size = vector.length;
  const product = new Float64Array(size);
  for (let row = 0; row < size; row += 1) {
    let sum = 0;
    const start = row * size;
    for (let column = 0; column < size; column += 1)
      sum += (matrix[start + column] ?? 0) * (vector[column] ?? 0);
    product[row] = sum;
  }
  return product;
}

function meanDiagonal(matrix: Float64Array, size: number): number {
  let sum = 0;
  for (let index = 0; index < size; index += 1) sum += matrix[index * size + index] ?? 0;
  return sum / size;
}

function tryFactorise(matrix: Float64Array, size: number, jitter: number): Float64Array | undefined {
  const factor = new Float64Array(size * size);
  for (let row = 0; row < size; row += 1)
    for (let column = 0; column <= row; column += 1) {
      let sum = (matrix[row * size + column] ?? NaN) + (row === column ? jitter : 0);
      for (let k = 0; k < column; k += 1)
        sum -= (factor[row * size + k] ?? 0) * (factor[column * size + k] ?? 0);
      if (row === column) {
        if (!(sum > 0) || !Number.isFinite(sum)) return undefined;
        factor[row * size + row] = Math.sqrt(sum);
      } else factor[row * size + column] = sum / (factor[column * size + column] ?? NaN);
    }
  return factor;
}

function invertLower(factor: Float64Array, size: number): Float64Array {
  const inverse = new Float64Array(size * size);
  for (let row = 0; row < size; row += 1) {
    const diagonal = factor[row * size + row] ?? NaN;
    for (let k = 0; k < row; k += 1) {
      const left = factor[row * size + k] ?? 0;
      for (let column = 0; column <= k; column += 1)
        inverse[row * size + column] =
          (inverse[row * size + column] ?? 0) - left * (inverse[k * size + column] ?? 0);
    }
    for (let column = 0; column < row; column += 1)
      inverse[row * size + column] = (inverse[row * size + column] ?? 0) / diagonal;
    inverse[row * size + row] = 1 / diagonal;
  }
  return inverse;
}
