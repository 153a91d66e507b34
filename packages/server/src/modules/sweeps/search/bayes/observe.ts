/** What a Bayesian sweep knows: where it has been, at what cost, and where it is at the moment. */
import type { SweepMetric } from "../../sweep-config.ts";
import type { RandomSource } from "../sample.ts";
import { isUnderWay } from "../trial.ts";
import type { Trial } from "../trial.ts";
import { levelCosts } from "./level-costs.ts";
import type { Space } from "./space.ts";

/** A place and its levelled cost. */
export interface Observation {
  readonly place: Float64Array;
  readonly cost: number;
}

/** What is known. */
export interface Knowledge {
  /** Ended trials. One that failed to measure anything has the worst cost of all. */
  readonly observations: readonly Observation[];
  /** How many of them measured something. */
  readonly measuredCount: number;
  /** Where trials are under way. */
  readonly underWay: readonly Float64Array[];
}

/**
 * More places than this are thinned out: half of what is kept are the best ones, the rest is drawn at random. The
 * time that a proposal takes grows with their square and cube.
 */
const MAX_OBSERVATIONS = 300;
const MAX_UNDER_WAY = 100;

/** Reads trials. Those whose values are not of the space are left out. */
export function observe(
  space: Space,
  metric: SweepMetric,
  trials: readonly Trial[],
  random: RandomSource,
): Knowledge {
  const sign = metric.goal === "minimize" ? 1 : -1;
  const placed = trials.flatMap((trial) => {
    const place = space.placeOf(trial.parameters);
    return place === undefined ? [] : [{ trial, place, cost: sign * (trial.metric ?? NaN) }];
  });
  const ended = placed.filter(({ trial }) => !isUnderWay(trial));
  const measured = ended.filter(({ cost }) => Number.isFinite(cost));
  const levelled = levelCosts(measured.map(({ cost }) => cost));
  const worst = levelled.reduce((left, right) => Math.max(left, right), 0);
  const observations = [
    ...measured.map(({ place }, index) => ({ place, cost: levelled[index] ?? 0 })),
    ...ended.filter(({ cost }) => !Number.isFinite(cost)).map(({ place }) => ({ place, cost: worst })),
  ];
  return {
    observations: thin(observations, MAX_OBSERVATIONS, random),
    measuredCount: measured.length,
    underWay: placed
      .filter(({ trial }) => isUnderWay(trial))
      .map(({ place }) => place)
      .slice(-MAX_UNDER_WAY),
  };
}

/** At most so many observations: the best half of that number, and others drawn at random. */
export function thin(
  observations: readonly Observation[],
  limit: number,
  random: RandomSource,
): readonly Observation[] {
  if (observations.length <= limit) return observations;
  const sorted = [...observations].sort((left, right) => left.cost - right.cost);
  const kept = Math.ceil(limit / 2);
  const rest = sorted
    .slice(kept)
    .map((observation) => ({ observation, rank: random() }))
    .sort((left, right) => left.rank - right.rank)
    .slice(0, limit - kept)
    .map(({ observation }) => observation);
  return [...sorted.slice(0, kept), ...rest];
}
