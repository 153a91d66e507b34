/** When two values are equal: exactly, by meaning, whatever their order of keys. */
import { isJsonArray, isJsonObject } from "../json/value.ts";
import type { JsonValue } from "../json/value.ts";

/**
 * Deep equality. Numbers and big integers compare by exact value; NaN equals NaN; -0 equals 0; the order of an object's
 * keys does not matter.
 */
export function isDeepEqual(a: JsonValue, b: JsonValue): boolean {
  if (a === b) return true;
  if (isNumeric(a) && isNumeric(b)) return isSameNumber(a, b);
  if (isJsonArray(a)) {
    if (!isJsonArray(b) || a.length !== b.length) return false;
    return a.every((item, index) => {
      const other = b[index];
      return other !== undefined && isDeepEqual(item, other);
    });
  }
  if (!isJsonObject(a) || !isJsonObject(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => isSameMember(a[key], b, key));
}

/** Tells whether a value is a number of either kind. */
export function isNumeric(value: JsonValue | undefined): value is number | bigint {
  return typeof value === "number" || typeof value === "bigint";
}

/** Exact numeric equality over both kinds of number, with NaN equal to NaN. */
export function isSameNumber(a: number | bigint, b: number | bigint): boolean {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) && Number.isNaN(b);
  return !(a < b) && !(a > b);
}

function isSameMember(
  member: JsonValue | undefined,
  object: Record<string, JsonValue>,
  key: string,
): boolean {
  const other = Object.hasOwn(object, key) ? object[key] : undefined;
  return member !== undefined && other !== undefined && isDeepEqual(member, other);
}
