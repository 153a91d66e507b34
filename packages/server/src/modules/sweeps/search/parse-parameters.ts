/** Reads the `parameters` of a sweep's configuration: W&B's spellings of distributions into our closed list. */
import { isJsonObject, printJson } from "@steelyard/protocol";
import type { JsonValue } from "@steelyard/protocol";
import type { CategoricalDistribution, Distribution, SweepParameter } from "./distribution.ts";
import { levelsOf } from "./levels.ts";
import type { SpecReader } from "./spec-reader.ts";

/** The names of distributions, as W&B documents them. */
export const DISTRIBUTION_NAMES = [
  "constant",
  "categorical",
  "categorical_w_probabilities",
  "int_uniform",
  "uniform",
  "q_uniform",
  "log_uniform",
  "log_uniform_values",
  "q_log_uniform",
  "q_log_uniform_values",
  "inv_log_uniform",
  "inv_log_uniform_values",
  "normal",
  "q_normal",
  "log_normal",
  "q_log_normal",
  "beta",
  "q_beta",
] as const;

/** The name of a distribution. */
export type DistributionName = (typeof DISTRIBUTION_NAMES)[number];

const SUM_TOLERANCE = 1e-3;
/** Beyond these exponents a number is no longer finite, or no longer above zero. */
const MAX_EXPONENT = 709;
const MIN_EXPONENT = -745;

const KEYS: Readonly<Record<DistributionName, readonly string[]>> = {
  constant: ["value"],
  categorical: ["values", "probabilities"],
  categorical_w_probabilities: ["values", "probabilities"],
  int_uniform: ["min", "max"],
  uniform: ["min", "max"],
  q_uniform: ["min", "max", "q"],
  log_uniform: ["min", "max"],
  log_uniform_values: ["min", "max"],
  q_log_uniform: ["min", "max", "q"],
  q_log_uniform_values: ["min", "max", "q"],
  inv_log_uniform: ["min", "max"],
  inv_log_uniform_values: ["min", "max"],
  normal: ["mu", "sigma"],
  q_normal: ["mu", "sigma", "q"],
  log_normal: ["mu", "sigma"],
  q_log_normal: ["mu", "sigma", "q"],
  beta: ["a", "b"],
  q_beta: ["a", "b", "q"],
};

/**
 * Reads parameters, nested ones flattened, in the order in which they are written. What may be ignored is told to
 * `warn`. Throws invalid_argument naming the field.
 */
export function parseParameters(
  specs: SpecReader,
  warn: (warning: string) => void,
  path: readonly string[] = [],
): readonly SweepParameter[] {
  return specs.keys().flatMap((key) => {
    if (!isJsonObject(specs.value(key)))
      throw specs.failure(key, `expected an object such as {"values": […]} or {"min": 0, "max": 1}`);
    const spec = specs.object(key);
    const here = [...path, key];
    if (!spec.has("parameters")) return [{ path: here, distribution: parseDistribution(spec, warn) }];
    warnOfUnused(spec, ["parameters"], warn);
    return parseParameters(spec.object("parameters"), warn, here);
  });
}

function parseDistribution(spec: SpecReader, warn: (warning: string) => void): Distribution {
  const distribution = parseNamed(spec, warn);
  if ("q" in distribution && distribution.q !== null && levelsOf(distribution)?.count === 0)
    throw spec.failure("q", `expected a multiple of q (${distribution.q}) between the limits`);
  return distribution;
}

function parseNamed(spec: SpecReader, warn: (warning: string) => void): Distribution {
  const name = spec.has("distribution") ? spec.word("distribution", DISTRIBUTION_NAMES) : impliedName(spec);
  warnOfUnused(spec, ["distribution", ...KEYS[name]], warn);
  switch (name) {
    case "constant":
      return parseConstant(spec);
    case "categorical":
    case "categorical_w_probabilities":
      return parseCategorical(spec, warn);
    case "int_uniform":
      return parseInteger(spec);
    case "uniform":
      return { kind: "uniform", ...parseBounds(spec), q: null };
    case "q_uniform":
      return { kind: "uniform", ...parseBounds(spec), q: spec.positive("q", 1) };
    case "log_uniform":
      return { kind: "log", ...parseExponents(spec, 1), q: null };
    case "inv_log_uniform":
      return { kind: "log", ...parseExponents(spec, -1), q: null };
    case "q_log_uniform":
      return { kind: "log", ...parseExponents(spec, 1), q: spec.positive("q", 1) };
    case "log_uniform_values":
    case "inv_log_uniform_values":
      return { kind: "log", ...parsePositiveBounds(spec), q: null };
    case "q_log_uniform_values":
      return { kind: "log", ...parsePositiveBounds(spec), q: spec.positive("q", 1) };
    case "normal":
      return { kind: "normal", ...parseNormal(spec), q: null };
    case "q_normal":
      return { kind: "normal", ...parseNormal(spec), q: spec.positive("q", 1) };
    case "log_normal":
      return { kind: "log_normal", ...parseNormal(spec), q: null };
    case "q_log_normal":
      return { kind: "log_normal", ...parseNormal(spec), q: spec.positive("q", 1) };
    case "beta":
      return { kind: "beta", a: spec.positive("a", 1), b: spec.positive("b", 1), q: null };
    case "q_beta":
      return { kind: "beta", a: spec.positive("a", 1), b: spec.positive("b", 1), q: spec.positive("q", 1) };
  }
}

/** The distribution that is meant where none is named. */
function impliedName(spec: SpecReader): DistributionName {
  if (spec.has("value")) return "constant";
  if (spec.has("values")) return "categorical";
  if (spec.has("min") && spec.has("max"))
    return Number.isInteger(spec.number("min")) && Number.isInteger(spec.number("max"))
      ? "int_uniform"
      : "uniform";
  if (spec.has("mu") || spec.has("sigma")) return "normal";
  if (spec.has("a") && spec.has("b")) return "beta";
  throw spec.failure("", "expected value, values, min and max, a distribution, or nested parameters");
}

function warnOfUnused(spec: SpecReader, used: readonly string[], warn: (warning: string) => void): void {
  for (const key of spec.keys())
    if (!used.includes(key)) warn(`${spec.fieldOf(key)} has no meaning here and is not used.`);
}

function parseConstant(spec: SpecReader): CategoricalDistribution {
  const value = spec.value("value");
  if (value === undefined) throw spec.failure("value", "expected a value, found nothing");
  return { kind: "categorical", values: [value], probabilities: null };
}

function parseCategorical(spec: SpecReader, warn: (warning: string) => void): CategoricalDistribution {
  const listed = spec.list("values");
  const weights = spec.has("probabilities") ? parseProbabilities(spec, listed.length) : null;
  const byText = new Map<string, { readonly value: JsonValue; weight: number }>();
  for (const [index, value] of listed.entries()) {
    const text = printJson(value);
    const known = byText.get(text);
    const weight = weights?.[index] ?? 0;
    if (known === undefined) byText.set(text, { value, weight });
    else known.weight += weight;
  }
  if (byText.size < listed.length) warn(`${spec.fieldOf("values")} lists a value more than once.`);
  const distinct = [...byText.values()];
  return {
    kind: "categorical",
    values: distinct.map(({ value }) => value),
    probabilities: weights === null ? null : distinct.map(({ weight }) => weight),
  };
}

function parseProbabilities(spec: SpecReader, length: number): readonly number[] {
  const probabilities = spec.list("probabilities").map((value) => {
    if (typeof value !== "number" && typeof value !== "bigint") return NaN;
    return Number(value);
  });
  if (probabilities.length !== length)
    throw spec.failure(
      "probabilities",
      `expected ${length}, as many as values, found ${probabilities.length}`,
    );
  if (!probabilities.every((probability) => probability >= 0 && probability <= 1))
    throw spec.failure("probabilities", "expected numbers between 0 and 1");
  const sum = probabilities.reduce((total, probability) => total + probability, 0);
  if (Math.abs(sum - 1) > SUM_TOLERANCE)
    throw spec.failure("probabilities", `expected numbers that sum to 1, found a sum of ${sum}`);
  return probabilities.map((probability) => probability / sum);
}

interface Bounds {
  readonly min: number;
  readonly max: number;
}

function parseBounds(spec: SpecReader): Bounds {
  const min = spec.number("min");
  const max = spec.number("max");
  if (min > max) throw spec.failure("min", `expected at most max (${max}), found ${min}`);
  if (!Number.isFinite(max - min)) throw spec.failure("max", "expected bounds closer to each other");
  return { min, max };
}

function parseInteger(spec: SpecReader): Distribution {
  const { min, max } = parseBounds(spec);
  for (const key of ["min", "max"])
    if (!Number.isSafeInteger(spec.number(key)))
      throw spec.failure(key, `expected a whole number for int_uniform, found ${spec.number(key)}`);
  return { kind: "integer", min, max };
}

function parsePositiveBounds(spec: SpecReader): Bounds {
  spec.positive("min");
  return parseBounds(spec);
}

function parseExponents(spec: SpecReader, sign: 1 | -1): Bounds {
  const { min, max } = parseBounds(spec);
  for (const [key, exponent] of [["min", sign * min] as const, ["max", sign * max] as const])
    if (exponent > MAX_EXPONENT || exponent < MIN_EXPONENT)
      throw spec.failure(
        key,
        `is an exponent of e here, and e to the ${exponent} is out of range; the distributions whose names end in _values take limits themselves`,
      );
  return sign === 1
    ? { min: Math.exp(min), max: Math.exp(max) }
    : { min: Math.exp(-max), max: Math.exp(-min) };
}

function parseNormal(spec: SpecReader): { readonly mu: number; readonly sigma: number } {
  const sigma = spec.number("sigma", 1);
  if (sigma < 0) throw spec.failure("sigma", `expected a number of at least 0, found ${sigma}`);
  return { mu: spec.number("mu", 0), sigma };
}
