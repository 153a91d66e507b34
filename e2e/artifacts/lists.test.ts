/** Collections, types and versions: listed, filtered, ordered, changed and deleted from TypeScript, and seen by Python. */
import { Api, Artifact, isNotFound } from "@steelyard/client";
import { startTestServer } from "@steelyard/testing";
import type { TestServer } from "@steelyard/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { PythonClient } from "../python/run-python.ts";

let server: TestServer;
let api: Api;

beforeAll(async () => {
  server = await startTestServer();
  api = new Api({ apiKey: server.apiKey, overrides: { baseUrl: server.url, project: "shop" } });
  const run = await api.createRun({ runId: "maker" });
  for (const [name, type, count] of [
    ["rows", "dataset", 3],
    ["columns", "dataset", 1],
    ["net", "model", 1],
  ] as const) {
    for (let version = 0; version < count; version += 1) {
      const artifact = new Artifact(name, type);
      await artifact.newFile("text.txt", `${name} ${version}`);
      await run.logArtifact(artifact, { tags: version === 1 ? ["odd"] : [] });
    }
  }
});

afterAll(async () => {
  await server.stop();
});

describe("lists", () => {
  it("have every type, collection and version, with their numbers", async () => {
    const types = await api.artifactTypes("shop").toArray();
    expect(types.map(({ name }) => name)).toEqual(expect.arrayContaining(["dataset", "model"]));
    const collections = api.artifactCollections("shop", "dataset");
    const sorted = (await collections.toArray()).map(({ name }) => name).toSorted();
    expect(sorted).toEqual(["columns", "rows"]);
    const all = await (await api.project("shop")).collections().toArray();
    expect(all.map(({ name }) => name)).toEqual(expect.arrayContaining(["columns", "net", "rows"]));
    const versions = api.artifacts("dataset", "rows", { perPage: 2 });
    expect((await versions.toArray()).map(({ name }) => name)).toEqual(["rows:v2", "rows:v1", "rows:v0"]);
    expect(await versions.length()).toBe(3);
    expect((await versions.at(0))?.aliases).toEqual(["latest"]);
    const odd = api.artifacts("dataset", "rows", { perPage: 1, tags: ["odd"] });
    expect((await odd.toArray()).map(({ name }) => name)).toEqual(["rows:v1"]);
    expect(await odd.length()).toBe(1);
    const type = await api.artifactType("dataset");
    expect((await type.collections().toArray()).map(({ name }) => name).toSorted()).toEqual([
      "columns",
      "rows",
    ]);
    const ofCollection = (await type.collection("rows")).artifacts({ perPage: 1 });
    expect((await ofCollection.at(-1))?.version).toBe("v0");
  });

  it("say what exists, and of which type", async () => {
    expect(await api.artifactExists("rows:v1")).toBe(true);
    expect(await api.artifactExists("rows:v9")).toBe(false);
    expect(await api.artifactExists("rows:v1", { type: "model" })).toBe(false);
    expect(await api.artifactCollectionExists("rows", "dataset")).toBe(true);
    expect(await api.artifactCollectionExists("rows", "model")).toBe(false);
    await expect(api.artifact("nothing:v0")).rejects.toSatisfy(isNotFound);
    expect((await (await api.artifact("rows:v1")).files().toArray()).map(({ name }) => name)).toEqual([
      "text.txt",
    ]);
  });
});

describe("a collection", () => {
  it("is renamed, described, labelled and moved to another type, and Python sees it", async () => {
    const collection = await api.artifactCollection("dataset", "columns");
    collection.name = "pillars";
    collection.description = "upright";
    collection.tags = ["tall", "stone"];
    await collection.save();
    await collection.changeType("model");
    expect(collection.isSequence()).toBe(true);
    expect(await collection.aliases()).toEqual(expect.arrayContaining(["latest"]));
    await using python = await PythonClient.create(server);
    const { value } = await python.run("read_collection.py", {
      args: { type: "model", path: "shop/pillars" },
    });
    expect(value).toMatchObject({
      name: "pillars",
      type: "model",
      description: "upright",
      tags: ["stone", "tall"],
      versions: ["pillars:v0"],
    });
  });

  it("is deleted with its versions, and a version alone", async () => {
    await (await api.artifactCollection("model", "net")).delete();
    expect(await api.artifactExists("net:v0")).toBe(false);
    const version = await api.artifact("rows:v2");
    await expect(version.delete()).rejects.toThrow(/alias/);
    await version.delete({ deleteAliases: true });
    expect((await api.artifacts("dataset", "rows").toArray()).map(({ name }) => name)).toEqual([
      "rows:v1",
      "rows:v0",
    ]);
  });
});
