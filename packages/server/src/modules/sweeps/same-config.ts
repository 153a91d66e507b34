/** Whether two configs say the same, whatever the order in which they say it. */
import { isJsonArray, isJsonObject } from "@steelyard/protocol";
import type { JsonValue } from "@steelyard/protocol";

/** Compares configs. */
export function isSameConfig(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  if (Object.is(a, b)) return true;
  if (isJsonArray(a) && isJsonArray(b)) {
    return a.length === b.length && a.every((item, index) => isSameConfig(item, b[index]));
  }
  if (!isJsonObject(a) || !isJsonObject(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && isSameConfig(a[key], b[key]))
  );
}
