/**
 * A parameter as the Gaussian process sees it: a coordinate. Numbers lie on [0, 1] on the scale on which they vary
 * (logarithms for what is spread logarithmically, three and a half deviations around the middle for normal ones);
 * numbers in a list lie there by their rank; other lists are numbered, and only equal or not.
 */
import type { JsonValue } from "@steelyard/protocol";
import type { CategoricalDistribution, Distribution, NumericDistribution } from "./distribution.ts";
import { levelsOf } from "./levels.ts";
import { quantise } from "./sample.ts";

/** A coordinate of the space. */
export interface Axis {
  /** Whether coordinates are only equal or not (whole numbers), instead of near or far (0 to 1). */
  readonly isNominal: boolean;
  /** How many coordinates there are; infinite for a number that is not quantised. */
  readonly count: number;
  /** All coordinates, in order. Only to be asked for where the count is small. */
  coordinates(): readonly number[];
  /** The value at a coordinate; between two, the nearest one's. */
  valueAt(coordinate: number): JsonValue;
  /** Where a value lies, the nearest place for one beyond the limits; undefined for what cannot be placed. */
  coordinateOf(value: JsonValue): number | undefined;
}

const DEVIATIONS = 3.5;

/** The coordinate of a parameter. */
export function createAxis(distribution: Distribution): Axis {
  if (distribution.kind !== "categorical") return createNumericAxis(distribution);
  const possible = withoutImpossible(distribution);
  const numbers = possible.values.filter(isFiniteNumber);
  return numbers.length > 2 && numbers.length === possible.values.length
    ? createRankAxis(numbers)
    : createNominalAxis(possible);
}

function withoutImpossible({
  kind,
  values,
  probabilities,
}: CategoricalDistribution): CategoricalDistribution {
  return { kind, values: values.filter((_, index) => probabilities?.[index] !== 0), probabilities: null };
}

function createNominalAxis(distribution: CategoricalDistribution): Axis {
  const levels = levelsOf(distribution);
  const { values } = distribution;
  return {
    isNominal: true,
    count: values.length,
    coordinates: () => values.map((_, index) => index),
    valueAt: (coordinate) => values[coordinate] ?? null,
    coordinateOf: (value) => levels?.indexOf(value),
  };
}

function createRankAxis(values: readonly number[]): Axis {
  const sorted = [...values].sort((a, b) => a - b);
  const last = sorted.length - 1;
  return {
    isNominal: false,
    count: sorted.length,
    coordinates: () => sorted.map((_, rank) => rank / last),
    valueAt: (coordinate) => sorted[Math.round(coordinate * last)] ?? null,
    coordinateOf(value) {
      const rank = sorted.findIndex((known) => known === value);
      return rank < 0 ? undefined : rank / last;
    },
  };
}

function createNumericAxis(distribution: NumericDistribution): Axis {
  const { low, high, warp, unwarp } = scaleOf(distribution);
  const span = high - low;
  const levels = levelsOf(distribution);
  const coordinateOf = (value: JsonValue): number | undefined => {
    const number = typeof value === "bigint" ? Number(value) : value;
    if (!isFiniteNumber(number)) return undefined;
    const coordinate = span === 0 ? 0 : (warp(number) - low) / span;
    return Number.isNaN(coordinate) ? 0 : Math.min(Math.max(coordinate, 0), 1);
  };
  return {
    isNominal: false,
    count: span === 0 ? 1 : (levels?.count ?? Infinity),
    coordinates: () =>
      Array.from({ length: levels?.count ?? 0 }, (_, index) => coordinateOf(levels?.at(index) ?? null) ?? 0),
    valueAt: (coordinate) => quantise(distribution, unwarp(low + coordinate * span)),
    coordinateOf,
  };
}

interface Scale {
  readonly low: number;
  readonly high: number;
  readonly warp: (value: number) => number;
  readonly unwarp: (place: number) => number;
}

function scaleOf(distribution: NumericDistribution): Scale {
  switch (distribution.kind) {
    case "integer":
      // Half a step more on both sides, so that the outer numbers have as much room as the others.
      return linear(distribution.min - 0.5, distribution.max + 0.5);
    case "uniform":
      return linear(distribution.min, distribution.max);
    case "log":
      return logarithmic(Math.log(distribution.min), Math.log(distribution.max));
    case "beta":
      return linear(0, 1);
    case "normal":
      return linear(...around(distribution.mu, distribution.sigma));
    case "log_normal":
      return logarithmic(...around(distribution.mu, distribution.sigma));
  }
}

function around(mu: number, sigma: number): [number, number] {
  return [mu - DEVIATIONS * sigma, mu + DEVIATIONS * sigma];
}

function linear(low: number, high: number): Scale {
  return { low, high, warp: (value) => value, unwarp: (place) => place };
}

function logarithmic(low: number, high: number): Scale {
  return { low, high, warp: Math.log, unwarp: Math.exp };
}

function isFiniteNumber(value: JsonValue): value is number {
  return typeof value === "number" && Number.isFinite(value);
}
