import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { sql } from "kysely";
import { afterEach, beforeEach, expect, test } from "vitest";
import { appendEvent } from "../sql/outbox.ts";
import type { MetadataTables } from "../sql/tables.ts";
import { openSqliteDatabase } from "./database.ts";
import { migrate } from "./migrate.ts";
import { openTemporaryMetadata, type TemporaryDatabase } from "./temporary.ts";

let database: TemporaryDatabase<MetadataTables>;

beforeEach(async () => {
  database = await openTemporaryMetadata();
});

afterEach(async () => {
  await database.close();
});

const event = {
  kind: "run.created",
  projectId: 1,
  runId: 2,
  payload: "{}",
  createdAt: "2026-11-20T00:00:00.000Z",
} as const;

async function pragma(name: string): Promise<unknown> {
  const result = await sql.raw<Record<string, unknown>>(`pragma ${name}`).execute(database.db);
  return Object.values(result.rows[0] ?? {})[0];
}

test("commits are synchronous, the log is written ahead, and foreign keys hold", async () => {
  expect(await pragma("journal_mode")).toBe("wal");
  expect(await pragma("synchronous")).toBe(2);
  expect(await pragma("foreign_keys")).toBe(1);
});

test("listeners hear of commits and of nothing else", async () => {
  let heard = 0;
  const stop = database.commits.subscribe(() => heard++);
  await database.db.transaction().execute((trx) => appendEvent(trx, event));
  await expect(
    database.db.transaction().execute(async (trx) => {
      await appendEvent(trx, event);
      throw new Error("changed my mind");
    }),
  ).rejects.toThrow("changed my mind");
  expect(heard).toBe(1);
  stop();
  await database.db.transaction().execute((trx) => appendEvent(trx, event));
  expect(heard).toBe(1);
  expect(await database.db.selectFrom("events").select("seq").execute()).toHaveLength(2);
});

test("close waits for what is running, and what was written is there after reopening", async () => {
  const path = join(database.folder, "other.sqlite");
  const other = openSqliteDatabase<{ notes: { text: string } }>(path);
  await other.db.schema.createTable("notes").addColumn("text", "text").execute();
  const written = other.db.insertInto("notes").values({ text: "kept" }).execute();
  await other.close();
  await written;
  const again = openSqliteDatabase<{ notes: { text: string } }>(path);
  expect(await again.db.selectFrom("notes").selectAll().execute()).toEqual([{ text: "kept" }]);
  await again.close();
});

test("a database of a newer version is refused with a reason", async () => {
  await expect(migrate(database.db, {})).rejects.toThrow("made by a newer version");
});

test("a migration that fails is named and leaves nothing behind", async () => {
  const other = openSqliteDatabase<Record<string, never>>(join(database.folder, "other.sqlite"));
  const migrations = {
    "0001-good": {
      up: (db: TemporaryDatabase<unknown>["db"]) =>
        db.schema.createTable("kept").addColumn("id", "integer").execute(),
    },
    "0002-bad": { up: () => Promise.reject(new Error("no such luck")) },
  };
  await expect(migrate(other.db, migrations)).rejects.toThrow("The migration 0002-bad failed: no such luck");
  const tables = await other.db.introspection.getTables();
  expect(tables.map((table) => table.name)).toEqual([]);
  await other.close();
});

test("a file that cannot be opened is unavailable, with its path and advice", async () => {
  const path = join(database.folder, "folder.sqlite");
  await mkdir(path);
  expect(() => openSqliteDatabase(path)).toThrow(`${path} cannot be written. Check that its folder exists`);
});

test("a full disk is unavailable with advice, and the transaction is gone whole", async () => {
  await sql.raw("pragma max_page_count = 60").execute(database.db);
  const big = { ...event, payload: "x".repeat(400_000) };
  const failed = database.db.transaction().execute(async (trx) => {
    await appendEvent(trx, event);
    await appendEvent(trx, big);
  });
  await expect(failed).rejects.toThrow("disk is full");
  expect(await database.db.selectFrom("events").select("seq").execute()).toEqual([]);
  await database.db.transaction().execute((trx) => appendEvent(trx, event));
});
