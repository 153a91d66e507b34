import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { isJsonArray, isJsonObject } from "@steelyard/protocol";
import type { JsonObject, JsonValue } from "@steelyard/protocol";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { artifactData } from "../../../../test/artifact-server.ts";
import { runAnswer, runData, textOf } from "../../../../test/run-data.ts";
import { graphqlScript, startScriptedServer } from "../../../../test/scripted-server.ts";
import type { ScriptedServer } from "../../../../test/scripted-server.ts";
import { testApi } from "../../../../test/test-api.ts";
import { Artifact, UnsupportedError, UsageError, ValueError } from "../../../index.ts";
import { createNodePlatform } from "../../../node/platform.ts";
import { MULTIPART_FROM_BYTES, planParts } from "./multipart.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "uploads-"));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

interface Options {
  /** Contents that the server has already. */
  readonly has?: readonly string[];
  /** How often an upload of this path fails. */
  readonly failing?: Readonly<Record<string, number>>;
  readonly isCommitted?: boolean;
}

interface Setup extends AsyncDisposable {
  readonly server: ScriptedServer;
  /** The bodies that were put, by path. */
  readonly stored: Map<string, string>;
  /** The inputs of `createArtifact`. */
  readonly created: JsonObject[];
}

function names(specs: JsonValue | undefined): string[] {
  return (isJsonArray(specs) ? specs : []).map((spec) => textOf(isJsonObject(spec) ? spec["name"] : ""));
}

async function setUp({ has = [], failing = {}, isCommitted = false }: Options = {}): Promise<Setup> {
  const stored = new Map<string, string>();
  const created: JsonObject[] = [];
  const failures = new Map(Object.entries(failing));
  const graphql = graphqlScript({
    Run: runAnswer(runData("r")),
    RunHistoryKeys: { project: { run: { historyKeys: { lastStep: 4 } } } },
    CreateArtifact: ({ input }: JsonObject) => {
      if (isJsonObject(input)) created.push(input);
      const state = isCommitted ? "COMMITTED" : "PENDING";
      return {
        createArtifact: { artifact: { id: "QQ==", state, artifactSequence: { latestArtifact: null } } },
      };
    },
    CreateArtifactManifest: { createArtifactManifest: { artifactManifest: { id: "TQ==" } } },
    UploadArtifactManifest: () => ({
      createArtifactManifest: {
        artifactManifest: {
          id: "TQ==",
          file: { id: "F", uploadUrl: `${server.url}/put/manifest`, uploadHeaders: ["Content-MD5:x"] },
        },
      },
    }),
    CreateArtifactFiles: ({ artifactFiles }: JsonObject) => ({
      createArtifactFiles: {
        files: {
          edges: names(artifactFiles).map((name) => ({
            node: {
              storagePath: null,
              uploadUrl:
                has.includes(name) || stored.has(name)
                  ? null
                  : `${server.url}/put/${encodeURIComponent(name)}`,
              uploadHeaders: [`X-For:${encodeURIComponent(name)}`],
              uploadMultipartUrls: null,
              artifact: { id: "QQ==" },
            },
          })),
        },
      },
    }),
    CommitArtifact: { commitArtifact: { artifact: { id: "QQ==", digest: "d" } } },
    ArtifactById: { artifact: artifactData({}) },
  });
  const server = await startScriptedServer((request) => {
    if (request.method !== "PUT") return graphql(request);
    const name = decodeURIComponent(request.path.slice("/put/".length));
    const left = failures.get(name) ?? 0;
    failures.set(name, left - 1);
    if (left > 0) return { status: 403, body: "no" };
    stored.set(name, request.body.toString());
    return { body: "" };
  });
  return { server, stored, created, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

describe("logging a draft", () => {
  it("sends what the server lacks, the manifest, and then commits", async () => {
    await using setup = await setUp({ has: ["b.txt"] });
    const { server, stored, created } = setup;
    const run = await testApi(server).run("r");
    const artifact = new Artifact("things", "dataset", { metadata: { a: 1 } });
    await artifact.newFile("a.txt", "first");
    await artifact.newFile("b.txt", "second");
    await run.logArtifact(artifact, { aliases: ["best"], tags: ["t"] });
    expect([...stored.keys()]).toEqual(["a.txt", "manifest"]);
    expect(stored.get("a.txt")).toBe("first");
    expect(JSON.parse(stored.get("manifest") ?? "")).toMatchObject({
      version: 1,
      contents: { "a.txt": { size: 5, birthArtifactID: "QQ==" }, "b.txt": { size: 6 } },
    });
    expect(server.operations.slice(-2)).toEqual(["CommitArtifact", "ArtifactById"]);
    expect(created[0]).toMatchObject({
      entityName: "team",
      runName: "r",
      historyStep: 5,
      metadata: '{"a":1}',
      aliases: [
        { artifactCollectionName: "things", alias: "latest" },
        { artifactCollectionName: "things", alias: "best" },
      ],
      tags: [{ tagName: "t" }],
    });
    expect(artifact.isDraft()).toBe(false);
  });

  it("sends nothing when the content was logged before", async () => {
    await using setup = await setUp({ isCommitted: true });
    const { server, stored } = setup;
    const artifact = new Artifact("things", "dataset");
    await artifact.newFile("a.txt", "first");
    await (await testApi(server).run("r")).logArtifact(artifact);
    expect(stored.size).toBe(0);
    expect(server.operations).not.toContain("CommitArtifact");
  });

  it("goes on where it stopped, as the same version", async () => {
    await using setup = await setUp({ failing: { "2.txt": 1 } });
    const { server, stored, created } = setup;
    const run = await testApi(server).run("r");
    const artifact = new Artifact("things", "dataset");
    for (const name of ["1.txt", "2.txt", "3.txt"]) await artifact.newFile(name, name);
    await expect(run.logArtifact(artifact, { concurrency: 1 })).rejects.toThrow(/2\.txt/);
    expect(artifact.isDraft()).toBe(true);
    const before = server.requests.filter(({ method }) => method === "PUT").length;
    await run.logArtifact(artifact);
    const puts = server.requests.filter(({ method }) => method === "PUT").slice(before);
    expect(puts.map(({ path }) => path)).not.toContain("/put/1.txt");
    expect([...stored.keys()].toSorted()).toEqual(["1.txt", "2.txt", "3.txt", "manifest"]);
    expect(created[0]?.["clientID"]).toBe(created[1]?.["clientID"]);
  });

  it("refuses a file that was changed after it was added", async () => {
    await using setup = await setUp();
    const { server, stored } = setup;
    const path = join(folder, "file.txt");
    await writeFile(path, "before");
    const artifact = new Artifact("things", "dataset");
    await artifact.addFile(path);
    await writeFile(path, "afterwards");
    const platform = createNodePlatform({ environment: {}, workingDirectory: folder });
    const run = await testApi(server, { platform }).run("r");
    await expect(run.logArtifact(artifact)).rejects.toThrow(/was changed/);
    expect(stored.size).toBe(0);
  });

  it("tells how far it is", async () => {
    await using setup = await setUp();
    const { server } = setup;
    const artifact = new Artifact("things", "dataset");
    await artifact.newFile("a.txt", "12345");
    const seen: number[] = [];
    const run = await testApi(server).run("r");
    await run.logArtifact(artifact, { onProgress: ({ bytesDone }) => seen.push(bytesDone) });
    expect(seen.at(-1)).toBe(5);
  });
});

describe("a draft", () => {
  it("refuses names, types, aliases, tags and metadata that servers or Python refuse", async () => {
    expect(() => new Artifact("a/b", "dataset")).toThrow(ValueError);
    expect(() => new Artifact("a", "job")).toThrow(/reserved/);
    expect(() => new Artifact("a", "wandb-x")).toThrow(/reserved/);
    expect(() => new Artifact("a", "dataset", { metadata: { x: Number.POSITIVE_INFINITY } })).toThrow(
      /infinite/,
    );
    await using setup = await setUp();
    const { server } = setup;
    const run = await testApi(server).run("r");
    await expect(run.logArtifact(new Artifact("a", "t"), { aliases: ["a:b"] })).rejects.toThrow(ValueError);
    await expect(run.logArtifact(new Artifact("a", "t"), { tags: ["a,b"] })).rejects.toThrow(ValueError);
  });

  it("has each path once, unless it is overwritten, and no path outside", async () => {
    const artifact = new Artifact("things", "dataset");
    await artifact.newFile("a/b.txt", "one");
    await artifact.newFile("a/b.txt", "one");
    await expect(artifact.newFile("a/b.txt", "two")).rejects.toThrow(/already/);
    await artifact.newFile("./a/b.txt", "two", { overwrite: true });
    expect((await artifact.manifest()).length).toBe(1);
    for (const path of ["../x", "/x", "a/../../x", ""]) {
      await expect(artifact.newFile(path, "x")).rejects.toThrow(ValueError);
    }
    artifact.remove("a");
    expect((await artifact.manifest()).length).toBe(0);
    expect(() => artifact.remove("a")).toThrow(/no file or folder/);
    artifact.finalize();
    await expect(artifact.newFile("late", "x")).rejects.toThrow(UsageError);
  });

  it("takes folders whole, but no link that leads out of them", async () => {
    await mkdir(join(folder, "data/deep"), { recursive: true });
    await writeFile(join(folder, "secret.txt"), "secret");
    await writeFile(join(folder, "data/deep/a.txt"), "a");
    await symlink("deep/a.txt", join(folder, "data/inside.txt"));
    const artifact = new Artifact("things", "dataset");
    const entries = await artifact.addDir(join(folder, "data"), { name: "in" });
    expect(entries.map(({ path }) => path)).toEqual(["in/deep/a.txt", "in/inside.txt"]);
    expect(await artifact.getAddedLocalPathName(join(folder, "data/deep/a.txt"))).toBe("in/deep/a.txt");
    await symlink("../secret.txt", join(folder, "data/outside.txt"));
    await expect(artifact.addDir(join(folder, "data"))).rejects.toThrow(/outside\.txt is a link out/);
    expect(await artifact.addDir(join(folder, "data"), { followLinks: true })).toHaveLength(3);
    await symlink("..", join(folder, "data/deep/up"));
    await expect(artifact.addDir(join(folder, "data"), { followLinks: true })).rejects.toThrow();
  });

  it("keeps references to buckets unseen, and refuses to look at them", async () => {
    const artifact = new Artifact("things", "dataset");
    await expect(artifact.addReference("s3://bucket/key")).rejects.toThrow(UnsupportedError);
    const [entry] = await artifact.addReference("s3://bucket/key", { checksum: false });
    expect([entry?.path, entry?.refTarget()]).toEqual(["key", "s3://bucket/key"]);
    await expect(artifact.addReference("no-scheme")).rejects.toThrow(/scheme/);
  });
});

describe("parts of a large file", () => {
  it("are 100 MiB each, and at most 10000", () => {
    expect(planParts(MULTIPART_FROM_BYTES - 1)).toEqual([]);
    const parts = planParts(MULTIPART_FROM_BYTES + 1);
    expect(parts[0]).toEqual({ partNumber: 1, start: 0, end: 100 * 2 ** 20 });
    expect(parts.at(-1)?.end).toBe(MULTIPART_FROM_BYTES + 1);
    expect(planParts(5 * 2 ** 40).length).toBeLessThanOrEqual(10_000);
  });
});
