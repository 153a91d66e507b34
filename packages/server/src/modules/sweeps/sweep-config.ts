/** A sweep's configuration: what W&B's YAML says, read once at the edge, so that the search need not doubt it. */
import { isJsonObject } from "@steelyard/protocol";
import type { JsonObject } from "@steelyard/protocol";
import type { SweepParameter } from "./search/distribution.ts";
import { isEnumerable } from "./search/levels.ts";
import { parseParameters } from "./search/parse-parameters.ts";
import { SpecReader } from "./search/spec-reader.ts";

/** How a sweep chooses parameters. In a `custom` one somebody else does. */
export const SWEEP_METHODS = ["grid", "random", "bayes", "custom"] as const;

/** How a sweep chooses parameters. */
export type SweepMethod = (typeof SWEEP_METHODS)[number];

/** Which way a metric is better. */
export const METRIC_GOALS = ["minimize", "maximize"] as const;

/** What a sweep is after. */
export interface SweepMetric {
  readonly name: string;
  readonly goal: (typeof METRIC_GOALS)[number];
  /** Once a run has reached it, no more runs are begun. */
  readonly target: number | null;
}

/** When runs are stopped early: at brackets of iterations, each `eta` times the one before. */
export interface Hyperband {
  readonly type: "hyperband";
  /** The iterations at which runs are judged, growing. */
  readonly brackets: readonly number[];
  /** One run of so many goes on at each bracket. */
  readonly eta: number;
  /** Judges a run by its value at a bracket, instead of by its best value so far. */
  readonly strict: boolean;
}

/** A sweep's configuration, valid. */
export interface SweepConfig {
  readonly method: SweepMethod;
  /** Null where none is named; a `bayes` sweep always has one. */
  readonly metric: SweepMetric | null;
  /** Flattened; empty only in a `custom` sweep. */
  readonly parameters: readonly SweepParameter[];
  readonly earlyTerminate: Hyperband | null;
  /** The most runs that the sweep may have, prior runs not counted. */
  readonly runCap: number | null;
  readonly name: string | null;
  readonly description: string | null;
  readonly program: string | null;
  /** `local` where the search runs beside the user's program. */
  readonly controller: "cloud" | "local";
}

/** A valid configuration and what is odd about it. */
export interface ParsedSweepConfig {
  readonly config: SweepConfig;
  /** One sentence each. */
  readonly warnings: readonly string[];
}

const KNOWN_KEYS: readonly string[] = [
  "method",
  "metric",
  "metrics",
  "parameters",
  "early_terminate",
  "run_cap",
  "name",
  "description",
  "program",
  "command",
  "controller",
  "scheduler",
  "job",
  "image_uri",
  "entity",
  "project",
  "apiVersion",
  "kind",
];

const DEFAULT_ETA = 3;
/** With `min_iter` alone the brackets have no end; runs do not get further than this many. */
const MAX_BRACKETS = 64;

/** Reads a configuration. Throws invalid_argument naming the field. */
export function parseSweepConfig(config: JsonObject): ParsedSweepConfig {
  const warnings: string[] = [];
  const warn = (warning: string): void => void warnings.push(warning);
  const spec = new SpecReader(config);
  for (const key of spec.keys())
    if (!KNOWN_KEYS.includes(key)) warn(`${key} is not a known key and is not used.`);
  const method = spec.word("method", SWEEP_METHODS);
  const metric = parseMetric(spec, warn);
  const parameters = parseSpace(spec, method, warn);
  const earlyTerminate = parseEarlyTerminate(spec, warn);
  if (metric === null && method === "bayes")
    throw spec.failure("metric", "a bayes sweep needs the name of the metric that it is to optimize");
  if (metric === null && earlyTerminate !== null)
    throw spec.failure("metric", "early_terminate needs the name of the metric that runs are judged by");
  return {
    config: {
      method,
      metric,
      parameters,
      earlyTerminate,
      runCap: spec.optionalInteger("run_cap", 1),
      name: spec.optionalText("name"),
      description: spec.optionalText("description"),
      program: spec.optionalText("program"),
      controller: isPresent(spec, "controller")
        ? spec.object("controller").word("type", ["cloud", "local"], "cloud")
        : "cloud",
    },
    warnings,
  };
}

function isPresent(spec: SpecReader, key: string): boolean {
  return spec.has(key) && spec.value(key) !== null;
}

function parseMetric(spec: SpecReader, warn: (warning: string) => void): SweepMetric | null {
  if (!isPresent(spec, "metric")) return null;
  const metric = spec.object("metric");
  for (const key of metric.keys())
    if (!["name", "goal", "target"].includes(key)) warn(`${metric.fieldOf(key)} is not used.`);
  const name = metric.optionalText("name");
  if (name === null || name === "") throw metric.failure("name", "expected the name of a metric");
  return {
    name,
    goal: metric.word("goal", METRIC_GOALS, "minimize"),
    target: isPresent(metric, "target") ? metric.number("target") : null,
  };
}

function parseSpace(
  spec: SpecReader,
  method: SweepMethod,
  warn: (warning: string) => void,
): readonly SweepParameter[] {
  if (method === "custom" && !isJsonObject(spec.value("parameters"))) return [];
  const parameters = parseParameters(spec.object("parameters"), warn);
  if (parameters.length === 0 && method !== "custom")
    throw spec.failure("parameters", "expected at least one parameter");
  if (method !== "grid") return parameters;
  for (const { path, distribution } of parameters)
    if (!isEnumerable(distribution))
      throw spec.failure(
        `parameters.${path.join(".")}`,
        "a grid needs parameters whose values can be listed: a value, values, int_uniform, or a q_ distribution with limits",
      );
  return parameters;
}

function parseEarlyTerminate(spec: SpecReader, warn: (warning: string) => void): Hyperband | null {
  if (!isPresent(spec, "early_terminate")) return null;
  const rule = spec.object("early_terminate");
  const type = rule.word("type", ["hyperband"]);
  const known = ["type", "min_iter", "max_iter", "s", "eta", "strict"];
  for (const key of rule.keys()) if (!known.includes(key)) warn(`${rule.fieldOf(key)} is not used.`);
  const eta = rule.number("eta", DEFAULT_ETA);
  if (eta <= 1) throw rule.failure("eta", `expected a number above 1, found ${eta}`);
  const strict = rule.value("strict") ?? false;
  if (typeof strict !== "boolean") throw rule.failure("strict", "expected true or false");
  return { type, brackets: parseBrackets(rule, eta), eta, strict };
}

/** From `min_iter` upwards, or from `max_iter` downwards `s` times. */
function parseBrackets(rule: SpecReader, eta: number): readonly number[] {
  const minIter = rule.optionalInteger("min_iter", 1);
  const maxIter = rule.optionalInteger("max_iter", 1);
  if (minIter !== null) {
    const last = maxIter ?? Number.MAX_SAFE_INTEGER;
    const brackets = Array.from({ length: MAX_BRACKETS }, (_, index) => Math.floor(minIter * eta ** index));
    return distinct(brackets.filter((bracket) => bracket <= last));
  }
  if (maxIter === null) throw rule.failure("min_iter", "expected min_iter, or max_iter and s");
  const s = rule.optionalInteger("s", 1);
  if (s === null) throw rule.failure("s", "expected the number of brackets that max_iter is divided into");
  const brackets = Array.from({ length: Math.min(s, MAX_BRACKETS) }, (_, index) =>
    Math.floor(maxIter / eta ** (index + 1)),
  );
  const usable = distinct(brackets.filter((bracket) => bracket >= 1).reverse());
  if (usable.length === 0) throw rule.failure("max_iter", `expected at least eta (${eta}), found ${maxIter}`);
  return usable;
}

function distinct(brackets: readonly number[]): readonly number[] {
  return [...new Set(brackets)];
}
