/** Rows that would be too long to be sent lose their largest values, as W&B's client does it: the rest arrives. */
import { isJsonArray, isJsonObject, printJson } from "@steelyard/protocol";
import type { JsonObject, JsonValue } from "@steelyard/protocol";

/** The longest that a number is printed as, with a comma. */
const NUMBER_BYTES = 26;
/** What a sign takes at most: an escape such as `\u0000`. */
const SIGN_BYTES = 6;
/** What a value is counted as that had to be left out. */
const TOO_LARGE = "too large";

/** The row, without its largest values where it would be longer than allowed; `leftOut` counts these. */
export function fitRow(row: JsonObject, maxBytes: number, leftOut: Map<string, number>): JsonObject {
  if (boundOf(row) <= maxBytes) return row;
  const sizes = Object.entries(row).map(([key, value]) => ({
    key,
    sizeBytes: new TextEncoder().encode(printJson({ [key]: value })).length,
  }));
  sizes.sort((a, b) => b.sizeBytes - a.sizeBytes);
  let total = sizes.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const dropped = new Set<string>();
  for (const { key, sizeBytes } of sizes) {
    if (total <= maxBytes) break;
    dropped.add(key);
    total -= sizeBytes;
    leftOut.set(TOO_LARGE, (leftOut.get(TOO_LARGE) ?? 0) + 1);
  }
  return Object.fromEntries(Object.entries(row).filter(([key]) => !dropped.has(key)));
}

/** No fewer bytes than the value is printed in. */
function boundOf(value: JsonValue): number {
  if (typeof value === "string") return value.length * SIGN_BYTES + 3;
  if (isJsonArray(value)) return value.reduce<number>((sum, item) => sum + boundOf(item), 2);
  if (isJsonObject(value))
    return Object.entries(value).reduce((sum, [key, item]) => sum + boundOf(key) + boundOf(item), 2);
  return NUMBER_BYTES;
}
