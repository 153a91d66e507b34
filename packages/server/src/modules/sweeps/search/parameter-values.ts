/** Reads and writes parameters at their paths in a run's values. */
import { isJsonObject, setOwn } from "@steelyard/protocol";
import type { JsonObject, JsonValue } from "@steelyard/protocol";
import type { SweepParameter } from "./distribution.ts";

/** The value of a parameter, undefined where a run has none. */
export function valueAtPath(values: JsonObject, path: readonly string[]): JsonValue | undefined {
  let value: JsonValue | undefined = values;
  for (const key of path) {
    if (!isJsonObject(value) || !Object.hasOwn(value, key)) return undefined;
    value = value[key];
  }
  return value;
}

/** A run's values from one value for each parameter, nested. */
export function nestValues(parameters: readonly SweepParameter[], values: readonly JsonValue[]): JsonObject {
  return nest(parameters.map(({ path }, index) => ({ path, value: values[index] ?? null })));
}

interface PlacedValue {
  readonly path: readonly string[];
  readonly value: JsonValue;
}

function nest(placed: readonly PlacedValue[]): JsonObject {
  const object: Record<string, JsonValue> = {};
  for (const [key, members] of Map.groupBy(placed, ({ path }) => path[0] ?? "")) {
    const [only] = members;
    const isLeaf = only?.path.length === 1;
    const inner = members.map(({ path, value }) => ({ path: path.slice(1), value }));
    setOwn(object, key, isLeaf ? only.value : nest(inner));
  }
  return object;
}
