/** The space that a Bayesian sweep searches: one coordinate for each parameter that can have more than one value. */
import type { JsonObject } from "@steelyard/protocol";
import { createAxis } from "../axis.ts";
import type { Axis } from "../axis.ts";
import type { SweepParameter } from "../distribution.ts";
import type { Places } from "../gaussian/kernel.ts";
import { nestValues, valueAtPath } from "../parameter-values.ts";
import { sample } from "../sample.ts";
import type { RandomSource } from "../sample.ts";

interface PlacedParameter {
  readonly parameter: SweepParameter;
  readonly axis: Axis;
}

/** A space of places. A place is one number for each axis. */
export class Space {
  readonly #parameters: readonly SweepParameter[];
  readonly #placed: readonly PlacedParameter[];

  constructor(parameters: readonly SweepParameter[]) {
    this.#parameters = parameters;
    this.#placed = parameters
      .map((parameter) => ({ parameter, axis: createAxis(parameter.distribution) }))
      .filter(({ axis }) => axis.count > 1);
  }

  /** The axes, in the order of a place's numbers. */
  get axes(): readonly Axis[] {
    return this.#placed.map(({ axis }) => axis);
  }

  /** Where a run's values lie; undefined where one is missing or is none of the parameter's. */
  placeOf(values: JsonObject): Float64Array | undefined {
    const coordinates = this.#placed.flatMap(({ parameter, axis }) => {
      const value = valueAtPath(values, parameter.path);
      return value === undefined ? [] : (axis.coordinateOf(value) ?? []);
    });
    return coordinates.length === this.#placed.length ? Float64Array.from(coordinates) : undefined;
  }

  /** A place as its distributions draw it. */
  samplePlace(random: RandomSource): Float64Array {
    return Float64Array.from(
      this.#placed,
      ({ parameter, axis }) => axis.coordinateOf(sample(parameter.distribution, random)) ?? 0,
    );
  }

  /** The nearest place that has values of its own: what is quantised snaps to a step. */
  snap(place: Float64Array): Float64Array {
    return Float64Array.from(this.#placed, ({ axis }, index) => {
      const coordinate = place[index] ?? 0;
      return axis.coordinateOf(axis.valueAt(coordinate)) ?? coordinate;
    });
  }

  /** The values of a place, constants included. */
  valuesAt(place: Float64Array): JsonObject {
    const coordinates = new Map(this.#placed.map(({ parameter }, index) => [parameter, place[index] ?? 0]));
    return nestValues(
      this.#parameters,
      this.#parameters.map((parameter) =>
        createAxis(parameter.distribution).valueAt(coordinates.get(parameter) ?? 0),
      ),
    );
  }

  /** Places as the Gaussian process takes them. */
  gather(places: readonly Float64Array[]): Places {
    const dimensions = this.#placed.length;
    const coordinates = new Float64Array(places.length * dimensions);
    for (const [index, place] of places.entries()) coordinates.set(place, index * dimensions);
    return {
      count: places.length,
      dimensions,
      coordinates,
      isNominal: this.#placed.map(({ axis }) => axis.isNominal),
    };
  }
}
