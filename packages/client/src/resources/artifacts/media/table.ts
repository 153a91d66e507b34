/** Tables: rows of values and media, in one file. */
import { ValueError } from "../../../core/errors.ts";
import type { JsonValue } from "@steelyard/protocol";

import { MediaFile } from "./media-file.ts";

/** A cell: any JSON value, or media. */
export type TableCell = JsonValue | MediaFile;

/** A table. Stands for `wandb.Table`. */
export class Table {
  /** Names of the columns. */
  readonly columns: readonly string[];
  /** The rows; each has a cell for every column. */
  readonly rows: readonly (readonly TableCell[])[];

  /** @throws {ValueError} when a row has not as many cells as there are columns. */
  constructor(columns: readonly string[], rows: Iterable<readonly TableCell[]>) {
    this.columns = [...columns];
    this.rows = [...rows];
    const bad = this.rows.findIndex((row) => row.length !== this.columns.length);
    if (bad !== -1) {
      const found = this.rows[bad]?.length ?? 0;
      throw new ValueError(`Row ${bad} of the table has ${found} cells; expected ${this.columns.length}`);
    }
  }

  /** The cells of a column. @throws {ValueError} when there is no such column. */
  column(name: string): TableCell[] {
    const index = this.columns.indexOf(name);
    if (index === -1) throw new ValueError(`The table has no column ${JSON.stringify(name)}`);
    return this.rows.map((row) => row[index] ?? null);
  }

  /** The rows as objects by the names of the columns. */
  *objects(): IterableIterator<ReadonlyMap<string, TableCell>> {
    for (const row of this.rows) yield new Map(this.columns.map((name, index) => [name, row[index] ?? null]));
  }
}

/** Two tables with a common column. Stands for `wandb.JoinedTable`. */
export interface JoinedTable {
  readonly kind: "joined-table";
  readonly joinKey: string;
  readonly table1: Table;
  readonly table2: Table;
}

/** Tables of the same columns below one folder. Stands for `PartitionedTable`. */
export interface PartitionedTable {
  readonly kind: "partitioned-table";
  readonly partsPath: string;
  /** The tables by their paths. */
  readonly parts: ReadonlyMap<string, Table>;
}

/** What W&B's clients write about the type of a column. */
export function columnType(cells: readonly TableCell[]): JsonValue {
  const kinds = new Set(cells.filter((cell) => cell !== null).map(kindOf));
  const [kind = "unknown", ...others] = kinds;
  if (others.length > 0) return { wb_type: "any" };
  const allowed = [{ wb_type: "none" }, typeNamed(kind)].sort((a, b) => (a.wb_type < b.wb_type ? -1 : 1));
  return { wb_type: "union", params: { allowed_types: allowed } };
}

function kindOf(cell: TableCell): string {
  if (cell instanceof MediaFile) return cell.kind;
  if (typeof cell === "bigint") return "number";
  if (typeof cell !== "object") return typeof cell;
  return Array.isArray(cell) ? "list" : "any";
}

function typeNamed(kind: string): { readonly wb_type: string; readonly params?: JsonValue } {
  // Lists state the type of their elements; this one allows any.
  if (kind === "list") return { wb_type: "any" };
  if (kind !== "image-file") return { wb_type: kind };
  const none = { wb_type: "const", params: { val: {}, is_set: false } };
  return {
    wb_type: kind,
    params: {
      box_layers: none,
      box_score_keys: { wb_type: "const", params: { val: [], is_set: true } },
      mask_layers: none,
      class_map: none,
      box_class_maps: none,
      mask_class_maps: none,
    },
  };
}
