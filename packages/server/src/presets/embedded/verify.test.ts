import { createHash } from "node:crypto";
import { cp, mkdtemp, readFile, readdir, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import Database from "better-sqlite3";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { encodeColumnSegment } from "../../adapters/columns/column-segment.ts";
import { encodeDirectory } from "../../adapters/columns/segment-directory.ts";
import { blobPath } from "../../adapters/fs/blob-path.ts";
import { FolderBlobStore } from "../../adapters/fs/folder-blob-store.ts";
import { ParquetSealedFormat } from "../../adapters/parquet/parquet-sealed-format.ts";
import { shareFolder } from "../../adapters/sqlite/shared-lock.ts";
import { startEmbeddedServer } from "./embedded.ts";
import { verifyDataFolder } from "./verify.ts";
import type { VerifyReport } from "./verify.ts";

const ADMIN_KEY = `local-${"0b".repeat(24)}`;
const SEALED_LINES = ['{"_step":0,"x":1}', '{"_step":1,"x":2}'];

let origin: string;
let folder: string;

/** A folder with a run, its history of several batches, a file of it, and a sealed part. */
beforeAll(async () => {
  origin = await mkdtemp(join(tmpdir(), "steelyard-verify-"));
  const server = await startEmbeddedServer({ dataFolder: origin, port: 0, adminApiKey: ADMIN_KEY });
  const url = server.urls.at(-1) ?? "";
  const headers = { authorization: `Basic ${btoa(`api:${ADMIN_KEY}`)}`, "content-type": "application/json" };
  const graphql = async (query: string): Promise<string> => {
    const answer = await fetch(`${url}/graphql`, {
      method: "POST",
      headers,
      body: JSON.stringify({ query }),
    });
    return answer.text();
  };
  await graphql('mutation { upsertBucket(input: { name: "r", modelName: "p" }) { bucket { id } } }');
  // Long enough to make a batch at once instead of waiting in the journal.
  for (let offset = 0; offset < 30; offset += 10) {
    const content = Array.from(
      { length: 10 },
      (_, at) => `{"_step":${offset + at},"x":"${"x".repeat(1000)}"}`,
    );
    await fetch(`${url}/files/admin/p/r/file_stream`, {
      method: "POST",
      headers,
      body: JSON.stringify({ files: { "wandb-history.jsonl": { offset, content } } }),
    });
  }
  const files = await graphql(
    'mutation { createRunFiles(input: { entityName: "admin", projectName: "p", runName: "r", files: ["m.bin"] }) { files { uploadUrl } } }',
  );
  const [uploadUrl = ""] = /http[^"]+/.exec(files) ?? [];
  const upload = await fetch(uploadUrl, { method: "PUT", body: "the bytes of a model" });
  expect(upload.status).toBe(200);
  await server.close();
  await seal();
});

/** A second run whose history is sealed, as the sealing task leaves it. */
async function seal(): Promise<void> {
  const clock = { now: () => new Date().toISOString() };
  const blobs = await FolderBlobStore.open({
    folder: join(origin, "blobs"),
    secret: new Uint8Array(32),
    clock,
  });
  const { table, beside } = new ParquetSealedFormat().encode(SEALED_LINES);
  for (const [key, bytes] of [
    ["table", table],
    ["beside", beside],
  ] as const) {
    await blobs.put({ key, body: Readable.from([bytes]) });
  }
  const db = new Database(join(origin, "history.sqlite"));
  db.prepare("INSERT INTO line_streams VALUES (1, 1, 'events', 2, 1)").run();
  db.prepare(
    "INSERT INTO sealed_parts VALUES (1, 1, 'events', 0, 2, 1, 2, 0, 1, 1, 1, 'table', ?, 'beside', ?, '{}')",
  ).run(table.length, beside.length);
  db.close();
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "steelyard-verify-"));
  await cp(origin, folder, { recursive: true });
});
afterEach(() => rm(folder, { recursive: true, force: true }));
afterAll(() => rm(origin, { recursive: true, force: true }));

/** Changes a database as nothing but damage or a defect would. */
function damage(name: "metadata" | "history" | "index", sql: string, ...values: unknown[]): void {
  const db = new Database(join(folder, `${name}.sqlite`));
  db.pragma("foreign_keys = OFF");
  expect(db.prepare(sql).run(...values).changes).toBeGreaterThan(0);
  db.close();
}

async function problems(isFull = false): Promise<string[]> {
  const report = await verifyDataFolder({ folder, isFull });
  expect(report.isSound).toBe(report.problemCount === 0);
  return report.problems.map(({ place, sentence }) => `${place}: ${sentence}`);
}

/** Every file with its digest. */
async function snapshot(): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const digests = new Map<string, string>();
  for (const entry of entries.filter((each) => each.isFile())) {
    const path = join(entry.parentPath, entry.name);
    digests.set(
      path,
      createHash("md5")
        .update(await readFile(path))
        .digest("hex"),
    );
  }
  return digests;
}

function blobOfModel(): string {
  const db = new Database(join(folder, "metadata.sqlite"), { readonly: true });
  const row: unknown = db.prepare("SELECT blob_key FROM run_files").get();
  db.close();
  const key: unknown = typeof row === "object" && row !== null ? Reflect.get(row, "blob_key") : undefined;
  return blobPath(join(folder, "blobs"), String(key));
}

describe("the check of a data folder", () => {
  it("finds a sound one sound, counts what is in it and changes nothing", async () => {
    const before = await snapshot();
    const stages = new Set<string>();
    const report: VerifyReport = await verifyDataFolder({
      folder,
      isFull: true,
      onProgress: ({ stage }) => stages.add(stage),
    });
    expect(report).toMatchObject({ isSound: true, problems: [], notes: [] });
    expect(report.counts).toMatchObject({ databases: 3, lines: 30, parts: 1, blobs: 3 });
    expect([...stages]).toContain("Checking history");
    expect(await snapshot()).toEqual(before);
  });

  it("reads what a killed server left in its log, and leaves it there", async () => {
    const db = new Database(join(folder, "history.sqlite"));
    db.pragma("wal_autocheckpoint = 0");
    db.prepare("DELETE FROM line_batches WHERE batch_no = 3").run();
    // Copied while it is open: a database whose last changes are in its log only.
    const copy = await mkdtemp(join(tmpdir(), "steelyard-verify-"));
    await cp(folder, copy, { recursive: true });
    db.close();
    await rm(join(copy, "history.sqlite-shm"), { force: true });
    await rm(folder, { recursive: true });
    folder = copy;
    const before = await snapshot();
    expect(await problems()).toEqual([
      "history of run p/r: Lines 20 to 29 are missing: no batch or part holds them.",
    ]);
    expect(await snapshot()).toEqual(before);
  });

  it("is refused while a server uses the folder, and keeps servers out meanwhile", async () => {
    const server = await startEmbeddedServer({ dataFolder: folder, port: 0, adminApiKey: ADMIN_KEY });
    await expect(verifyDataFolder({ folder })).rejects.toThrow(`A server is using the data folder ${folder}`);
    await server.close();
    const held = shareFolder(folder);
    await expect(startEmbeddedServer({ dataFolder: folder, port: 0 })).rejects.toThrow(
      "Another server is using the data folder",
    );
    expect(await problems()).toEqual([]);
    held.release();
    await expect(verifyDataFolder({ folder: tmpdir() })).rejects.toThrow("is not a server's data folder");
  });

  it("finds databases that are cut off, no databases, missing, inconsistent or newer", async () => {
    const path = join(folder, "metadata.sqlite");
    const { size } = await stat(path);
    await truncate(path, Math.floor(size / 2 / 4096) * 4096);
    expect((await problems())[0]).toMatch(/^metadata\.sqlite: SQLite('s integrity check| cannot read it): /);
    await writeFile(path, "not a database, and long enough to have a header ".repeat(100));
    expect(await problems()).toEqual([
      "metadata.sqlite: SQLite cannot read it: file is not a database (SQLITE_NOTADB).",
    ]);
    await rm(path);
    expect(await problems()).toEqual(["metadata.sqlite: The database is missing."]);
    damage("history", "INSERT INTO kysely_migration (name, timestamp) VALUES ('9999-later', '')");
    expect(await problems()).toContain(
      "history.sqlite: It was made by a newer version: the migration 9999-later is not known here.",
    );
  });

  it("finds rows that name others that are not there", async () => {
    damage("metadata", "UPDATE runs SET project_id = 77");
    expect((await problems())[0]).toMatch(/row \d+ of run\w* names a row of projects that is not there/);
  });

  it("finds damaged batches of history", async () => {
    for (const [sql, sentence] of [
      [
        "UPDATE line_batches SET data = x'28b52ffd00', encoding = 'text+zstd' WHERE batch_no = 1",
        "cannot be unpacked",
      ],
      ["UPDATE line_batches SET line_count = 9 WHERE batch_no = 2", "Batch 2 holds 10 lines; expected 9."],
      [
        "UPDATE line_batches SET min_step = 21 WHERE batch_no = 3",
        "Batch 3 holds the step 20; expected steps from 21 to 29.",
      ],
      ["UPDATE line_streams SET version = 0 WHERE stream = 'history'", "Batch 1 is newer than its stream."],
      ["UPDATE line_streams SET line_count = 40 WHERE stream = 'history'", "Lines 30 to 39 are missing"],
      [
        "DELETE FROM line_streams WHERE stream = 'history'",
        "There are batches, but the stream is not known.",
      ],
    ] as const) {
      await rm(folder, { recursive: true });
      await cp(origin, folder, { recursive: true });
      damage("history", sql);
      const [first = ""] = await problems();
      expect(first).toContain("history of run p/r");
      expect(first).toContain(sentence);
    }
  });

  it("finds a damaged journal of small writes", async () => {
    damage("history", "INSERT INTO line_journal (writes) VALUES ('[{]')");
    expect(await problems()).toEqual([expect.stringContaining("journal: Entry ")]);
  });

  describe("of kept columns", () => {
    const createdOf = "(SELECT created_at FROM projects WHERE id = 1)";

    /** A segment as the upkeep keeps it, up to a change, for a project as it was created. */
    function keep(upToSeq: number, createdAt?: string): void {
      const metadata = new Database(join(folder, "metadata.sqlite"), { readonly: true });
      const born: unknown = metadata.prepare(`SELECT ${createdOf}`).pluck().get();
      metadata.close();
      const directory = encodeDirectory([1], { branches: [], lists: [], depths: [], isPartial: false });
      const column = encodeColumnSegment("value", { rows: [1], values: [0.5] });
      damage("index", "INSERT INTO segment_projects VALUES (1, ?)", createdAt ?? born);
      damage("index", "INSERT INTO run_segments VALUES (1, 0, ?, ?)", upToSeq, directory);
      damage("index", "INSERT INTO column_segments VALUES (1, 0, 'config.a', ?)", column);
    }

    it("finds what is damaged, strayed or too new, and says what to do", async () => {
      keep(1);
      expect(await problems()).toEqual([]);
      for (const [sql, problem] of [
        ["UPDATE column_segments SET data = x'00' || data", "segment 0: The column config.a is damaged."],
        ["UPDATE run_segments SET directory = x'00'", "segment 0: The directory is damaged."],
        ["DELETE FROM run_segments", "segment 0: There are columns, but the segment is not known."],
      ] as const) {
        const path = join(folder, "index.sqlite");
        const whole = await readFile(path);
        damage("index", sql);
        expect(await problems()).toEqual([`index.sqlite, project 1, ${problem}`]);
        await writeFile(path, whole);
      }
      damage("index", "UPDATE run_segments SET up_to_seq = 1000");
      const { problems: newer, notes } = await verifyDataFolder({ folder });
      expect(newer.map(({ sentence }) => sentence)).toEqual([
        expect.stringContaining("newer than the runs: they have change 1000 of"),
      ]);
      expect(notes.map(({ sentence }) => sentence)).toEqual([
        "Delete this file: the server builds it anew from the runs.",
      ]);
    });

    it("notes those of another project, and finds a file that is no database; none at all is sound", async () => {
      keep(1, "1999-01-01T00:00:00.000Z");
      const { isSound, notes } = await verifyDataFolder({ folder });
      expect(isSound).toBe(true);
      expect(notes.map(({ sentence }) => sentence)).toEqual([
        "The columns are of another project; the server drops them.",
      ]);
      const path = join(folder, "index.sqlite");
      await writeFile(path, "not a database, and long enough to have a header ".repeat(100));
      expect(await problems()).toEqual([
        "index.sqlite: SQLite cannot read it: file is not a database (SQLITE_NOTADB).",
      ]);
      await rm(path);
      expect(await problems()).toEqual([]);
    });
  });

  it("finds files that are missing, cut off, others or damaged", async () => {
    const path = blobOfModel();
    const bytes = await readFile(path);
    const flipped = Buffer.from(bytes);
    flipped[3] = (flipped[3] ?? 0) ^ 1;
    await writeFile(path, flipped);
    // Only reading all bytes can tell.
    expect(await problems()).toEqual([]);
    const about = "file m.bin of run p/r: Its blob ";
    expect(await problems(true)).toEqual([expect.stringContaining(`${about}is damaged`)]);
    await writeFile(path, bytes.subarray(0, -1));
    expect(await problems()).toEqual([expect.stringContaining(`${about}has 19 bytes; expected 20.`)]);
    await writeFile(path, bytes.subarray(0, 7));
    expect(await problems()).toEqual([expect.stringContaining(`${about}is cut off.`)]);
    await rm(path);
    expect(await problems()).toEqual([expect.stringContaining(`${about}is missing.`)]);
  });

  it("finds sealed history that is missing or damaged", async () => {
    const path = blobPath(join(folder, "blobs"), "beside");
    const bytes = await readFile(path);
    const flipped = Buffer.from(bytes);
    flipped[9] = (flipped[9] ?? 0) ^ 0xff;
    await writeFile(path, flipped);
    expect((await problems(true)).join()).toContain("events of run p/r, lines 0 to 1");
    await rm(path);
    expect(await problems()).toEqual([expect.stringContaining("file beside the table of events of run p/r")]);
    await writeFile(path, bytes);
    damage("history", "UPDATE sealed_parts SET line_count = 3");
    expect(await problems()).toContain(
      "events of run p/r, lines 0 to 2: The part holds 2 lines; expected 3.",
    );
  });

  it("lists what nothing refers to, which is no problem", async () => {
    damage("metadata", "DELETE FROM run_files");
    await writeFile(join(folder, "blobs", "unfinished", "7"), "half");
    const { isSound, notes } = await verifyDataFolder({ folder });
    expect(isSound).toBe(true);
    expect(notes.map(({ sentence }) => sentence).sort()).toEqual([
      "An upload was not finished; the next start removes it.",
      "Nothing refers to this blob.",
    ]);
  });
});
