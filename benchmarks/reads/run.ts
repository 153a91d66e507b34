// How fast a long history is read over HTTP: whole into typed arrays, one key, the last rows, pages of rows, and by the
// Python client; beside it what the network alone takes for the same files.
// In the same run: the client in Chromium, and peers with a shorter run that they can hold.
// Usage: node benchmarks/reads/run.ts [steps] [peers' steps, 0 for none]; a size of one's own writes nothing.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Api } from "../../packages/client/src/index.ts";
import { PythonClient } from "../../e2e/python/run-python.ts";
import { prepareVenv } from "../../e2e/python/venv.ts";
import { preparePeer, peerVersions, type Peer } from "../ingest/peer-venv.ts";
import { runCommand } from "../../e2e/python/run-command.ts";
import { measureBrowser } from "./browser.ts";
import { startTestServer } from "../../packages/testing/src/test-server.ts";

const steps = Number(process.argv[2] ?? 1_000_000);
const peerSteps = Number(process.argv[3] ?? 10_000);
const keyCount = 20;
const linesAPost = 2_000;
const pythonRows = Math.min(steps, 50_000);
const checkMs = 1_000;
const peerMs = 900_000;
const results: Record<string, number | string | object> = {
  steps,
  keys: keyCount + 3,
  cpu: cpus()[0]?.model ?? "",
};

interface Stretch {
  readonly rowCount: number;
  readonly file: { readonly tableUrl: string; readonly tableBytes: number } | null;
}

function lineOf(step: number): string {
  const members = [`"_step":${step}`, `"_runtime":${step / 8}`, `"_timestamp":${1.7e9 + step / 8}`];
  for (let key = 0; key < keyCount; key += 1) members.push(`"metric/${key}":${Math.random()}`);
  return `{${members.join(",")}}`;
}

/** The shortest of some times, in milliseconds. */
async function measure(name: string, act: () => Promise<unknown>, times = 3): Promise<void> {
  let best = Infinity;
  for (let turn = 0; turn < times; turn += 1) {
    const start = performance.now();
    await act();
    best = Math.min(best, performance.now() - start);
  }
  const ms = Math.round(best * 10) / 10;
  results[name] = ms;
  console.log(`${name}: ${ms} ms`);
}

await using server = await startTestServer({ user: "reader" });
const authorization = `Basic ${btoa(`api:${server.apiKey}`)}`;

async function post(path: string, body: unknown): Promise<unknown> {
  const response = await fetch(`${server.url}${path}`, {
    method: "POST",
    headers: { authorization, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response.json();
}

async function stretches(runId: string): Promise<readonly Stretch[]> {
  const query = `{ project(name: "reads", entityName: "reader") { run(name: "${runId}") {
    historyFiles { rowCount file { tableUrl tableBytes } } } } }`;
  const answer = (await post("/graphql", { query })) as {
    data: { project: { run: { historyFiles: readonly Stretch[] } } };
  };
  return answer.data.project.run.historyFiles;
}

const api = new Api({ apiKey: server.apiKey, overrides: { baseUrl: server.url } });

async function writeRun(runId: string, count: number): Promise<void> {
  await api.createRun({ runId, project: "reads", entity: "reader" });
  const path = `/files/reader/reads/${runId}/file_stream`;
  for (let offset = 0; offset < count; offset += linesAPost) {
    const length = Math.min(linesAPost, count - offset);
    const content = Array.from({ length }, (_, index) => lineOf(offset + index));
    await post(path, { files: { "wandb-history.jsonl": { offset, content } } });
  }
  await post(path, { complete: true, exitcode: 0 });
}

/** Waits until all of a run that is due is sealed; answers how its rows lie. */
async function waitUntilSealed(runId: string): Promise<readonly Stretch[]> {
  for (;;) {
    const found = await stretches(runId);
    if (found.every(({ file, rowCount }) => file !== null || rowCount <= 1_000)) return found;
    await new Promise((resolve) => setTimeout(resolve, checkMs));
  }
}

/** What `read_peer.py` prints. */
async function measurePeer(peer: Peer): Promise<unknown> {
  const python = join(await preparePeer(peer), "python");
  const folder = await mkdtemp(join(tmpdir(), `steelyard-${peer}-`));
  const program = fileURLToPath(new URL("read_peer.py", import.meta.url));
  const { code, stdout, stderr } = await runCommand(
    python,
    [program, peer, String(peerSteps), String(keyCount)],
    {
      cwd: folder,
      env: { TRACKIO_DIR: join(folder, "trackio"), HOME: folder, PATH: process.env["PATH"] ?? "" },
      timeoutMs: peerMs,
    },
  );
  await rm(folder, { recursive: true, force: true });
  if (code !== 0) throw new Error(`${peer} failed: ${stderr.slice(-1000)}`);
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
}

const filling = performance.now();
await writeRun("long", steps);
results["rows written a second"] = Math.round((steps / (performance.now() - filling)) * 1000);
const sealing = performance.now();
const parts = await waitUntilSealed("long");
results["ms until sealed"] = Math.round(performance.now() - sealing);
results["bytes a row"] = Math.round(
  parts.reduce((sum, { file }) => sum + (file?.tableBytes ?? 0), 0) / steps,
);

const run = await api.run("reader/reads/long");
await measure("files alone, fetched", async () => {
  for (const { file } of parts) if (file !== null) await (await fetch(file.tableUrl)).arrayBuffer();
});
await measure("all keys into typed arrays", async () => {
  const { length, columns } = await run.history({ format: "columns" });
  if (length !== steps || columns.size !== keyCount + 3) throw new Error("rows or columns are missing");
});
await measure("one key into a typed array", () => run.history({ format: "columns", keys: ["metric/7"] }));
await measure("one key, 500 samples", () => run.history({ keys: ["metric/7"], samples: 500 }));
await measure("last 10 rows", () => run.scanHistory({ minStep: steps - 10 }).toArray());
await measure("a page of 1,000 rows", () =>
  run.scanHistory({ minStep: steps / 2, maxStep: steps / 2 + 1_000 }).toArray(),
);
await measure(`${pythonRows} rows as objects, in pages of 1,000`, () =>
  run.scanHistory({ maxStep: pythonRows }).toArray(),
);

await prepareVenv("0.30.0");
await using python = await PythonClient.create(server);
const { value } = await python.run("time_scan.py", {
  args: { path: "reader/reads/long", rows: pythonRows },
  expectQuiet: false,
});
Object.assign(results, value);
console.log(value);
const inBrowser = await measureBrowser(
  { baseUrl: server.url, apiKey: server.apiKey, path: "reader/reads/long", steps },
  "metric/7",
);
Object.assign(results, inBrowser);
console.log(inBrowser);

if (peerSteps > 0) {
  await writeRun("short", peerSteps);
  const short = await api.run("reader/reads/short");
  const name = (what: string): string => `${peerSteps} steps: ${what}`;
  const readShort = async (when: string): Promise<void> => {
    await measure(name(`one key, ${when}`), () => short.history({ format: "columns", keys: ["metric/7"] }));
    await measure(name(`all keys, ${when}`), () => short.history({ format: "columns" }));
  };
  await readShort("just written");
  await waitUntilSealed("short");
  await readShort("sealed");
  const peers: Record<string, unknown> = {};
  for (const peer of ["aim", "mlflow", "trackio"] as const) {
    peers[`${peer} ${peerVersions[peer]}`] = await measurePeer(peer);
    console.log(peer, peers);
  }
  results[name("peers")] = peers;
}
results["load"] = Math.round((loadavg()[0] ?? 0) * 10) / 10;
if (process.argv.length === 2) {
  const file = fileURLToPath(new URL("last-results.json", import.meta.url));
  await writeFile(file, `${JSON.stringify(results, undefined, 2)}\n`);
}
