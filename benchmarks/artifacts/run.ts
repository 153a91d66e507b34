/**
 * How long does it take to send an artifact to a server and to fetch it again? Our client, Python's client and MLflow's
 * artifact path, many small files and one large one, beside what the disk and the loopback can do, in one run.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createReadStream } from "node:fs";
import { copyFile, mkdir, mkdtemp, open, readdir, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { runCommand } from "../../e2e/python/run-command.ts";
import { prepareVenv, venvPython } from "../../e2e/python/venv.ts";
import { Api, Artifact } from "../../packages/client/src/index.ts";
import { findFreePort } from "../../packages/testing/src/free-port.ts";
import { startTestServer } from "../../packages/testing/src/test-server.ts";
import { preparePeer } from "../ingest/peer-venv.ts";

const FULL = { files: "10000", megabytes: "5120" };
const SMALL_FILE_BYTES = 1_000;
const AT_ONCE = 16;
const TIMEOUT_MS = 3_600_000;
const scripts = fileURLToPath(new URL(".", import.meta.url));

const { values } = parseArgs({
  options: {
    files: { type: "string" },
    megabytes: { type: "string" },
    mlflow: { type: "boolean", default: true },
  },
  allowNegative: true,
});
const files = Number(values.files ?? FULL.files);
const megabytes = Number(values.megabytes ?? FULL.megabytes);
const isFull = values.files === undefined && values.megabytes === undefined;

interface Times {
  readonly upload: number;
  readonly download: number;
}

interface Measured {
  readonly many: Times;
  readonly large: Times;
}

const folder = await mkdtemp(join(tmpdir(), "steelyard-artifacts-"));
try {
  const sources = { many: join(folder, "many"), large: join(folder, "large") };
  await makeSources(sources);
  const results: Record<string, Measured> = {};
  // The peer takes many minutes; what was measured before it is kept if it is cut short.
  for (const measure of [measureDisk, measureLoopback, measureOurs, measurePython, measureMlflow]) {
    if (measure === measureMlflow && !values.mlflow) continue;
    Object.assign(results, await measure(sources));
    print(results);
    const report = { at: new Date().toISOString(), files, megabytes, seconds: results };
    if (isFull) await writeFile(join(scripts, "last-results.json"), `${JSON.stringify(report, null, 2)}\n`);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

type Sources = Readonly<Record<"many" | "large", string>>;

/** Every small file has content of its own; the large one has no two equal megabytes. */
async function makeSources({ many, large }: Sources): Promise<void> {
  for (let index = 0; index < files; index += 1) {
    const path = join(many, String(index % 100), `${index}.bin`);
    if (index < 100) await mkdir(dirname(path), { recursive: true });
    await writeFile(path, Buffer.alloc(SMALL_FILE_BYTES, `${index} `));
  }
  await mkdir(large);
  const file = await open(join(large, "large.bin"), "w");
  for (let index = 0; index < megabytes; index += 1) await file.write(Buffer.alloc(2 ** 20, `${index} `));
  await file.close();
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1_000;
}

/** Copying the same files, each flushed to the disk, and back without flushing. */
async function measureDisk(sources: Sources): Promise<Record<string, Measured>> {
  const measure = async (source: string): Promise<Times> => {
    const there = join(folder, "disk-there");
    const upload = await seconds(() => copyAll(source, there, true));
    const download = await seconds(() => copyAll(there, join(folder, "disk-back"), false));
    await rm(there, { recursive: true });
    await rm(join(folder, "disk-back"), { recursive: true });
    return { upload, download };
  };
  return { disk: { many: await measure(sources.many), large: await measure(sources.large) } };
}

async function copyAll(from: string, to: string, isFlushed: boolean): Promise<void> {
  await eachFile(from, async (name) => {
    await mkdir(dirname(join(to, name)), { recursive: true });
    await copyFile(join(from, name), join(to, name));
    if (!isFlushed) return;
    const file = await open(join(to, name), "r+");
    await file.sync();
    await file.close();
  });
}

async function eachFile(root: string, work: (name: string) => Promise<unknown>): Promise<void> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const names = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const queue = names.map((name) => name.slice(root.length + 1)).values();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const name of queue) await work(name);
    }),
  );
}

/** One request for each file to a server that keeps nothing, and as many answers from memory. */
async function measureLoopback(sources: Sources): Promise<Record<string, Measured>> {
  const chunk = Buffer.alloc(2 ** 20);
  const server = createServer((request, response) => {
    request.resume();
    request.on("end", () => {
      const bytes = Number(new URL(request.url ?? "/", "http://x").searchParams.get("bytes"));
      const count = Math.ceil(bytes / chunk.length);
      Readable.from(
        Array.from({ length: count }, () => chunk.subarray(0, Math.min(bytes, chunk.length))),
      ).pipe(response);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("Expected a port");
  const url = `http://127.0.0.1:${address.port}`;
  const put = async (path: string): Promise<void> => {
    const body = Readable.toWeb(createReadStream(path, { highWaterMark: 2 ** 20 }));
    // The types know no `duplex`, which streams require, and hold Node's streams and those of fetch apart.
    const init = { method: "PUT", body, duplex: "half" } as unknown as RequestInit;
    await (await fetch(url, init)).arrayBuffer();
  };
  const get = async (bytes: number): Promise<void> => {
    const response = await fetch(`${url}?bytes=${bytes}`);
    const reader = response.body?.getReader();
    while (reader !== undefined && !(await reader.read()).done);
  };
  const many = {
    upload: await seconds(() => eachFile(sources.many, (name) => put(join(sources.many, name)))),
    download: await seconds(() => eachFile(sources.many, () => get(SMALL_FILE_BYTES))),
  };
  const large = {
    upload: await seconds(() => put(join(sources.large, "large.bin"))),
    download: await seconds(() => get(megabytes * 2 ** 20)),
  };
  server.close();
  return { loopback: { many, large } };
}

/** Our client on a server of its own. */
async function measureOurs(sources: Sources): Promise<Record<string, Measured>> {
  const ours = await withServer(async (url, apiKey) => {
    const api = new Api({ apiKey, artifactCacheBytes: 0, overrides: { baseUrl: url, project: "speed" } });
    const run = await api.createRun({ runId: "speed" });
    const measure = async (source: string, name: string): Promise<Times> => {
      const artifact = new Artifact(name, "dataset");
      const upload = await seconds(async () => {
        await artifact.addDir(source);
        await run.logArtifact(artifact);
      });
      const root = join(folder, "ours-back");
      const fresh = await api.artifact(`${name}:v0`);
      const download = await seconds(() => fresh.download({ root, skipCache: true }));
      await rm(root, { recursive: true });
      return { upload, download };
    };
    return { many: await measure(sources.many, "many"), large: await measure(sources.large, "large") };
  });
  return { "TypeScript client": ours };
}

/** Python's client on a server of its own. */
async function measurePython(sources: Sources): Promise<Record<string, Measured>> {
  await prepareVenv("0.30.0");
  const python = await withServer((url, apiKey) =>
    runPeer(venvPython("0.30.0"), "python_client.py", sources, {
      WANDB_BASE_URL: url,
      WANDB_API_KEY: apiKey,
      WANDB_SILENT: "true",
      WANDB_ERROR_REPORTING: "false",
    }),
  );
  return { "Python client": python };
}

async function withServer<T>(use: (url: string, apiKey: string) => Promise<T>): Promise<T> {
  await using server = await startTestServer();
  return await use(server.url, server.apiKey);
}

async function runPeer(
  program: string,
  script: string,
  sources: Sources,
  env: Readonly<Record<string, string>>,
): Promise<Measured> {
  const cwd = join(folder, script);
  await mkdir(cwd);
  const home = { HOME: cwd, TMPDIR: cwd, PATH: process.env["PATH"] ?? "", ...env };
  const args = [join(scripts, script), sources.many, sources.large];
  const { code, stdout, stderr } = await runCommand(program, args, { cwd, env: home, timeoutMs: TIMEOUT_MS });
  if (code !== 0) throw new Error(`${script} failed: ${stderr.slice(-1_000)}`);
  await rm(cwd, { recursive: true, force: true });
  // MLflow prints where to look at the run after everything else.
  const line = stdout.split("\n").findLast((text) => text.startsWith("{")) ?? "";
  return toMeasured(JSON.parse(line));
}

function toMeasured(value: unknown): Measured {
  const read = (...path: string[]): number => {
    let found: unknown = value;
    for (const step of path)
      found = typeof found === "object" && found !== null ? Reflect.get(found, step) : undefined;
    if (typeof found !== "number") throw new Error(`Expected a number at ${path.join(".")}`);
    return found;
  };
  const times = (name: string): Times => ({ upload: read(name, "upload"), download: read(name, "download") });
  return { many: times("many"), large: times("large") };
}

async function measureMlflow(sources: Sources): Promise<Record<string, Measured>> {
  const bin = await preparePeer("mlflow");
  const home = join(folder, "mlflow");
  await mkdir(home);
  const port = await findFreePort();
  const store = ["--backend-store-uri", `sqlite:///${join(home, "mlflow.db")}`];
  const artifacts = ["--artifacts-destination", join(home, "artifacts")];
  const child = spawn(join(bin, "mlflow"), ["server", ...store, ...artifacts, "--port", String(port)], {
    cwd: home,
    stdio: "ignore",
    detached: true,
  });
  try {
    const url = `http://127.0.0.1:${port}`;
    while ((await fetch(`${url}/health`).catch(() => null))?.status !== 200) await delay(200);
    const env = { MLFLOW_TRACKING_URI: url };
    return { MLflow: await runPeer(join(bin, "python"), "mlflow_client.py", sources, env) };
  } finally {
    const ended = once(child, "close");
    process.kill(-(child.pid ?? 0), "SIGKILL");
    await ended;
  }
}

function print(results: Readonly<Record<string, Measured>>): void {
  console.log(`${files} files of ${SMALL_FILE_BYTES} bytes, and one of ${megabytes} MiB; seconds`);
  const rows = Object.entries(results).map(([name, { many, large }]) => ({
    name,
    "many up": many.upload.toFixed(2),
    "many down": many.download.toFixed(2),
    "large up": large.upload.toFixed(2),
    "large down": large.download.toFixed(2),
  }));
  console.table(rows);
}
