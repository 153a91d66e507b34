/**
 * The edge where answers become values: small readers that check one thing each and, on failure, name the place.
 * The generated decoders of `generated/documents.ts` are made of these and of nothing else.
 */
import { isJsonArray, isJsonObject } from "@steelyard/protocol";
import type { JsonObject, JsonValue } from "@steelyard/protocol";

/** Reads one JSON value as a `T`, or throws a {@link ShapeError}. */
export type Decoder<T> = (value: JsonValue | undefined) => T;

/** An answer without the shape that its document promises. Turned into a `CommError` with the path in its message. */
export class ShapeError extends Error {
  override readonly name: string = "ShapeError";
  readonly #path: (string | number)[] = [];
  readonly #problem: string;

  constructor(problem: string) {
    super(problem);
    this.#problem = problem;
  }

  /** Adds the step that leads to the place found so far; called on the way up. */
  within(step: string | number): this {
    this.#path.unshift(step);
    this.message = `${this.path}: ${this.#problem}`;
    return this;
  }

  /** Where the value is, as `project.runs.edges[0].node.id`. */
  get path(): string {
    return this.#path.reduce<string>((path, step) => {
      if (typeof step === "number") return `${path}[${step}]`;
      return path === "" ? step : `${path}.${step}`;
    }, "");
  }
}

/** Reads a member of an object; the error of its decoder gets the member's name. */
export function field<T>(object: JsonObject, key: string, decode: Decoder<T>): T {
  try {
    return decode(Object.hasOwn(object, key) ? object[key] : undefined);
  } catch (error) {
    throw located(error, key);
  }
}

/** Reads an object, as it is. */
export const asObject: Decoder<JsonObject> = (value) => {
  if (!isJsonObject(value)) throw expected("an object", value);
  return value;
};

/** Allows null, and absence as null: old servers leave out what they do not know. */
export function nullable<T>(decode: Decoder<T>): Decoder<T | null> {
  return (value) => (value === null || value === undefined ? null : decode(value));
}

/** Reads an object of one kind among several, by its `__typename`; others are null. */
export function onlyOf<T>(kind: string, decode: Decoder<T>): Decoder<T | null> {
  return (value) => (isJsonObject(value) && value["__typename"] !== kind ? null : decode(value));
}

/** Reads a list; the error of an element gets its index. */
export function list<T>(decode: Decoder<T>): Decoder<T[]> {
  return (value) => {
    if (!isJsonArray(value)) throw expected("a list", value);
    const items: T[] = [];
    try {
      for (const item of value) items.push(decode(item));
    } catch (error) {
      throw located(error, items.length);
    }
    return items;
  };
}

/** Reads a text. Numbers are printed: some servers send ids as numbers. */
export const text: Decoder<string> = (value) => {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "bigint") return String(value);
  throw expected("a text", value);
};

/** Reads a truth value. */
export const boolean: Decoder<boolean> = (value) => {
  if (typeof value !== "boolean") throw expected("true or false", value);
  return value;
};

/** Reads an integer of any size; texts of digits are allowed. Beyond 2^53 it is a `bigint`. */
export const int64: Decoder<number | bigint> = (value) => {
  const exact = typeof value === "string" && /^-?\d+$/.test(value) ? BigInt(value) : value;
  if (typeof exact === "bigint") {
    const number = Number(exact);
    return Number.isSafeInteger(number) ? number : exact;
  }
  if (typeof exact !== "number" || !Number.isInteger(exact)) throw expected("an integer", value);
  return exact;
};

/** Reads an integer that a double holds exactly; texts of digits are allowed. */
export const integer: Decoder<number> = (value) => {
  const number = int64(value);
  if (typeof number === "bigint") throw expected("an integer below 2^53", value);
  return number;
};

/** Reads a number. */
export const float: Decoder<number> = (value) => {
  if (typeof value === "number") return value;
  if (typeof value === "bigint") return Number(value);
  throw expected("a number", value);
};

/** Reads any JSON value. */
export const json: Decoder<JsonValue> = (value) => {
  if (value === undefined) throw expected("a value", value);
  return value;
};

function located(error: unknown, step: string | number): unknown {
  return error instanceof ShapeError ? error.within(step) : error;
}

function expected(wanted: string, found: JsonValue | undefined): ShapeError {
  return new ShapeError(`expected ${wanted}, found ${describe(found)}`);
}

function describe(value: JsonValue | undefined): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (isJsonArray(value)) return "a list";
  if (isJsonObject(value)) return "an object";
  return `the ${typeof value} ${JSON.stringify(String(value).slice(0, 40))}`;
}
