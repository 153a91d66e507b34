/**
 * The columns of an exported table, decided before its first row from the statistics of every run's keys: the same
 * runs give the same columns, whatever their order. A key that is a number anywhere is a column of numbers, otherwise
 * of texts, otherwise of truth values, otherwise of JSON texts; a value that does not fit its column goes to the last
 * one, so that nothing is lost.
 */
import { isJsonArray, isJsonObject } from "@steelyard/protocol";
import type { JsonObject, JsonValue } from "@steelyard/protocol";
import { STEP_KEY } from "../history/history-line.ts";

/** What a column holds; `json` is JSON text, `integer` is `_step` alone. */
export type ExportColumnType = "integer" | "number" | "boolean" | "text" | "json";

/** A column. */
export interface ExportColumn {
  readonly name: string;
  readonly type: ExportColumnType;
}

/** The column of the run's id. */
export const RUN_ID_COLUMN = "run_id";
/** The column of the run's display name. */
export const RUN_NAME_COLUMN = "run_name";
/** The column of the values that fit no other: a JSON object, by key; null where there are none. */
export const REST_COLUMN = "_other_json";

const OWN_COLUMNS: readonly string[] = [RUN_ID_COLUMN, RUN_NAME_COLUMN, REST_COLUMN, STEP_KEY];

/** Keys after `_step` that come first, because every run has them. */
const LEADING_KEYS: readonly string[] = ["_timestamp", "_runtime"];

/** More columns make every row group of every reader slow; the values of further keys go to the last column. */
const MAX_KEY_COLUMNS = 2_000;

/** Keys whose types are counted; what comes after them is not given a column. */
const MAX_COUNTED_KEYS = 100_000;

interface TypeCounts {
  numbers: number;
  texts: number;
  booleans: number;
  all: number;
}

/** Learns the keys of runs and plans the columns. */
export class ColumnPlanner {
  readonly #keys = new Map<string, TypeCounts>();

  /** Takes the statistics of a run, as `historyKeys.keys` has them. */
  add(keys: JsonObject): void {
    for (const [key, statistics] of Object.entries(keys)) {
      let counts = this.#keys.get(key);
      if (counts === undefined) {
        if (this.#keys.size >= MAX_COUNTED_KEYS) continue;
        counts = { numbers: 0, texts: 0, booleans: 0, all: 0 };
        this.#keys.set(key, counts);
      }
      countTypes(counts, statistics);
    }
  }

  /** The columns: the run's, `_step`, the keys asked for in their order or all by name, and the last one. */
  plan(keys: readonly string[]): readonly ExportColumn[] {
    const chosen = keys.length === 0 ? this.#allKeys() : keys.flatMap((key) => this.#keysOf(key));
    const columns = [...new Set(chosen)]
      .filter((key) => !OWN_COLUMNS.includes(key))
      .map((name) => ({ name, type: typeOf(this.#keys.get(name)) }));
    return [
      { name: RUN_ID_COLUMN, type: "text" },
      { name: RUN_NAME_COLUMN, type: "text" },
      { name: STEP_KEY, type: "integer" },
      ...columns,
      { name: REST_COLUMN, type: "json" },
    ];
  }

  #allKeys(): readonly string[] {
    const names = [...this.#keys].sort(([a, left], [b, right]) => right.all - left.all || compareText(a, b));
    const kept = names.slice(0, MAX_KEY_COLUMNS).map(([name]) => name);
    const rest = kept.filter((name) => !LEADING_KEYS.includes(name)).sort(compareText);
    return [...LEADING_KEYS.filter((name) => kept.includes(name)), ...rest];
  }

  /** A key itself, or what lies below it; a key that nobody logged is a column all the same. */
  #keysOf(key: string): readonly string[] {
    if (this.#keys.has(key)) return [key];
    const below = [...this.#keys.keys()].filter((name) => name.startsWith(`${key}.`)).sort(compareText);
    return below.length === 0 ? [key] : below;
  }
}

function countTypes(counts: TypeCounts, statistics: JsonValue): void {
  const types = isJsonObject(statistics) ? statistics["typeCounts"] : undefined;
  if (!isJsonArray(types)) return;
  for (const entry of types) {
    if (!isJsonObject(entry)) continue;
    const { type, count } = entry;
    if (typeof count !== "number") continue;
    counts.all += count;
    if (type === "number") counts.numbers += count;
    else if (type === "string") counts.texts += count;
    else if (type === "boolean") counts.booleans += count;
  }
}

function typeOf(counts: TypeCounts | undefined): ExportColumnType {
  if (counts === undefined) return "json";
  if (counts.numbers > 0) return "number";
  if (counts.texts > 0) return "text";
  return counts.booleans > 0 ? "boolean" : "json";
}

/** By UTF-16 code units: the same everywhere, whatever the machine's language. */
function compareText(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
