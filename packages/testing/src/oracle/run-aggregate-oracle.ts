/**
 * Naive figures over groups of runs, written from what the reference promises and sharing nothing with the engine: a
 * list of runs a group, and sums as they come.
 */
import type { JsonObject, JsonValue, RunDocument } from "@steelyard/protocol";
import { matchesRunFilter } from "./run-filter-oracle.ts";
import { LIST_FIELDS, isList, isObject, readRunValue } from "./run-values.ts";

/** What is asked. */
export interface OracleQuestion {
  readonly filter: JsonObject;
  readonly groupBy: readonly string[];
  readonly field: string;
  readonly goal: "minimize" | "maximize";
  readonly quantile: number;
}

/** What a group should say; the last three are near the right figure only. */
export interface OracleGroup {
  readonly runs: number;
  readonly count: number;
  readonly min: number | null;
  readonly max: number | null;
  /** Id of the best run. */
  readonly best: number | null;
  readonly mean: number | null;
  readonly standardDeviation: number | null;
  readonly quantile: number | null;
}

/** The groups, by one text for each; runs that are equally good are preferred as `isOlder` says. */
export function aggregateRuns(
  runs: readonly RunDocument[],
  { filter, groupBy, field, goal, quantile }: OracleQuestion,
  isOlder: (a: RunDocument, b: RunDocument) => boolean,
): ReadonlyMap<string, OracleGroup> {
  const matching = runs.filter((run) => matchesRunFilter(filter, run));
  const byKeys = Map.groupBy(matching, (run) => toGroupName(groupBy.map((name) => groupValue(run, name))));
  if (groupBy.length === 0 && matching.length === 0) byKeys.set(toGroupName([]), []);
  return new Map(
    [...byKeys].map(([name, members]) => {
      const held = members.flatMap((run) => {
        const value = readRunValue(run, field);
        const number = typeof value === "bigint" || typeof value === "number" ? Number(value) : NaN;
        return Number.isNaN(number) ? [] : [{ run, number }];
      });
      const numbers = held.map(({ number }) => number).sort((a, b) => a - b);
      const extreme = goal === "minimize" ? numbers[0] : numbers.at(-1);
      const best = held
        .filter(({ number }) => number === extreme)
        .reduce<RunDocument | null>(
          (chosen, { run }) => (chosen === null || isOlder(run, chosen) ? run : chosen),
          null,
        );
      const group: OracleGroup = {
        runs: members.length,
        count: numbers.length,
        min: numbers[0] ?? null,
        max: numbers.at(-1) ?? null,
        best: best?.id ?? null,
        ...spread(numbers, quantile),
      };
      return [name, group];
    }),
  );
}

/** One text for the values of a group, equal for equal values. */
export function toGroupName(values: readonly JsonValue[]): string {
  return values.map(toText).join(" | ");
}

function spread(
  numbers: readonly number[],
  quantile: number,
): Pick<OracleGroup, "mean" | "standardDeviation" | "quantile"> {
  const count = numbers.length;
  if (count === 0) return { mean: null, standardDeviation: null, quantile: null };
  const mean = numbers.reduce((sum, number) => sum + number, 0) / count;
  const squares = numbers.reduce((sum, number) => sum + (number - mean) * (number - mean), 0);
  const place = quantile * (count - 1);
  const [below = NaN, above = below] = numbers.slice(Math.floor(place));
  const share = place % 1;
  return {
    mean,
    standardDeviation: count === 1 ? null : Math.sqrt(squares / (count - 1)),
    quantile: share === 0 || below === above ? below : between(below, above, share),
  };
}

function between(below: number, above: number, share: number): number {
  const isEitherInfinite = [below, above].some((number) => Math.abs(number) === Infinity);
  return isEitherInfinite ? below + above : below + (above - below) * share;
}

function groupValue(run: RunDocument, field: string): JsonValue {
  const value = readRunValue(run, field) ?? null;
  return LIST_FIELDS.includes(field) && isList(value) && value.length === 0 ? null : value;
}

function toText(value: JsonValue): string {
  if (isList(value)) return `[${value.map(toText).join()}]`;
  if (isObject(value)) {
    const members = Object.entries(value).map(([key, member]) => `${JSON.stringify(key)}:${toText(member)}`);
    return `{${members.sort().join()}}`;
  }
  if (typeof value === "number" && Number.isInteger(value)) return BigInt(value).toString();
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}
