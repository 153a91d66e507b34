// What every blob store must do, wherever its bytes are.
import { text as readText } from "node:stream/consumers";
import { createHash } from "node:crypto";
import type { BlobStore } from "@steelyard/server";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

/** A store to test, empty. */
export interface BlobStoreUnderTest {
  readonly blobs: BlobStore;
  close(): Promise<void>;
}

/** Declares the suite; `create` is called before each test. */
export function describeBlobStore(name: string, create: () => Promise<BlobStoreUnderTest>): void {
  describe(name, () => {
    let under: BlobStoreUnderTest;
    let blobs: BlobStore;

    beforeEach(async () => {
      under = await create();
      blobs = under.blobs;
    });

    afterEach(async () => {
      await under.close();
    });

    async function read(
      key: string,
      range: { start?: number; end?: number } = {},
    ): Promise<string | undefined> {
      const stream = await blobs.read({ key, ...range });
      return stream && readText(stream);
    }

    test("a blob comes back whole, with its size and MD5", async () => {
      const info = await blobs.put({ key: "a", body: chunks("hello ", "", "world") });
      expect(info).toEqual({ sizeBytes: 11, md5: md5Of("hello world") });
      expect(await read("a")).toBe("hello world");
      expect(await blobs.find({ key: "a" })).toEqual(info);
    });

    test("a blob may be empty", async () => {
      expect(await blobs.put({ key: "empty", body: chunks() })).toEqual({ sizeBytes: 0, md5: md5Of("") });
      expect(await read("empty")).toBe("");
      expect(await blobs.find({ key: "empty" })).toEqual({ sizeBytes: 0, md5: md5Of("") });
    });

    test("settling tells what is there, of blobs put now and later alike", async () => {
      const later = await blobs.put({ key: "later", body: chunks("x"), isSettledLater: true });
      expect(await read("later")).toBe("x");
      const now = await blobs.put({ key: "now", body: chunks("yy") });
      const settled = await blobs.settle({ keys: ["later", "none", "now"] });
      expect(settled).toEqual(new Map(Object.entries({ later, now })));
      expect(await blobs.settle({ keys: [] })).toEqual(new Map());
    });

    test("many blobs settle at once", async () => {
      const keys = Array.from({ length: 150 }, (_, i) => `many-${i}`);
      await Promise.all(keys.map((key) => blobs.put({ key, body: chunks(key), isSettledLater: true })));
      const settled = await blobs.settle({ keys });
      expect(settled.size).toBe(150);
      expect(settled.get("many-7")).toEqual({ sizeBytes: 6, md5: md5Of("many-7") });
    });

    describe("parts", () => {
      const texts = ["abc", "", "defgh", "i"];
      const whole = { key: "big", md5: md5Of(texts.join("")) };
      const parts = texts.map((text, index) => ({ partNumber: index + 1, md5: md5Of(text) }));
      const putParts = async (numbers: readonly number[]): Promise<void> => {
        for (const partNumber of numbers) {
          await blobs.putPart({ key: "big", partNumber, body: chunks(texts[partNumber - 1] ?? "") });
        }
      };

      test("come in any order and are one blob when put together", async () => {
        await putParts([3, 1, 4]);
        expect(await blobs.find({ key: "big" })).toBeUndefined();
        await putParts([2, 1]);
        const info = { sizeBytes: 9, md5: whole.md5 };
        expect(await blobs.completeParts({ ...whole, parts })).toEqual(info);
        expect(await blobs.find({ key: "big" })).toEqual(info);
        expect(await read("big")).toBe("abcdefghi");
        expect(await read("big", { start: 2, end: 5 })).toBe("cde");
        expect(await read("big", { start: 8 })).toBe("i");
        expect(await read("big", { start: 9 })).toBe("");
        expect(await blobs.settle({ keys: ["big"] })).toEqual(new Map([["big", info]]));
      });

      test("may be put together twice, also at the same time", async () => {
        await putParts([1, 2, 3, 4]);
        const both = await Promise.all([1, 2].map(() => blobs.completeParts({ ...whole, parts })));
        expect(both[0]).toEqual(both[1]);
        expect(await blobs.completeParts({ ...whole, parts })).toEqual(both[0]);
      });

      test("are not put together while one is missing or another than stated", async () => {
        await putParts([1, 2, 3]);
        await expect(blobs.completeParts({ ...whole, parts })).rejects.toMatchObject({ code: "conflict" });
        await blobs.putPart({ key: "big", partNumber: 4, body: chunks("?") });
        await expect(blobs.completeParts({ ...whole, parts })).rejects.toMatchObject({ code: "conflict" });
        await putParts([4]);
        const wrong = { ...whole, parts, md5: md5Of("other") };
        await expect(blobs.completeParts(wrong)).rejects.toMatchObject({ code: "invalid_argument" });
        expect(await blobs.completeParts({ ...whole, parts })).toMatchObject({ sizeBytes: 9 });
      });

      test("must have the MD5 stated", async () => {
        const part = { key: "big", partNumber: 1, body: chunks("abc"), md5: md5Of("abd") };
        await expect(blobs.putPart(part)).rejects.toMatchObject({ code: "invalid_argument" });
      });

      test("go with their blob, before and after they are put together", async () => {
        await putParts([1, 2, 3, 4]);
        await blobs.completeParts({ ...whole, parts });
        await blobs.delete({ key: "big" });
        expect(await blobs.find({ key: "big" })).toBeUndefined();
        await putParts([1]);
        await blobs.delete({ key: "big" });
        await putParts([2, 3, 4]);
        await expect(blobs.completeParts({ ...whole, parts })).rejects.toMatchObject({ code: "conflict" });
      });
    });

    test("a key that was never put has nothing, and deleting it is no error", async () => {
      expect(await blobs.find({ key: "none" })).toBeUndefined();
      expect(await blobs.read({ key: "none" })).toBeUndefined();
      await blobs.delete({ key: "none" });
    });

    test("putting again replaces, and deleting removes", async () => {
      await blobs.put({ key: "a", body: chunks("a long first one") });
      await blobs.put({ key: "a", body: chunks("second") });
      expect(await read("a")).toBe("second");
      expect(await blobs.find({ key: "a" })).toEqual({ sizeBytes: 6, md5: md5Of("second") });
      await blobs.delete({ key: "a" });
      expect(await blobs.find({ key: "a" })).toBeUndefined();
      expect(await read("a")).toBeUndefined();
    });

    test("a range begins with its first byte and ends before its last", async () => {
      await blobs.put({ key: "a", body: chunks("0123456789") });
      expect(await read("a", { start: 2, end: 5 })).toBe("234");
      expect(await read("a", { start: 7 })).toBe("789");
      expect(await read("a", { end: 3 })).toBe("012");
      expect(await read("a", { start: 8, end: 99 })).toBe("89");
      expect(await read("a", { start: 10 })).toBe("");
    });

    test("bytes that do not have the MD5 announced are refused, and the blob before stays", async () => {
      await blobs.put({ key: "a", body: chunks("before") });
      const put = blobs.put({ key: "a", body: chunks("wrong"), md5: md5Of("right") });
      await expect(put).rejects.toMatchObject({ code: "invalid_argument", field: "md5" });
      expect(await read("a")).toBe("before");
      await blobs.put({ key: "a", body: chunks("right"), md5: md5Of("right") });
      expect(await read("a")).toBe("right");
    });

    test("a body that breaks off leaves nothing behind", async () => {
      await expect(blobs.put({ key: "a", body: brokenBody() })).rejects.toThrow("connection lost");
      expect(await blobs.find({ key: "a" })).toBeUndefined();
    });

    test("a reader that has begun gets the whole blob although it is replaced and deleted meanwhile", async () => {
      const text = "x".repeat(1_000_000);
      await blobs.put({ key: "a", body: chunks(text) });
      const stream = await blobs.read({ key: "a" });
      await blobs.put({ key: "a", body: chunks("new") });
      await blobs.delete({ key: "a" });
      expect(stream && (await readText(stream)) === text).toBe(true);
    });

    test("keys of any form do not meet", async () => {
      const keys = ["a", "A", "a/b", "a//b", "../a", "/a", "a\u0000b", "ä", "", "x".repeat(5_000)];
      for (const key of keys) await blobs.put({ key, body: chunks(`blob ${key}`) });
      for (const key of keys) expect(await read(key)).toBe(`blob ${key}`);
    });

    test("puts of one key at the same time leave one of their blobs", async () => {
      const texts = Array.from({ length: 8 }, (_, index) => String(index).repeat(10_000));
      await Promise.all(texts.map((text) => blobs.put({ key: "a", body: chunks(text) })));
      const left = (await read("a")) ?? "";
      expect(texts).toContain(left);
      expect(await blobs.find({ key: "a" })).toEqual({ sizeBytes: 10_000, md5: md5Of(left) });
    });

    test("a signed address is absolute and lies under the base that was given", async () => {
      const url = await blobs.sign({
        baseUrl: "https://example.com:8443/sub",
        key: "a",
        method: "GET",
        fileName: "folder/a file #1.txt",
        expiresInSeconds: 60,
      });
      expect(url.startsWith("https://example.com:8443/sub/")).toBe(true);
      expect(new URL(url).href).toBe(url);
    });
  });
}

// An async body as a socket gives it.
async function* chunks(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) {
    await Promise.resolve();
    yield Buffer.from(text);
  }
}

async function* brokenBody(): AsyncGenerator<Uint8Array> {
  yield* chunks("some bytes");
  throw new Error("connection lost");
}

function md5Of(text: string): string {
  return createHash("md5").update(text).digest("base64");
}
