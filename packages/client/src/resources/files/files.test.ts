import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { isJsonArray } from "@steelyard/protocol";
import type { JsonObject } from "@steelyard/protocol";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { runAnswer, runData, textOf } from "../../../test/run-data.ts";
import { graphqlScript, startScriptedServer } from "../../../test/scripted-server.ts";
import type { ScriptedServer } from "../../../test/scripted-server.ts";
import { testApi } from "../../../test/test-api.ts";
import { CommError, NotFoundError, PORTABLE_PLATFORM, UnsupportedError, ValueError } from "../../index.ts";
import type { Run } from "../../index.ts";
import { createNodePlatform } from "../../node/platform.ts";
import { toS3Uri } from "./s3-uri.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "files-"));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

interface Setup extends AsyncDisposable {
  readonly server: ScriptedServer;
  readonly run: Run;
  /** What was uploaded, by path. */
  readonly uploads: Map<string, { body: string; headers: Readonly<Record<string, string>> }>;
}

interface SetupOptions {
  readonly names?: readonly string[];
  readonly contents?: Readonly<Record<string, string>>;
  readonly features?: readonly string[];
  readonly isPortable?: boolean;
  /** Whether the first download breaks in the middle. */
  readonly breaksOnce?: boolean;
}

async function setUp(options: SetupOptions = {}): Promise<Setup> {
  const { names = [], contents = {}, features = [] } = options;
  const uploads: Setup["uploads"] = new Map();
  let isBreaking = options.breaksOnce ?? false;
  const node = (name: string): unknown => ({
    id: `File:${name}`,
    name,
    url: `${server.url}/files/e/p/r/${encodeURIComponent(name)}`,
    directUrl: null,
    sizeBytes: "3",
    mimetype: "text/plain",
    updatedAt: "2026-11-20T23:40:00",
    md5: null,
  });
  const graphql = graphqlScript({
    Run: runAnswer(runData("r")),
    ServerFeatures: { serverInfo: { features: features.map((name) => ({ name, isEnabled: true })) } },
    RunFiles: ({ fileCursor, fileLimit, fileNames, pattern }: JsonObject) => {
      const wanted = isJsonArray(fileNames) && fileNames.length > 0 ? fileNames : null;
      const known = [
        ...names,
        ...[...uploads.keys()].map((path) => decodeURIComponent(path.slice("/put/".length))),
      ];
      const found = known.filter((name) =>
        wanted === null ? pattern === null || name.endsWith(textOf(pattern).slice(1)) : wanted.includes(name),
      );
      const start = Number(fileCursor ?? 0);
      const end = Math.min(found.length, start + Number(fileLimit));
      const edges = found
        .slice(start, end)
        .map((name, index) => ({ node: node(name), cursor: String(start + index + 1) }));
      return runAnswer({
        fileCount: known.length,
        files: { edges, pageInfo: { endCursor: String(end), hasNextPage: end < found.length } },
      });
    },
    CreateRunFiles: ({ files }: JsonObject) => ({
      createRunFiles: {
        runID: "Run:r",
        uploadHeaders: ["X-Meta: a:b"],
        files: (isJsonArray(files) ? files : []).map((name) => ({
          name,
          uploadUrl: `/put/${encodeURIComponent(textOf(name))}`,
        })),
      },
    }),
    MarkRunFilesUploaded: { markRunFilesUploaded: { success: true } },
    DeleteFiles: { deleteFiles: { success: true } },
  });
  const server = await startScriptedServer((request) => {
    if (request.method === "PUT") {
      uploads.set(request.path, { body: request.body.toString(), headers: request.headers });
      return { body: "" };
    }
    if (request.method === "GET") {
      const name = decodeURIComponent(request.path.split("/").at(-1) ?? "");
      const content = contents[name];
      if (isBreaking) {
        isBreaking = false;
        return { body: "wh", headers: { "content-length": "5" }, hangUp: "after body" };
      }
      return content === undefined ? { status: 404 } : { body: content };
    }
    return graphql(request);
  });
  const platform =
    options.isPortable === true
      ? PORTABLE_PLATFORM
      : createNodePlatform({ environment: {}, home: folder, workingDirectory: folder });
  const run = await testApi(server, { platform }).run("e/p/r");
  return { server, run, uploads, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

describe("a list of files", () => {
  it("comes page after page", async () => {
    await using test = await setUp({ names: ["a.txt", "b.txt", "c.log"] });
    const files = test.run.files({ perPage: 2 });
    expect((await files.toArray()).map(({ name }) => name)).toEqual(["a.txt", "b.txt", "c.log"]);
    expect(await files.length()).toBe(3);
    expect(await files.at(0)).toMatchObject({
      id: "File:a.txt",
      sizeBytes: 3,
      size: 3,
      mimetype: "text/plain",
      pathUri: "",
    });
    expect((await files.at(0))?.updatedAt?.toISOString()).toBe("2026-11-20T23:40:00.000Z");
  });

  it("counts itself, not all files of the run, when it is filtered", async () => {
    await using test = await setUp({ names: ["a.txt", "b.txt", "c.log"] });
    expect(await test.run.files({ pattern: "%.txt", perPage: 1 }).length()).toBe(2);
    expect(await test.run.files({ names: ["c.log"] }).length()).toBe(1);
  });

  it("is chosen by names or by a pattern, not by both", async () => {
    await using test = await setUp();
    expect(() => test.run.files({ names: ["a"], pattern: "%" })).toThrow(ValueError);
  });

  it("has a file by name, or says that it has not", async () => {
    await using test = await setUp({ names: ["a.txt"] });
    expect((await test.run.file("a.txt")).run).toBe(test.run);
    await expect(test.run.file("gone")).rejects.toThrow(NotFoundError);
  });
});

describe("a file's content", () => {
  it("is read as bytes, text, JSON or a stream, with credentials", async () => {
    await using test = await setUp({ names: ["a.json"], contents: { "a.json": '{"loss":NaN}' } });
    const file = await test.run.file("a.json");
    expect(await file.text()).toBe('{"loss":NaN}');
    expect(new TextDecoder().decode(await file.bytes())).toBe('{"loss":NaN}');
    expect(await file.json()).toEqual({ loss: Number.NaN });
    expect(await new Response(await file.stream()).text()).toBe('{"loss":NaN}');
    expect(test.server.requests.at(-1)?.headers).toHaveProperty("authorization");
  });

  it("is stored below a folder", async () => {
    await using test = await setUp({ names: ["media/a b.txt"], contents: { "media/a b.txt": "content" } });
    const file = await test.run.file("media/a b.txt");
    const path = join(folder, "out", "media", "a b.txt");
    expect(await file.download({ root: "out" })).toEqual({ path, isFresh: true });
    expect(await readFile(path, "utf8")).toBe("content");
  });

  it("is fetched again when the connection breaks, and leaves no part behind", async () => {
    await using test = await setUp({ names: ["a.txt"], contents: { "a.txt": "whole" }, breaksOnce: true });
    const { path } = await (await test.run.file("a.txt")).download({ root: "out" });
    expect(await readFile(path, "utf8")).toBe("whole");
    expect(await readdir(join(folder, "out"))).toEqual(["a.txt"]);
    expect(test.server.requests.filter(({ method }) => method === "GET")).toHaveLength(2);
  });

  it("does not overwrite a local file unless told so", async () => {
    await using test = await setUp({ names: ["a.txt"], contents: { "a.txt": "new" } });
    const path = join(folder, "a.txt");
    await writeFile(path, "old");
    const file = await test.run.file("a.txt");
    await expect(file.download()).rejects.toThrow(ValueError);
    expect(await file.download({ existOk: true })).toEqual({ path, isFresh: false });
    expect(await readFile(path, "utf8")).toBe("old");
    await file.download({ replace: true });
    expect(await readFile(path, "utf8")).toBe("new");
  });

  it("is not stored outside the folder, whatever the server calls it", async () => {
    await using test = await setUp({ names: ["../evil"], contents: { "../evil": "x" } });
    const file = await test.run.file("../evil");
    await expect(file.download({ root: "out" })).rejects.toThrow(ValueError);
  });

  it("needs a disk to be stored on", async () => {
    await using test = await setUp({ names: ["a.txt"], isPortable: true });
    await expect((await test.run.file("a.txt")).download()).rejects.toThrow(UnsupportedError);
  });

  it("is deleted with the project's number, which some servers want", async () => {
    await using test = await setUp({ names: ["a.txt"] });
    await (await test.run.file("a.txt")).delete();
    expect(test.server.requests.at(-1)?.variables).toEqual({ files: ["File:a.txt"], projectId: 7 });
  });
});

describe("an upload", () => {
  it("puts a local file where the server says, with the headers it says", async () => {
    await using test = await setUp({ features: ["MARK_RUN_FILES_UPLOADED"] });
    await writeFile(join(folder, "model.bin"), "weights");
    const file = await test.run.uploadFile("model.bin");
    expect(file.name).toBe("model.bin");
    const upload = test.uploads.get("/put/model.bin");
    expect(upload?.body).toBe("weights");
    expect(upload?.headers).toMatchObject({ "content-length": "7", "x-meta": "a:b" });
    expect(upload?.headers).not.toHaveProperty("transfer-encoding");
    expect(test.server.operations).toEqual([
      "Run",
      "CreateRunFiles",
      "ServerFeatures",
      "MarkRunFilesUploaded",
      "RunFiles",
    ]);
  });

  it("takes bytes, blobs and streams under a name, without reporting to servers that do not ask for it", async () => {
    await using test = await setUp({ isPortable: true });
    const bytes = new TextEncoder().encode("one");
    await test.run.uploadFile(bytes, { name: "a/1.txt" });
    await test.run.uploadFile(new Blob(["two"]), { name: "2.txt" });
    await test.run.uploadFile(new Blob(["three"]).stream(), { name: "3.txt" });
    expect([...test.uploads.values()].map(({ body }) => body)).toEqual(["one", "two", "three"]);
    expect([...test.uploads.values()].map(({ headers }) => headers["content-length"])).toEqual([
      "3",
      "3",
      "5",
    ]);
    expect(test.server.operations).not.toContain("MarkRunFilesUploaded");
  });

  it("sends an empty file with a length", async () => {
    await using test = await setUp();
    await writeFile(join(folder, "empty"), "");
    await test.run.uploadFile("empty");
    expect(test.uploads.get("/put/empty")?.headers["content-length"]).toBe("0");
  });

  it("names a local file relative to a root, and refuses one outside it", async () => {
    await using test = await setUp();
    await writeFile(join(folder, "f"), "x");
    await expect(test.run.uploadFile("f", { root: "sub" })).rejects.toThrow(ValueError);
    await expect(test.run.uploadFile(new Blob(["x"]), { name: "../f" })).rejects.toThrow(ValueError);
  });

  it("fails when the server gives no address", async () => {
    await using server = await startScriptedServer(
      graphqlScript({
        Run: runAnswer(runData("r")),
        CreateRunFiles: {
          createRunFiles: { runID: "Run:r", uploadHeaders: [], files: [{ name: "a", uploadUrl: null }] },
        },
      }),
    );
    const run = await testApi(server).run("r");
    await expect(run.uploadFile(new Blob(["x"]), { name: "a" })).rejects.toThrow(CommError);
  });
});

describe("metadata", () => {
  it("is the content of the run's metadata file, or null when it has none", async () => {
    const name = "wandb-metadata.json";
    await using with_ = await setUp({ names: [name], contents: { [name]: '{"program":"train.py"}' } });
    expect(await with_.run.metadata()).toEqual({ program: "train.py" });
    await using without = await setUp();
    expect(await without.run.metadata()).toBeNull();
  });
});

describe("toS3Uri", () => {
  it.each([
    ["https://bucket.s3.amazonaws.com/a/b%20c?X-Amz-Signature=1", "s3://bucket/a/b c"],
    ["https://my.bucket.s3.eu-west-1.amazonaws.com/k", "s3://my.bucket/k"],
    ["https://s3.amazonaws.com/bucket/k", "s3://bucket/k"],
    ["https://s3-us-west-2.amazonaws.com/bucket/k", "s3://bucket/k"],
    ["https://storage.googleapis.com/bucket/k", null],
    ["nonsense", null],
  ])("of %s is %s", (url, expected) => {
    expect(toS3Uri(url)).toBe(expected);
  });
});
