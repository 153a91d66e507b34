import { describeHistoryLog } from "@steelyard/testing/contracts";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { LineWrite } from "../../modules/history/history-log.ts";
import { openTemporaryHistory, type TemporaryDatabase } from "../sqlite/temporary.ts";
import type { HistoryTables } from "./history-tables.ts";
import { JournaledHistoryLog, type JournaledHistoryLogParts } from "./journaled-history-log.ts";
import { SqlHistoryLog } from "./sql-history-log.ts";

function open(
  { db }: TemporaryDatabase<HistoryTables>,
  limits: Partial<JournaledHistoryLogParts> = {},
): JournaledHistoryLog {
  return new JournaledHistoryLog({ db, log: new SqlHistoryLog({ db }), ...limits });
}

describeHistoryLog("JournaledHistoryLog on SQLite", async () => {
  const database = await openTemporaryHistory();
  return { log: open(database), close: () => database.close() };
});

// So small that in every test some writes go through the journal and some past it, and that it is often full.
describeHistoryLog("JournaledHistoryLog with little room", async () => {
  const database = await openTemporaryHistory();
  const log = open(database, { smallChars: 12, maxChars: 300 });
  return { log, close: () => database.close() };
});

const run = { projectId: 1, runId: 2 };
const history = { ...run, stream: "history" } as const;
let database: TemporaryDatabase<HistoryTables>;

beforeEach(async () => {
  database = await openTemporaryHistory();
});

afterEach(() => database.close());

function write(offset: number, ...lines: readonly string[]): LineWrite {
  return { ...history, writer: "", offset, lines, steps: { min: offset, max: offset + lines.length - 1 } };
}

async function rowsOf(table: "line_journal" | "line_batches"): Promise<number> {
  const rows = await database.db
    .selectFrom(table)
    .select((eb) => eb.fn.countAll().as("count"))
    .executeTakeFirst();
  return Number(rows?.count);
}

async function texts(log: JournaledHistoryLog): Promise<readonly string[]> {
  return (await log.readLines({ ...history, from: 0, to: 100 })).map((line) => line.text);
}

test("small writes wait in the journal and become one batch when somebody reads", async () => {
  const log = open(database);
  for (let step = 0; step < 50; step += 1) await log.append([write(step, `line ${step}`)]);
  expect(await rowsOf("line_journal")).toBe(50);
  expect(await rowsOf("line_batches")).toBe(0);
  expect(await texts(log)).toEqual(Array.from({ length: 50 }, (_, step) => `line ${step}`));
  expect(await rowsOf("line_journal")).toBe(0);
  expect(await rowsOf("line_batches")).toBe(1);
});

test("what waits in the journal is there when the database is opened again", async () => {
  await open(database).append([write(0, "a"), write(1, "b")]);
  const again = open(database);
  // A large write to the same line must not be covered by the older small one.
  await again.append([write(1, "B".repeat(10_000))]);
  expect(await texts(again)).toEqual(["a", "B".repeat(10_000)]);
});

test("a large write goes past the journal unless it would overtake a small one", async () => {
  const log = open(database);
  await log.append([write(0, "x".repeat(10_000))]);
  expect(await rowsOf("line_journal")).toBe(0);
  await log.append([write(0, "a")]);
  await log.append([write(0, "y".repeat(10_000))]);
  expect(await rowsOf("line_journal")).toBe(2);
  expect(await texts(log)).toEqual(["y".repeat(10_000)]);
});

test("the journal is put into batches when it is full", async () => {
  const log = open(database, { maxChars: 1000 });
  for (let step = 0; step < 50; step += 1) await log.append([write(step, `line ${step}`)]);
  expect(await rowsOf("line_journal")).toBeLessThan(10);
  expect(await rowsOf("line_batches")).toBeGreaterThan(3);
  expect(await texts(log)).toHaveLength(50);
});

test("a write that fails leaves the journal as it was", async () => {
  const log = open(database);
  await log.append([write(0, "a")]);
  await expect(log.append([write(1, "b"), write(2_000_000_000, "far away")])).rejects.toMatchObject({
    code: "invalid_argument",
  });
  expect(await texts(log)).toEqual(["a"]);
  await log.append([write(1, "b")]);
  expect(await texts(log)).toEqual(["a", "b"]);
});
