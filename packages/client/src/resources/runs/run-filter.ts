/** Filters of runs: the Mongo-style language of the contract, sent as JSON text and judged by the server. */
import { printJson, setOwn } from "@steelyard/protocol";
import type { JsonValue } from "@steelyard/protocol";

/** A value in a filter; a date stands for its ISO text. */
export type FilterValue = JsonValue | Date | readonly FilterValue[] | RunFilter;

/** A filter, such as `{ "config.lr": { $lt: 0.1 }, state: "finished" }`. */
export interface RunFilter {
  readonly [key: string]: FilterValue | undefined;
}

/** The filter as JSON text; keys and operators are sent as they are. */
export function printRunFilter(filter: RunFilter): string {
  return printJson(toJson(filter));
}

function toJson(value: FilterValue): JsonValue {
  if (value instanceof Date) return value.toISOString();
  if (isList(value)) return value.map(toJson);
  if (typeof value !== "object" || value === null) return value;
  const object: Record<string, JsonValue> = {};
  for (const [key, member] of Object.entries(value)) {
    if (member !== undefined) setOwn(object, key, toJson(member));
  }
  return object;
}

function isList(value: FilterValue): value is readonly FilterValue[] {
  return Array.isArray(value);
}
