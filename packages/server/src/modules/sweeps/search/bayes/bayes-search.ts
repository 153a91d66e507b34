/**
 * Bayesian search: a Gaussian process learns from the trials so far what to expect elsewhere, and the next trial goes
 * where the best cost is expected to improve most. Trials under way count as if they had ended as expected, so that
 * agents that ask at the same time are sent to different places.
 */
import type { JsonObject } from "@steelyard/protocol";
import type { SweepMetric } from "../../sweep-config.ts";
import type { SweepParameter } from "../distribution.ts";
import { fitKernel } from "../gaussian/fit.ts";
import { Posterior } from "../gaussian/posterior.ts";
import type { RandomSource } from "../sample.ts";
import type { Trial } from "../trial.ts";
import { observe, thin } from "./observe.ts";
import type { Knowledge, Observation } from "./observe.ts";
import { proposePlace } from "./propose.ts";
import { Space } from "./space.ts";
import { spreadPlace } from "./spread.ts";

/** What a Bayesian search goes by. */
export interface BayesInput {
  readonly parameters: readonly SweepParameter[];
  readonly metric: SweepMetric;
  readonly trials: readonly Trial[];
  readonly random: RandomSource;
}

const LEAST_FIRST = 4;
const MOST_FIRST = 6;
const MAX_FIT_OBSERVATIONS = 120;

/** The parameters of the next run. */
export function nextBayesPoint({ parameters, metric, trials, random }: BayesInput): JsonObject {
  const space = new Space(parameters);
  const knowledge = observe(space, metric, trials, random);
  const firstCount = Math.min(Math.max(space.axes.length + 1, LEAST_FIRST), MOST_FIRST);
  const place =
    knowledge.observations.length < firstCount || knowledge.measuredCount < 2 || space.axes.length === 0
      ? spreadPlace(space, takenOf(knowledge), random)
      : learnedPlace(space, knowledge, random);
  return space.valuesAt(place);
}

function takenOf({ observations, underWay }: Knowledge): readonly Float64Array[] {
  return [...observations.map(({ place }) => place), ...underWay];
}

function learnedPlace(space: Space, knowledge: Knowledge, random: RandomSource): Float64Array {
  const { observations, underWay } = knowledge;
  const fitted = thin(observations, MAX_FIT_OBSERVATIONS, random);
  const shape = fitKernel(space.gather(placesOf(fitted)), costsOf(fitted));
  const learned = new Posterior(space.gather(placesOf(observations)), costsOf(observations), shape);
  const expected = underWay.map((place) => ({ place, cost: learned.predict(place).mean }));
  const all = [...observations, ...expected];
  const posterior =
    expected.length === 0 ? learned : new Posterior(space.gather(placesOf(all)), costsOf(all), shape);
  const smoothed = observations.map(({ place }) => ({ place, cost: learned.predict(place).mean }));
  const taken = takenOf(knowledge);
  return proposePlace({ space, posterior, observations: smoothed, taken, underWay, random });
}

function placesOf(observations: readonly Observation[]): readonly Float64Array[] {
  return observations.map(({ place }) => place);
}

function costsOf(observations: readonly Observation[]): Float64Array {
  return Float64Array.from(observations, ({ cost }) => cost);
}
