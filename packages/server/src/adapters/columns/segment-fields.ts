// Takes runs apart into the fields that filters may name, so that all of them are kept without anyone asking for them
// first. What is kept of a field is what `resolveRunField` reads, or the field is left to be read from the documents.
import { isJsonArray, isJsonObject, type JsonValue, type RunDocument } from "@steelyard/protocol";
import type { SegmentValues } from "./column-segment.ts";

/** More fields than this in 4096 runs are not kept, to bound memory; those found first are. */
const maxFields = 1000;
/** Below more levels than this nothing is kept. */
const maxDepth = 32;

/** What is known of fields of which nothing is kept. */
export interface FieldGaps {
  /** Fields that hold an object in some run, or more than one value. */
  readonly branches: readonly string[];
  /** Fields that hold lists, whose items have fields of their own. */
  readonly lists: readonly string[];
  /** Fields below which nothing is known. */
  readonly depths: readonly string[];
  /** Whether there were too many fields. */
  readonly isPartial: boolean;
}

interface FieldRows {
  readonly rows: number[];
  readonly values: JsonValue[];
}

/** The fields of runs that are added one after another, by ascending row. */
export class SegmentFields {
  readonly #keys: Map<string, FieldRows> = new Map();
  readonly #read: Map<string, FieldRows> = new Map();
  readonly #branches: Set<string> = new Set();
  readonly #lists: Set<string> = new Set();
  readonly #depths: Set<string> = new Set();
  #isPartial = false;

  /** Adds the keys of a run's config and summary. */
  addDocuments(row: number, { config, summary }: Pick<RunDocument, "config" | "summary">): void {
    for (const [key, entry] of Object.entries(config)) {
      const isWrapped = isJsonObject(entry) && Object.hasOwn(entry, "value");
      this.#visit(row, `config.${key}`, isWrapped ? (entry["value"] ?? null) : entry, 0);
    }
    for (const [key, value] of Object.entries(summary)) this.#visit(row, `summary_metrics.${key}`, value, 0);
  }

  /** Adds what was read of a field; nothing where the run has no such field. */
  add(row: number, field: string, value: JsonValue | undefined): void {
    put(this.#read, field, row, value);
  }

  /** What to keep, by field. */
  *columns(): Generator<readonly [field: string, values: SegmentValues]> {
    const isWhole = createWholenessTest(this.gaps());
    yield* this.#read;
    for (const [field, values] of this.#keys)
      if (!this.#read.has(field) && isWhole(field)) yield [field, values];
  }

  /** What is known of the rest. */
  gaps(): FieldGaps {
    return {
      branches: [...this.#branches],
      lists: [...this.#lists],
      depths: [...this.#depths],
      isPartial: this.#isPartial,
    };
  }

  #visit(row: number, field: string, value: JsonValue, depth: number): void {
    if (isJsonObject(value)) {
      this.#branches.add(field);
      if (depth >= maxDepth) this.#depths.add(field);
      else
        for (const [key, member] of Object.entries(value))
          this.#visit(row, `${field}.${key}`, member, depth + 1);
      return;
    }
    if (isJsonArray(value) && value.length > 0) this.#lists.add(field);
    const known = this.#keys.get(field);
    if (known === undefined && this.#keys.size >= maxFields) this.#isPartial = true;
    else if (known?.rows.at(-1) === row) this.#branches.add(field);
    else put(this.#keys, field, row, value);
  }
}

function put(fields: Map<string, FieldRows>, field: string, row: number, value: JsonValue | undefined): void {
  let found = fields.get(field);
  if (found === undefined) {
    found = { rows: [], values: [] };
    fields.set(field, found);
  }
  if (value === undefined) return;
  found.rows.push(row);
  found.values.push(value);
}

const index = /^(?:0|[1-9]\d{0,8})(?:\.|$)/;

/** Whether no run of a segment has a field of a config or summary that is not kept, as far as its gaps tell. */
export function createAbsenceTest(gaps: FieldGaps): (field: string) => boolean {
  const isWhole = createWholenessTest(gaps);
  return (field) => isKey(field) && !gaps.isPartial && isWhole(field);
}

function isKey(field: string): boolean {
  return field.startsWith("config.") || field.startsWith("summary_metrics.");
}

/** Whether a field of a config or summary has no values besides those that were found by walking down the objects. */
function createWholenessTest(gaps: FieldGaps): (field: string) => boolean {
  const branches = new Set(gaps.branches);
  const lists = new Set(gaps.lists);
  const depths = new Set(gaps.depths);
  return (field) => {
    if (branches.has(field)) return false;
    // `value` may stand for the wrapper of a config's entry.
    if (field.startsWith("config.") && field.split(".").includes("value")) return false;
    for (let dot = field.indexOf("."); dot !== -1; dot = field.indexOf(".", dot + 1)) {
      const above = field.slice(0, dot);
      if (depths.has(above) || (lists.has(above) && index.test(field.slice(dot + 1)))) return false;
    }
    return true;
  };
}
