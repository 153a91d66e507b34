/**
 * Writes values as extended JSON text, the reverse of `parse.ts`: what was read as `bigint`, NaN, Infinity or -0
 * is written with the same token. Also turns values into what standard JSON printers can carry.
 */
import { isJsonArray, isJsonObject, setOwn } from "./value.ts";
import type { JsonValue } from "./value.ts";

/**
 * Prints extended JSON: bare `NaN`, `Infinity` and `-Infinity`, integers with all digits, no spaces.
 * `parseJson` of the result gives an equal value.
 */
export function printJson(value: JsonValue): string {
  // The built-in printer is several times faster, also with the look at every value that it needs.
  return isStandard(value) ? JSON.stringify(value) : printExactly(value);
}

/** Whether the built-in printer writes the value without loss. */
function isStandard(value: JsonValue): boolean {
  if (typeof value === "number")
    return Number.isFinite(value) && !isUnsafeInteger(value) && !Object.is(value, -0);
  if (typeof value !== "object" || value === null) return typeof value !== "bigint";
  if (isJsonArray(value)) return value.every(isStandard);
  for (const key of Object.keys(value)) {
    const member = value[key];
    if (member !== undefined && !isStandard(member)) return false;
  }
  return true;
}

function printExactly(value: JsonValue): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (isJsonArray(value)) return printArray(value);
  if (isJsonObject(value)) return printObject(Object.entries(value));
  return typeof value === "number" ? printNumber(value) : String(value);
}

/** A double beyond 2^53 gets an exponent, because bare digits would be read as a `bigint`. */
function printNumber(value: number): string {
  if (isUnsafeInteger(value)) return value.toExponential();
  return Object.is(value, -0) ? "-0" : String(value);
}

function isUnsafeInteger(value: number): boolean {
  return Number.isInteger(value) && !Number.isSafeInteger(value);
}

function printArray(items: readonly JsonValue[]): string {
  return `[${items.map(printExactly).join(",")}]`;
}

function printObject(entries: readonly (readonly [string, JsonValue])[]): string {
  return `{${entries.map(([key, value]) => `${JSON.stringify(key)}:${printExactly(value)}`).join(",")}}`;
}

/**
 * Prepares a value for a JSON value in a response body (not for JSON inside a text), to be printed by
 * `JSON.stringify`: NaN and the infinities become the texts "NaN", "Infinity" and "-Infinity", and a `bigint` is
 * printed with all its digits (as a text in runtimes without `JSON.rawJSON`). Where it can be, -0 is printed as such,
 * and a whole double beyond 2^53 so that it is not taken for an integer. What needs no change is returned as it is.
 */
export function toWireJson(value: JsonValue): unknown {
  if (typeof value === "bigint") return printRaw(value.toString());
  if (typeof value === "number") return toWireNumber(value);
  if (isJsonArray(value)) {
    const items = value.map(toWireJson);
    return items.every((item, index) => item === value[index]) ? value : items;
  }
  if (!isJsonObject(value)) return value;
  let isChanged = false;
  const copy: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(value)) {
    const wire = toWireJson(member);
    isChanged ||= wire !== member;
    setOwn(copy, key, wire);
  }
  return isChanged ? copy : value;
}

interface RawJsonPrinter {
  rawJSON(text: string): unknown;
}

/** `JSON.rawJSON` is in Node 22 and current browsers, but not in TypeScript's ES2024 library. */
function canPrintRaw(json: object): json is RawJsonPrinter {
  return "rawJSON" in json && typeof json.rawJSON === "function";
}

function toWireNumber(value: number): unknown {
  if (!Number.isFinite(value)) return value.toString();
  const json: object = JSON;
  if (!canPrintRaw(json)) return value;
  if (Object.is(value, -0)) return json.rawJSON("-0.0");
  return isUnsafeInteger(value) ? json.rawJSON(printNumber(value)) : value;
}

function printRaw(digits: string): unknown {
  const json: object = JSON;
  return canPrintRaw(json) ? json.rawJSON(digits) : digits;
}
