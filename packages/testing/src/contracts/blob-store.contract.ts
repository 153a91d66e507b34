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
