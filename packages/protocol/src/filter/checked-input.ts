/**
 * Takes a filter from outside (JSON text, or an object that a program built) to JSON values of bounded size, so that
 * the parser proper can recurse without fear.
 */
import { parseJson } from "../json/parse.ts";
import { JsonSyntaxError } from "../json/syntax-error.ts";
import { setOwn } from "../json/value.ts";
import type { JsonValue } from "../json/value.ts";
import { FilterError } from "./filter-error.ts";
import { MAX_FILTER_DEPTH, MAX_FILTER_TEXT_LENGTH, MAX_FILTER_VALUES } from "./limits.ts";

/**
 * Reads text as JSON, and checks that anything else is made of JSON values only. Nothing and blank text are `null`.
 *
 * @throws {FilterError} when the text is not JSON, a value is no JSON value, or a limit is passed.
 */
export function toCheckedInput(input: unknown): JsonValue {
  if (input === undefined) return null;
  const counter = { values: 0 };
  return toCheckedValue(typeof input === "string" ? parseText(input) : input, "", 0, counter);
}

function parseText(text: string): JsonValue {
  if (text.length > MAX_FILTER_TEXT_LENGTH) {
    throw new FilterError(
      `A filter may have at most ${MAX_FILTER_TEXT_LENGTH} characters, not ${text.length}`,
    );
  }
  if (text.trim() === "") return null;
  try {
    return parseJson(text);
  } catch (cause) {
    if (!(cause instanceof JsonSyntaxError)) throw cause;
    throw new FilterError(`The filter is not JSON: ${cause.message}`, undefined, { cause });
  }
}

function toCheckedValue(value: unknown, path: string, depth: number, counter: { values: number }): JsonValue {
  counter.values += 1;
  if (counter.values > MAX_FILTER_VALUES) {
    throw new FilterError(`A filter may hold at most ${MAX_FILTER_VALUES} values`);
  }
  if (isScalar(value)) return value;
  if (typeof value !== "object")
    throw new FilterError(`Expected a JSON value at ${path}, not ${typeof value}`, path);
  if (depth >= MAX_FILTER_DEPTH) {
    throw new FilterError(`A filter may nest at most ${MAX_FILTER_DEPTH} levels deep`, path);
  }
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value;
    return items.map((item, index) => toCheckedValue(item, `${path}[${index}]`, depth + 1, counter));
  }
  if (!isPlainObject(value)) {
    throw new FilterError(
      `Expected a JSON value at ${path}, not ${Object.prototype.toString.call(value)}`,
      path,
    );
  }
  const object: Record<string, JsonValue> = {};
  for (const [key, member] of Object.entries(value)) {
    setOwn(object, key, toCheckedValue(member, path === "" ? key : `${path}.${key}`, depth + 1, counter));
  }
  return object;
}

function isScalar(value: unknown): value is null | boolean | number | bigint | string {
  return value === null || ["boolean", "number", "bigint", "string"].includes(typeof value);
}

/** A `Date` or `Map` has no members to see: better an error than a filter that silently means something else. */
function isPlainObject(value: object): value is Record<string, unknown> {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
