/** What the TypeScript client logs, read by Python: every field, every file, byte for byte, and the same digests. */
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { Api, Artifact } from "@steelyard/client";
import { startTestServer } from "@steelyard/testing";
import type { TestServer } from "@steelyard/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { PythonClient } from "../python/run-python.ts";

const NAMES = [
  "plain.txt",
  "empty.bin",
  "a folder/with spaces/and ünïcödé 🙂.txt",
  "percent %20 and #hash?.txt",
  "\u{fb01}rst-above-surrogates",
  "\u{10000} second",
  `${Array.from({ length: 100 }, (_, level) => `level${level}`).join("/")}/deep.txt`,
];

let server: TestServer;
let python: PythonClient;
let folder: string;

function contentOf(name: string): string {
  return name === "empty.bin" ? "" : name.repeat(300);
}

const SHA256 = Object.fromEntries(
  NAMES.map((name) => [name, createHash("sha256").update(contentOf(name)).digest("hex")]),
);

beforeAll(async () => {
  server = await startTestServer();
  python = await PythonClient.create(server);
  folder = await mkdtemp(join(tmpdir(), "sy-artifacts-"));
  for (const name of NAMES) {
    const path = join(folder, "source", name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, contentOf(name));
  }
});

afterAll(async () => {
  await python[Symbol.asyncDispose]();
  await server.stop();
  await rm(folder, { recursive: true });
});

function api(): Api {
  return new Api({ apiKey: server.apiKey, overrides: { baseUrl: server.url, project: "files" } });
}

/** What Python says of artifacts. */
async function asPython(...paths: readonly string[]): Promise<unknown> {
  const { value } = await python.run("read_artifact.py", { args: { paths }, expectQuiet: false });
  return value;
}

describe("an artifact that this client logs", () => {
  it("is read by Python, field by field and byte for byte", async () => {
    const run = await api().createRun({ runId: "maker" });
    const artifact = new Artifact("awkward", "data set", {
      description: "of\nlines",
      metadata: { n: 1, big: 2n ** 60n, gap: Number.NaN, deep: { é: [1.5, null] } },
    });
    await artifact.addDir(join(folder, "source"));
    const digest = await (await artifact.manifest()).digest();
    await run.logArtifact(artifact, { aliases: ["best yet"], tags: ["good", "small one"] });
    expect(artifact.isDraft()).toBe(false);
    expect(artifact.name).toBe("awkward:v0");
    expect(artifact.digest).toBe(digest);
    const expected = {
      name: "awkward:v0",
      type: "data set",
      state: "COMMITTED",
      digest,
      "manifest digest": digest,
      description: "of\nlines",
      metadata: { n: 1, big: 2n ** 60n, gap: null, deep: { é: [1.5, null] } },
      aliases: ["best yet", "latest"],
      tags: ["good", "small one"],
      run: "maker",
      files: SHA256,
    };
    expect(await asPython("files/awkward:v0")).toMatchObject({ "files/awkward:v0": expected });
  });

  it("has the digest and the manifest that Python computes, references included", async () => {
    const web = createServer((_, response) => response.setHeader("etag", '"tag-1"').end("content"));
    await new Promise<void>((resolve) => web.listen(0, "127.0.0.1", resolve));
    const address = web.address();
    if (address === null || typeof address === "string") throw new Error("Expected a port");
    const url = `http://127.0.0.1:${address.port}/some/file.bin`;
    const references: [string, string][] = [
      [url, "web.bin"],
      [`file://${join(folder, "source/plain.txt")}`, "local.txt"],
      ["store://somewhere/key", "key"],
    ];
    const { value } = await python.run("digest_folder.py", {
      args: { folder: join(folder, "source"), references },
      expectQuiet: false,
    });
    const artifact = new Artifact("same", "dataset");
    await artifact.addDir(join(folder, "source"));
    for (const [uri, name] of references) await artifact.addReference(uri, { name });
    web.close();
    const manifest = await artifact.manifest();
    expect({
      digest: await manifest.digest(),
      manifest: manifest.toManifestJson(),
      size: manifest.size(),
    }).toEqual(value);
  });

  it("may have XXH128 digests, which Python checks too", async () => {
    const artifact = new Artifact("fast", "dataset", { digestAlgorithm: "XXH128" });
    await artifact.addDir(join(folder, "source"));
    const digest = await (await artifact.manifest()).digest();
    await (await api().createRun({ runId: "fast" })).logArtifact(artifact);
    const manifest = await artifact.manifest();
    expect([manifest.digestAlgorithm, await manifest.digest()]).toEqual(["XXH128", digest]);
    const told = { digest, "manifest digest": digest, files: SHA256 };
    expect(await asPython("files/fast:v0")).toMatchObject({ "files/fast:v0": told });
  });

  it("is not logged twice, and sends only what is new", async () => {
    const run = await api().createRun({ runId: "again" });
    const same = new Artifact("numbers", "dataset");
    await same.newFile("a.txt", "one");
    await same.newFile("b.txt", new Blob(["two"]).stream());
    await run.logArtifact(same);
    const twin = new Artifact("numbers", "dataset");
    await twin.newFile("b.txt", new TextEncoder().encode("two"));
    await twin.newFile("a.txt", "one");
    await run.logArtifact(twin);
    expect(twin.id).toBe(same.id);
    const next = await twin.newDraft();
    await next.newFile("c.txt", "three");
    next.remove("a.txt");
    await next.save({ api: api(), project: "files", aliases: ["next"] });
    expect(next.name).toBe("numbers:v1");
    expect(await (await next.getEntry("b.txt")).text()).toBe("two");
    const told = await asPython("files/numbers:next");
    expect(told).toMatchObject({
      "files/numbers:next": { "run state": "finished", aliases: ["latest", "next"] },
    });
  });

  it("can be changed later, and used", async () => {
    const artifact = await api().artifact("numbers:v1");
    artifact.description = "changed";
    artifact.metadata["k"] = ["v"];
    artifact.tags.push("late");
    artifact.aliases = ["prod"];
    await artifact.save();
    const user = await api().createRun({ runId: "user" });
    await user.useArtifact(artifact);
    const expected = {
      description: "changed",
      metadata: { k: ["v"] },
      tags: ["late"],
      aliases: ["prod"],
      "used by": ["user"],
    };
    expect(await asPython("files/numbers:prod")).toMatchObject({ "files/numbers:prod": expected });
  });
});
