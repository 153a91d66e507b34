/**
 * Statistics by key over the values that a run logged: how often each type came, whether numbers only grew, and the
 * value at the greatest step. Everything is counted by line in the order of logging, so lines can be added for ever.
 */
import { isJsonArray, isJsonObject, setOwn } from "@steelyard/protocol";
import type { JsonObject, JsonValue } from "@steelyard/protocol";
import { flatten } from "./key-path.ts";
import { STEP_KEY } from "./history-line.ts";

/** Counts values by key. */
export class KeyStatistics {
  readonly #keys = new Map<string, KeyCounts>();

  /** How many keys were seen. */
  get size(): number {
    return this.#keys.size;
  }

  /** Counts a line's values. */
  add(row: JsonObject, step: number): void {
    let hasStep = false;
    for (const [name, value] of flatten(row)) {
      hasStep ||= name === STEP_KEY;
      this.#count(name, value, step);
    }
    if (!hasStep) this.#count(STEP_KEY, step, step);
  }

  /** The statistics as clients read them from `historyKeys.keys`. */
  toJson(): JsonObject {
    const keys: Record<string, JsonValue> = {};
    for (const [name, counts] of this.#keys) {
      setOwn(keys, name, {
        typeCounts: [...counts.types].map(([type, count]) => ({ type, count })),
        monotonic: counts.isMonotonic,
        previousValue: counts.value,
      });
    }
    return keys;
  }

  #count(name: string, value: JsonValue, step: number): void {
    const type = typeName(value);
    const counts = this.#keys.get(name);
    if (counts === undefined) {
      const isMonotonic = isOrderable(value);
      this.#keys.set(name, { types: new Map([[type, 1]]), isMonotonic, logged: value, value, step });
      return;
    }
    counts.types.set(type, (counts.types.get(type) ?? 0) + 1);
    counts.isMonotonic &&= isOrderable(value) && isOrderable(counts.logged) && value >= counts.logged;
    counts.logged = value;
    if (step >= counts.step) {
      counts.value = value;
      counts.step = step;
    }
  }
}

interface KeyCounts {
  readonly types: Map<string, number>;
  isMonotonic: boolean;
  /** The value logged last. */
  logged: JsonValue;
  /** The value at the greatest step. */
  value: JsonValue;
  step: number;
}

function isOrderable(value: JsonValue): value is number | bigint {
  return typeof value === "bigint" || (typeof value === "number" && Number.isFinite(value));
}

/** The type's name as the field knows it; media and histograms carry their own. */
function typeName(value: JsonValue): string {
  if (value === null) return "nil";
  if (isJsonArray(value)) return "list";
  if (isJsonObject(value)) {
    const type = Object.hasOwn(value, "_type") ? value["_type"] : undefined;
    return typeof type === "string" ? type : "map";
  }
  return typeof value === "bigint" ? "number" : typeof value;
}
