/**
 * What puts runs into one group: values that are equal as filters compare them. Numbers are equal whatever their
 * spelling, objects whatever the order of their keys, and what is absent, null or an empty list of tags is "none".
 */
import type { FieldKind } from "../filter/filter-field.ts";
import { parseJson } from "../json/parse.ts";
import { printJson } from "../json/print.ts";
import { isJsonArray, setOwn } from "../json/value.ts";
import type { JsonValue } from "../json/value.ts";

/** A text that is the same for values that group together, and JSON of one of them. */
export function toGroupText(value: JsonValue | undefined, kind: FieldKind): string {
  if (value === undefined || (kind === "list" && isJsonArray(value) && value.length === 0)) return "null";
  return printJson(toPlainForm(value));
}

/** The value that stands for a group. */
export function parseGroupText(text: string): JsonValue {
  return parseJson(text);
}

function toPlainForm(value: JsonValue): JsonValue {
  if (typeof value === "number") {
    if (value === 0) return 0;
    return Number.isInteger(value) && !Number.isSafeInteger(value) ? BigInt(value) : value;
  }
  if (typeof value !== "object" || value === null) return value;
  if (isJsonArray(value)) return value.map(toPlainForm);
  const plain: Record<string, JsonValue> = {};
  for (const key of Object.keys(value).sort()) setOwn(plain, key, toPlainForm(value[key] ?? null));
  return plain;
}
