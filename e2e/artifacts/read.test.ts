/** What Python logged, read by the TypeScript client: every field, every file, byte for byte. */
import { createHash } from "node:crypto";
import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Api, UnsupportedError } from "@steelyard/client";
import type { Artifact, ArtifactManifestEntry } from "@steelyard/client";
import { startTestServer } from "@steelyard/testing";
import type { TestServer } from "@steelyard/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { PythonClient } from "../python/run-python.ts";

let server: TestServer;
let python: PythonClient;
let folder: string;
let told: Told;

interface Told {
  readonly contents: Readonly<Record<string, string>>;
  readonly artifacts: readonly Readonly<Record<string, unknown>>[];
}

function isTold(value: unknown): value is Told {
  return typeof value === "object" && value !== null && "contents" in value && "artifacts" in value;
}

beforeAll(async () => {
  server = await startTestServer();
  python = await PythonClient.create(server);
  folder = await mkdtemp(join(tmpdir(), "sy-artifacts-"));
  const { value } = await python.run("log_artifacts.py", {
    args: { project: "files" },
    expectQuiet: false,
  });
  if (!isTold(value)) throw new Error("log_artifacts.py reported something else");
  told = value;
});

afterAll(async () => {
  await python[Symbol.asyncDispose]();
  await server.stop();
  await rm(folder, { recursive: true });
});

function api(): Api {
  return new Api({ apiKey: server.apiKey, overrides: { baseUrl: server.url, project: "files" } });
}

/** What this client knows, in the words of log_artifacts.py. */
async function factsOf(artifact: Artifact): Promise<Record<string, unknown>> {
  const manifest = await artifact.manifest();
  const entries = [...manifest.entries.values()];
  const byPath = (read: (entry: ArtifactManifestEntry) => unknown): Record<string, unknown> =>
    Object.fromEntries(entries.map((entry) => [entry.path, read(entry)]));
  return {
    id: artifact.id,
    name: artifact.name,
    "qualified name": artifact.qualifiedName,
    version: artifact.version,
    "source name": artifact.sourceName,
    type: artifact.type,
    state: artifact.state,
    digest: artifact.digest,
    "manifest digest": await manifest.digest(),
    size: artifact.size,
    "file count": artifact.fileCount,
    description: artifact.description,
    metadata: artifact.metadata,
    aliases: artifact.aliases.toSorted(),
    tags: artifact.tags.toSorted(),
    ttl: artifact.ttlSeconds,
    "commit hash": artifact.commitHash,
    "history step": artifact.historyStep,
    "created at": artifact.createdAtText,
    "updated at": artifact.updatedAtText,
    url: artifact.url,
    "is link": artifact.isLink,
    digests: byPath(({ digest }) => digest),
    sizes: byPath(({ size }) => size),
    refs: Object.fromEntries(entries.filter(({ ref }) => ref !== null).map(({ path, ref }) => [path, ref])),
    "ref urls": byPath((entry) => entry.refUrl()),
  };
}

async function sha256(path: string): Promise<string> {
  return createHash("sha256")
    .update(await readFile(path))
    .digest("hex");
}

describe("an artifact that Python logged", () => {
  it("has the same fields, digests and addresses", async () => {
    for (const expected of told.artifacts) {
      const artifact = await api().artifact(String(expected["name"]));
      expect(await factsOf(artifact)).toEqual(expected);
    }
  });

  it("is downloaded byte for byte, whatever the names", async () => {
    const artifact = await api().artifact("awkward:best yet");
    expect(artifact.name).toBe("awkward:best yet");
    const root = await artifact.download({ root: join(folder, "whole") });
    for (const [name, digest] of Object.entries(told.contents))
      expect([name, await sha256(join(root, name))]).toEqual([name, digest]);
    await artifact.verify({ root });
    const part = await artifact.download({ root: join(folder, "part"), pathPrefix: "a folder/" });
    expect(await readdir(part)).toEqual(["a folder"]);
  });

  it("is read as bytes and as a stream without a disk", async () => {
    const artifact = await api().artifact("awkward");
    const entry = await artifact.getEntry("percent %20 and #hash?.txt");
    const streamed = await new Response(await entry.stream()).bytes();
    expect(streamed).toEqual(await entry.bytes());
    expect(createHash("sha256").update(streamed).digest("hex")).toBe(told.contents[entry.path]);
  });

  it("lends its files to other artifacts", async () => {
    const pointers = await api().artifact("pointers:v0");
    const root = await pointers.download({ root: join(folder, "pointers") });
    expect(await readdir(root)).toEqual(["borrowed.txt"]);
    expect(await sha256(join(root, "borrowed.txt"))).toBe(told.contents["plain.txt"]);
    const all = { root: join(folder, "all"), references: true, allowMissingReferences: true };
    expect((await readdir(await pointers.download(all))).toSorted()).toEqual(["borrowed.txt", "local.txt"]);
    await expect(pointers.download({ ...all, allowMissingReferences: false })).rejects.toThrow(
      UnsupportedError,
    );
  });

  it("knows the runs that logged and used it, and they know it", async () => {
    const artifact = await api().artifact("awkward");
    expect((await artifact.loggedBy())?.id).toBe("writer");
    expect((await artifact.usedBy()).map(({ id }) => id)).toEqual(["reader"]);
    const writer = await api().run("files/writer");
    const logged = (await writer.loggedArtifacts().toArray()).map(({ name }) => name);
    expect(logged).toEqual(expect.arrayContaining(["awkward:v0", "pointers:v0"]));
    const reader = await api().run("files/reader");
    expect((await reader.usedArtifacts().toArray()).map(({ name }) => name)).toEqual(["awkward:v0"]);
  });
});
