/** A run's summary: read it like a map, change it locally, and write it back as a whole with `update()`. */
import { isJsonObject, printJson, setOwn } from "@steelyard/protocol";
import type { JsonObject, JsonValue } from "@steelyard/protocol";

import type { ReadOptions } from "../../core/paginator.ts";
import type { Service } from "../../core/service.ts";
import { UpdateRunSummaryDocument } from "../../generated/documents.ts";

/** A key, or the keys that lead into nested dicts. */
export type SummaryKey = string | readonly string[];

interface MutableObject {
  [key: string]: JsonValue;
}

/**
 * The summary of a run. Mirrors `wandb.old.summary.HTTPSummary`; a nested dict is a plain object, reached by a list of
 * keys instead of a sub-dict.
 */
export class Summary implements Iterable<[string, JsonValue]> {
  readonly #service: Service;
  readonly #storageId: string;
  #values: MutableObject;
  #isChanged = false;

  constructor(service: Service, storageId: string, values: JsonObject) {
    this.#service = service;
    this.#storageId = storageId;
    this.#values = { ...values };
  }

  /** How many keys there are at the top. */
  get size(): number {
    return Object.keys(this.#values).length;
  }

  /** Whether there are local changes that `update()` would write. */
  get isChanged(): boolean {
    return this.#isChanged;
  }

  /** The value of a key, or the default when it is absent. */
  get(key: SummaryKey): JsonValue | undefined;
  get<T>(key: SummaryKey, absent: T): JsonValue | T;
  get(key: SummaryKey, absent?: unknown): unknown {
    let value: JsonValue | undefined = this.#values;
    for (const step of pathOf(key)) {
      if (!isJsonObject(value) || !Object.hasOwn(value, step)) return absent;
      value = value[step];
    }
    return value;
  }

  /** Whether a key is there. */
  has(key: SummaryKey): boolean {
    return this.get(key) !== undefined;
  }

  /** Sets a value locally; nested dicts that the path needs are made. */
  set(key: SummaryKey, value: JsonValue): this {
    this.#values = replaced(this.#values, pathOf(key), value);
    this.#isChanged = true;
    return this;
  }

  /** Removes a key locally; false when it is absent, where Python raises `KeyError`. */
  delete(key: SummaryKey): boolean {
    if (!this.has(key)) return false;
    this.#values = replaced(this.#values, pathOf(key), undefined);
    this.#isChanged = true;
    return true;
  }

  /** The keys at the top. */
  keys(): string[] {
    return Object.keys(this.#values);
  }

  /** Keys and values at the top. Mirrors `items`. */
  entries(): [string, JsonValue][] {
    return Object.entries(this.#values);
  }

  /** Walks keys and values at the top. */
  [Symbol.iterator](): Iterator<[string, JsonValue]> {
    return this.entries()[Symbol.iterator]();
  }

  /** The summary as a plain object; a copy at the top. */
  toJSON(): JsonObject {
    return { ...this.#values };
  }

  /**
   * Sets the given values, then writes the whole summary to the server. Values of a run that is still logging can be
   * overwritten by it, and the other way round.
   *
   * @throws {CommError} when the server refuses.
   */
  async update(
    values: JsonObject = {},
    options: ReadOptions & {
      /** Whether given values replace present ones. @default true */
      readonly overwrite?: boolean;
    } = {},
  ): Promise<void> {
    for (const [key, value] of Object.entries(values)) {
      if (options.overwrite !== false || !Object.hasOwn(this.#values, key)) this.set([key], value);
    }
    const variables = { id: this.#storageId, summaryMetrics: printJson(this.#values) };
    await this.#service.graphql.execute(UpdateRunSummaryDocument, variables, { signal: options.signal });
    this.#isChanged = false;
  }
}

function pathOf(key: SummaryKey): readonly string[] {
  return typeof key === "string" ? [key] : key;
}

/** A copy of an object with the value at a path set, or removed when it is undefined. */
function replaced(object: JsonObject, path: readonly string[], value: JsonValue | undefined): MutableObject {
  const [step, ...rest] = path;
  const copy: MutableObject = { ...object };
  if (step === undefined) return copy;
  if (rest.length > 0) {
    const inner = Object.hasOwn(copy, step) ? copy[step] : undefined;
    setOwn(copy, step, replaced(isJsonObject(inner) ? inner : {}, rest, value));
  } else if (value === undefined) {
    Reflect.deleteProperty(copy, step);
  } else {
    setOwn(copy, step, value);
  }
  return copy;
}
