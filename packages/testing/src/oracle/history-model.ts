// What the history of a run is, in the plainest way: all lines parsed, sorted, merged and searched anew for every
// question. Judges the real readers in property tests.
import { isJsonObject, parseJson } from "@steelyard/protocol";
import type { JsonObject, JsonValue } from "@steelyard/protocol";

/** A line that is a row, or a part of one. */
interface ModelRow {
  readonly number: number;
  readonly step: number;
  readonly values: JsonObject;
}

/** Statistics of one key. */
export interface ModelKey {
  readonly types: Readonly<Record<string, number>>;
  readonly isMonotonic: boolean;
  readonly last: JsonValue;
}

/** The history that lines make; `undefined` stands for a line that never came. */
export class HistoryModel {
  readonly #lines: readonly ModelRow[];

  constructor(lines: readonly (string | undefined)[]) {
    this.#lines = lines.flatMap((text, number) => {
      const values = text === undefined ? undefined : parseRow(text);
      if (values === undefined) return [];
      return [{ number, step: ownStep(values) ?? number, values }];
    });
  }

  /** The last step; -1 without rows. */
  get lastStep(): number {
    return this.#lines.length === 0 ? -1 : Math.max(...this.#lines.map((line) => line.step));
  }

  /** The rows of a window; `minStep` inclusive, `maxStep` exclusive. */
  rows(minStep: number = -Infinity, maxStep: number = Infinity): readonly JsonObject[] {
    const steps = [...new Set(this.#lines.map((line) => line.step))].sort((a, b) => a - b);
    return steps
      .filter((step) => step >= minStep && step < maxStep)
      .map((step) => {
        const parts = this.#lines.filter((line) => line.step === step);
        const row = parts.reduce<JsonObject>((merged, part) => ({ ...merged, ...part.values }), {});
        return { ...row, _step: step };
      });
  }

  /** The rows that hold all (or with `union` any) of the keys, with only these. */
  select(
    keys: readonly string[],
    mode: "all" | "union",
    minStep?: number,
    maxStep?: number,
  ): readonly JsonObject[] {
    const deciding = keys.length > 1 && mode === "union" ? keys.filter((key) => key !== "_step") : keys;
    return this.rows(minStep, maxStep === undefined ? undefined : maxStep + 1).flatMap((row) => {
      const isHeld = (key: string): boolean => lookUp(row, key).length > 0;
      const isMeant =
        mode === "all" ? deciding.every(isHeld) : deciding.some(isHeld) || deciding.length === 0;
      if (!isMeant) return [];
      if (keys.length === 0) return [row];
      return [Object.fromEntries(keys.flatMap((key) => lookUp(row, key).map((value) => [key, value])))];
    });
  }

  /** Of each key, by the number of an interval on an axis: the finite numbers of the rows in it. */
  buckets(
    keys: readonly string[],
    xAxis: string,
    count: number,
    minStep?: number,
    maxStep?: number,
  ): readonly ReadonlyMap<number, readonly number[]>[] {
    const rows = this.rows(minStep, maxStep).flatMap((row) => {
      const [x] = finite(lookUp(row, xAxis));
      return x === undefined ? [] : [{ x, row }];
    });
    const min = Math.min(...rows.map(({ x }) => x));
    const half = Math.max(...rows.map(({ x }) => x)) / 2 - min / 2;
    return keys.map((key) => {
      const found = new Map<number, number[]>();
      for (const { x, row } of rows) {
        const bucket = half === 0 ? 0 : Math.min(count - 1, Math.floor(((x / 2 - min / 2) / half) * count));
        for (const number of finite(lookUp(row, key)))
          found.set(bucket, [...(found.get(bucket) ?? []), number]);
      }
      return found;
    });
  }

  /** Statistics by dotted key, over all lines in the order of their numbers. */
  keys(): ReadonlyMap<string, ModelKey> {
    const logged = new Map<string, { readonly step: number; readonly value: JsonValue }[]>();
    for (const { step, values } of this.#lines) {
      for (const [name, value] of leaves({ _step: step, ...values })) {
        logged.set(name, [...(logged.get(name) ?? []), { step, value }]);
      }
    }
    return new Map([...logged].map(([name, values]) => [name, summarize(values)]));
  }

  /** The number of the first line after a step; undefined when there is none. */
  firstLineAfter(step: number): number | undefined {
    const numbers = this.#lines.filter((line) => line.step > step).map((line) => line.number);
    return numbers.length === 0 ? undefined : Math.min(...numbers);
  }
}

function parseRow(text: string): JsonObject | undefined {
  try {
    const value = parseJson(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function ownStep(values: JsonObject): number | undefined {
  const step = values["_step"];
  return typeof step === "number" && Number.isSafeInteger(step) ? step : undefined;
}

/** The value of a key as a list of one, or an empty list. */
function lookUp(row: JsonObject, key: string): readonly JsonValue[] {
  const exact = row[key];
  if (exact !== undefined) return [exact];
  const parts = key.split(".");
  for (let length = 1; length < parts.length; length += 1) {
    const inner = row[parts.slice(0, length).join(".")];
    const found = isJsonObject(inner) ? lookUp(inner, parts.slice(length).join(".")) : [];
    if (found.length > 0) return found;
  }
  return [];
}

function finite(values: readonly JsonValue[]): readonly number[] {
  return values
    .map((value) => (typeof value === "bigint" ? Number(value) : value))
    .filter((value) => typeof value === "number")
    .filter(Number.isFinite);
}

function leaves(values: JsonObject): readonly (readonly [string, JsonValue])[] {
  return Object.entries(values).flatMap(([key, value]) => {
    const isOpen = isJsonObject(value) && typeof value["_type"] !== "string" && Object.keys(value).length > 0;
    if (!isOpen) return [[key, value] as const];
    return leaves(value).map(([name, leaf]) => [`${key}.${name}`, leaf] as const);
  });
}

function summarize(values: readonly { readonly step: number; readonly value: JsonValue }[]): ModelKey {
  const types: Record<string, number> = {};
  for (const { value } of values) types[typeOf(value)] = (types[typeOf(value)] ?? 0) + 1;
  const numbers = values.flatMap(({ value }) =>
    typeof value === "bigint" || (typeof value === "number" && Number.isFinite(value)) ? [value] : [],
  );
  const isMonotonic =
    numbers.length === values.length &&
    numbers.every((number, index) => number >= (numbers[index - 1] ?? number));
  const greatest = Math.max(...values.map(({ step }) => step));
  const last = values.findLast(({ step }) => step === greatest)?.value ?? null;
  return { types, isMonotonic, last };
}

function typeOf(value: JsonValue): string {
  if (value === null) return "nil";
  if (Array.isArray(value)) return "list";
  if (typeof value === "object") {
    const type = isJsonObject(value) ? value["_type"] : undefined;
    return typeof type === "string" ? type : "map";
  }
  return typeof value === "bigint" ? "number" : typeof value;
}
