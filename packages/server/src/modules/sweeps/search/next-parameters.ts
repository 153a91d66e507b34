/** What a sweep's next run is to try: the search as one function of what is known. */
import type { JsonObject } from "@steelyard/protocol";
import { ServerError } from "../../../errors.ts";
import type { SweepConfig, SweepMetric } from "../sweep-config.ts";
import { nextBayesPoint } from "./bayes/bayes-search.ts";
import { nextGridPoint } from "./grid.ts";
import { samplePoint } from "./random-search.ts";
import type { RandomSource } from "./sample.ts";
import type { Trial } from "./trial.ts";

/** What the search goes by. */
export interface NextParametersInput {
  readonly config: SweepConfig;
  /** All runs so far, prior ones and those under way included, in the order of their creation. */
  readonly trials: readonly Trial[];
  readonly random: RandomSource;
}

/** The next run's values, nested as the configuration nests them, or that there is nothing left to try. */
export type NextParameters = { readonly parameters: JsonObject } | { readonly exhausted: true };

/**
 * Chooses what the next run tries; the same input with the same random source chooses the same. The cap on runs is the
 * caller's business. Throws invalid_argument for a `custom` sweep, whose runs somebody else chooses.
 */
export function nextParameters({ config, trials, random }: NextParametersInput): NextParameters {
  const { method, metric, parameters } = config;
  if (metric !== null && trials.some((trial) => hasReachedTarget(metric, trial))) return { exhausted: true };
  switch (method) {
    case "grid": {
      const point = nextGridPoint(parameters, trials);
      return point === undefined ? { exhausted: true } : { parameters: point };
    }
    case "random":
      return { parameters: samplePoint(parameters, random) };
    case "bayes":
      if (metric === null)
        throw new ServerError("invalid_argument", "a bayes sweep needs a metric", { field: "metric" });
      return { parameters: nextBayesPoint({ parameters, metric, trials, random }) };
    case "custom":
      throw new ServerError(
        "invalid_argument",
        "the runs of a custom sweep are chosen by its own scheduler",
        {
          field: "method",
        },
      );
  }
}

function hasReachedTarget({ goal, target }: SweepMetric, { metric }: Trial): boolean {
  if (target === null || metric === null || Number.isNaN(metric)) return false;
  return goal === "minimize" ? metric <= target : metric >= target;
}
