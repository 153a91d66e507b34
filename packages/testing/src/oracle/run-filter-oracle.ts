/**
 * A naive evaluator of the filter language: it walks the filter as JSON for every run, with nothing prepared. Written
 * from the contract's description of the language, so that the engine and every store can be judged by it.
 */
import type { JsonObject, JsonValue, RunDocument } from "@steelyard/protocol";
import { DATE_FIELDS, LIST_FIELDS, isList, isObject, readRunValue } from "./run-values.ts";

/**
 * Whether a run matches a filter that is known to be valid.
 *
 * @throws {Error} when it meets something that no valid filter holds.
 */
export function matchesRunFilter(filter: JsonObject, run: RunDocument): boolean {
  return Object.entries(filter).every(([key, operand]) => {
    if (key === "$not") return isObject(operand) && !matchesRunFilter(operand, run);
    if (["$and", "$or", "$nor"].includes(key)) return matchesLogical(key, operand, run);
    return matchesCondition(key, operand, run);
  });
}

function matchesLogical(operator: string, operand: JsonValue, run: RunDocument): boolean {
  if (!isList(operand)) throw new Error(`${operator} needs a list`);
  const filters = operand.filter(isObject);
  const isSwitchedOff = operand.length > 0 && operand.every((filter) => filter === null);
  if (isSwitchedOff) return true;
  if (operator === "$and") return filters.every((filter) => matchesRunFilter(filter, run));
  const matchesSome = filters.some((filter) => matchesRunFilter(filter, run));
  return operator === "$or" ? matchesSome : !matchesSome;
}

function matchesCondition(field: string, operand: JsonValue, run: RunDocument): boolean {
  const isOperators = isObject(operand) && Object.keys(operand).some((key) => key.startsWith("$"));
  if (!isOperators) return matchesOperator("$eq", operand, {}, field, run);
  return Object.entries(operand).every(([operator, inner]) =>
    matchesOperator(operator, inner, operand, field, run),
  );
}

function matchesOperator(
  operator: string,
  operand: JsonValue,
  siblings: JsonObject,
  field: string,
  run: RunDocument,
): boolean {
  const value = readRunValue(run, field);
  const isNothing =
    value === undefined || (LIST_FIELDS.includes(field) && isList(value) && value.length === 0);
  const items = isList(value) ? value : value === undefined ? [] : [value];
  const equals = (wanted: JsonValue): boolean => {
    if (wanted === null) return isNothing || value === null || items.includes(null);
    if (DATE_FIELDS.includes(field)) return toTime(value ?? null) === toTime(wanted);
    return (value !== undefined && isSame(value, wanted)) || items.some((item) => isSame(item, wanted));
  };
  const wantedList = isList(operand) ? operand : [];
  switch (operator) {
    case "$eq":
      return equals(operand);
    case "$ne":
      return !equals(operand);
    case "$in":
      return wantedList.some(equals);
    case "$nin":
      return !wantedList.some(equals);
    case "$all":
      return wantedList.length > 0 && wantedList.every(equals);
    case "$gt":
    case "$gte":
    case "$lt":
    case "$lte":
      if (DATE_FIELDS.includes(field)) return isOrdered(operator, toTime(value ?? null), toTime(operand));
      return items.some((item) => isOrdered(operator, item, operand));
    case "$exists":
      return isNothing !== operand;
    case "$regex": {
      const options = typeof siblings["$options"] === "string" ? siblings["$options"] : "";
      if (typeof operand !== "string") throw new Error("$regex needs a text");
      const pattern = new RegExp(operand, `u${options}`);
      return items.some((item) => typeof item === "string" && pattern.test(item));
    }
    case "$options":
      return true;
    case "$contains":
      if (typeof operand !== "string") throw new Error("$contains needs a text");
      return items.some((item) => typeof item === "string" && item.includes(operand));
    case "$size":
      return isList(value) && value.length === operand;
    case "$not":
      return !matchesCondition(field, operand, run);
    default:
      throw new Error(`the oracle knows no operator ${operator}`);
  }
}

function isOrdered(operator: string, value: JsonValue, operand: JsonValue): boolean {
  const [left, right] = [toComparable(value), toComparable(operand)];
  if (left === undefined || right === undefined || left.class !== right.class) return false;
  if (operator === "$gt") return left.key > right.key;
  if (operator === "$lt") return left.key < right.key;
  if (operator === "$gte") return left.key >= right.key;
  return left.key <= right.key;
}

function toComparable(value: JsonValue): { class: string; key: number | bigint | string } | undefined {
  if (typeof value === "string") return { class: "text", key: value };
  if (typeof value === "boolean") return { class: "boolean", key: value ? 1 : 0 };
  if (typeof value === "number" || typeof value === "bigint") return { class: "number", key: value };
  return undefined;
}

function isSame(a: JsonValue, b: JsonValue): boolean {
  return canonical(a) === canonical(b);
}

/** One text per value: equal values have equal texts. */
function canonical(value: JsonValue): string {
  if (isList(value)) return `[${value.map(canonical).join(",")}]`;
  if (isObject(value)) {
    const members = Object.entries(value).map(
      ([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`,
    );
    return `{${members.sort().join(",")}}`;
  }
  if (typeof value === "number" && Number.isInteger(value)) return BigInt(value).toString();
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}

/** Milliseconds since 1970, `null` when there is no date. */
function toTime(value: JsonValue): number | null {
  if (typeof value === "number") return Math.abs(value) < 1e11 ? value * 1_000 : value;
  if (typeof value !== "string") return null;
  const hasTime = value.includes(":");
  const hasZone = /(?:Z|[+-]\d\d:\d\d)$/.test(value);
  return Date.parse(`${value.replace(" ", "T")}${hasTime && !hasZone ? "Z" : ""}`);
}
