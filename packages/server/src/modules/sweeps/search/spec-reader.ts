/** Reads the fields of a sweep's configuration and names the one that is wrong. */
import { isJsonArray, isJsonObject, printJson } from "@steelyard/protocol";
import type { JsonObject, JsonValue } from "@steelyard/protocol";
import { ServerError } from "../../../errors.ts";

const NUMBER_TEXT = /^\s*[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?\s*$/i;

/** One object of the configuration, and where it stands. */
export class SpecReader {
  readonly #spec: JsonObject;
  readonly #field: string;

  constructor(spec: JsonObject, field = "") {
    this.#spec = spec;
    this.#field = field;
  }

  /** The keys that are there. */
  keys(): readonly string[] {
    return Object.keys(this.#spec);
  }

  /** Tells whether a key is there. */
  has(key: string): boolean {
    return Object.hasOwn(this.#spec, key);
  }

  /** The value of a key, undefined where it is absent. */
  value(key: string): JsonValue | undefined {
    return this.has(key) ? this.#spec[key] : undefined;
  }

  /** The full name of a key, for messages. */
  fieldOf(key: string): string {
    return this.#field === "" ? key : `${this.#field}.${key}`;
  }

  /** The error that a key's value deserves. */
  failure(key: string, message: string): ServerError {
    const field = key === "" ? this.#field : this.fieldOf(key);
    return new ServerError("invalid_argument", `${field}: ${message}`, { field });
  }

  /** A finite number. Throws invalid_argument for anything else, and for an absent one without a fallback. */
  number(key: string, fallback?: number): number {
    const value = this.value(key);
    if (value === undefined && fallback !== undefined) return fallback;
    const number = typeof value === "bigint" ? Number(value) : value;
    if (typeof number === "number" && Number.isFinite(number)) return number;
    if (typeof number === "string" && NUMBER_TEXT.test(number))
      throw this.failure(
        key,
        `expected a number, found the text ${printJson(number)}; write it without quotes`,
      );
    throw this.failure(key, `expected a number, found ${describe(value)}`);
  }

  /** A number above zero. Throws as {@link number} does. */
  positive(key: string, fallback?: number): number {
    const number = this.number(key, fallback);
    if (number <= 0) throw this.failure(key, `expected a number above 0, found ${number}`);
    return number;
  }

  /** A whole number that is at least the smallest one, null where it is absent. Throws invalid_argument. */
  optionalInteger(key: string, smallest: number): number | null {
    if (!this.has(key) || this.value(key) === null) return null;
    const number = this.number(key);
    if (!Number.isSafeInteger(number) || number < smallest)
      throw this.failure(key, `expected a whole number of at least ${smallest}, found ${number}`);
    return number;
  }

  /** A text, null where it is absent. Throws invalid_argument. */
  optionalText(key: string): string | null {
    const value = this.value(key);
    if (value === undefined || value === null) return null;
    if (typeof value !== "string") throw this.failure(key, `expected a text, found ${describe(value)}`);
    return value;
  }

  /** One of some words. Throws invalid_argument for another, and for an absent one without a fallback. */
  word<Word extends string>(key: string, words: readonly Word[], fallback?: Word): Word {
    const value = this.value(key);
    if (value === undefined && fallback !== undefined) return fallback;
    const word = words.find((known) => known === value);
    if (word === undefined)
      throw this.failure(key, `expected one of ${words.join(", ")}, found ${describe(value)}`);
    return word;
  }

  /** A list with at least one element. Throws invalid_argument. */
  list(key: string): readonly JsonValue[] {
    const value = this.value(key);
    if (!isJsonArray(value) || value.length === 0)
      throw this.failure(key, `expected a list with at least one value, found ${describe(value)}`);
    return value;
  }

  /** A nested object. Throws invalid_argument. */
  object(key: string): SpecReader {
    const value = this.value(key);
    if (!isJsonObject(value)) throw this.failure(key, `expected an object, found ${describe(value)}`);
    return new SpecReader(value, this.fieldOf(key));
  }
}

function describe(value: JsonValue | undefined): string {
  if (value === undefined) return "nothing";
  const text = printJson(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
