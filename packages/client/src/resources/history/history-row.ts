/** A row of a run's history, and how named keys are found in it. */
import { isJsonObject } from "@steelyard/protocol";
import type { JsonObject, JsonValue } from "@steelyard/protocol";

/** A row as it was logged: `_step`, and whatever keys the step has; nested dicts stay nested. */
export type HistoryRow = JsonObject;

/**
 * Which rows a read with keys gives: `union` rows that hold any of the keys, `all-keys` only rows that hold every one
 * (what Python does).
 */
export type HistoryRowMode = "union" | "all-keys";

/** The keys of a read: which rows, and what of them. */
export interface HistorySelection {
  /** Taken along when a row has it. In `union` mode rows are not chosen by it, even if it is among the keys. */
  readonly xAxis: string;
  readonly keys: readonly string[];
  readonly mode: HistoryRowMode;
}

/** The value of a key: the exact key first, then the path through nested dicts; undefined when absent. */
export function findInRow(row: JsonObject, key: string): JsonValue | undefined {
  if (Object.hasOwn(row, key)) return row[key];
  for (let dot = key.indexOf("."); dot !== -1; dot = key.indexOf(".", dot + 1)) {
    const head = key.slice(0, dot);
    const inner = Object.hasOwn(row, head) ? row[head] : undefined;
    const found = isJsonObject(inner) ? findInRow(inner, key.slice(dot + 1)) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The part of a row that a selection asks for, under the names asked for, or undefined when the row is not meant. */
export function selectFromRow(row: JsonObject, selection: HistorySelection): HistoryRow | undefined {
  const names = selectedKeys(selection);
  const entries = names.map((name) => [name, findInRow(row, name)] as const);
  const present = entries.filter((entry): entry is [string, JsonValue] => entry[1] !== undefined);
  const isMeant =
    selection.mode === "all-keys"
      ? present.length === names.length
      : present.some(([name]) => name !== selection.xAxis || names.length === 1);
  return isMeant ? Object.fromEntries(present) : undefined;
}

/** The x axis and the keys, each once. */
export function selectedKeys({ xAxis, keys }: HistorySelection): readonly string[] {
  return [...new Set([xAxis, ...keys])];
}

const NON_FINITE: ReadonlyMap<JsonValue, number> = new Map([
  ["NaN", Number.NaN],
  ["Infinity", Number.POSITIVE_INFINITY],
  ["-Infinity", Number.NEGATIVE_INFINITY],
]);

/**
 * Rows that travel as JSON values carry non-finite numbers as texts; this turns them back. A metric that logged the
 * text "NaN" itself becomes a number, which servers do not let us tell apart.
 */
export function reviveRow(row: JsonObject): HistoryRow {
  const entries = Object.entries(row);
  if (!entries.some(([, value]) => NON_FINITE.has(value))) return row;
  return Object.fromEntries(entries.map(([key, value]) => [key, reviveValue(value)]));
}

/** One value of such a row. */
export function reviveValue(value: JsonValue): JsonValue {
  return NON_FINITE.get(value) ?? value;
}
