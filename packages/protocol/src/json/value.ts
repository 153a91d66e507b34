/**
 * The values that W&B's extended JSON can hold. Integers that a double cannot carry are `bigint`, and the
 * non-finite numbers are ordinary numbers, because clients log both and expect them back.
 */

/** A parsed JSON value; `bigint` stands only for integers beyond `Number.MAX_SAFE_INTEGER`. */
export type JsonValue = null | boolean | number | bigint | string | readonly JsonValue[] | JsonObject;

/** A parsed JSON object. A key named `__proto__` is an own property like any other. */
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/** Tells a list from the other values; narrows where `Array.isArray` does not (readonly lists). */
export function isJsonArray(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** Tells an object from the other values: not null, not a list. */
export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Sets an own data property whatever the key is called: plain assignment of `__proto__` would change the
 * prototype instead.
 */
export function setOwn<T>(target: Record<string, T>, key: string, value: T): void {
  if (key === "__proto__") {
    Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
  } else {
    target[key] = value;
  }
}
