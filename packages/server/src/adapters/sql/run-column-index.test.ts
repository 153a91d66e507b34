import { parseFilter, parseOrder } from "@steelyard/protocol";
import { afterEach, beforeEach, expect, test } from "vitest";
import { compileRe2 } from "../re2/regex.ts";
import { openTemporaryMetadata, type TemporaryDatabase } from "../sqlite/temporary.ts";
import { RunColumnIndex } from "./run-column-index.ts";
import { SqlProjectStore } from "./sql-project-store.ts";
import { SqlRunStore } from "./sql-run-store.ts";
import { SqlUserStore } from "./sql-user-store.ts";
import type { MetadataTables } from "./tables.ts";

const now = "2026-03-01T10:00:00.000Z";
let database: TemporaryDatabase<MetadataTables>;
let runs: SqlRunStore;
let owner: { readonly projectId: number; readonly userId: number };

beforeEach(async () => {
  database = await openTemporaryMetadata();
  const { db } = database;
  runs = new SqlRunStore({ db });
  const user = await new SqlUserStore({ db }).create({
    username: "ada",
    name: "Ada",
    email: null,
    isAdmin: false,
    accountType: "USER",
    createdAt: now,
  });
  const entity = { entityId: user.entityId, userId: user.id, now };
  const { project } = await new SqlProjectStore({ db }).upsert({ ...entity, name: "p" });
  owner = { projectId: project.id, userId: user.id };
});

afterEach(() => database.close());

async function put(number: number, changes: { readonly summary?: string } = {}): Promise<void> {
  const config = JSON.stringify({ k: { value: number % 7 }, text: { value: `text ${number}` } });
  await runs.upsert({ ...owner, name: `r${number}`, now, defaultDisplayName: "r", config, ...changes });
}

function ask(index: RunColumnIndex, filter: object, order = "name"): Promise<number | undefined> {
  const filterFields = Object.keys(filter);
  return index
    .page({
      projectId: owner.projectId,
      filter: parseFilter(JSON.stringify(filter)),
      filterFields,
      order: parseOrder(order, ""),
      after: undefined,
      limit: 10,
    })
    .then((page) => page?.totalCount);
}

const newIndex = (maxBytes: number): RunColumnIndex =>
  new RunColumnIndex({ db: database.db, regex: compileRe2, maxBytes });

test("columns see what is written and deleted while they are loaded", async () => {
  for (let number = 0; number < 1100; number += 1) await put(number);
  const index = newIndex(1e9);
  const writes = (async () => {
    for (let number = 0; number < 60; number += 1) await put(number, { summary: '{"a":1}' });
    for (let number = 1100; number < 1130; number += 1) await put(number);
    for (let runId = 1081; runId <= 1100; runId += 1) await runs.delete({ ...owner, runId, now });
  })();
  const totals = await Promise.all([
    ask(index, { "summary_metrics.a": 1 }),
    runs.count({ ...owner, filter: null }),
  ]);
  expect(totals[0]).toBeLessThanOrEqual(60);
  await writes;
  expect(await ask(index, { "summary_metrics.a": 1 })).toBe(60);
  expect(await ask(index, { "config.k": { $exists: true } })).toBe(1110);
  expect(await ask(index, { "config.k": 3 }, "-config.text")).toBe(
    [...Array(1130).keys()].filter((number) => number % 7 === 3 && (number < 1080 || number >= 1100)).length,
  );
});

test("columns follow the name of their project", async () => {
  await put(1);
  const index = newIndex(1e9);
  expect(await ask(index, { project: "p" })).toBe(1);
  await database.db.updateTable("projects").set({ name: "q" }).where("id", "=", owner.projectId).execute();
  expect(await ask(index, { project: "p" })).toBe(0);
  expect(await ask(index, { project: "q" })).toBe(1);
});

test("columns that need more than the budget do not answer, and others go as new ones come", async () => {
  for (let number = 0; number < 100; number += 1) await put(number);
  const index = newIndex(5000);
  expect(await ask(index, { "config.text": { $exists: true } })).toBeUndefined();
  for (let round = 0; round < 3; round += 1) {
    for (const field of ["config.k", "state", "host", "createdAt", "duration", "config.none"]) {
      const expected = field === "host" || field === "config.none" ? 0 : 100;
      expect(await ask(index, { [field]: { $exists: true } }, "state")).toBe(expected);
    }
  }
});

test("fields that stand in no table of runs are not answered", async () => {
  await put(1);
  expect(await ask(newIndex(1e9), { "keys_info.keys.loss": { $exists: true } })).toBeUndefined();
});
