/** How history keys name values: an exact key, or a path of keys joined by dots into nested objects. */
import { isJsonObject } from "@steelyard/protocol";
import type { JsonObject, JsonValue } from "@steelyard/protocol";

/** The value that a key names in a row: the exact key first, then nested ones; undefined when the row lacks it. */
export function findValue(row: JsonObject, key: string): JsonValue | undefined {
  if (Object.hasOwn(row, key)) return row[key];
  for (let dot = key.indexOf("."); dot !== -1; dot = key.indexOf(".", dot + 1)) {
    const head = key.slice(0, dot);
    const inner = Object.hasOwn(row, head) ? row[head] : undefined;
    if (!isJsonObject(inner)) continue;
    const value = findValue(inner, key.slice(dot + 1));
    if (value !== undefined) return value;
  }
  return undefined;
}

/**
 * A row's values by dotted name. Plain objects are opened; what carries a `_type` (media, histograms) is one value,
 * and so are lists and empty objects.
 */
export function* flatten(row: JsonObject, prefix = ""): Generator<readonly [string, JsonValue]> {
  for (const [key, value] of Object.entries(row)) {
    const name = prefix + key;
    if (isPlainObject(value)) yield* flatten(value, `${name}.`);
    else yield [name, value];
  }
}

function isPlainObject(value: JsonValue): value is JsonObject {
  if (!isJsonObject(value)) return false;
  if (Object.hasOwn(value, "_type") && typeof value["_type"] === "string") return false;
  return Object.keys(value).length > 0;
}

/**
 * Whether a line, which is a JSON object, holds a key, as far as a search of its text can tell; undefined when it must
 * be parsed to know. In a line without backslashes a quoted text before a colon is a key and stands there as it is; in
 * one without inner objects it is a key of the row itself.
 */
export function holdsKey(line: string, key: string): boolean | undefined {
  if (line.includes("\\") || NEEDS_ESCAPE.test(key)) return undefined;
  const isQuoted = line.includes(`"${key}"`);
  if (!isQuoted) {
    const dot = key.lastIndexOf(".");
    return dot !== -1 && line.includes(`${key.slice(dot + 1)}"`) ? undefined : false;
  }
  const isFlat = line.lastIndexOf("{") === line.indexOf("{");
  return isFlat && line.includes(`"${key}":`) ? true : undefined;
}

// Control characters are meant: JSON writes them, quotes and backslashes with a backslash.
const NEEDS_ESCAPE = /["\\\p{Cc}]/u;
