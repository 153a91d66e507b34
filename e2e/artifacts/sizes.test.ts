/** Many files, large files, broken transfers: small here, at full size with STEELYARD_LONG=1. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, mkdtemp, open, readdir, rm, stat, writeFile } from "node:fs/promises";
import { createServer, request as httpRequest } from "node:http";
import type { Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Api, Artifact } from "@steelyard/client";
import { startTestServer } from "@steelyard/testing";
import type { TestServer } from "@steelyard/testing";
import { afterAll, beforeAll, expect, it } from "vitest";

const IS_LONG = process.env["STEELYARD_LONG"] === "1";
const FILE_COUNT = IS_LONG ? 10_000 : 300;
const LARGE_BYTES = IS_LONG ? 5 * 2 ** 30 : 8 * 2 ** 20;
const LONG_MS = 1_200_000;

let server: TestServer;
let folder: string;

beforeAll(async () => {
  server = await startTestServer();
  folder = await mkdtemp(join(tmpdir(), "sy-sizes-"));
});

afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});

/** An Api that remembers how often it asked, by path. */
function countingApi(url: string = server.url): { api: Api; paths: string[] } {
  const paths: string[] = [];
  const api = new Api({
    apiKey: server.apiKey,
    artifactCacheBytes: 0,
    overrides: { baseUrl: url, project: "sizes" },
    fetch: (address, init) => {
      paths.push(new URL(address).pathname);
      return fetch(address, init);
    },
  });
  return { api, paths };
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const bytes of createReadStream(path)) if (bytes instanceof Buffer) hash.update(bytes);
  return hash.digest("hex");
}

it(
  `carries ${FILE_COUNT} files there and back, and again without sending anything`,
  async () => {
    const source = join(folder, "many");
    for (let index = 0; index < FILE_COUNT; index += 1) {
      const path = join(source, String(index % 100));
      if (index < 100) await mkdir(path, { recursive: true });
      await writeFile(join(path, `file ${index}.txt`), `content of ${index}`);
    }
    const { api, paths } = countingApi();
    const run = await api.createRun({ runId: "many" });
    const artifact = new Artifact("many", "dataset");
    await artifact.addDir(source);
    await run.logArtifact(artifact);
    expect(artifact.fileCount).toBe(FILE_COUNT);
    const root = await artifact.download({ root: join(folder, "many-back") });
    const names = (await readdir(root, { recursive: true })).filter((name) => name.endsWith(".txt"));
    expect(names).toHaveLength(FILE_COUNT);
    await artifact.verify({ root });
    const before = paths.length;
    await artifact.download({ root });
    expect(paths.length).toBe(before);
    const twin = new Artifact("many", "dataset");
    await twin.addDir(source);
    await run.logArtifact(twin);
    expect(paths.slice(before).filter((path) => path.startsWith("/blobs"))).toEqual([]);
    expect(twin.id).toBe(artifact.id);
  },
  LONG_MS,
);

it(
  `carries a file of ${LARGE_BYTES / 2 ** 20} MiB there and back`,
  async () => {
    const path = join(folder, "large.bin");
    const file = await open(path, "w");
    await file.truncate(LARGE_BYTES);
    await file.write("in the middle", LARGE_BYTES / 2);
    await file.close();
    const { api } = countingApi();
    const artifact = new Artifact("large", "dataset", { digestAlgorithm: "XXH128" });
    await artifact.addFile(path);
    await (await api.createRun({ runId: "large" })).logArtifact(artifact);
    const root = await artifact.download({ root: join(folder, "large-back") });
    expect((await stat(join(root, "large.bin"))).size).toBe(LARGE_BYTES);
    expect(await digestOf(join(root, "large.bin"))).toBe(await digestOf(path));
    await rm(root, { recursive: true });
    await rm(path);
  },
  LONG_MS,
);

it("goes on with uploads and downloads that were cut in the middle", async () => {
  const path = join(folder, "cut.bin");
  await writeFile(path, Buffer.alloc(6 * 2 ** 20, "steelyard "));
  const cutter = await startCutter(server.url);
  const { api } = countingApi(cutter.url);
  const artifact = new Artifact("cut", "dataset");
  await artifact.addFile(path);
  await artifact.newFile("small.txt", "small");
  const run = await api.createRun({ runId: "cut" });
  await run.logArtifact(artifact, { aliases: ["whole"] });
  const root = await artifact.download({ root: join(folder, "cut-back") });
  expect(await digestOf(join(root, "cut.bin"))).toBe(await digestOf(path));
  expect(cutter.cuts).toBeGreaterThan(1);
  await new Promise((resolve) => cutter.server.close(resolve));
});

interface Cutter {
  readonly server: Server;
  readonly url: string;
  readonly cuts: number;
}

/** A proxy that breaks the first upload and the first download of more than a megabyte in the middle. */
async function startCutter(target: string): Promise<Cutter> {
  const cut = { PUT: false, GET: false };
  const { hostname, port } = new URL(target);
  const proxy = createServer((incoming, outgoing) => {
    const method = incoming.method === "PUT" ? "PUT" : "GET";
    let seen = 0;
    const count = (bytes: Buffer): boolean => {
      seen += bytes.length;
      if (seen < 2 ** 20 || cut[method]) return false;
      cut[method] = true;
      incoming.socket.destroy();
      return true;
    };
    const headers = { ...incoming.headers, host: new URL(url).host };
    const forward = httpRequest(
      { hostname, port, path: incoming.url, method: incoming.method, headers },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.on("data", (bytes: Buffer) => {
          if (method === "PUT" || !count(bytes)) outgoing.write(bytes);
        });
        answer.on("end", () => outgoing.end());
      },
    );
    forward.on("error", () => outgoing.destroy());
    incoming.on("data", (bytes: Buffer) => {
      if (method === "GET" || !count(bytes)) forward.write(bytes);
    });
    incoming.on("end", () => forward.end());
    incoming.on("error", () => forward.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const address = proxy.address();
  if (address === null || typeof address === "string") throw new Error("Expected a port");
  const url = `http://127.0.0.1:${address.port}`;
  return {
    server: proxy,
    url,
    get cuts() {
      return Number(cut.PUT) + Number(cut.GET);
    },
  };
}
