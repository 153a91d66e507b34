/**
 * Reads the extended JSON that W&B's clients write: bare `NaN`, `Infinity` and `-Infinity`, and integers with
 * all their digits. Ordinary texts take the built-in parser; a cheap look at the text decides.
 */
import { MAX_JSON_DEPTH, parseExactly } from "./exact-parser.ts";
import { JsonSyntaxError } from "./syntax-error.ts";
import { isJsonObject } from "./value.ts";
import type { JsonObject, JsonValue } from "./value.ts";

/** Sixteen digits that do not follow a point: perhaps an integer that a double cannot hold. */
const PERHAPS_UNSAFE_INTEGER = /(?:^|[^.\d])\d{16}/;

/**
 * Parses extended JSON. Integer tokens beyond 2^53 become `bigint`; of duplicate keys the last wins; `-0` stays;
 * `__proto__` is an own key.
 *
 * @throws {JsonSyntaxError} with the position, when the text is not extended JSON or nests too deep.
 */
export function parseJson(text: string): JsonValue {
  if (needsExactParser(text)) return parseExactly(text);
  try {
    // The built-in parser is typed `any`; without exotic tokens its results are exactly JsonValue.
    return JSON.parse(text) as JsonValue;
  } catch {
    // The exact parser refuses the same text, and says where.
    return parseExactly(text);
  }
}

/**
 * Parses extended JSON whose top level must be an object.
 *
 * @throws {JsonSyntaxError} as {@link parseJson}, and when the top level is something else.
 */
export function parseJsonObject(text: string): JsonObject {
  const value = parseJson(text);
  if (!isJsonObject(value)) throw new JsonSyntaxError("Expected a JSON object", 0);
  return value;
}

function needsExactParser(text: string): boolean {
  return (
    text.includes("NaN") ||
    text.includes("Infinity") ||
    PERHAPS_UNSAFE_INTEGER.test(text) ||
    mayNestTooDeep(text)
  );
}

/** Counts opening brackets, in texts too, until there are more than the depth limit: an upper bound. */
function mayNestTooDeep(text: string): boolean {
  if (text.length <= MAX_JSON_DEPTH) return false;
  let found = 0;
  for (const bracket of ["[", "{"]) {
    for (let at = text.indexOf(bracket); at !== -1; at = text.indexOf(bracket, at + 1)) {
      found += 1;
      if (found > MAX_JSON_DEPTH) return nestsTooDeep(text);
    }
  }
  return false;
}

function nestsTooDeep(text: string): boolean {
  let depth = 0;
  let isQuoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (isQuoted) {
      if (character === "\\") at += 1;
      else if (character === '"') isQuoted = false;
    } else if (character === '"') {
      isQuoted = true;
    } else if (character === "{" || character === "[") {
      depth += 1;
      if (depth > MAX_JSON_DEPTH) return true;
    } else if (character === "}" || character === "]") {
      depth -= 1;
    }
  }
  return false;
}
