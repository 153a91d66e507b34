// Answers the queries for rows that are not in files the way the server's contract says, from the rows as logged.
import {
  isJsonArray,
  isJsonObject,
  parseJsonObject,
  printJson,
  setOwn,
  toWireJson,
} from "@steelyard/protocol";
import type { JsonObject, JsonValue } from "@steelyard/protocol";
import type { Row } from "./rows.ts";

/** The step of a row; throws when it has none. */
export function stepOf(row: Row): number {
  const step = row["_step"];
  if (typeof step !== "number") throw new TypeError(`expected a row with a step, found ${printJson(row)}`);
  return step;
}

/** `historyKeys`: the client reads only the last step from it. */
export function historyKeys(rows: readonly Row[]): unknown {
  return { lastStep: Math.max(-1, ...rows.map(stepOf)), keys: {}, sets: [] };
}

/** `history(minStep, maxStep)`: whole rows as JSON texts; `maxStep` is exclusive. */
export function historyPage(rows: readonly Row[], variables: Readonly<Record<string, unknown>>): string[] {
  const minStep = Number(variables["minStep"]);
  const maxStep = Number(variables["maxStep"]);
  return rows.filter((row) => stepOf(row) >= minStep && stepOf(row) < maxStep).map(printJson);
}

/** `sampledHistory(specs)` for one spec: rows that hold all keys, cut down to them; `maxStep` is inclusive. */
export function sampledPage(rows: readonly Row[], specText: unknown): unknown[] {
  const spec = parseJsonObject(String(specText));
  const keys = parseKeys(spec["keys"]);
  const minStep = Number(spec["minStep"]);
  const maxStep = Number(spec["maxStep"]);
  const found: unknown[] = [];
  for (const row of rows) {
    if (stepOf(row) < minStep || stepOf(row) > maxStep) continue;
    const cut = cutRow(row, keys);
    if (cut !== undefined) found.push(toWireJson(cut));
  }
  return found;
}

function cutRow(row: Row, keys: readonly string[]): JsonObject | undefined {
  const cut: Record<string, JsonValue> = {};
  for (const key of keys) {
    const value = lookUp(row, key);
    if (value === undefined) return undefined;
    setOwn(cut, key, value);
  }
  return cut;
}

/** An exact key first, then the path that its dots spell. */
function lookUp(row: JsonObject, key: string): JsonValue | undefined {
  if (Object.hasOwn(row, key)) return row[key];
  let value: JsonValue | undefined = row;
  for (const part of key.split(".")) {
    if (!isJsonObject(value) || !Object.hasOwn(value, part)) return undefined;
    value = value[part];
  }
  return value;
}

function parseKeys(keys: JsonValue | undefined): string[] {
  if (!isJsonArray(keys)) throw new TypeError("expected a spec with a list of keys");
  return keys.map(String);
}
