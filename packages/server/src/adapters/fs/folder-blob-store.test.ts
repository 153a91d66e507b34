import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { describeBlobStore } from "@steelyard/testing/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { blobPath } from "./blob-path.ts";
import { FolderBlobStore } from "./folder-blob-store.ts";

const secret = Buffer.alloc(32, 7);

async function open(
  folder: string,
  clock = { now: () => "2026-01-01T00:00:00.000Z" },
): Promise<FolderBlobStore> {
  return FolderBlobStore.open({ folder, secret, clock });
}

describeBlobStore("FolderBlobStore", async () => {
  const folder = await mkdtemp(join(tmpdir(), "steelyard-blobs-"));
  return { blobs: await open(folder), close: () => rm(folder, { recursive: true, force: true }) };
});

describe("FolderBlobStore", () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "steelyard-blobs-"));
  });

  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  async function sign(
    blobs: FolderBlobStore,
    request: Partial<Parameters<FolderBlobStore["sign"]>[0]> = {},
  ): Promise<string> {
    const url = await blobs.sign({
      baseUrl: "http://localhost",
      key: "a",
      method: "GET",
      expiresInSeconds: 60,
      ...request,
    });
    return /\/blobs\/([^/]+)\//.exec(url)?.[1] ?? "";
  }

  it("clears away at its opening what was left unfinished", async () => {
    await mkdir(join(folder, "unfinished"));
    await writeFile(join(folder, "unfinished", "1"), "half");
    await open(folder);
    expect(await readdir(join(folder, "unfinished"))).toEqual([]);
  });

  it("finds the blobs of the process before", async () => {
    const before = await open(folder);
    const info = await before.put({ key: "a", body: (async function* () {})() });
    expect(await (await open(folder)).find({ key: "a" })).toEqual(info);
  });

  it("finds the blobs of the first data folders, which lie a folder deeper", async () => {
    const info = await (await open(folder)).put({ key: "a", body: (async function* () {})() });
    const path = blobPath(folder, "a");
    const deep = join(dirname(path), basename(path).slice(2, 4));
    await mkdir(deep);
    await rename(path, join(deep, basename(path)));
    expect(await (await open(folder)).find({ key: "a" })).toEqual(info);
    expect(await readdir(dirname(path))).toEqual([basename(path)]);
  });

  it("gives back what it signed", async () => {
    const blobs = await open(folder);
    const token = await sign(blobs, { method: "PUT", subject: "run-file:1:2:3", fileName: "a/b c.txt" });
    expect(blobs.verify({ token, method: "PUT" })).toEqual({
      key: "a",
      subject: "run-file:1:2:3",
      fileName: "a/b c.txt",
      isSettledLater: false,
    });
  });

  it("refuses a token for the other method, a changed one and one of another secret", async () => {
    const blobs = await open(folder);
    const token = await sign(blobs);
    const [payload = "", signature = ""] = token.split(".");
    const foreign = await FolderBlobStore.open({
      folder: join(folder, "foreign"),
      secret: Buffer.alloc(32, 8),
      clock: { now: () => "2026-01-01T00:00:00.000Z" },
    });
    const claims = Buffer.from(payload, "base64url").toString().replace('"a"', '"b"');
    const forged = `${Buffer.from(claims).toString("base64url")}.${signature}`;
    for (const bad of [forged, payload, `${token}.x`, "", "..", await sign(foreign)]) {
      expect(() => blobs.verify({ token: bad, method: "GET" })).toThrow(
        expect.objectContaining({ code: "permission_denied" }),
      );
    }
    expect(() => blobs.verify({ token, method: "PUT" })).toThrow("signed for GET");
  });

  it("refuses a token after its time", async () => {
    let now = "2026-01-01T00:00:00.000Z";
    const blobs = await open(folder, { now: () => now });
    const token = await sign(blobs, { expiresInSeconds: 60 });
    now = "2026-01-01T00:01:00.000Z";
    expect(blobs.verify({ token, method: "GET" }).key).toBe("a");
    now = "2026-01-01T00:01:01.000Z";
    expect(() => blobs.verify({ token, method: "GET" })).toThrow(expect.objectContaining({ code: "gone" }));
  });
});
