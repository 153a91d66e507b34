// The columns of one project that this process holds, brought up to date from the runs' change numbers before each
// use. Rows are run ids, which are given without gaps, so a column is as long as the project had runs.
import type { Kysely } from "kysely";
import { nextTurn } from "../../modules/history/next-turn.ts";
import type { ColumnTable } from "../columns/column-question.ts";
import type { RunColumn } from "../columns/run-column.ts";
import { ColumnLoader, type LoadedColumn, type RunPresence } from "./column-loader.ts";
import type { ProjectNames } from "./run-documents.ts";
import { toSourceDocument, type RunFieldSource, type SourceRow } from "./run-field-source.ts";
import { loadCounters, loadDeletions, loadNames } from "./run-progress.ts";
import { hasChangedMore, needsOf, readChangedSourceRows, type SourceNeeds } from "./run-source-rows.ts";
import type { SegmentStore } from "./segment-store.ts";
import type { MetadataTables } from "./tables.ts";

/** Rows that are read before others get their turn; a few milliseconds of work. */
const rowsAtOnce = 500;
/** A column that so many runs changed under is read from what is kept rather than brought up to date. */
const maxReplayed = 4096;

/** A column in memory. */
export interface ResidentColumn extends LoadedColumn {
  /** When it was last asked for, by the caller's count. */
  lastUse: number;
}

/** What a project's columns are read with. */
export interface ProjectColumnsParts {
  readonly db: Kysely<MetadataTables>;
  readonly projectId: number;
  /** @default none: columns are always read from the runs */
  readonly segments: SegmentStore | undefined;
}

/** The resident columns of a project. Uses must follow one another; after a failure it must not be used again. */
export class ProjectColumns {
  readonly #parts: ProjectColumnsParts;
  readonly #loader: ColumnLoader;
  /** By canonical name. */
  readonly #columns: Map<string, ResidentColumn> = new Map();
  readonly #tooLarge: Set<string> = new Set();
  /** Undefined until it is known which runs there are. */
  #presence: RunPresence | undefined;
  #scratch: Uint32Array = new Uint32Array(0);
  #names: ProjectNames | undefined;

  constructor(parts: ProjectColumnsParts) {
    this.#parts = parts;
    this.#loader = new ColumnLoader(parts);
  }

  /** About how much memory is in use. */
  get bytes(): number {
    let bytes = (this.#presence?.isThere.length ?? 0) + this.#scratch.byteLength;
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
    if (sources.some((source) => this.#tooLarge.has(source.canonical))) return undefined;
    const project = await this.#renew();
    await this.#dropStale(sources, project.createdAt);
    const wanted = new Map(sources.map((source) => [source.canonical, source]));
    const missing = [...wanted.values()].filter((source) => !this.#columns.has(source.canonical));
    if (missing.length > 0 || this.#presence === undefined) {
      const request = { sources: missing, presence: this.#presence, project, maxBytes: use.maxBytes };
      const loaded = await this.#loader.load(request);
      if (loaded === undefined) {
        for (const source of missing) this.#tooLarge.add(source.canonical);
        return undefined;
      }
      this.#presence = loaded.presence;
      for (const column of loaded.columns)
        this.#columns.set(column.source.canonical, { ...column, lastUse: 0 });
    }
    const residents = [...wanted.keys()].map((name) => this.#resident(name));
    const { isThere } = await this.#catchUp(this.#presence, residents);
    for (const resident of residents) resident.lastUse = use.at;
    if (this.#scratch.length < isThere.length) this.#scratch = new Uint32Array(isThere.length);
    const columns = new Map<string, RunColumn>(
      sources.map((source) => [source.field, this.#resident(source.canonical).column]),
    );
    return { isThere, scratch: this.#scratch, columnOf: (field) => columnOf(columns, field) };
  }

  /** Lets go of a column. */
  drop(canonical: string): void {
    this.#columns.delete(canonical);
  }

  #resident(canonical: string): ResidentColumn {
    const resident = this.#columns.get(canonical);
    if (resident === undefined) throw new Error(`the column ${canonical} was not loaded`);
    return resident;
  }

  /** Forgets columns of names that changed. */
  async #renew(): Promise<ProjectNames & { readonly createdAt: string }> {
    const names = await loadNames(this.#parts.db, this.#parts.projectId);
    if (names.entity !== this.#names?.entity) this.drop("entity");
    if (names.project !== this.#names?.project) this.drop("project");
    this.#names = names;
    return names;
  }

  /** Forgets columns that are so far behind that what is kept of them is nearer. */
  async #dropStale(sources: readonly RunFieldSource[], createdAt: string): Promise<void> {
    const { db, projectId, segments } = this.#parts;
    if (segments === undefined) return;
    for (const { canonical } of sources) {
      const seq = this.#columns.get(canonical)?.seq;
      if (seq === undefined) continue;
      if (!(await hasChangedMore(db, { projectId, afterSeq: seq, count: maxReplayed }))) continue;
      const kept = await segments.list({ projectId, createdAt });
      if (kept.length > 0 && kept.every((segment) => segment.upToSeq > seq)) this.drop(canonical);
    }
  }

  /** Takes in what changed since each column knew all changes. */
  async #catchUp(presence: RunPresence, residents: readonly ResidentColumn[]): Promise<RunPresence> {
    const { lastSeq } = await loadCounters(this.#parts.db, this.#parts.projectId);
    const behind = [presence, ...residents].filter((known) => known.seq < lastSeq);
    for (const [after, group] of Map.groupBy(behind, (known) => known.seq)) {
      await this.#replay(
        presence,
        after,
        residents.filter((resident) => group.includes(resident)),
      );
      for (const known of group) known.seq = lastSeq;
    }
    return presence;
  }

  async #replay(presence: RunPresence, after: number, residents: readonly ResidentColumn[]): Promise<void> {
    const { db, projectId } = this.#parts;
    const needs = needsOf(residents.map((resident) => resident.source));
    for (let seq = after; ;) {
      const request = { projectId, afterSeq: seq, configAfterSeq: after, limit: rowsAtOnce };
      const rows = await readChangedSourceRows(db, needs, request);
      this.#fill(rows, presence, residents, needs);
      seq = rows.at(-1)?.seq ?? seq;
      if (rows.length < rowsAtOnce) break;
      await nextTurn();
    }
    // Read last: a deletion that happens meanwhile may come twice but must not be missed.
    for (const runId of await loadDeletions(db, projectId, after)) {
      if (runId < presence.isThere.length) presence.isThere[runId] = 0;
      for (const { column } of residents) column.set(runId, undefined);
    }
  }

  #fill(
    rows: readonly SourceRow[],
    presence: RunPresence,
    residents: readonly ResidentColumn[],
    needs: SourceNeeds,
  ): void {
    const names = this.#names;
    if (names === undefined) throw new Error("the names of the project were not loaded");
    const keys = { config: needs.config ?? [], summary: needs.summary ?? [] };
    const lastRunId = rows.reduce((last, row) => Math.max(last, row.run_id), 0);
    if (lastRunId >= presence.isThere.length) growTo(presence, lastRunId + 1);
    for (const row of rows) {
      presence.isThere[row.run_id] = 1;
      const document = toSourceDocument(row, names, keys);
      for (const { source, column } of residents) {
        if (source.document?.name === "config" && row.config === null) continue;
        column.set(row.run_id, source.read(document));
      }
    }
  }
}

function growTo(presence: RunPresence, length: number): void {
  const grown = new Uint8Array(length);
  grown.set(presence.isThere);
  presence.isThere = grown;
}

function columnOf(columns: ReadonlyMap<string, RunColumn>, field: string): RunColumn {
  const column = columns.get(field);
  if (column === undefined) throw new Error(`the field ${field} was not asked for`);
  return column;
}
