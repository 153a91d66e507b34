// Keeps the columns of large projects in segments, in the background: one segment at a time, so that whoever runs it can
// pause in between.
import { resolveRunField, type RunDocument } from "@steelyard/protocol";
import type { Kysely } from "kysely";
import { nextTurn } from "../../modules/history/next-turn.ts";
import { encodeColumnSegment, rowsASegment } from "../columns/column-segment.ts";
import { encodeDirectory } from "../columns/segment-directory.ts";
import { SegmentFields } from "../columns/segment-fields.ts";
import { findFieldSource, keptFields, toSourceDocument, type SourceRow } from "./run-field-source.ts";
import { loadChanges, loadCounters, loadNames, projectQuery } from "./run-progress.ts";
import { hasChangedMore, needsOf, readSourceRows } from "./run-source-rows.ts";
import { parseObject, type ProjectNames } from "./run-documents.ts";
import type { SegmentStore } from "./segment-store.ts";
import type { MetadataTables } from "./tables.ts";

/** Rows that are read before others get their turn. */
const rowsAtOnce = 200;
/** Smaller projects are read from their runs in a few milliseconds. */
const minRuns = 500;
/** So many runs may have changed before their segments are built again; a first question reads them from the tables. */
const maxChanged = 200;

/** A project whose segments are behind. */
export interface DueProject {
  readonly projectId: number;
  readonly createdAt: string;
  /** The segments to build. */
  readonly segments: readonly number[];
  /** All segments know the changes up to this one, once these are built. */
  readonly upToSeq: number;
}

/** Builds segments. */
export class SegmentBuilder {
  readonly #db: Kysely<MetadataTables>;
  readonly #store: SegmentStore;

  constructor(parts: { readonly db: Kysely<MetadataTables>; readonly segments: SegmentStore }) {
    this.#db = parts.db;
    this.#store = parts.segments;
  }

  /** A project whose segments are behind enough, if any but some is. Drops what is kept of projects that are gone. */
  async findDue(except: ReadonlySet<number> = new Set()): Promise<DueProject | undefined> {
    const progress = await this.#store.progress();
    const projects = await projectQuery(this.#db, minRuns).execute();
    const known = new Map(projects.map((project) => [project.id, project]));
    for (const [projectId, { createdAt, greatest }] of progress) {
      const project = known.get(projectId);
      const isOurs = project?.created_at === createdAt && greatest <= project.last_seq;
      if (!isOurs) await this.#store.discard(projectId, "they do not belong to the project that is there");
    }
    for (const {
      id: projectId,
      created_at: createdAt,
      last_seq: upToSeq,
      last_run_id: lastRunId,
    } of projects) {
      if (except.has(projectId)) continue;
      const { count = 0, least = upToSeq } = progress.get(projectId) ?? {};
      const isWhole = count > Math.floor(lastRunId / rowsASegment);
      const isNear = !(await hasChangedMore(this.#db, { projectId, afterSeq: least, count: maxChanged }));
      if (isWhole && isNear) continue;
      const kept = await this.#store.list({ projectId, createdAt });
      const upTo = new Map(kept.map((segment) => [segment.segment, segment.upToSeq]));
      const segments = await this.#changedSegments(projectId, lastRunId, least, upTo);
      return { projectId, createdAt, segments, upToSeq };
    }
    return undefined;
  }

  /** Builds one segment of a project. Throws `not_found` when the project is gone. */
  async build({ projectId, createdAt }: DueProject, segment: number): Promise<void> {
    const names = await loadNames(this.#db, projectId);
    const { lastSeq: upToSeq } = await loadCounters(this.#db, projectId);
    const requested = (await this.#store.requested(projectId)).filter(
      (field) => findFieldSource(field) !== undefined,
    );
    const readers = [...new Set([...keptFields, ...requested])].map(
      (field) => [field, resolveRunField(field)] as const,
    );
    const fields = new SegmentFields();
    const rows: number[] = [];
    for await (const run of this.#read(projectId, segment, names)) {
      const row = run.id - segment * rowsASegment;
      rows.push(row);
      fields.addDocuments(row, run);
      for (const [field, source] of readers) fields.add(row, field, source.read(run));
    }
    const columns: (readonly [string, Uint8Array])[] = [];
    for (const [field, values] of fields.columns()) {
      columns.push([field, encodeColumnSegment(resolveRunField(field).kind, values)]);
      if (columns.length % 10 === 0) await nextTurn();
    }
    const directory = encodeDirectory(rows, fields.gaps());
    await this.#store.put({ createdAt }, { projectId, segment, upToSeq, directory, columns });
  }

  /** Notes that all segments of a project that was due are built. */
  async finish({ projectId, upToSeq }: DueProject): Promise<void> {
    await this.#store.advance(projectId, upToSeq);
  }

  async *#read(projectId: number, segment: number, names: ProjectNames): AsyncGenerator<RunDocument> {
    const range = { projectId, beforeRunId: (segment + 1) * rowsASegment, limit: rowsAtOnce };
    for (let afterRunId = segment * rowsASegment - 1; ;) {
      const rows = await readSourceRows(this.#db, everything, { ...range, afterRunId });
      for (const row of rows) yield toDocument(row, names);
      afterRunId = rows.at(-1)?.run_id ?? afterRunId;
      if (rows.length < rowsAtOnce) return;
      await nextTurn();
    }
  }

  /** The segments that are not kept, or hold runs that changed since they were. */
  async #changedSegments(
    projectId: number,
    lastRunId: number,
    least: number,
    upTo: ReadonlyMap<number, number>,
  ): Promise<readonly number[]> {
    const changed = new Set<number>();
    for (let segment = 0; segment <= Math.floor(lastRunId / rowsASegment); segment += 1) {
      if (!upTo.has(segment)) changed.add(segment);
    }
    if (upTo.size > 0) {
      for (const { runId, seq } of await loadChanges(this.#db, projectId, least)) {
        const segment = Math.floor(runId / rowsASegment);
        if (seq > (upTo.get(segment) ?? 0)) changed.add(segment);
      }
    }
    return [...changed].sort((a, b) => a - b);
  }
}

const everything = {
  ...needsOf(keptFields.flatMap((field) => findFieldSource(field) ?? [])),
  isUsername: true,
  config: [],
  summary: [],
};

function toDocument(row: SourceRow, names: ProjectNames): RunDocument {
  const plain = toSourceDocument(row, names, { config: [], summary: [] });
  return { ...plain, config: parseObject(row.config ?? "{}"), summary: parseObject(row.summary ?? "{}") };
}
