/** What measured costs say of all other places: a mean and a variance everywhere. */
import { factorise, invertFactored, multiply } from "./cholesky.ts";
import { covarianceOf, distanceTo, matern, maternSlope } from "./kernel.ts";
import type { KernelShape, Places } from "./kernel.ts";

/** What is expected at a place. */
export interface Prediction {
  readonly mean: number;
  /** The standard deviation, noise left out. */
  readonly deviation: number;
}

/** What is expected at a place, and how it changes from there along each coordinate (0 along nominal ones). */
export interface SlopedPrediction extends Prediction {
  readonly meanSlope: Float64Array;
  readonly deviationSlope: Float64Array;
}

const LEAST_VARIANCE = 1e-12;

/** A Gaussian process that has seen costs. */
export class Posterior {
  readonly #places: Places;
  readonly #shape: KernelShape;
  readonly #inverse: Float64Array;
  readonly #weights: Float64Array;

  constructor(places: Places, costs: Float64Array, shape: KernelShape) {
    this.#places = places;
    this.#shape = shape;
    this.#inverse = invertFactored(factorise(covarianceOf(places, shape), places.count), places.count);
    this.#weights = multiply(this.#inverse, costs);
  }

  /** What is expected at a place. */
  predict(place: Float64Array): Prediction {
    const alike = this.#covarianceWith(place);
    return this.#predict(alike, multiply(this.#inverse, alike));
  }

  /** What is expected at a place, with slopes. */
  predictSlope(place: Float64Array): SlopedPrediction {
    const { count, dimensions, coordinates, isNominal } = this.#places;
    const { lengths, amplitude } = this.#shape;
    const alike = this.#covarianceWith(place);
    const solved = multiply(this.#inverse, alike);
    const prediction = this.#predict(alike, solved);
    const meanSlope = new Float64Array(dimensions);
    const deviationSlope = new Float64Array(dimensions);
    for (let index = 0; index < count; index += 1) {
      const slope = amplitude * maternSlope(distanceTo(this.#places, index, place, lengths));
      for (let axis = 0; axis < dimensions; axis += 1) {
        if (isNominal[axis] === true) continue;
        const length = lengths[axis] ?? 1;
        const apart = (place[axis] ?? 0) - (coordinates[index * dimensions + axis] ?? 0);
        const change = (-slope * apart) / (length * length);
        meanSlope[axis] = (meanSlope[axis] ?? 0) + (this.#weights[index] ?? 0) * change;
        deviationSlope[axis] =
          (deviationSlope[axis] ?? 0) - ((solved[index] ?? 0) * change) / prediction.deviation;
      }
    }
    return { ...prediction, meanSlope, deviationSlope };
  }

  #predict(alike: Float64Array, solved: Float64Array): Prediction {
    let mean = 0;
    let known = 0;
    for (let index = 0; index < alike.length; index += 1) {
      mean += (alike[index] ?? 0) * (this.#weights[index] ?? 0);
      known += (alike[index] ?? 0) * (solved[index] ?? 0);
    }
    return { mean, deviation: Math.sqrt(Math.max(this.#shape.amplitude - known, LEAST_VARIANCE)) };
  }

  #covarianceWith(place: Float64Array): Float64Array {
    const { lengths, amplitude } = this.#shape;
    return Float64Array.from(
      { length: this.#places.count },
      (_, index) => amplitude * matern(distanceTo(this.#places, index, place, lengths)),
    );
  }
}
