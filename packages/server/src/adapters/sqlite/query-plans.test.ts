// Questions that must stay cheap in large databases: SQLite says how it would answer them, and a scan or a sort of
// everything fails the test.
import { sql, type CompiledQuery, type Kysely } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SqlArtifactCollectionStore } from "../sql/artifact-collections.ts";
import { SegmentStore, columnQuery } from "../sql/segment-store.ts";
import type { IndexTables } from "../sql/segment-tables.ts";
import { SqlArtifactStore } from "../sql/sql-artifact-store.ts";
import { SqlChangeFeed } from "../sql/sql-change-feed.ts";
import { SqlFileStore } from "../sql/sql-file-store.ts";
import { SqlHistoryLog } from "../sql/sql-history-log.ts";
import { SqlProjectStore } from "../sql/sql-project-store.ts";
import { readArtifactNames } from "../sql/run-artifact-names.ts";
import { readChangedRows } from "../sql/run-documents.ts";
import { findFieldSource } from "../sql/run-field-source.ts";
import { needsOf, readChangedSourceRows, readSourceRows } from "../sql/run-source-rows.ts";
import { SqlRunStore } from "../sql/sql-run-store.ts";
import { SqlSealedPartStore } from "../sql/sql-sealed-part-store.ts";
import { SqlSweepRunStore } from "../sql/sql-sweep-run-store.ts";
import { SqlSweepStore } from "../sql/sql-sweep-store.ts";
import { SqlUserStore } from "../sql/sql-user-store.ts";
import { SqlStatisticsStore } from "../sql/sql-statistics-store.ts";
import type { HistoryTables } from "../sql/history-tables.ts";
import { timelineQuery } from "../sql/run-timeline.ts";
import type { MetadataTables } from "../sql/tables.ts";
import {
  openTemporaryHistory,
  openTemporaryIndex,
  openTemporaryMetadata,
  type TemporaryDatabase,
} from "./temporary.ts";

let metadata: TemporaryDatabase<MetadataTables>;
let history: TemporaryDatabase<HistoryTables>;
let index: TemporaryDatabase<IndexTables>;

beforeAll(async () => {
  index = await openTemporaryIndex();
  metadata = await openTemporaryMetadata();
  history = await openTemporaryHistory();
});

afterAll(async () => {
  await metadata.close();
  await history.close();
  await index.close();
});

/** What SQLite would do for a query, a line a step. */
async function planOf<Tables>(
  db: Kysely<Tables>,
  query: Pick<CompiledQuery, "sql" | "parameters">,
): Promise<string> {
  const explained = sql.raw<{ detail: string }>(`explain query plan ${query.sql}`).compile(db);
  const plan = await db.executeQuery<{ detail: string }>({ ...explained, parameters: query.parameters });
  return plan.rows.map((row) => row.detail).join("\n");
}

/** The plans of the statements that `act` runs. */
async function plansOf<Tables>(
  db: Kysely<Tables>,
  act: (watched: Kysely<Tables>) => Promise<unknown>,
): Promise<readonly string[]> {
  const queries: CompiledQuery[] = [];
  const watched = db.withPlugin({
    transformQuery: ({ node }) => {
      queries.push(db.getExecutor().compileQuery(node, { queryId: "watched" }));
      return node;
    },
    transformResult: ({ result }) => Promise.resolve(result),
  });
  await act(watched);
  return Promise.all(queries.map((query) => planOf(db, query)));
}

function expectCheap(plan: string): void {
  expect(plan).not.toMatch(/\bSCAN\b/);
  expect(plan).not.toMatch(/TEMP B-TREE FOR ORDER BY/);
}

test("a page of all runs by age is read from its index in order", async () => {
  for (const isDescending of [false, true]) {
    for (const after of [undefined, { runId: 3, values: ["2026-03-01T10:00:00.000Z"] }]) {
      const query = timelineQuery(metadata.db, { projectId: 1, isDescending, after, limit: 50 }).compile();
      const plan = await planOf(metadata.db, query);
      expectCheap(plan);
      expect(plan).toContain("COVERING INDEX runs_by_age");
      if (after !== undefined) expect(plan).toMatch(/created_at[<>]/);
    }
  }
});

test("runs changed lately are found by their numbers", async () => {
  const plans = await plansOf(metadata.db, (db) =>
    readChangedRows(db, { projectId: 1, afterSeq: 10, configAfterSeq: 10, limit: 100 }),
  );
  for (const plan of plans) expectCheap(plan);
  expect(plans[0]).toContain("runs_by_seq");
});

test("columns of runs are read in the order of ids, and brought up to date by the numbers of changes", async () => {
  for (const fields of [["state", "summary.a"], ["config.a"], ["config.a", "username", "summary.a"], []]) {
    const needs = needsOf(fields.flatMap((field) => findFieldSource(field) ?? []));
    const part = { projectId: 1, limit: 100 };
    const plans = await plansOf(metadata.db, async (db) => {
      await readSourceRows(db, needs, { ...part, afterRunId: 10, beforeRunId: 5000 });
      await readChangedSourceRows(db, needs, { ...part, afterSeq: 10, configAfterSeq: 10 });
    });
    for (const plan of plans) expectCheap(plan);
    expect(plans[0]).toMatch(/run_id>/);
    expect(plans[1]).toContain("runs_by_seq");
  }
});

test("the artifacts of runs are found by their keys", async () => {
  const plans = await plansOf(metadata.db, (db) =>
    readArtifactNames(db, { direction: "output", projectId: 1, runIds: [1, 2] }),
  );
  for (const plan of plans) expect(plan).not.toMatch(/\bSCAN\b/);
});

test("silent runs are found among those of their state", async () => {
  const now = "2026-03-01T10:00:00.000Z";
  const [plan] = await plansOf(metadata.db, (db) =>
    new SqlRunStore({ db }).markCrashed({ heartbeatBefore: now, now }),
  );
  expect(plan).toContain("runs_by_state");
});

test("what an agent's call needs of its sweep's runs is found by their sweep", async () => {
  const now = "2026-03-01T10:00:00.000Z";
  const user = {
    username: "ann",
    name: "Ann",
    email: null,
    isAdmin: false,
    accountType: "USER",
    createdAt: now,
  };
  const { entityId, id: userId } = await new SqlUserStore(metadata).create({ ...user, accountType: "USER" });
  const { project } = await new SqlProjectStore(metadata).upsert({ entityId, name: "p", userId, now });
  const { id: sweepId } = await new SqlSweepStore(metadata).create({
    projectId: project.id,
    name: "s",
    displayName: null,
    state: "RUNNING",
    description: null,
    config: "",
    method: "grid",
    controller: null,
    scheduler: null,
    launchScheduler: null,
    priorRunsFilter: null,
    userId,
    now,
  });
  const plans = await plansOf(metadata.db, async (db) => {
    await new SqlSweepRunStore({ db }).standing({ sweepId, runNames: ["r"] });
    await new SqlSweepRunStore({ db }).trials({ sweepId, metric: null, priorRunIds: [] });
  });
  for (const plan of plans) expect(plan).not.toMatch(/\bSCAN\b/);
  expect(plans.filter((plan) => plan.includes("runs_by_sweep")).length).toBeGreaterThanOrEqual(3);
});

test("reading lines and steps looks at batches in an index, not at their rows", async () => {
  const key = { projectId: 1, runId: 2 };
  const plans = await plansOf(history.db, async (db) => {
    const log = new SqlHistoryLog({ db });
    await log.readLines({ ...key, stream: "history", from: 500_000, to: 501_000 });
    await log.readSteps({ ...key, minStep: 500_000, maxStep: 501_000 });
    await log.counts(key);
    await log.changes({ ...key, stream: "history", since: 5 });
  });
  for (const plan of plans) expectCheap(plan);
  expect(plans.filter((plan) => plan.includes("COVERING INDEX line_batches_by_line"))).toHaveLength(1);
  expect(plans.filter((plan) => plan.includes("COVERING INDEX line_batches_by_step"))).toHaveLength(2);
});

test("the runs of a page are read one by one, by their keys", async () => {
  const plans = await plansOf(metadata.db, async (db) => {
    const runs = new SqlRunStore({ db });
    await runs.findMany({ projectId: 1, runIds: [3, 1, 2] });
    await runs.find({ projectId: 1, name: "a" });
    await runs.find({ projectId: 1, runId: 1 });
  });
  for (const plan of plans) expectCheap(plan);
  expect(plans[0]).toMatch(/SEARCH runs USING INDEX \w+ \(project_id=\? AND run_id=\?\)/);
  expect(plans[0]).toMatch(/SEARCH run_configs USING INDEX \w+ \(project_id=\? AND run_id=\?\)/);
});

test("kept columns are read by project, segment and field", async () => {
  const plans = await plansOf(index.db, async (db) => {
    const segments = new SegmentStore({ db, onDiscard: (reason) => expect.fail(reason) });
    await segments.list({ projectId: 1, createdAt: "" });
    await segments.requested(1);
  });
  for (const plan of plans) expectCheap(plan);
  const column = await planOf(index.db, columnQuery(index.db, 1, "config.a", [0, 1, 2]).compile());
  expect(column).toMatch(/\(project_id=\? AND segment=\? AND field=\?\)/);
});

test("the files of a run are listed by name, page by page", async () => {
  const plans = await plansOf(metadata.db, async (db) => {
    const files = new SqlFileStore({ db });
    const run = { projectId: 1, runId: 2 };
    const query = { ...run, names: null, pattern: null, after: null, limit: 50 };
    await files.list(query);
    await files.list({ ...query, after: "a" });
    await files.list({ ...query, names: ["a", "b"] });
    await files.list({ ...query, pattern: "a%" });
    await files.find({ ...run, name: "a" });
    await files.count(run);
  });
  for (const plan of plans) expectCheap(plan);
});

test("the files and aliases of artifacts are listed page by page", async () => {
  const plans = await plansOf(metadata.db, async (db) => {
    const artifacts = new SqlArtifactStore({ db });
    for (const after of [null, "a"]) {
      await artifacts.listFiles({ artifactId: 1, paths: null, after, limit: 50 });
      await artifacts.listAliases({ collectionId: 1, after, limit: 50 });
    }
    await artifacts.listUsers({ artifactId: 1 });
    await artifacts.findMany({ artifactIds: [1, 2] });
  });
  for (const plan of plans) expectCheap(plan);
});

test("a run's artifacts are read in order, page by page", async () => {
  const plans = await plansOf(metadata.db, async (db) => {
    const artifacts = new SqlArtifactStore({ db });
    for (const direction of ["input", "output"] as const) {
      for (const after of [null, 3]) {
        await artifacts.listByRun({ projectId: 1, runId: 2, direction, after, limit: 50 });
      }
    }
  });
  // Each is counted, then paged.
  expect(plans).toHaveLength(8);
  for (const plan of plans) expectCheap(plan);
  const pages = plans.filter((_, index) => index % 2 === 1);
  for (const [index, plan] of pages.entries()) {
    expect(plan).toContain(`COVERING INDEX artifact_${index < 2 ? "inputs" : "outputs"}_in_order`);
    if (index % 2 === 1) expect(plan).toContain("(project_id=? AND run_id=? AND id>?)");
  }
});

test("a project's types are sorted, but those of no other are looked at", async () => {
  const plans = await plansOf(metadata.db, (db) =>
    new SqlArtifactCollectionStore({ db }).listTypes({ projectId: 1, after: null, limit: 50 }),
  );
  for (const plan of plans) expect(plan).not.toMatch(/\bSCAN\b/);
});

test("the projects of an entity and the events after a number are found by their indexes", async () => {
  const plans = await plansOf(metadata.db, async (db) => {
    await new SqlProjectStore({ db }).list({ entityId: 1, after: null, limit: 50 });
    await new SqlChangeFeed({ ...metadata, db }).read({ afterSeq: 5, limit: 100 });
  });
  for (const plan of plans) expect(plan).not.toMatch(/\bSCAN\b/);
});

test("what sealing asks finds its rows by key", async () => {
  const run = { projectId: 1, runId: 2 };
  const stream = { ...run, stream: "history" } as const;
  const plans = await plansOf(history.db, async (db) => {
    await new SqlHistoryLog({ db }).layout({ ...stream, from: 0, to: 1_000 });
    await new SqlStatisticsStore({ db }).load({ runs: [run] });
    const store = new SqlSealedPartStore({ db });
    await store.untrimmed();
    await store.leftovers({ now: "2026-01-01T00:00:00.000Z" });
    await store.listUnsealed({ minLines: 1_000, after: null, limit: 10 });
    await store.listUnsealed({ minLines: 1_000, after: stream, limit: 10 });
  });
  expect(plans.length).toBeGreaterThan(6);
  // A page of streams goes along their key; leftovers are few.
  for (const plan of plans) {
    expect(plan).not.toMatch(/SCAN (?!head USING INDEX|sealed_leftovers)/);
    expect(plan).not.toMatch(/TEMP B-TREE FOR ORDER BY/);
  }
});
