/**
 * Reads rows and columns of one history file. It is loaded on first use, because whoever reads no long histories needs
 * none of it.
 */
import { openSealedPart, parseJson } from "@steelyard/protocol";
import type {
  FetchedColumns,
  JsonObject,
  JsonValue,
  SealedColumn,
  SealedPartReader,
} from "@steelyard/protocol";

import { CommError } from "../../core/errors.ts";
import type { Service } from "../../core/service.ts";
import { openRanges } from "./file-ranges.ts";
import type { BlockColumn, BlockTargets, ColumnBlock } from "./history-columns.ts";
import { reviveRow, reviveValue, selectFromRow, selectedKeys } from "./history-row.ts";
import type { HistoryRow, HistorySelection } from "./history-row.ts";
import type { HistoryFile, HistoryStretch } from "./history-stretches.ts";

/** Opens the file of a stretch: reads the header beside it. */
export async function openSealedStretch(
  service: Service,
  stretch: HistoryStretch,
  file: HistoryFile,
  signal: AbortSignal | undefined,
): Promise<SealedStretch> {
  const source = {
    table: openRanges(service, file.tableUrl, file.tableBytes, signal),
    beside: openRanges(service, file.besideUrl, file.besideBytes, signal),
  };
  return new SealedStretch(await openSealedPart(source, await service.platform.sealedCodec()), stretch);
}

/** Rows [from, to) of a stretch, by their places in it. */
export interface RowRange {
  readonly from: number;
  readonly to: number;
}

/** The rows of one file. */
export class SealedStretch {
  readonly #part: SealedPartReader;
  readonly #stretch: HistoryStretch;
  #steps: Promise<Float64Array> | undefined;

  constructor(part: SealedPartReader, stretch: HistoryStretch) {
    this.#part = part;
    this.#stretch = stretch;
  }

  /** Where the rows from step `minStep` up to, not including, `maxStep` lie. */
  async range(minStep: number, maxStep: number): Promise<RowRange> {
    const { firstStep, lastStep, rowCount } = this.#stretch;
    if (minStep <= firstStep && maxStep > lastStep) return { from: 0, to: rowCount };
    const steps = await this.#loadSteps();
    return { from: lowerBound(steps, minStep), to: lowerBound(steps, maxStep) };
  }

  /** The step of a row. */
  async stepAt(row: number): Promise<number> {
    return (await this.#loadSteps())[row] ?? Number.NaN;
  }

  /** Rows as values, whole or as selected. */
  async rows({ from, to }: RowRange, selection: HistorySelection | null): Promise<readonly HistoryRow[]> {
    if (selection !== null && this.#hasColumns(selection)) return this.#selectedRows({ from, to }, selection);
    const rows = (await this.#part.rows(from, to)).map(mustBeRow);
    if (selection === null) return rows;
    return rows.map((row) => selectFrom(row, selection)).filter((row) => row !== undefined);
  }

  /**
   * Fetches rows as columns; calling what it gives reads them. The targets tell which keys need no place among the
   * others any more, and where their numbers go.
   */
  async fetchBlock(range: RowRange, selection: HistorySelection | null): Promise<PendingBlock> {
    if (selection === null) return this.#fetchWhole(range);
    if (!this.#hasColumns(selection)) {
      const rows = await this.rows(range, selection);
      return () => Promise.resolve({ kind: "rows", rows });
    }
    const names = selectedKeys(selection);
    const fetched = await this.#part.fetchColumns(names, range.from, range.to);
    return (targets) => {
      const columns = readInto(fetched, names, targets, range);
      const kept = keptRows(columns, names, selection, range.to - range.from);
      const entries = names.flatMap((name, index) => {
        const column = columns[index];
        return column === undefined ? [] : [[name, pick(column, kept, true)] as const];
      });
      const length = kept?.length ?? range.to - range.from;
      return Promise.resolve({ kind: "columns", length, columns: entries });
    };
  }

  async #fetchWhole(range: RowRange): Promise<PendingBlock> {
    const { from, to } = range;
    const outer = this.#part.outerKeys();
    const flat = [...outer].flatMap(([key, { isFlat }]) => (isFlat ? [key] : []));
    const fetched = await this.#part.fetchColumns(flat, from, to);
    const rows = flat.length < outer.size ? (await this.#part.rows(from, to)).map(mustBeRow) : undefined;
    return async (targets) => {
      const columns = readInto(fetched, flat, targets, range);
      const entries = flat.flatMap((key, index) => {
        const column = columns[index];
        return column === undefined ? [] : [[key, pick(column, undefined, false)] as const];
      });
      for (const [key, { isFlat }] of outer) {
        if (isFlat || rows === undefined) continue;
        entries.push([key, { kind: "value", values: rows.map((row) => ownValue(row, key)) }]);
      }
      return { kind: "columns", length: to - from, columns: await this.#inOrder(entries, from, targets) };
    };
  }

  /** New keys in the order in which rows show them first; keys that no row has are left out. */
  async #inOrder(
    entries: readonly ColumnEntry[],
    from: number,
    targets: BlockTargets,
  ): Promise<readonly ColumnEntry[]> {
    const known = entries.filter(([key]) => targets.has(key));
    const fresh = entries
      .filter(([key]) => !targets.has(key))
      .map((entry) => ({ entry, first: firstPresent(entry[1]) }))
      .filter(({ first }) => first !== -1)
      .sort((a, b) => a.first - b.first);
    const ordered: ColumnEntry[] = [];
    for (const [first, group] of Map.groupBy(fresh, (item) => item.first)) {
      const [row] = group.length > 1 ? await this.#part.rows(from + first, from + first + 1) : [];
      const places = new Map(Object.keys(row ?? {}).map((key, place) => [key, place]));
      const placeOf = ({ entry: [key] }: (typeof group)[number]): number => places.get(key) ?? 0;
      ordered.push(...group.sort((a, b) => placeOf(a) - placeOf(b)).map(({ entry }) => entry));
    }
    return [...known, ...ordered];
  }

  async #selectedRows({ from, to }: RowRange, selection: HistorySelection): Promise<readonly HistoryRow[]> {
    const names = selectedKeys(selection);
    const columns = (await this.#part.columns(names, from, to)).map((column) =>
      pick(column, undefined, true),
    );
    const rows: HistoryRow[] = [];
    for (let row = 0; row < to - from; row += 1) {
      const values: [string, JsonValue][] = [];
      for (const [index, name] of names.entries()) {
        const column = columns[index];
        const value = column === undefined ? undefined : valueAt(column, row);
        if (value !== undefined) values.push([name, value]);
      }
      const selected = selectFromRow(Object.fromEntries(values), selection);
      if (selected !== undefined) rows.push(selected);
    }
    return rows;
  }

  #hasColumns(selection: HistorySelection): boolean {
    return selectedKeys(selection).every((key) => this.#part.isColumn(key));
  }

  #loadSteps(): Promise<Float64Array> {
    this.#steps ??= this.#part.steps();
    return this.#steps;
  }
}

type ColumnEntry = readonly [string, BlockColumn];

/** Columns whose bytes are there; the next block is read when the one before is where it belongs. */
export type PendingBlock = (targets: BlockTargets) => Promise<ColumnBlock>;

function readInto(
  fetched: FetchedColumns,
  keys: readonly string[],
  targets: BlockTargets,
  { from, to }: RowRange,
): readonly SealedColumn[] {
  return fetched.read((index) => targets.placeOf(keys[index] ?? "", to - from));
}

/** The rows that a selection means; undefined when it means all. */
function keptRows(
  columns: readonly SealedColumn[],
  names: readonly string[],
  { mode, xAxis }: HistorySelection,
  length: number,
): readonly number[] | undefined {
  const deciding = columns.filter((_, index) => {
    return mode === "all-keys" || names.length === 1 || names[index] !== xAxis;
  });
  if (mode === "all-keys" ? deciding.every(isFull) : deciding.some(isFull)) return undefined;
  const isMeant = (row: number): boolean =>
    mode === "all-keys"
      ? deciding.every((column) => isPresent(column, row))
      : deciding.some((column) => isPresent(column, row));
  const kept: number[] = [];
  for (let row = 0; row < length; row += 1) if (isMeant(row)) kept.push(row);
  return kept.length === length ? undefined : kept;
}

function isFull(column: SealedColumn): boolean {
  return column.kind === "number" ? !column.isPresent.includes(0) : !column.values.includes(undefined);
}

function isPresent(column: SealedColumn, row: number): boolean {
  return column.kind === "number" ? column.isPresent[row] === 1 : column.values[row] !== undefined;
}

/** A column as blocks have it: all rows of it, or some. */
function pick(column: SealedColumn, rows: readonly number[] | undefined, isRevived: boolean): BlockColumn {
  if (column.kind === "number") {
    const { values, isPresent: present } = column;
    if (rows === undefined) return { kind: "number", values, isPresent: present };
    return {
      kind: "number",
      values: Float64Array.from(rows, (row) => values[row] ?? Number.NaN),
      isPresent: Uint8Array.from(rows, (row) => present[row] ?? 0),
    };
  }
  const texts = rows === undefined ? column.values : rows.map((row) => column.values[row]);
  const values = texts.map((text) => {
    if (text === undefined) return undefined;
    const value = parseJson(text);
    return isRevived ? reviveValue(value) : value;
  });
  return { kind: "value", values };
}

function valueAt(column: BlockColumn, row: number): JsonValue | undefined {
  if (column.kind === "value") return column.values[row];
  return column.isPresent[row] === 1 ? column.values[row] : undefined;
}

function firstPresent(column: BlockColumn): number {
  if (column.kind === "number") return column.isPresent.indexOf(1);
  return column.values.findIndex((value) => value !== undefined);
}

/** As over the live path, where non-finite numbers travel as texts. */
function selectFrom(row: JsonObject, selection: HistorySelection): HistoryRow | undefined {
  const selected = selectFromRow(row, selection);
  return selected && reviveRow(selected);
}

function ownValue(row: JsonObject, key: string): JsonValue | undefined {
  return Object.hasOwn(row, key) ? row[key] : undefined;
}

/** Servers hand out only files whose lines are all rows. */
function mustBeRow(row: JsonObject | undefined): JsonObject {
  if (row !== undefined) return row;
  throw new CommError("Read of a history file: a line is no row", { code: "invalid_response" });
}

/** The first place whose step is not below `step`. */
function lowerBound(steps: Float64Array, step: number): number {
  let low = 0;
  let high = steps.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((steps[middle] ?? Infinity) < step) low = middle + 1;
    else high = middle;
  }
  return low;
}
