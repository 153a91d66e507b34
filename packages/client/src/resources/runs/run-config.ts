/** A run's config: the user's values as a plain object, and the text that the server keeps, which wraps each value. */
import { isJsonObject, printJson, setOwn } from "@steelyard/protocol";
import type { JsonObject, JsonValue } from "@steelyard/protocol";

import { parseObjectText } from "../../core/json-text.ts";

/** The user's config: change it, then `await run.update()`. */
export interface ConfigValues {
  [key: string]: JsonValue;
}

/** Keys that the client's machinery keeps in the config; they are not the user's. */
const INTERNAL_KEYS: readonly string[] = ["_wandb", "wandb_version"];

/** A config as received, and the values that the user may change. */
export class RunConfig {
  /** The user's values, unwrapped. */
  readonly values: ConfigValues = {};
  /** As the server keeps it. */
  readonly received: JsonObject;
  readonly #loadedText: string;

  /** @throws {CommError} when the text is not a JSON object. */
  constructor(text: string | null) {
    this.received = parseObjectText(text, "run.config");
    for (const [key, entry] of Object.entries(this.received)) {
      if (!INTERNAL_KEYS.includes(key)) setOwn(this.values, key, unwrap(entry));
    }
    this.#loadedText = this.print();
  }

  /** The user's values and the internal ones, unwrapped. */
  get raw(): JsonObject {
    const internal = Object.entries(this.received).filter(([key]) => INTERNAL_KEYS.includes(key));
    return { ...this.values, ...Object.fromEntries(internal.map(([key, entry]) => [key, unwrap(entry)])) };
  }

  /** Whether a value was changed, added or removed since it was loaded. */
  get isChanged(): boolean {
    return this.print() !== this.#loadedText;
  }

  /** The text that the server keeps: received entries keep their order and descriptions, new ones come last. */
  print(): string {
    const entries: Record<string, JsonValue> = {};
    for (const [key, entry] of Object.entries(this.received)) {
      if (INTERNAL_KEYS.includes(key)) setOwn(entries, key, entry);
      else if (Object.hasOwn(this.values, key)) setOwn(entries, key, wrap(this.values[key] ?? null, entry));
    }
    for (const [key, value] of Object.entries(this.values)) {
      if (!Object.hasOwn(this.received, key)) setOwn(entries, key, wrap(value, undefined));
    }
    return printJson(entries);
  }
}

function unwrap(entry: JsonValue): JsonValue {
  return isJsonObject(entry) && entry["value"] !== undefined ? entry["value"] : entry;
}

function wrap(value: JsonValue, received: JsonValue | undefined): JsonValue {
  const isWrapped = isJsonObject(received) && received["value"] !== undefined;
  return isWrapped ? { ...received, value } : { value, desc: null };
}
