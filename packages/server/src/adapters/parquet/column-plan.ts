/**
 * Decides how each column lies in the table: the kind that most of its values have, doubles where integers and floats
 * mix. What does not fit lies beside the table, and so do columns without a name of their own there.
 */
import { BOOLEAN, FLOAT, INTEGER, JSON_TEXT, STRING, WIDE_INTEGER } from "./column-values.ts";
import type { ColumnValues } from "./column-values.ts";
import { flattenedKey } from "@steelyard/protocol";
import type { ColumnStorage } from "@steelyard/protocol";
import type { PathNode } from "./path-tree.ts";

/** Each column chunk costs about a hundred bytes of footer, so wide tables of many row groups hold fewer columns. */
const MAX_CHUNKS = 100_000;
const MAX_COLUMNS = 10_000;

/** A column and how it lies in the table. */
export interface PlannedColumn {
  readonly node: PathNode;
  readonly name: string;
  readonly storage: ColumnStorage;
  /** Whether every line has a value of the storage's kind. */
  readonly isRequired: boolean;
}

/** The columns in the usual order of keys. */
export function planColumns(
  nodes: readonly PathNode[],
  lineCount: number,
  groupCount: number,
): readonly PlannedColumn[] {
  const limit = Math.min(MAX_COLUMNS, Math.ceil(MAX_CHUNKS / Math.max(1, groupCount)));
  const stored = new Map<string, PathNode>();
  const byCount = nodes.toSorted((a, b) => b.values.count - a.values.count || a.rank - b.rank);
  for (const node of byCount) {
    const name = flattenedKey(node.path);
    const isFree = name !== "" && name.isWellFormed() && !stored.has(name);
    if (isFree && stored.size < limit) stored.set(name, node);
  }
  return nodes.map((node) => {
    const name = flattenedKey(node.path);
    if (stored.get(name) !== node) return { node, name, storage: "none", isRequired: false };
    const { storage, count } = storageOf(node.values);
    return { node, name, storage, isRequired: storage !== "none" && count === lineCount };
  });
}

/** Whether a column of this storage holds values of a kind in the table. */
export function isStored(storage: ColumnStorage, kind: number): boolean {
  switch (storage) {
    case "double":
      return kind === FLOAT || kind === INTEGER;
    case "integer":
      return kind === INTEGER || kind === WIDE_INTEGER;
    case "boolean":
      return kind === BOOLEAN;
    case "string":
      return kind === STRING;
    case "json":
      return kind === JSON_TEXT;
    case "none":
      return false;
  }
}

function storageOf({ counts }: ColumnValues): { readonly storage: ColumnStorage; readonly count: number } {
  const countOf = (storage: ColumnStorage): number =>
    counts.reduce((sum, count, kind) => sum + (isStored(storage, kind) ? count : 0), 0);
  const numbers: ColumnStorage = (counts[FLOAT] ?? 0) > 0 ? "double" : "integer";
  let best: { storage: ColumnStorage; count: number } = { storage: "none", count: 0 };
  for (const storage of [numbers, "boolean", "string", "json"] as const) {
    const count = countOf(storage);
    if (count > best.count) best = { storage, count };
  }
  return best;
}
