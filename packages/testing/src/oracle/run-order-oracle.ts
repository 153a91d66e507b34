/** A naive comparison of runs by an order, written from the contract and the rules of the order's total order. */
import { printJson } from "@steelyard/protocol";
import type { JsonValue, RunDocument } from "@steelyard/protocol";
import { LIST_FIELDS, isList, readRunValue } from "./run-values.ts";

/**
 * Compares two runs by an order of unquoted keys: negative when `a` comes first, 0 when the order cannot tell.
 *
 * @throws {Error} when runs have no such field.
 */
export function compareRuns(order: string, a: RunDocument, b: RunDocument): number {
  for (const key of order.split(",")) {
    const field = key.trim().replace(/^[+-]/, "");
    const difference = compareValues(orderValue(a, field), orderValue(b, field), key.trim().startsWith("-"));
    if (difference !== 0) return difference;
  }
  return 0;
}

function orderValue(run: RunDocument, field: string): JsonValue {
  const value = readRunValue(run, field) ?? null;
  return LIST_FIELDS.includes(field) && isList(value) && value.length === 0 ? null : value;
}

function compareValues(a: JsonValue, b: JsonValue, isDescending: boolean): number {
  if (a === null || b === null) return (a === null ? 1 : 0) - (b === null ? 1 : 0);
  const direction = isDescending ? -1 : 1;
  if (rank(a) !== rank(b)) return direction * (rank(a) - rank(b));
  if (Number.isNaN(a) || Number.isNaN(b)) return (Number.isNaN(a) ? 1 : 0) - (Number.isNaN(b) ? 1 : 0);
  return direction * compareKeys(sortKey(a), sortKey(b));
}

function compareKeys(a: number | bigint | string, b: number | bigint | string): number {
  if (a < b) return -1;
  return a > b ? 1 : 0;
}

function rank(value: JsonValue): number {
  const classes = ["boolean", "number", "string", "object"];
  return classes.indexOf(typeof value === "bigint" ? "number" : typeof value);
}

function sortKey(value: JsonValue): number | bigint | string {
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "string") return value;
  return printJson(value);
}
