import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ColumnUpkeep } from "./column-upkeep.ts";
import { openIndexStorage } from "./index-storage.ts";
import { openStorage } from "./storage.ts";

let folder: string;
const now = "2026-03-01T10:00:00.000Z";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "steelyard-upkeep-"));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

test("columns of a large project are built in a thread, and a new process answers from them", async () => {
  const storage = await openStorage(folder);
  const { users, projects, runs, columns } = storage.services;
  const account = { username: "ada", name: "Ada", email: null, isAdmin: false, accountType: "USER" } as const;
  const { entityId, id: userId } = await users.create({ ...account, createdAt: now });
  const { project } = await projects.upsert({ entityId, name: "p", userId, now });
  const upkeep = new ColumnUpkeep({ folder, kept: columns, onDiscard: (reason) => expect.fail(reason) });
  await upkeep.round(new AbortController().signal);
  expect(await columns.check()).toEqual({ isDue: false, discarded: [] });
  for (let number = 0; number < 500; number += 1) {
    const config = `{"k":{"value":${number % 5}}}`;
    await runs.upsert({
      projectId: project.id,
      userId,
      now,
      name: `r${number}`,
      defaultDisplayName: "r",
      config,
    });
  }
  expect(await columns.check()).toEqual({ isDue: true, discarded: [] });
  await upkeep.round(new AbortController().signal);
  expect(await columns.check()).toEqual({ isDue: false, discarded: [] });
  await upkeep.close();
  await storage.close();

  const index = await openIndexStorage(folder);
  const listed = await index.segments.list({ projectId: project.id, createdAt: project.createdAt });
  const [kept] = listed;
  expect(kept?.isThere.reduce((sum, isThere) => sum + isThere, 0)).toBe(500);
  const column = (await index.segments.columns(project.id, "config.k", listed)).get(0);
  expect(column).toHaveProperty("numbers.length", 500);
  await index.close();
});

test("a torn or foreign file is thrown away, and so is one that was found damaged; the operator hears of it", async () => {
  const path = join(folder, "index.sqlite");
  const open = async (): Promise<readonly string[]> => {
    const index = await openIndexStorage(folder);
    const discarded = index.takeDiscarded();
    expect(await index.segments.progress()).toEqual(new Map());
    await index.close();
    return discarded;
  };
  expect(await open()).toEqual([]);
  await writeFile(path, "SQLite format 3\0 and then nothing that it wrote".repeat(100));
  expect(await open()).toEqual([expect.stringContaining("index.sqlite")]);
  expect(await open()).toEqual([]);
  await writeFile(`${path}.damaged`, "");
  expect(await open()).toEqual([expect.stringContaining("damaged")]);
  expect(await readdir(folder)).toEqual(["index.sqlite"]);
});
