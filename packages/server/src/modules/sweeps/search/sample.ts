/** Draws a parameter's value at random, as its distribution says. */
import type { JsonValue } from "@steelyard/protocol";
import type {
  BetaDistribution,
  CategoricalDistribution,
  Distribution,
  NumericDistribution,
} from "./distribution.ts";
import { multipleOf, multiplesWithin, nearestMultiple } from "./multiples.ts";

/** A source of numbers from 0 up to, and without, 1. */
export type RandomSource = () => number;

/** One value. */
export function sample(distribution: Distribution, random: RandomSource): JsonValue {
  switch (distribution.kind) {
    case "categorical":
      return sampleCategorical(distribution, random);
    case "integer": {
      const { min, max } = distribution;
      return Math.min(min + Math.floor(random() * (max - min + 1)), max);
    }
    case "uniform":
    case "log":
    case "normal":
    case "log_normal":
    case "beta":
      return quantise(distribution, sampleNumber(distribution, random));
  }
}

/** A number as near to the given one as the distribution has any: within its limits and on its steps. */
export function quantise(distribution: NumericDistribution, value: number): number {
  switch (distribution.kind) {
    case "integer":
      return clamp(Math.round(value), distribution.min, distribution.max);
    case "uniform":
    case "log": {
      const { min, max, q } = distribution;
      return q === null ? clamp(value, min, max) : nearestMultiple(value, q, multiplesWithin(min, max, q));
    }
    case "normal":
    case "log_normal": {
      const { q } = distribution;
      return q === null ? value : multipleOf(Math.round(value / q), q);
    }
    case "beta": {
      const { q } = distribution;
      return q === null ? value : nearestMultiple(value, q, multiplesWithin(0, 1, q));
    }
  }
}

/** A number of the standard normal distribution. */
export function sampleNormal(random: RandomSource): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random()));
  return radius * Math.cos(2 * Math.PI * random());
}

function sampleNumber(
  distribution: Exclude<NumericDistribution, { kind: "integer" }>,
  random: RandomSource,
): number {
  switch (distribution.kind) {
    case "uniform":
      return distribution.min + random() * (distribution.max - distribution.min);
    case "log": {
      const low = Math.log(distribution.min);
      return Math.exp(low + random() * (Math.log(distribution.max) - low));
    }
    case "normal":
      return distribution.mu + distribution.sigma * sampleNormal(random);
    case "log_normal":
      return Math.exp(distribution.mu + distribution.sigma * sampleNormal(random));
    case "beta":
      return sampleBeta(distribution, random);
  }
}

function sampleCategorical(
  { values, probabilities }: CategoricalDistribution,
  random: RandomSource,
): JsonValue {
  if (probabilities === null) return values[Math.floor(random() * values.length)] ?? null;
  let rest = random();
  let last: JsonValue = null;
  for (const [index, probability] of probabilities.entries()) {
    if (probability === 0) continue;
    last = values[index] ?? null;
    rest -= probability;
    if (rest < 0) return last;
  }
  return last;
}

function sampleBeta({ a, b }: BetaDistribution, random: RandomSource): number {
  const first = sampleLogGamma(a, random);
  const second = sampleLogGamma(b, random);
  return 1 / (1 + Math.exp(second - first));
}

/** The logarithm of a gamma variate, by Marsaglia and Tsang's method; a small shape is raised by one and taken back. */
function sampleLogGamma(shape: number, random: RandomSource): number {
  if (shape < 1) return sampleLogGamma(shape + 1, random) + Math.log(1 - random()) / shape;
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = sampleNormal(random);
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - random()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return Math.log(d * v);
  }
}

function clamp(value: number, min: number, max: number): number {
  return Math.min(Math.max(value, min), max);
}
