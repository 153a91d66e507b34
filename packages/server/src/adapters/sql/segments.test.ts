// Questions answered from kept columns, while these are built, fall behind, are damaged and thrown away, and the
// process starts again, at moments that nobody chose.
import { describeRunStore } from "@steelyard/testing/contracts";
import { sql } from "kysely";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { RunStore } from "../../modules/runs/run-store.ts";
import { openTemporaryIndex, openTemporaryMetadata, type TemporaryDatabase } from "../sqlite/temporary.ts";
import { planScans, type LoadedColumn } from "./column-loader.ts";
import { RunColumn } from "../columns/run-column.ts";
import { findFieldSource } from "./run-field-source.ts";
import { SegmentBuilder } from "./segment-builder.ts";
import { SegmentStore } from "./segment-store.ts";
import type { IndexTables } from "./segment-tables.ts";
import { SqlProjectStore } from "./sql-project-store.ts";
import { SqlRunStore } from "./sql-run-store.ts";
import { SqlUserStore } from "./sql-user-store.ts";
import type { MetadataTables } from "./tables.ts";

/** A store of runs to whose kept columns something happens before each question. */
class TriedRunStore {
  readonly #metadata: TemporaryDatabase<MetadataTables>;
  readonly #index: TemporaryDatabase<IndexTables>;
  readonly #discarded: string[] = [];
  #store: SqlRunStore;
  #count = 0;

  constructor(metadata: TemporaryDatabase<MetadataTables>, index: TemporaryDatabase<IndexTables>) {
    this.#metadata = metadata;
    this.#index = index;
    this.#store = this.#start();
  }

  /** The store, as its port. */
  asStore(): RunStore {
    const current = (): SqlRunStore => this.#store;
    return {
      upsert: async (upsert) => {
        await this.#beginAtTheEndOfASegment(upsert.projectId);
        return current().upsert(upsert);
      },
      find: (request) => current().find(request),
      findMany: (request) => current().findMany(request),
      query: async (request) => {
        await this.#disturb(request.projectId);
        return current().query(request);
      },
      count: async (request) => {
        await this.#disturb(request.projectId);
        return current().count(request);
      },
      aggregate: async (request) => {
        await this.#disturb(request.projectId);
        return current().aggregate(request);
      },
      applyStream: (changes) => current().applyStream(changes),
      delete: (request) => current().delete(request),
      markCrashed: (request) => current().markCrashed(request),
    };
  }

  #start(): SqlRunStore {
    return new SqlRunStore({ db: this.#metadata.db, segments: this.#segments() });
  }

  #segments(): SegmentStore {
    return new SegmentStore({ db: this.#index.db, onDiscard: (reason) => this.#discarded.push(reason) });
  }

  async #beginAtTheEndOfASegment(projectId: number): Promise<void> {
    await this.#metadata.db
      .insertInto("run_counters")
      .values({ project_id: projectId, last_run_id: 4093, last_seq: 0, run_count: 0 })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }

  async #disturb(projectId: number): Promise<void> {
    this.#count += 1;
    // A small generator of its own, so that failures repeat.
    const chance = (this.#count * 2_654_435_761) % 97;
    const builder = new SegmentBuilder({ db: this.#metadata.db, segments: this.#segments() });
    const project = await this.#metadata.db
      .selectFrom("projects")
      .select("created_at as createdAt")
      .where("id", "=", projectId)
      .executeTakeFirstOrThrow();
    const due = { projectId, ...project, segments: [], upToSeq: 0 };
    if (chance % 3 === 0) await builder.build(due, 0);
    if (chance % 4 === 0) await builder.build(due, 1);
    const { db } = this.#index;
    if (chance % 11 === 0)
      await sql`update column_segments set data = substr(data, 1, length(data) - 1)`.execute(db);
    if (chance % 13 === 0) await sql`update run_segments set directory = zeroblob(600)`.execute(db);
    if (chance % 17 === 0) await sql`delete from run_segments where segment = 1`.execute(db);
    if (chance % 2 === 0) this.#store = this.#start();
  }
}

describeRunStore("SqlRunStore with kept columns", async () => {
  const metadata = await openTemporaryMetadata();
  const index = await openTemporaryIndex();
  return {
    runs: new TriedRunStore(metadata, index).asStore(),
    users: new SqlUserStore(metadata),
    projects: new SqlProjectStore(metadata),
    close: async () => {
      await metadata.close();
      await index.close();
    },
  };
});

describe("kept columns", () => {
  const now = "2026-03-01T10:00:00.000Z";
  let metadata: TemporaryDatabase<MetadataTables>;
  let index: TemporaryDatabase<IndexTables>;
  let owner: { readonly projectId: number; readonly userId: number };
  let discarded: string[];

  beforeEach(async () => {
    metadata = await openTemporaryMetadata();
    index = await openTemporaryIndex();
    discarded = [];
    const user = await new SqlUserStore(metadata).create({
      username: "ada",
      name: "Ada",
      email: null,
      isAdmin: false,
      accountType: "USER",
      createdAt: now,
    });
    const { project } = await new SqlProjectStore(metadata).upsert({
      entityId: user.entityId,
      name: "p",
      userId: user.id,
      now,
    });
    owner = { projectId: project.id, userId: user.id };
    const runs = new SqlRunStore(metadata);
    for (let number = 0; number < 600; number += 1) await runs.upsert(upsertOf(number));
    await build();
  });

  afterEach(async () => {
    await metadata.close();
    await index.close();
  });

  const upsertOf = (number: number, summary = "{}") => ({
    ...owner,
    name: `r${number}`,
    now,
    defaultDisplayName: "r",
    config: `{"k":{"value":${number % 7}}}`,
    summary,
  });

  const segments = (): SegmentStore =>
    new SegmentStore({ ...index, onDiscard: (reason) => discarded.push(reason) });

  async function build(): Promise<number> {
    const builder = new SegmentBuilder({ ...metadata, segments: segments() });
    const due = await builder.findDue();
    if (due === undefined) return 0;
    for (const segment of due.segments) await builder.build(due, segment);
    await builder.finish(due);
    return due.segments.length;
  }

  const count = (filter: object): Promise<number> =>
    new SqlRunStore({ ...metadata, segments: segments() }).count({
      ...owner,
      filter: JSON.stringify(filter),
    });

  /** Makes the runs' own texts useless, so that only what is kept can answer. */
  const hideRuns = async (): Promise<void> => {
    await metadata.db.updateTable("run_configs").set({ config: "{}" }).execute();
  };

  test("answer without a look at the runs", async () => {
    await hideRuns();
    expect(await count({ "config.k": 3 })).toBe(86);
    expect(await count({ "config.none": { $exists: false } })).toBe(600);
    expect(await count({ state: "running" })).toBe(600);
  });

  test("are built again only when enough has changed", async () => {
    expect(await build()).toBe(0);
    const runs = new SqlRunStore(metadata);
    for (let number = 0; number < 199; number += 1) await runs.upsert(upsertOf(number, '{"a":1}'));
    expect(await build()).toBe(0);
    expect(await count({ "summary_metrics.a": 1 })).toBe(199);
    for (let number = 199; number < 210; number += 1) await runs.upsert(upsertOf(number, '{"a":1}'));
    expect(await build()).toBe(1);
    expect(await build()).toBe(0);
    expect(await count({ "summary_metrics.a": 1 })).toBe(210);
  });

  test("keep a field that is not kept by itself once it was asked for", async () => {
    expect(await count({ "config.k.value": 3 })).toBe(86);
    const runs = new SqlRunStore(metadata);
    for (let number = 0; number < 250; number += 1) await runs.upsert(upsertOf(number));
    expect(await build()).toBe(1);
    await hideRuns();
    expect(await count({ "config.k.value": 3 })).toBe(86);
  });

  test("are dropped, and said to be, when they are damaged, of another project or of a later time", async () => {
    const harms = [
      sql`update column_segments set data = zeroblob(100)`,
      sql`update run_segments set directory = zeroblob(10)`,
      sql`update segment_projects set created_at = ${"2020-01-01T00:00:00.000Z"}`,
      sql`update run_segments set up_to_seq = 1000000`,
    ];
    for (const harm of harms) {
      await harm.execute(index.db);
      discarded = [];
      expect(await count({ "config.k": 3 })).toBe(86);
      expect(discarded).toHaveLength(1);
      expect(await build()).toBe(1);
      discarded = [];
      expect(await count({ "config.k": 3 })).toBe(86);
      expect(discarded).toEqual([]);
    }
  });

  test("that are dropped in the middle of a question do not make the fields asked for after that absent", async () => {
    await sql`update column_segments set data = zeroblob(100) where field = 'state'`.execute(index.db);
    expect(await count({ state: "running", "config.k": 3 })).toBe(86);
    expect(discarded).toHaveLength(1);
  });

  test("that are made anew in the middle of a question are not taken for what they were", async () => {
    const listed = await segments().list({ projectId: owner.projectId, createdAt: now });
    await index.db.updateTable("run_segments").set({ up_to_seq: 601 }).execute();
    expect(await segments().columns(owner.projectId, "config.k", listed)).toEqual(new Map());
  });

  test("of a project that is gone are dropped", async () => {
    await metadata.db.deleteFrom("projects").execute();
    expect(await build()).toBe(0);
    expect(discarded).toHaveLength(1);
    expect(await index.db.selectFrom("column_segments").select("field").execute()).toEqual([]);
  });

  test("are done without when their tables are gone", async () => {
    await sql`drop table run_segments`.execute(index.db);
    expect(await count({ "config.k": 3 })).toBe(86);
    expect(discarded).not.toEqual([]);
  });
});

test("segments that lack the same columns are read together, and no others", () => {
  const [a, b] = ["config.a", "config.b"].map((field): LoadedColumn => {
    const source = findFieldSource(field);
    if (source === undefined) throw new Error(field);
    return { source, column: new RunColumn("value"), seq: 0 };
  });
  if (a === undefined || b === undefined) throw new Error("two columns");
  const missing = new Map([
    [a, new Set([0, 1, 2, 5])],
    [b, new Set([2, 3, 5])],
  ]);
  expect(planScans(missing, new Set([7]))).toEqual([
    { first: 0, end: 2, columns: [a] },
    { first: 2, end: 3, columns: [a, b] },
    { first: 3, end: 4, columns: [b] },
    { first: 5, end: 6, columns: [a, b] },
    { first: 7, end: 8, columns: [] },
  ]);
  expect(planScans(new Map(), new Set())).toEqual([]);
});
