import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openTestBench } from "../../presets/embedded/test-bench.ts";
import type { TestBench } from "../../presets/embedded/test-bench.ts";
import type { Caller, UserCaller } from "../access/caller.ts";
import type { Run } from "../runs/run.ts";
import type { FileListRequest, FileService, FileViewPage } from "./file-service.ts";
import type { FileView } from "./file-view.ts";

let bench: TestBench;
let files: FileService;
let ann: UserCaller;
let run: Run;
const address = { entityName: "ann", projectName: "p", runName: "r" };
const baseUrl = "http://server";

beforeEach(async () => {
  bench = await openTestBench();
  files = bench.services.files;
  ann = await bench.createCaller("ann");
  ({ run } = await bench.services.runs.upsert(ann, address, {}));
});

afterEach(() => bench.close());

async function announce(names: readonly string[], caller: Caller = ann): Promise<readonly FileView[]> {
  return (await files.announce(caller, address, { names, baseUrl })).files;
}

async function upload(name: string, content = "content"): Promise<void> {
  const [file] = await announce([name]);
  const url = (await file?.uploadUrl()) ?? "";
  await bench.app.inject({ method: "PUT", url: url.slice(baseUrl.length), payload: content });
}

function list(request: Partial<FileListRequest> = {}): Promise<FileViewPage> {
  return files.list(ann, run, { names: null, pattern: null, after: null, first: null, baseUrl, ...request });
}

describe("announcing files", () => {
  it("answers with as many in the same order, each with an absolute address of its own", async () => {
    const announced = await announce(["b", "a", "b"]);
    expect(announced.map((file) => file.name)).toEqual(["b", "a", "b"]);
    const urls = await Promise.all(announced.map((file) => file.uploadUrl()));
    expect(urls.every((url) => url?.startsWith("http://server/blobs/"))).toBe(true);
    expect(new Set(urls).size).toBe(3);
    expect((await list()).totalCount).toBe(0);
  });

  it.each(["../x", "/etc/passwd", "a/../../b", "", "a//b", "a\\b", "a\u0000", "x".repeat(1025)])(
    "refuses the name %j",
    async (name) => {
      await expect(announce(["fine", name])).rejects.toMatchObject({ code: "invalid_argument" });
    },
  );

  it("is for those who may add to the run", async () => {
    const bob = await bench.createCaller("bob");
    await expect(announce(["a"], bob)).rejects.toMatchObject({ code: "not_found" });
    await expect(announce(["a"], { kind: "anonymous" })).rejects.toMatchObject({ code: "not_found" });
    await expect(announce(["a"], { ...ann, scope: "read" })).rejects.toMatchObject({
      code: "permission_denied",
    });
    expect(await announce(["a"], { ...ann, scope: "append" })).toHaveLength(1);
  });
});

describe("a run's files", () => {
  it("show name, size, MD5, type and addresses", async () => {
    await upload("media/a b.json", "hello");
    const { files: views, totalCount } = await list();
    const [view] = views;
    expect(totalCount).toBe(1);
    expect(view).toMatchObject({
      name: "media/a b.json",
      sizeBytes: 5,
      md5: "XUFAKrxLKna5cZ2REBfFkg==",
      mimetype: "application/json",
      updatedAt: bench.clock.now(),
    });
    expect(view?.url()).toBe("http://server/files/ann/p/r/media/a%20b.json");
    expect(await view?.directUrl()).toMatch(/^http:\/\/server\/blobs\/[\w.-]+\/a%20b\.json$/);
  });

  it("are found by the path under which they were saved", async () => {
    await upload("test with_special-characters.txt");
    const { files: found } = await list({ names: ["./test with_special-characters.txt"] });
    expect(found).toHaveLength(1);
  });

  it("come in pages", async () => {
    for (const name of ["a", "b", "c"]) await upload(name);
    const first = await list({ first: 2 });
    expect(first).toMatchObject({ hasNextPage: true, totalCount: 3 });
    const second = await list({ first: 2, after: first.files[1]?.name ?? null });
    expect(second.files.map((file) => file.name)).toEqual(["c"]);
    expect(second.hasNextPage).toBe(false);
    expect(await files.count(ann, run)).toBe(3);
    await expect(list({ first: -1 })).rejects.toMatchObject({ field: "first" });
    await expect(list({ pattern: "%".repeat(2_000) })).rejects.toMatchObject({ field: "pattern" });
  });

  it("are uploaded when all of them have content", async () => {
    await upload("a");
    expect(await files.areUploaded(ann, address, ["a", "a"])).toBe(true);
    expect(await files.areUploaded(ann, address, ["a", "b"])).toBe(false);
  });

  it("can be read as text when they are not too long", async () => {
    await upload("a.txt", "hello");
    expect(await files.readText(ann, run, "a.txt", 5)).toBe("hello");
    expect(await files.readText(ann, run, "a.txt", 4)).toBeUndefined();
    expect(await files.readText(ann, run, "none", 5)).toBeUndefined();
  });

  it("are not to be seen by others", async () => {
    await upload("a");
    const bob = await bench.createCaller("bob");
    await expect(files.count(bob, run)).rejects.toMatchObject({ code: "not_found" });
    expect(await files.open(bob, address, "a")).toBeUndefined();
  });

  it("are deleted by their global ids", async () => {
    await upload("a");
    await upload("b");
    const [a, b] = (await list()).files;
    const bob = await bench.createCaller("bob");
    await expect(files.delete(bob, [a?.id ?? ""])).rejects.toMatchObject({ code: "not_found" });
    await expect(files.delete(ann, [btoa("Run:1:1")])).rejects.toMatchObject({ code: "invalid_argument" });
    await files.delete(ann, [a?.id ?? ""]);
    await files.delete(ann, [a?.id ?? ""]);
    expect((await list()).files.map((file) => file.id)).toEqual([b?.id]);
  });
});
