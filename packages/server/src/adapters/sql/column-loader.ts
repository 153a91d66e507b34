// Reads whole columns: what is kept of them in segments, and the rest from the runs themselves.
import type { Kysely } from "kysely";
import { nextTurn } from "../../modules/history/next-turn.ts";
import { rowsASegment } from "../columns/column-segment.ts";
import { bytesARow, RunColumn } from "../columns/run-column.ts";
import type { ProjectNames } from "./run-documents.ts";
import { toSourceDocument, type RunFieldSource } from "./run-field-source.ts";
import { loadCounters } from "./run-progress.ts";
import { needsOf, readSourceRows } from "./run-source-rows.ts";
import type { KeptSegment, SegmentStore } from "./segment-store.ts";
import type { MetadataTables } from "./tables.ts";

/** Rows that are read before others get their turn; a few milliseconds of work. */
const rowsAtOnce = 500;

/** A column as of some change. */
export interface LoadedColumn {
  readonly source: RunFieldSource;
  readonly column: RunColumn;
  /** All changes up to this one are in it. */
  seq: number;
}

/** Which runs there are, as of some change. */
export interface RunPresence {
  /** By run id: 1 where there is a run. */
  isThere: Uint8Array;
  /** All changes up to this one are in it. */
  seq: number;
}

/** What is read, and for whom. */
export interface LoadRequest {
  readonly sources: readonly RunFieldSource[];
  /** Left as it is where it is known. */
  readonly presence: RunPresence | undefined;
  readonly project: ProjectNames & { readonly createdAt: string };
  readonly maxBytes: number;
}

/** Segments whose runs have to be read for the same columns. */
export interface SegmentScan {
  readonly first: number;
  /** Exclusive. */
  readonly end: number;
  readonly columns: readonly LoadedColumn[];
}

/** Reads columns of one project. */
export class ColumnLoader {
  readonly #db: Kysely<MetadataTables>;
  readonly #projectId: number;
  readonly #segments: SegmentStore | undefined;

  constructor(parts: {
    readonly db: Kysely<MetadataTables>;
    readonly projectId: number;
    readonly segments: SegmentStore | undefined;
  }) {
    this.#db = parts.db;
    this.#projectId = parts.projectId;
    this.#segments = parts.segments;
  }

  /** The columns, none newer than they say; undefined when they would take more than `maxBytes`. */
  async load(
    request: LoadRequest,
  ): Promise<{ readonly columns: readonly LoadedColumn[]; readonly presence: RunPresence } | undefined> {
    const { createdAt } = request.project;
    let kept = (await this.#segments?.list({ projectId: this.#projectId, createdAt })) ?? [];
    // Read after what is kept, and before the runs: what changes later is taken in by whoever asked.
    const { lastSeq, lastRunId } = await loadCounters(this.#db, this.#projectId);
    if (kept.some((segment) => segment.upToSeq > lastSeq)) {
      await this.#segments?.discard(this.#projectId, "they are of a later time than the runs");
      kept = [];
    }
    const rowCount = lastRunId + 1;
    if (rowCount * bytesARow * request.sources.length > request.maxBytes) return undefined;
    const columns = request.sources.map((source) => ({
      source,
      column: new RunColumn(source.kind),
      seq: lastSeq,
    }));
    const missing = new Map<LoadedColumn, ReadonlySet<number>>();
    for (const loaded of columns) {
      loaded.column.reserve(rowCount);
      if (isConstant(loaded.source)) continue;
      missing.set(loaded, await this.#loadKept(loaded, kept, rowCount));
    }
    const presence = request.presence ?? presenceOf(kept, rowCount, lastSeq);
    const unknown = request.presence === undefined ? unkeptSegments(kept, rowCount) : new Set<number>();
    for (const scan of planScans(missing, unknown)) {
      for await (const bytes of this.#scan(scan, presence, request)) {
        if (bytes > request.maxBytes) return undefined;
      }
    }
    for (const loaded of columns)
      if (isConstant(loaded.source)) fillConstant(loaded, presence, request.project);
    return { columns, presence };
  }

  /** Fills a column from what is kept of it, and gives the segments that have to be read from the runs. */
  async #loadKept(
    loaded: LoadedColumn,
    kept: readonly KeptSegment[],
    rowCount: number,
  ): Promise<ReadonlySet<number>> {
    const { canonical } = loaded.source;
    const found = await this.#segments?.columns(this.#projectId, canonical, kept);
    const missing = unkeptSegments(kept, rowCount);
    let isKept = true;
    for (const { segment, upToSeq, isAbsent } of kept) {
      const values = found?.get(segment);
      if (values !== undefined && values !== "none") loaded.column.load(segment * rowsASegment, values);
      if (values === undefined || (values === "none" && !isAbsent(canonical))) missing.add(segment);
      else loaded.seq = Math.min(loaded.seq, upToSeq);
      isKept &&= values !== "none" || isAbsent(canonical);
    }
    if (!isKept) await this.#segments?.request(this.#projectId, canonical);
    return missing;
  }

  /** Fills columns from the runs, portion by portion; gives the bytes that the columns take. */
  async *#scan(scan: SegmentScan, presence: RunPresence, { project }: LoadRequest): AsyncGenerator<number> {
    const { columns } = scan;
    const needs = needsOf(columns.map((loaded) => loaded.source));
    const keys = { config: needs.config ?? [], summary: needs.summary ?? [] };
    const range = { projectId: this.#projectId, beforeRunId: scan.end * rowsASegment, limit: rowsAtOnce };
    for (let afterRunId = scan.first * rowsASegment - 1; ;) {
      const rows = await readSourceRows(this.#db, needs, { ...range, afterRunId });
      for (const row of rows) {
        // Runs made since are taken in with all other changes.
        if (row.run_id < presence.isThere.length) presence.isThere[row.run_id] = 1;
        const document = toSourceDocument(row, project, keys);
        for (const { source, column } of columns) column.set(row.run_id, source.read(document));
      }
      yield columns.reduce((bytes, { column }) => bytes + column.bytes, 0);
      afterRunId = rows.at(-1)?.run_id ?? afterRunId;
      if (rows.length < rowsAtOnce) return;
      await nextTurn();
    }
  }
}

/** Which segments to read from the runs, neighbours together; `unknown` are those of which not even the runs are known. */
export function planScans(
  missing: ReadonlyMap<LoadedColumn, ReadonlySet<number>>,
  unknown: ReadonlySet<number>,
): readonly SegmentScan[] {
  const all = new Set([...missing.values(), unknown].flatMap((segments) => [...segments]));
  const scans: SegmentScan[] = [];
  for (const segment of [...all].sort((a, b) => a - b)) {
    const columns = [...missing].filter(([, segments]) => segments.has(segment)).map(([loaded]) => loaded);
    const last = scans.at(-1);
    const isSame =
      last?.columns.length === columns.length && columns.every((column) => last.columns.includes(column));
    if (last?.end === segment && isSame) scans[scans.length - 1] = { ...last, end: segment + 1 };
    else scans.push({ first: segment, end: segment + 1, columns });
  }
  return scans;
}

function unkeptSegments(kept: readonly KeptSegment[], rowCount: number): Set<number> {
  const segments = new Set(Array(Math.ceil(rowCount / rowsASegment)).keys());
  for (const { segment } of kept) segments.delete(segment);
  return segments;
}

function presenceOf(kept: readonly KeptSegment[], rowCount: number, lastSeq: number): RunPresence {
  const isThere = new Uint8Array(rowCount);
  let seq = lastSeq;
  for (const { segment, upToSeq, isThere: inSegment } of kept) {
    const from = segment * rowsASegment;
    if (from >= rowCount) continue;
    isThere.set(inSegment.subarray(0, rowCount - from), from);
    seq = Math.min(seq, upToSeq);
  }
  return { isThere, seq };
}

/** Whether a field is the same in all runs of a project. */
function isConstant(source: RunFieldSource): boolean {
  return source.columns.length === 0 && source.document === undefined && !source.isUsername;
}

function fillConstant(loaded: LoadedColumn, presence: RunPresence, project: ProjectNames): void {
  const { source, column } = loaded;
  const value = source.read(toSourceDocument({ run_id: 0, seq: 0 }, project, { config: [], summary: [] }));
  for (let row = 0; row < presence.isThere.length; row += 1)
    if (presence.isThere[row] === 1) column.set(row, value);
  loaded.seq = presence.seq;
}
