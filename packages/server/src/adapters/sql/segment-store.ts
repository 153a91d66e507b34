// Segments of columns in a database of their own, which may be thrown away at any time: whatever is wrong with it, what
// was kept is dropped and read again from the runs.
import type { Kysely, SelectQueryBuilder } from "kysely";
import { decodeColumnSegment, type ColumnSegment } from "../columns/column-segment.ts";
import { decodeDirectory, type SegmentDirectory } from "../columns/segment-directory.ts";
import type { IndexTables, RunSegmentRow } from "./segment-tables.ts";

/** A segment that is kept. */
export interface KeptSegment extends SegmentDirectory {
  readonly segment: number;
  /** All changes up to this one are in its columns. */
  readonly upToSeq: number;
}

/** A segment to keep. */
export interface NewSegment {
  readonly projectId: number;
  readonly segment: number;
  readonly upToSeq: number;
  readonly directory: Uint8Array;
  readonly columns: readonly (readonly [field: string, data: Uint8Array])[];
}

/** What the store is built from. */
export interface SegmentStoreParts {
  readonly db: Kysely<IndexTables>;
  /** Told why something was thrown away. */
  readonly onDiscard: (reason: string) => void;
  /** Told that the database is of no use any more. @default nobody is told */
  readonly onBroken?: () => void;
}

/** A project may have so many fields kept for it beyond those that always are. */
const maxRequested = 100;
const rowsAtOnce = 500;

/** Kept segments. Reading never fails: what cannot be read counts as not kept. */
export class SegmentStore {
  readonly #parts: SegmentStoreParts;
  readonly #requested: Set<string> = new Set();
  #isBroken = false;

  constructor(parts: SegmentStoreParts) {
    this.#parts = parts;
  }

  /** The segments of a project, ascending; none when they are another project's. */
  async list(project: {
    readonly projectId: number;
    readonly createdAt: string;
  }): Promise<readonly KeptSegment[]> {
    const { projectId, createdAt } = project;
    return this.#guarded(projectId, [], async (db) => {
      const owner = await db
        .selectFrom("segment_projects")
        .select("created_at")
        .where("project_id", "=", projectId)
        .executeTakeFirst();
      if (owner === undefined) return [];
      if (owner.created_at !== createdAt) throw new Error("they belong to another project");
      const rows = await db
        .selectFrom("run_segments")
        .select(["segment", "up_to_seq", "directory"])
        .where("project_id", "=", projectId)
        .orderBy("segment")
        .execute();
      return rows.map((row) => {
        const directory = decodeDirectory(row.directory);
        if (directory === undefined) throw new Error(`segment ${row.segment} is damaged`);
        return { segment: row.segment, upToSeq: row.up_to_seq, ...directory };
      });
    });
  }

  /**
   * What is kept of one field, by segment, of those segments that are as they were when they were listed: others may
   * have been dropped or made anew meanwhile, and then what was listed tells nothing of what is not found. `"none"`
   * where such a segment has no column of the field.
   */
  async columns(
    projectId: number,
    field: string,
    listed: readonly Pick<KeptSegment, "segment" | "upToSeq">[],
  ): Promise<ReadonlyMap<number, ColumnSegment | "none">> {
    return this.#guarded(projectId, new Map<number, ColumnSegment | "none">(), async (db) => {
      const found = new Map<number, ColumnSegment | "none">();
      for (let start = 0; start < listed.length; start += rowsAtOnce) {
        const some = listed.slice(start, start + rowsAtOnce);
        const upToSeqs = new Map(some.map(({ segment, upToSeq }) => [segment, upToSeq]));
        for (const row of await columnQuery(db, projectId, field, [...upToSeqs.keys()]).execute()) {
          if (row.up_to_seq !== upToSeqs.get(row.segment)) continue;
          const column = row.data === null ? "none" : decodeColumnSegment(row.data);
          if (column === undefined) throw new Error(`${field} in segment ${row.segment} is damaged`);
          found.set(row.segment, column);
        }
      }
      return found;
    });
  }

  /** Has a field kept that is not kept by itself. */
  async request(projectId: number, field: string): Promise<void> {
    const key = `${projectId} ${field}`;
    if (this.#requested.has(key)) return;
    await this.#guarded(projectId, undefined, async (db) => {
      const known = await this.requested(projectId);
      if (known.length >= maxRequested || known.includes(field)) return;
      await db
        .insertInto("requested_fields")
        .values({ project_id: projectId, field })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    });
    this.#requested.add(key);
  }

  /** The fields that were requested. */
  async requested(projectId: number): Promise<readonly string[]> {
    return this.#guarded(projectId, [], async (db) => {
      const rows = await db
        .selectFrom("requested_fields")
        .select("field")
        .where("project_id", "=", projectId)
        .execute();
      return rows.map((row) => row.field);
    });
  }

  /** How far the segments of each project are: the least of their numbers, the greatest, and how many there are. */
  async progress(): Promise<ReadonlyMap<number, SegmentProgress>> {
    return this.#guarded(undefined, new Map<number, SegmentProgress>(), async (db) => {
      const rows = await db
        .selectFrom("run_segments")
        .innerJoin("segment_projects", "segment_projects.project_id", "run_segments.project_id")
        .select(["run_segments.project_id", "segment_projects.created_at"])
        .select((eb) => [
          eb.fn.min("up_to_seq").as("least"),
          eb.fn.max("up_to_seq").as("greatest"),
          eb.fn.countAll<number>().as("count"),
        ])
        .groupBy(["run_segments.project_id", "segment_projects.created_at"])
        .execute();
      return new Map(
        rows.map((row) => [
          row.project_id,
          { createdAt: row.created_at, least: row.least, greatest: row.greatest, count: row.count },
        ]),
      );
    });
  }

  /** Keeps a segment in place of what was kept of it. Throws what the database throws. */
  async put(project: { readonly createdAt: string }, kept: NewSegment): Promise<void> {
    const { projectId, segment, upToSeq, directory, columns } = kept;
    await this.#parts.db.transaction().execute(async (trx) => {
      await trx
        .insertInto("segment_projects")
        .values({ project_id: projectId, created_at: project.createdAt })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      for (const table of ["column_segments", "run_segments"] as const) {
        await trx
          .deleteFrom(table)
          .where("project_id", "=", projectId)
          .where("segment", "=", segment)
          .execute();
      }
      await trx
        .insertInto("run_segments")
        .values({ project_id: projectId, segment, up_to_seq: upToSeq, directory })
        .execute();
      for (const [field, data] of columns) {
        await trx
          .insertInto("column_segments")
          .values({ project_id: projectId, segment, field, data })
          .execute();
      }
    });
  }

  /** Notes that the runs of all segments are as they were, but for changes after `upToSeq`. */
  async advance(projectId: number, upToSeq: number): Promise<void> {
    await this.#parts.db
      .updateTable("run_segments")
      .set({ up_to_seq: upToSeq })
      .where("project_id", "=", projectId)
      .where("up_to_seq", "<", upToSeq)
      .execute();
  }

  /** Drops what is kept of a project. */
  async discard(projectId: number, reason: string): Promise<void> {
    this.#parts.onDiscard(`the kept columns of project ${projectId} are dropped: ${reason}`);
    await this.#parts.db.transaction().execute(async (trx) => {
      for (const table of ["column_segments", "run_segments", "segment_projects"] as const) {
        await trx.deleteFrom(table).where("project_id", "=", projectId).execute();
      }
    });
  }

  /** What `read` gives, or nothing when what was kept is of no use; it is dropped then. */
  async #guarded<T>(
    projectId: number | undefined,
    nothing: T,
    read: (db: Kysely<IndexTables>) => Promise<T>,
  ): Promise<T> {
    if (this.#isBroken) return nothing;
    try {
      return await read(this.#parts.db);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      try {
        if (projectId === undefined) throw error;
        await this.discard(projectId, reason);
      } catch (failure) {
        this.#isBroken = true;
        this.#parts.onDiscard(`no columns are kept until the next start: ${reason}; ${String(failure)}`);
        this.#parts.onBroken?.();
      }
      return nothing;
    }
  }
}

/** How far a project's segments are. */
export interface SegmentProgress {
  readonly createdAt: string;
  readonly least: number;
  readonly greatest: number;
  readonly count: number;
}

/** The query of one column: all segments asked for that there are, whether or not they have it. */
export function columnQuery(
  db: Kysely<IndexTables>,
  projectId: number,
  field: string,
  segments: readonly number[],
): SelectQueryBuilder<
  IndexTables,
  "run_segments",
  Pick<RunSegmentRow, "segment" | "up_to_seq"> & { readonly data: Uint8Array | null }
> {
  return db
    .selectFrom("run_segments")
    .leftJoin("column_segments", (join) =>
      join
        .onRef("column_segments.project_id", "=", "run_segments.project_id")
        .onRef("column_segments.segment", "=", "run_segments.segment")
        .on("column_segments.field", "=", field),
    )
    .select(["run_segments.segment", "run_segments.up_to_seq", "column_segments.data"])
    .where("run_segments.project_id", "=", projectId)
    .where("run_segments.segment", "in", segments);
}
