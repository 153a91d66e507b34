/** The values of a parameter one after another, where there are finitely many: what a grid goes through. */
import { printJson } from "@steelyard/protocol";
import type { JsonValue } from "@steelyard/protocol";
import type { Distribution } from "./distribution.ts";
import { multipleOf, multiplesWithin } from "./multiples.ts";

/** The values of a parameter, numbered from 0. */
export interface Levels {
  /** How many there are; may be too large to go through. */
  readonly count: number;
  /** The value of a number below the count. */
  at(index: number): JsonValue;
  /** The number of a value, undefined for one that is not there. */
  indexOf(value: JsonValue): number | undefined;
}

/** Tells whether a parameter has finitely many values that can be listed. */
export function isEnumerable(distribution: Distribution): boolean {
  return levelsOf(distribution) !== undefined;
}

/** A parameter's values, undefined where they cannot be listed. */
export function levelsOf(distribution: Distribution): Levels | undefined {
  switch (distribution.kind) {
    case "categorical":
      return listed(distribution.values);
    case "integer":
      return stepped(distribution.min, distribution.max, 1);
    case "uniform":
    case "log":
      return distribution.q === null
        ? undefined
        : stepped(distribution.min, distribution.max, distribution.q);
    case "beta":
      return distribution.q === null ? undefined : stepped(0, 1, distribution.q);
    case "normal":
    case "log_normal":
      return undefined;
  }
}

function listed(values: readonly JsonValue[]): Levels {
  const indexes = new Map(values.map((value, index) => [printJson(value), index]));
  return {
    count: values.length,
    at: (index) => values[index] ?? null,
    indexOf: (value) => indexes.get(printJson(value)),
  };
}

function stepped(min: number, max: number, step: number): Levels {
  const { first, last } = multiplesWithin(min, max, step);
  return {
    count: last - first + 1,
    at: (index) => multipleOf(first + index, step),
    indexOf(value) {
      const number = typeof value === "bigint" ? Number(value) : value;
      if (typeof number !== "number") return undefined;
      const count = Math.round(number / step);
      return count >= first && count <= last && multipleOf(count, step) === number
        ? count - first
        : undefined;
    },
  };
}
