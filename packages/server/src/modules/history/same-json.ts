/** Whether two values are the same to their last detail: order of keys, -0, NaN, and bigint versus number. */
import { isJsonArray, isJsonObject } from "@steelyard/protocol";
import type { JsonValue } from "@steelyard/protocol";

/** Compares values. */
export function isSameJson(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  if (Object.is(a, b)) return true;
  if (isJsonArray(a)) {
    return isJsonArray(b) && a.length === b.length && a.every((item, index) => isSameJson(item, b[index]));
  }
  if (!isJsonObject(a) || !isJsonObject(b)) return false;
  const keys = Object.keys(a);
  const others = Object.keys(b);
  return (
    keys.length === others.length &&
    keys.every((key, index) => key === others[index] && isSameJson(a[key], b[key]))
  );
}
