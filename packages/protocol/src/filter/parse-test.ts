/** Parses one operator of a field with its operand. */
import { isJsonArray, isJsonObject } from "../json/value.ts";
import type { JsonObject, JsonValue } from "../json/value.ts";
import { FilterError } from "./filter-error.ts";
import type { Comparable, FieldTest } from "./filter.ts";
import { MAX_REGEX_LENGTH } from "./limits.ts";

const OPERATORS =
  "$eq, $ne, $gt, $gte, $lt, $lte, $in, $nin, $exists, $regex, $contains, $size, $all or $not";
const REGEX_FLAGS = /^[ims]*$/;

/**
 * Parses one test. `siblings` is the object the operator stands in; `$regex` looks for `$options` there.
 *
 * @throws {FilterError} naming `path`, for an unknown operator or an operand of the wrong type.
 */
export function parseTest(
  operator: string,
  operand: JsonValue,
  siblings: JsonObject,
  path: string,
): FieldTest {
  switch (operator) {
    case "$eq":
    case "$ne":
      return { operator, value: operand };
    case "$gt":
    case "$gte":
    case "$lt":
    case "$lte":
      return { operator, value: parseComparable(operand, path) };
    case "$in":
    case "$nin":
    case "$all":
      return { operator, values: parseValues(operand, path) };
    case "$exists":
      if (typeof operand !== "boolean") throw expected("true or false", path);
      return { operator, exists: operand };
    case "$regex":
      return {
        operator,
        pattern: parsePattern(operand, path),
        flags: parseFlags(siblings["$options"], path),
      };
    case "$contains":
      if (typeof operand !== "string") throw expected("a text", path);
      return { operator, text: operand };
    case "$size":
      if (typeof operand !== "number" || !Number.isSafeInteger(operand) || operand < 0) {
        throw expected("a natural number", path);
      }
      return { operator, size: operand };
    default:
      throw new FilterError(`Unknown operator ${operator} at ${path}: expected ${OPERATORS}`, path);
  }
}

function parseComparable(operand: JsonValue, path: string): Comparable {
  if (operand === null || typeof operand === "object") throw expected("a number, a text or a boolean", path);
  return operand;
}

function parseValues(operand: JsonValue, path: string): readonly JsonValue[] {
  if (!isJsonArray(operand)) throw expected("a list", path);
  for (const [index, value] of operand.entries()) {
    if (isJsonObject(value) && Object.keys(value).some((key) => key.startsWith("$"))) {
      throw new FilterError(`Operators cannot stand in the list at ${path}[${index}]`, path);
    }
  }
  return operand;
}

function parsePattern(operand: JsonValue, path: string): string {
  if (typeof operand !== "string") throw expected("a pattern as text", path);
  if (operand.length > MAX_REGEX_LENGTH) {
    throw new FilterError(`A pattern may have at most ${MAX_REGEX_LENGTH} characters at ${path}`, path);
  }
  return operand;
}

function parseFlags(options: JsonValue | undefined, path: string): string {
  if (options === undefined) return "";
  if (typeof options !== "string" || !REGEX_FLAGS.test(options)) {
    throw new FilterError(`Expected $options of the letters i, m and s beside ${path}`, path);
  }
  return [...new Set(options)].sort().join("");
}

function expected(what: string, path: string): FilterError {
  return new FilterError(`Expected ${what} at ${path}`, path);
}
