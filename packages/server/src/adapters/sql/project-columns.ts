// The columns of one project that this process holds, brought up to date from the runs' change numbers before each
// use. Rows are run ids, which are given without gaps, so a column is as long as the project had runs.
import type { Kysely } from "kysely";
import { nextTurn } from "../../modules/history/next-turn.ts";
import type { ColumnTable } from "../columns/column-question.ts";
import { bytesARow, RunColumn } from "../columns/run-column.ts";
import type { ProjectNames } from "./run-documents.ts";
import { toSourceDocument, type RunFieldSource, type SourceRow } from "./run-field-source.ts";
import { loadCounters, loadDeletions, loadNames } from "./run-progress.ts";
import { needsOf, readChangedSourceRows, readSourceRows, type SourceNeeds } from "./run-source-rows.ts";
import type { MetadataTables } from "./tables.ts";

/** Rows that are read before others get their turn; a few milliseconds of work. */
const rowsAtOnce = 500;

/** A column in memory. */
export interface ResidentColumn {
  readonly source: RunFieldSource;
  readonly column: RunColumn;
  /** When it was last asked for, by the caller's count. */
  lastUse: number;
}

/** What a project's columns are read with. */
export interface ProjectColumnsParts {
  readonly db: Kysely<MetadataTables>;
  readonly projectId: number;
}

/** The resident columns of a project. Uses must follow one another; after a failure it must not be used again. */
export class ProjectColumns {
  readonly #parts: ProjectColumnsParts;
  readonly #columns: Map<string, ResidentColumn> = new Map();
  readonly #tooLarge: Set<string> = new Set();
  #isThere: Uint8Array = new Uint8Array(0);
  #scratch: Uint32Array = new Uint32Array(0);
  #names: ProjectNames | undefined;
  /** The last change that all columns know; undefined until it is known which runs there are. */
  #seq: number | undefined;

  constructor(parts: ProjectColumnsParts) {
    this.#parts = parts;
  }

  /** About how much memory is in use. */
  get bytes(): number {
    let bytes = this.#isThere.length + this.#scratch.byteLength;
    for (const { column } of this.#columns.values()) bytes += column.bytes;
    return bytes;
  }

  get isEmpty(): boolean {
    return this.#columns.size === 0;
  }

  get columns(): Iterable<ResidentColumn> {
    return this.#columns.values();
  }

  /** The columns of some fields as of now; undefined when they would take more than `maxBytes`. */
  async table(
    sources: readonly RunFieldSource[],
    use: { readonly at: number; readonly maxBytes: number },
  ): Promise<ColumnTable | undefined> {
    if (sources.some((source) => this.#tooLarge.has(source.field))) return undefined;
    await this.#renew();
    const counters = await loadCounters(this.#parts.db, this.#parts.projectId);
    const missing = sources.filter((source) => !this.#columns.has(source.field));
    if (missing.length > 0 || this.#seq === undefined) {
      const after = this.#seq ?? counters.lastSeq;
      const loaded = await this.#load(missing, counters.lastRunId + 1, use.maxBytes);
      if (loaded === undefined) {
        for (const source of missing) this.#tooLarge.add(source.field);
        return undefined;
      }
      for (const column of loaded) this.#columns.set(column.source.field, column);
      this.#seq = after;
    }
    await this.#catchUp(this.#seq);
    const columns = new Map<string, RunColumn>();
    for (const { field } of sources) {
      const resident = this.#columns.get(field);
      if (resident === undefined) throw new Error(`the column ${field} was not loaded`);
      resident.lastUse = use.at;
      columns.set(field, resident.column);
    }
    if (this.#scratch.length < this.#isThere.length) this.#scratch = new Uint32Array(this.#isThere.length);
    return { isThere: this.#isThere, scratch: this.#scratch, columnOf: (field) => columnOf(columns, field) };
  }

  /** Lets go of a column. */
  drop(field: string): void {
    this.#columns.delete(field);
  }

  /** Forgets columns of names that changed. */
  async #renew(): Promise<void> {
    const names = await loadNames(this.#parts.db, this.#parts.projectId);
    if (names.entity !== this.#names?.entity) this.drop("entity");
    if (names.project !== this.#names?.project) this.drop("project");
    this.#names = names;
  }

  /** Reads whole columns in one pass; what changes meanwhile is read again by catching up. */
  async #load(
    sources: readonly RunFieldSource[],
    rowCount: number,
    maxBytes: number,
  ): Promise<readonly ResidentColumn[] | undefined> {
    if (rowCount * bytesARow * sources.length > maxBytes) return undefined;
    const loaded = sources.map((source) => ({ source, column: new RunColumn(source.kind), lastUse: 0 }));
    for (const { column } of loaded) column.reserve(rowCount);
    const needs = needsOf(sources);
    for (let afterRunId = 0; ;) {
      const rows = await readSourceRows(this.#parts.db, needs, {
        projectId: this.#parts.projectId,
        afterRunId,
        limit: rowsAtOnce,
      });
      this.#fill(rows, loaded, needs);
      if (loaded.reduce((bytes, { column }) => bytes + column.bytes, 0) > maxBytes) return undefined;
      afterRunId = rows.at(-1)?.run_id ?? afterRunId;
      if (rows.length < rowsAtOnce) return loaded;
      await nextTurn();
    }
  }

  /** Takes in what changed after a number. */
  async #catchUp(after: number): Promise<void> {
    const { db, projectId } = this.#parts;
    // Asked again, because loading may have taken long.
    const { lastSeq } = await loadCounters(db, projectId);
    if (lastSeq === after) return;
    const residents = [...this.#columns.values()];
    const needs = needsOf(residents.map((resident) => resident.source));
    let seq = after;
    for (;;) {
      const rows = await readChangedSourceRows(db, needs, {
        projectId,
        afterSeq: seq,
        configAfterSeq: after,
        limit: rowsAtOnce,
      });
      this.#fill(rows, residents, needs);
      seq = rows.at(-1)?.seq ?? seq;
      if (rows.length < rowsAtOnce) break;
      await nextTurn();
    }
    // Read last: a deletion that happens meanwhile may come twice but must not be missed.
    for (const runId of await loadDeletions(db, projectId, after)) this.#remove(runId, residents);
    this.#seq = Math.max(seq, lastSeq);
  }

  #fill(rows: readonly SourceRow[], residents: readonly ResidentColumn[], needs: SourceNeeds): void {
    const names = this.#names;
    if (names === undefined) throw new Error("the names of the project were not loaded");
    const keys = { config: needs.config ?? [], summary: needs.summary ?? [] };
    const lastRunId = rows.reduce((last, row) => Math.max(last, row.run_id), 0);
    if (lastRunId >= this.#isThere.length) this.#growTo(lastRunId + 1);
    for (const row of rows) {
      this.#isThere[row.run_id] = 1;
      const document = toSourceDocument(row, names, keys);
      for (const { source, column } of residents) {
        if (source.document?.name === "config" && row.config === null) continue;
        column.set(row.run_id, source.read(document));
      }
    }
  }

  #growTo(length: number): void {
    const grown = new Uint8Array(length);
    grown.set(this.#isThere);
    this.#isThere = grown;
  }

  #remove(runId: number, residents: readonly ResidentColumn[]): void {
    if (runId < this.#isThere.length) this.#isThere[runId] = 0;
    for (const { column } of residents) column.set(runId, undefined);
  }
}

function columnOf(columns: ReadonlyMap<string, RunColumn>, field: string): RunColumn {
  const column = columns.get(field);
  if (column === undefined) throw new Error(`the field ${field} was not asked for`);
  return column;
}
