/**
 * Reads a config value by any of the spellings in use: `lr`, `lr.value`, `lr.nested`, `lr.value.nested`. Config arrives
 * as `{"lr": {"value": …}}`; entries without that wrapper are read as they are.
 */
import { isJsonObject } from "../json/value.ts";
import type { JsonObject, JsonValue } from "../json/value.ts";
import type { KeyPath } from "./key-path.ts";

/**
 * The value at a path into a run's config, or `undefined`. `lr.value` is always the whole value of `lr`, even when that
 * is an object with a key `value`; `lr.value.value` reaches inside.
 */
export function readConfig(config: JsonObject, path: KeyPath): JsonValue | undefined {
  const entry = Object.hasOwn(config, path.text) ? config[path.text] : undefined;
  if (entry !== undefined) return unwrap(entry);
  for (const { head, rest } of path.splits) {
    const nested = Object.hasOwn(config, head) ? config[head] : undefined;
    const found = nested === undefined ? undefined : readEntry(nested, rest);
    if (found !== undefined) return found;
  }
  return undefined;
}

function readEntry(entry: JsonValue, rest: KeyPath): JsonValue | undefined {
  if (!isWrapped(entry)) return rest.read(entry);
  if (rest.text === "value") return entry.value;
  const afterValue = rest.splits.at(-1);
  const found = afterValue?.head === "value" ? afterValue.rest.read(entry.value) : undefined;
  // Not `??`: a null that was found is an answer.
  return found === undefined ? rest.read(entry.value) : found;
}

function unwrap(entry: JsonValue): JsonValue {
  return isWrapped(entry) ? entry.value : entry;
}

function isWrapped(entry: JsonValue): entry is JsonObject & { readonly value: JsonValue } {
  return isJsonObject(entry) && Object.hasOwn(entry, "value");
}
