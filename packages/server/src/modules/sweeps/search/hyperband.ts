/**
 * Early stopping: at each bracket a run has to be among the best of all that got there, or it is stopped. Runs are
 * judged as they arrive, without waiting for each other, as W&B's Hyperband does.
 */
import type { RunState } from "@steelyard/protocol";
import type { Hyperband, SweepConfig } from "../sweep-config.ts";

/** A run, and what it logged of the sweep's metric, in order; each value is an iteration. */
export interface RunProgress {
  readonly name: string;
  readonly state: RunState;
  readonly values: readonly number[];
}

/**
 * The names of the running runs that should be stopped. A run is judged by the last bracket that it has reached: of the
 * values that runs had there, the one whose rank is their number divided by `eta` is the limit. A run stays if its best
 * value so far (when strict: its value there) is no worse. What is not a number is worse than all else.
 */
export function runsToStop(
  { metric, earlyTerminate }: SweepConfig,
  runs: readonly RunProgress[],
): readonly string[] {
  if (metric === null || earlyTerminate === null) return [];
  const sign = metric.goal === "minimize" ? 1 : -1;
  const curves = runs.map(({ name, state, values }) => ({
    name,
    isRunning: state === "running",
    costs: values.map((value) => (Number.isNaN(value) ? Infinity : sign * value)),
  }));
  const limits = new Map<number, number>();
  const limitAt = (bracket: number): number => {
    const known = limits.get(bracket);
    if (known !== undefined) return known;
    const reached = curves.filter(({ costs }) => costs.length >= bracket);
    const limit = limitOf(
      reached.map(({ costs }) => costs[bracket - 1] ?? Infinity),
      earlyTerminate.eta,
    );
    limits.set(bracket, limit);
    return limit;
  };
  return curves
    .filter(({ isRunning, costs }) => {
      const bracket = lastBracket(earlyTerminate, costs.length);
      if (!isRunning || bracket === undefined) return false;
      const cost = earlyTerminate.strict ? (costs[bracket - 1] ?? Infinity) : lowest(costs);
      return cost > limitAt(bracket);
    })
    .map(({ name }) => name);
}

function lastBracket({ brackets }: Hyperband, iterations: number): number | undefined {
  return brackets.findLast((bracket) => bracket <= iterations);
}

function lowest(costs: readonly number[]): number {
  return costs.reduce((low, cost) => Math.min(low, cost), Infinity);
}

function limitOf(costs: readonly number[], eta: number): number {
  const sorted = [...costs].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / eta)] ?? Infinity;
}
