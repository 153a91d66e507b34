// What every store of run files must do.
import { isJsonArray, parseJsonObject } from "@steelyard/protocol";
import type { JsonValue } from "@steelyard/protocol";
import type { ChangeFeed, FileStore, RunFile } from "@steelyard/server";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

/** A store to test, empty, and the feed in which it tells what became of blobs. */
export interface FileStoreUnderTest {
  readonly files: FileStore;
  readonly feed: Pick<ChangeFeed, "read">;
  close(): Promise<void>;
}

const run = { projectId: 3, runId: 7 };
const noon = "2026-01-01T12:00:00.000Z";
const later = "2026-01-01T13:00:00.000Z";

/** Declares the suite; `create` is called before each test. */
export function describeFileStore(name: string, create: () => Promise<FileStoreUnderTest>): void {
  describe(name, () => {
    let under: FileStoreUnderTest;
    let files: FileStore;

    beforeEach(async () => {
      under = await create();
      files = under.files;
    });

    afterEach(async () => {
      await under.close();
    });

    async function announce(...names: readonly string[]): Promise<readonly RunFile[]> {
      return files.announce({ ...run, names, now: noon });
    }

    async function put(
      fileName: string,
      blobKey = `blob of ${fileName}`,
      now = noon,
    ): Promise<RunFile | undefined> {
      const [file] = await announce(fileName);
      const content = { blobKey, sizeBytes: 5, md5: "XUFAKrxLKna5cZ2REBfFkg==" };
      return file && files.complete({ ...run, fileId: file.fileId, content, now });
    }

    async function list(query: Partial<Parameters<FileStore["list"]>[0]> = {}): Promise<readonly string[]> {
      const page = await files.list({
        ...run,
        names: null,
        pattern: null,
        after: null,
        limit: 100,
        ...query,
      });
      return page.files.map((file) => file.name);
    }

    /** The blobs that each event tells to be free. */
    async function deletedBlobs(): Promise<readonly (readonly JsonValue[])[]> {
      const events = await under.feed.read({ afterSeq: 0, limit: 1000 });
      return events
        .filter((event) => event.kind === "file.deleted")
        .map((event) => parseJsonObject(event.payload)["blobKeys"])
        .filter((blobKeys) => isJsonArray(blobKeys));
    }

    test("announced files come back in the order asked for, also twice, and keep their ids", async () => {
      const first = await announce("b", "a", "b");
      expect(first.map((file) => file.name)).toEqual(["b", "a", "b"]);
      expect(first[0]?.fileId).toBe(first[2]?.fileId);
      expect(first[0]).toMatchObject({ ...run, content: null, createdAt: noon, updatedAt: noon });
      const second = await files.announce({ ...run, names: ["a", "c", "b"], now: later });
      expect(second[0]).toEqual(first[1]);
      expect(second[2]).toEqual(first[0]);
      expect(await files.announce({ ...run, names: [], now: noon })).toEqual([]);
    });

    test("a file without content is neither found, listed nor counted", async () => {
      await announce("a");
      expect(await files.find({ ...run, name: "a" })).toBeUndefined();
      expect(await list()).toEqual([]);
      expect(await files.count(run)).toBe(0);
    });

    test("an upload gives a file its content", async () => {
      const file = await put("a.txt", "blob", later);
      expect(file).toMatchObject({
        name: "a.txt",
        content: { blobKey: "blob", sizeBytes: 5, md5: "XUFAKrxLKna5cZ2REBfFkg==" },
        createdAt: noon,
        updatedAt: later,
      });
      expect(await files.find({ ...run, name: "a.txt" })).toEqual(file);
      expect(await files.count(run)).toBe(1);
    });

    test("another upload replaces the content and tells which blob is free", async () => {
      await put("a", "first");
      await put("a", "second");
      expect((await files.find({ ...run, name: "a" }))?.content?.blobKey).toBe("second");
      expect(await deletedBlobs()).toEqual([["first"]]);
    });

    test("the same upload again frees no blob", async () => {
      await put("a", "first");
      await put("a", "first");
      expect(await deletedBlobs()).toEqual([]);
    });

    test("a file that is gone takes no content", async () => {
      const [file] = await announce("a");
      const fileId = file?.fileId ?? 0;
      expect(await files.delete({ ...run, fileIds: [fileId], now: noon })).toBe(1);
      const content = { blobKey: "late", sizeBytes: 1, md5: "" };
      expect(await files.complete({ ...run, fileId, content, now: noon })).toBeUndefined();
      expect(await files.complete({ ...run, runId: 8, fileId, content, now: noon })).toBeUndefined();
    });

    test("a list is in the order of names by code points, whole through its pages", async () => {
      const names = ["b", "a/2", "a/10", "é", "B", "a b", "a#%.txt", "𝒳"];
      for (const fileName of names) await put(fileName);
      const sorted = [...names].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
      expect(await list()).toEqual(sorted);
      const paged: string[] = [];
      for (let after: string | null = null; ;) {
        const page = await files.list({ ...run, names: null, pattern: null, after, limit: 3 });
        paged.push(...page.files.map((file) => file.name));
        expect(page.totalCount).toBe(names.length);
        if (!page.hasNextPage) break;
        after = page.files.at(-1)?.name ?? null;
      }
      expect(paged).toEqual(sorted);
    });

    test("names and patterns choose, and count what they choose", async () => {
      for (const fileName of ["a.json", "B.JSON", "a_json", "media/x.png", "100%", "50"]) await put(fileName);
      expect(await list({ names: ["media/x.png", "none"] })).toEqual(["media/x.png"]);
      expect(await list({ pattern: "%.json" })).toEqual(["B.JSON", "a.json"]);
      expect(await list({ pattern: "a_json" })).toEqual(["a.json", "a_json"]);
      expect(await list({ pattern: "a\\_json" })).toEqual(["a_json"]);
      expect(await list({ pattern: "%\\%" })).toEqual(["100%"]);
      expect(await list({ pattern: "media/%" })).toEqual(["media/x.png"]);
      const page = await files.list({ ...run, names: null, pattern: "%json", after: null, limit: 1 });
      expect(page).toMatchObject({ totalCount: 3, hasNextPage: true });
    });

    test("deleting frees the blobs and passes over what is not there", async () => {
      const kept = await put("kept");
      const gone = await put("gone");
      const fileIds = [gone?.fileId ?? 0, 999_999];
      expect(await files.delete({ ...run, fileIds, now: noon })).toBe(1);
      expect(await files.delete({ ...run, runId: 8, fileIds: [kept?.fileId ?? 0], now: noon })).toBe(0);
      expect(await list()).toEqual(["kept"]);
      expect(await deletedBlobs()).toEqual([["blob of gone"]]);
    });

    test("a deleted run's files go with their blobs, and no other's", async () => {
      const names = Array.from({ length: 700 }, (_, index) => `file ${index}`);
      for (const file of await announce(...names)) {
        const content = { blobKey: `blob of ${file.name}`, sizeBytes: 0, md5: "" };
        await files.complete({ ...run, fileId: file.fileId, content, now: noon });
      }
      const other = { ...run, runId: 8 };
      const [otherFile] = await files.announce({ ...other, names: ["a"], now: noon });
      await files.deleteRun({ ...run, now: noon });
      await files.deleteRun({ ...run, now: noon });
      expect(await list()).toEqual([]);
      const freed = (await deletedBlobs()).flat();
      expect(new Set(freed)).toEqual(new Set(names.map((fileName) => `blob of ${fileName}`)));
      expect(await files.announce({ ...other, names: ["a"], now: later })).toEqual([otherFile]);
    });
  });
}
