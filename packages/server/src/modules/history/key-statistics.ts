/**
 * Statistics by key over the values that a run logged: how often each type came, whether numbers only grew, the least
 * and the greatest, and the value at the greatest step. Everything is counted by line in the order of logging, so lines
 * can be added for ever, and statistics of lines that follow can be merged in.
 */
import { isJsonArray, isJsonObject, setOwn } from "@steelyard/protocol";
import type { JsonObject, JsonValue } from "@steelyard/protocol";
import { flatten } from "./key-path.ts";
import { STEP_KEY } from "./history-line.ts";

/** Counts values by key. */
export class KeyStatistics {
  readonly #keys = new Map<string, KeyCounts>();
  #lastStep = -Infinity;
  #valueBytes = 0;

  /** How many keys were seen. */
  get size(): number {
    return this.#keys.size;
  }

  /** About how many bytes the values take that are kept; those of numbers are not counted. */
  get valueBytes(): number {
    return this.#valueBytes;
  }

  /** The greatest step; -1 without rows. */
  get lastStep(): number {
    return this.#lastStep === -Infinity ? -1 : this.#lastStep;
  }

  /** Whether no line has a lower step than one before it. */
  get isAscending(): boolean {
    return this.#keys.get(STEP_KEY)?.isMonotonic ?? true;
  }

  /** Counts a line's values. */
  add(row: JsonObject, step: number): void {
    let hasStep = false;
    for (const [name, value] of flatten(row)) {
      hasStep ||= name === STEP_KEY;
      this.addValue(name, value, step);
    }
    this.endLine(step, hasStep);
  }

  /** Counts one value of a line, by its dotted name; `endLine` follows the last one. */
  addValue(name: string, value: JsonValue, step: number): void {
    this.#count(name, value, step);
  }

  /** Ends a line whose values were counted one by one; a line that does not state its step has one all the same. */
  endLine(step: number, hasStep: boolean): void {
    if (!hasStep) this.#count(STEP_KEY, step, step);
    if (step > this.#lastStep) this.#lastStep = step;
  }

  /** Adds what was counted of lines that all come after those counted here. */
  merge(later: KeyStatistics): void {
    for (const [name, added] of later.#keys) {
      const counts = this.#keys.get(name);
      this.#valueBytes -= counts === undefined ? 0 : bytesOf(counts.value);
      this.#keys.set(
        name,
        counts === undefined ? { ...added, types: added.types.map(copyOf) } : join(counts, added),
      );
      this.#valueBytes += bytesOf(this.#keys.get(name)?.value ?? null);
    }
    this.#lastStep = Math.max(this.#lastStep, later.#lastStep);
  }

  /** How many lines are rows: each has a step. */
  get rowCount(): number {
    const counts = this.#keys.get(STEP_KEY);
    return counts === undefined ? 0 : counts.types.reduce((sum, { count }) => sum + count, 0);
  }

  /** The statistics as clients read them from `historyKeys.keys`. */
  toJson(): JsonObject {
    const keys: Record<string, JsonValue> = {};
    for (const [name, counts] of this.#keys) {
      setOwn(keys, name, {
        typeCounts: counts.types.map(({ type, count }) => ({ type, count })),
        monotonic: counts.isMonotonic,
        previousValue: counts.value,
      });
    }
    return keys;
  }

  /** Everything, in a form that `fromState` reads. */
  toState(): JsonValue {
    const keys = [...this.#keys].map(([name, counts]): JsonValue => [
      name,
      counts.types.map(({ type, count }): JsonValue => [type, count]),
      counts.isMonotonic,
      [counts.first ?? null, counts.logged ?? null, counts.min ?? null, counts.max ?? null],
      counts.value,
      counts.step,
    ]);
    return this.#keys.size === 0 ? [] : [this.#lastStep, keys];
  }

  /** Takes up what `toState` gave; undefined when it is something else, such as the state of another version. */
  static fromState(state: JsonValue): KeyStatistics | undefined {
    const statistics = new KeyStatistics();
    if (!isJsonArray(state)) return undefined;
    if (state.length === 0) return statistics;
    const [lastStep, keys] = state;
    if (typeof lastStep !== "number" || !isJsonArray(keys)) return undefined;
    statistics.#lastStep = lastStep;
    for (const entry of keys) {
      const [name, counts] = parseEntry(entry) ?? [];
      if (name === undefined || counts === undefined) return undefined;
      statistics.#keys.set(name, counts);
      statistics.#valueBytes += bytesOf(counts.value);
    }
    return statistics;
  }

  #count(name: string, value: JsonValue, step: number): void {
    const type = typeName(value);
    const counts = this.#keys.get(name);
    const number = isOrderable(value) ? value : undefined;
    if (counts === undefined) {
      const isMonotonic = number !== undefined;
      const numbers = { first: number, logged: number, min: number, max: number };
      this.#keys.set(name, { types: [{ type, count: 1 }], isMonotonic, ...numbers, value, step });
      this.#valueBytes += bytesOf(value);
      return;
    }
    addType(counts.types, type, 1);
    counts.isMonotonic &&= number !== undefined && counts.logged !== undefined && number >= counts.logged;
    counts.logged = number;
    if (number !== undefined) {
      if (counts.min === undefined || number < counts.min) counts.min = number;
      if (counts.max === undefined || number > counts.max) counts.max = number;
    }
    if (step >= counts.step) {
      if (typeof value !== "number" || typeof counts.value !== "number") {
        this.#valueBytes += bytesOf(value) - bytesOf(counts.value);
      }
      counts.value = value;
      counts.step = step;
    }
  }
}

interface KeyCounts {
  /** In the order in which they came; most keys have one. */
  readonly types: TypeCount[];
  isMonotonic: boolean;
  /** The value logged first, where it is a finite number. */
  first: number | bigint | undefined;
  /** The value logged last, where it is a finite number. */
  logged: number | bigint | undefined;
  /** Of the finite numbers. */
  min: number | bigint | undefined;
  max: number | bigint | undefined;
  /** The value at the greatest step. */
  value: JsonValue;
  step: number;
}

interface TypeCount {
  readonly type: string;
  count: number;
}

function addType(types: TypeCount[], type: string, count: number): void {
  for (const known of types) {
    if (known.type === type) {
      known.count += count;
      return;
    }
  }
  types.push({ type, count });
}

function copyOf({ type, count }: TypeCount): TypeCount {
  return { type, count };
}

function join(counts: KeyCounts, added: KeyCounts): KeyCounts {
  const types = counts.types.map(copyOf);
  for (const { type, count } of added.types) addType(types, type, count);
  const goesOn = counts.logged !== undefined && added.first !== undefined && added.first >= counts.logged;
  const latest = added.step >= counts.step ? added : counts;
  return {
    types,
    isMonotonic: counts.isMonotonic && added.isMonotonic && goesOn,
    first: counts.first,
    logged: added.logged,
    min:
      counts.min === undefined || (added.min !== undefined && added.min < counts.min)
        ? added.min
        : counts.min,
    max:
      counts.max === undefined || (added.max !== undefined && added.max > counts.max)
        ? added.max
        : counts.max,
    value: latest.value,
    step: latest.step,
  };
}

function parseEntry(entry: JsonValue): readonly [string, KeyCounts] | undefined {
  if (!isJsonArray(entry)) return undefined;
  const [name, types, isMonotonic, numbers, value, step] = entry;
  if (typeof name !== "string" || typeof isMonotonic !== "boolean" || typeof step !== "number")
    return undefined;
  if (!isJsonArray(types) || !isJsonArray(numbers) || value === undefined) return undefined;
  const counted: TypeCount[] = [];
  for (const pair of types) {
    const [type, count] = isJsonArray(pair) ? pair : [];
    if (typeof type !== "string" || typeof count !== "number") return undefined;
    addType(counted, type, count);
  }
  const [first, logged, min, max] = numbers.map((number) => (isOrderable(number) ? number : undefined));
  return [name, { types: counted, isMonotonic, first, logged, min, max, value, step }];
}

/** About how many bytes a value takes; numbers count nothing. */
function bytesOf(value: JsonValue): number {
  if (typeof value === "string") return value.length * 2;
  if (isJsonArray(value)) return value.reduce((sum: number, item) => sum + 16 + bytesOf(item), 0);
  if (!isJsonObject(value)) return 0;
  return Object.values(value).reduce((sum: number, member) => sum + 64 + bytesOf(member), 0);
}

function isOrderable(value: JsonValue): value is number | bigint {
  return typeof value === "bigint" || (typeof value === "number" && Number.isFinite(value));
}

/** The type's name as the field knows it; media and histograms carry their own. */
function typeName(value: JsonValue): string {
  if (typeof value === "number") return "number";
  if (value === null) return "nil";
  if (isJsonArray(value)) return "list";
  if (isJsonObject(value)) {
    const type = Object.hasOwn(value, "_type") ? value["_type"] : undefined;
    return typeof type === "string" ? type : "map";
  }
  return typeof value === "bigint" ? "number" : typeof value;
}
