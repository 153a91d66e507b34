/** The grid: every combination of values once, the last parameter changing fastest. */
import type { JsonObject } from "@steelyard/protocol";
import type { SweepParameter } from "./distribution.ts";
import { levelsOf } from "./levels.ts";
import type { Levels } from "./levels.ts";
import { nestValues, valueAtPath } from "./parameter-values.ts";
import type { Trial } from "./trial.ts";

/** How many points the grid has, null where a parameter's values cannot be listed. */
export function gridSize(parameters: readonly SweepParameter[]): number | null {
  const levels = allLevels(parameters);
  return levels === undefined ? null : levels.reduce((size, { count }) => size * count, 1);
}

/** The first point that no trial has, undefined when there is none left. A trial counts whatever became of it. */
export function nextGridPoint(
  parameters: readonly SweepParameter[],
  trials: readonly Trial[],
): JsonObject | undefined {
  const levels = allLevels(parameters);
  if (levels === undefined) return undefined;
  const size = levels.reduce((product, { count }) => product * count, 1);
  const taken = new Set(trials.map((trial) => indexOf(parameters, levels, trial)));
  // Ends after as many steps as there are trials.
  let index = 0;
  while (taken.has(index)) index += 1;
  return index < size ? pointAt(parameters, levels, index) : undefined;
}

function allLevels(parameters: readonly SweepParameter[]): readonly Levels[] | undefined {
  const levels = parameters.flatMap(({ distribution }) => levelsOf(distribution) ?? []);
  return levels.length === parameters.length ? levels : undefined;
}

function indexOf(
  parameters: readonly SweepParameter[],
  levels: readonly Levels[],
  trial: Trial,
): number | undefined {
  let index = 0;
  for (const [position, { path }] of parameters.entries()) {
    const value = valueAtPath(trial.parameters, path);
    const level = levels[position];
    const at = value === undefined ? undefined : level?.indexOf(value);
    if (level === undefined || at === undefined) return undefined;
    index = index * level.count + at;
  }
  return index;
}

function pointAt(
  parameters: readonly SweepParameter[],
  levels: readonly Levels[],
  index: number,
): JsonObject {
  let rest = index;
  const reversed = [...levels].reverse().map((level) => {
    const at = rest % level.count;
    rest = Math.floor(rest / level.count);
    return level.at(at);
  });
  return nestValues(parameters, reversed.reverse());
}
