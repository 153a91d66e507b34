/** Finds the place whose expected improvement is highest, over numbers, steps and lists at once. */
import { minimise } from "../gaussian/minimise.ts";
import type { Slope } from "../gaussian/minimise.ts";
import type { Posterior } from "../gaussian/posterior.ts";
import { sampleNormal } from "../sample.ts";
import type { RandomSource } from "../sample.ts";
import { expectedImprovement } from "./expected-improvement.ts";
import type { Observation } from "./observe.ts";
import type { Space } from "./space.ts";
import { spreadPlace } from "./spread.ts";

/** What a proposal is made from. */
export interface ProposeInput {
  readonly space: Space;
  readonly posterior: Posterior;
  /** Ended trials at the costs that the process expects there. */
  readonly observations: readonly Observation[];
  /** Places that are not to be proposed again. */
  readonly taken: readonly Float64Array[];
  /** Places that are not to be proposed again, nor others right beside them. */
  readonly underWay: readonly Float64Array[];
  readonly random: RandomSource;
}

interface Candidate {
  readonly place: Float64Array;
  readonly score: number;
}

const RANDOM_CANDIDATES = 400;
const ELITES = 5;
const NEAR_EACH_ELITE = 40;
const REFINED = 5;
const REFINING_STEPS = 30;
const REFINING_ROUNDS = 3;
/** Parameters with at most so many values have each of them tried; others count as numbers. */
const MAX_CHOICES = 32;
/** How far agents that work at the same time are kept apart along at least one coordinate. */
const APART = 1e-3;

/** The most promising place that is not taken; a spread one where all that were tried are. */
export function proposePlace(input: ProposeInput): Float64Array {
  const { space, posterior, observations, taken, underWay, random } = input;
  const best = observations.reduce((least, { cost }) => Math.min(least, cost), Infinity);
  const score = (place: Float64Array): number => {
    const { mean, deviation } = posterior.predict(place);
    return expectedImprovement(best, mean, deviation).log;
  };
  const candidates = candidatePlaces(space, observations, random)
    .map((place) => ({ place, score: score(place) }))
    .sort(byScore);
  const refined = candidates
    .slice(0, REFINED)
    .flatMap((candidate) => refine(space, posterior, best, score, candidate));
  const takenKeys = new Set(taken.map(keyOf));
  const isFree = (place: Float64Array): boolean =>
    !takenKeys.has(keyOf(place)) && !underWay.some((other) => isBeside(place, other));
  const proposed = [...refined, ...candidates].sort(byScore).find(({ place }) => isFree(place));
  return proposed?.place ?? spreadPlace(space, taken, random);
}

function byScore(left: Candidate, right: Candidate): number {
  return right.score - left.score;
}

function keyOf(place: Float64Array): string {
  return place.join();
}

function isBeside(place: Float64Array, other: Float64Array): boolean {
  return place.every((coordinate, index) => Math.abs(coordinate - (other[index] ?? 0)) < APART);
}

/** Places all over the space, and around the best so far at all scales. */
function candidatePlaces(
  space: Space,
  observations: readonly Observation[],
  random: RandomSource,
): readonly Float64Array[] {
  const anywhere = Array.from({ length: RANDOM_CANDIDATES }, () => space.samplePlace(random));
  const elites = [...observations].sort((left, right) => left.cost - right.cost).slice(0, ELITES);
  const near = elites.flatMap(({ place }) =>
    Array.from({ length: NEAR_EACH_ELITE }, () => neighbour(space, place, random)),
  );
  return [...anywhere, ...near];
}

function neighbour(space: Space, place: Float64Array, random: RandomSource): Float64Array {
  const { axes } = space;
  const reach = 10 ** (-3 + 2.5 * random());
  const share = Math.max(0.3, 2 / axes.length);
  const fresh = space.samplePlace(random);
  const moved = place.map((coordinate, index) => {
    if (random() > share) return coordinate;
    if (axes[index]?.isNominal === true) return fresh[index] ?? coordinate;
    return Math.min(Math.max(coordinate + reach * sampleNormal(random), 0), 1);
  });
  return space.snap(moved);
}

/** Climbs from a candidate: along numbers by slope, and through the choices of each list in turn. */
function refine(
  space: Space,
  posterior: Posterior,
  best: number,
  score: (place: Float64Array) => number,
  start: Candidate,
): readonly Candidate[] {
  let current = start;
  for (let round = 0; round < REFINING_ROUNDS; round += 1) {
    const climbed = choose(space, score, climb(space, posterior, best, score, current));
    if (climbed.score <= current.score + 1e-9) break;
    current = climbed;
  }
  return [current];
}

function climb(
  space: Space,
  posterior: Posterior,
  best: number,
  score: (place: Float64Array) => number,
  from: Candidate,
): Candidate {
  const { axes } = space;
  const isFixed = axes.map(({ isNominal, count }) => isNominal || count <= MAX_CHOICES);
  if (isFixed.every(Boolean)) return from;
  const objective = (place: Float64Array): Slope => {
    const { mean, deviation, meanSlope, deviationSlope } = posterior.predictSlope(place);
    const { log, byMean, byDeviation } = expectedImprovement(best, mean, deviation);
    const gradient = meanSlope.map(
      (slope, index) => -(byMean * slope + byDeviation * (deviationSlope[index] ?? 0)),
    );
    return { value: -log, gradient };
  };
  const { place } = minimise({
    objective,
    start: from.place,
    lower: from.place.map((coordinate, index) => (isFixed[index] === true ? coordinate : 0)),
    upper: from.place.map((coordinate, index) => (isFixed[index] === true ? coordinate : 1)),
    maxSteps: REFINING_STEPS,
  });
  const snapped = space.snap(place);
  const climbed = { place: snapped, score: score(snapped) };
  return climbed.score > from.score ? climbed : from;
}

function choose(space: Space, score: (place: Float64Array) => number, from: Candidate): Candidate {
  let current = from;
  for (const [index, axis] of space.axes.entries()) {
    if (axis.count > MAX_CHOICES) continue;
    for (const coordinate of axis.coordinates()) {
      const place = Float64Array.from(current.place);
      place[index] = coordinate;
      const candidate = { place, score: score(place) };
      if (candidate.score > current.score) current = candidate;
    }
  }
  return current;
}
