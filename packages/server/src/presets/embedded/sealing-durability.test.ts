// Lines are written, sealed and read at once in a process that is killed in the middle of it, again and again. Afterwards
// every acknowledged line is there once, every part's files are whole, and no other files are left for good.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { HistoryTables } from "../../adapters/sql/history-tables.ts";
import { SystemClock } from "../../adapters/node/system-clock.ts";
import { FolderBlobStore } from "../../adapters/fs/folder-blob-store.ts";
import { ParquetSealedFormat } from "../../adapters/parquet/parquet-sealed-format.ts";
import { SqlSealedPartStore } from "../../adapters/sql/sql-sealed-part-store.ts";
import { selectParts, toPart } from "../../adapters/sql/sealed-part-rows.ts";
import { openSqliteDatabase } from "../../adapters/sqlite/database.ts";
import { blobRange } from "../../modules/history/part-reader.ts";
import { openStorage } from "./storage.ts";

const kills = process.env["STEELYARD_LONG"] === "1" ? 100 : 5;
const runCount = 4;
const linesARequest = 25;

/** Logs to several runs, seals and reads all the time, and says which requests were acknowledged. */
const program = `
import { writeSync } from "node:fs";
const { startStorageThreads } = await import(${JSON.stringify(import.meta.resolve("./storage-threads.ts"))});
const { SealingThread } = await import(${JSON.stringify(import.meta.resolve("./sealing-thread.ts"))});
const { FolderBlobStore } = await import(${JSON.stringify(import.meta.resolve("../../adapters/fs/folder-blob-store.ts"))});
const { SystemClock } = await import(${JSON.stringify(import.meta.resolve("../../adapters/node/system-clock.ts"))});
const [, , folder] = process.argv;
// Clears away what the process before left unfinished, as the server does when it starts.
await FolderBlobStore.open({ folder: folder + "/blobs", secret: new Uint8Array(32), clock: new SystemClock() });
const { services } = await startStorageThreads(folder, (cause) => { throw cause; });
const sealing = new SealingThread({ folder, services, growingLines: 60 });
const now = "2026-03-01T10:00:00.000Z";
const account = { username: "ada", name: "Ada", email: null, isAdmin: false, accountType: "USER", createdAt: now };
const user = (await services.users.find({ username: "ada" })) ?? (await services.users.create(account));
const { project } = await services.projects.upsert({ entityId: user.entityId, name: "p", userId: user.id, now });
async function log(name) {
  const upsert = { projectId: project.id, name, userId: user.id, now, defaultDisplayName: name };
  const { run } = await services.runs.upsert(upsert);
  const key = { projectId: run.projectId, runId: run.runId };
  let offset = (await services.log.counts(key)).history;
  // What came without being acknowledged is sent again, as a client does.
  offset = Math.max(0, offset - ${linesARequest});
  for (let request = 0; ; request += 1) {
    const content = Array.from({ length: ${linesARequest} }, (_, at) => JSON.stringify({ _step: offset + at, name }));
    const body = Buffer.from(JSON.stringify({ files: { "wandb-history.jsonl": { offset, content } } }));
    await services.ingest.append({ projectId: project.id, runName: name, body, encoding: "identity", writer: "", receivedAt: now });
    offset += ${linesARequest};
    writeSync(1, key.projectId + " " + key.runId + " " + offset + "\\n");
    if (request % 5 === 0) {
      const page = await services.history.rows({ ...key, minStep: null, maxStep: null, samples: 50 });
      if (page.totalRows < offset) throw new Error("a row is missing: " + page.totalRows + " of " + offset);
      const { lastStep } = await services.history.keys(key);
      if (lastStep < offset - 1) throw new Error("the last step is " + lastStep);
    }
  }
}
async function seal() {
  for (;;) await sealing.round(new AbortController().signal);
}
await Promise.all([seal(), ...Array.from({ length: ${runCount} }, (_, at) => log("run" + at))]);`;

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "steelyard-sealing-"));
  // A file, because a worker would be started with the flags of a program on the command line.
  await writeFile(join(folder, "log.mjs"), program);
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** Starts the program, kills it some time after a number of acknowledgements, and notes the last one of each run. */
async function logUntilKilled(requests: number, acknowledged: Map<string, number>): Promise<void> {
  const child = spawn(process.execPath, [join(folder, "log.mjs"), join(folder, "data")], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "close");
  let seen = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    const [projectId = "", runId = "", lineCount] = line.split(" ");
    acknowledged.set(`${projectId}/${runId}`, Number(lineCount));
    seen += 1;
    if (seen === requests) child.kill("SIGKILL");
  }
  await ended;
  expect(child.signalCode).toBe("SIGKILL");
}

async function expectAcknowledgedLines(acknowledged: ReadonlyMap<string, number>): Promise<void> {
  const storage = await openStorage(join(folder, "data"));
  const { log, history, runs } = storage.services;
  for (const [key, lineCount] of acknowledged) {
    const [projectId = 0, runId = 0] = key.split("/").map(Number);
    const name = (await runs.find({ projectId, runId }))?.name;
    const { history: stored } = await log.counts({ projectId, runId });
    expect(stored).toBeGreaterThanOrEqual(lineCount);
    const expected = Array.from({ length: stored }, (_, step) => JSON.stringify({ _step: step, name }));
    const { rows } = await history.rows({ projectId, runId, minStep: null, maxStep: null, samples: null });
    expect(rows).toEqual(expected);
    expect((await history.keys({ projectId, runId })).keys["name"]).toMatchObject({
      typeCounts: [{ type: "string", count: stored }],
    });
  }
  await storage.close();
}

/** Every file of a part is whole, and every other file is known as a leftover. Returns how many parts there are. */
async function expectWholeFiles(): Promise<number> {
  const blobs = FolderBlobStore.join({ folder: join(folder, "data", "blobs"), clock: new SystemClock() });
  const database = openSqliteDatabase<HistoryTables>(join(folder, "data", "history.sqlite"));
  const parts = (await selectParts(database.db).execute()).map(toPart);
  for (const part of parts) {
    const open = await new ParquetSealedFormat().open({
      table: blobRange(blobs, part.tableKey, part.tableBytes),
      beside: blobRange(blobs, part.besideKey, part.besideBytes),
    });
    expect(await open.lines(0, part.lineCount)).toHaveLength(part.lineCount);
  }
  const store = new SqlSealedPartStore(database);
  await store.abandonAll();
  const named =
    parts.length * 2 + (await database.db.selectFrom("sealed_leftovers").selectAll().execute()).length;
  await database.close();
  const entries = await readdir(join(folder, "data", "blobs"), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && !entry.parentPath.endsWith("unfinished"));
  expect(files.length).toBeLessThanOrEqual(named);
  return parts.length;
}

it(
  `loses no acknowledged line and leaves no half file over ${kills} kills while it seals`,
  { timeout: kills * 12_000 },
  async () => {
    await mkdir(join(folder, "data"));
    const acknowledged = new Map<string, number>();
    let parts = 0;
    for (let kill = 0; kill < kills; kill += 1) {
      // A fast machine has taken these requests before anything was due: then it gets more of them.
      const haste = parts === 0 ? 4 ** Math.min(kill, 5) : 1;
      await logUntilKilled((40 + ((kill * 37) % 90)) * haste, acknowledged);
      parts = await expectWholeFiles();
      await expectAcknowledgedLines(acknowledged);
    }
    expect(acknowledged.size).toBe(runCount);
    expect(parts).toBeGreaterThan(0);
  },
);
