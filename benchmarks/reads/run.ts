// How fast a long history is read over HTTP: whole into typed arrays, one key, the last rows, pages of rows, and by the
// Python client; beside it what the network alone takes for the same files.
// Usage: node benchmarks/reads/run.ts [steps]
import { writeFile } from "node:fs/promises";
import { cpus, loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import { Api } from "../../packages/client/src/index.ts";
import { PythonClient } from "../../e2e/python/run-python.ts";
import { prepareVenv } from "../../e2e/python/venv.ts";
import { startTestServer } from "../../packages/testing/src/test-server.ts";

const steps = Number(process.argv[2] ?? 1_000_000);
const keyCount = 20;
const linesAPost = 2_000;
const pythonRows = Math.min(steps, 50_000);
const checkMs = 1_000;
const results: Record<string, number | string> = { steps, keys: keyCount + 3, cpu: cpus()[0]?.model ?? "" };

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
  results[name] = Math.round(best * 10) / 10;
  console.log(`${name}: ${results[name]} ms`);
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

async function stretches(): Promise<readonly Stretch[]> {
  const query = `{ project(name: "reads", entityName: "reader") { run(name: "long") {
    historyFiles { rowCount file { tableUrl tableBytes } } } } }`;
  const answer = (await post("/graphql", { query })) as {
    data: { project: { run: { historyFiles: readonly Stretch[] } } };
  };
  return answer.data.project.run.historyFiles;
}

const api = new Api({ apiKey: server.apiKey, overrides: { baseUrl: server.url } });
await api.createRun({ runId: "long", project: "reads", entity: "reader" });
const path = "/files/reader/reads/long/file_stream";
const filling = performance.now();
for (let offset = 0; offset < steps; offset += linesAPost) {
  const count = Math.min(linesAPost, steps - offset);
  const content = Array.from({ length: count }, (_, index) => lineOf(offset + index));
  await post(path, { files: { "wandb-history.jsonl": { offset, content } } });
}
await post(path, { complete: true, exitcode: 0 });
results["rows written a second"] = Math.round((steps / (performance.now() - filling)) * 1000);
const sealing = performance.now();
let parts = await stretches();
while (parts.some(({ file, rowCount }) => file === null && rowCount > 1_000)) {
  await new Promise((resolve) => setTimeout(resolve, checkMs));
  parts = await stretches();
}
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
results["load"] = Math.round((loadavg()[0] ?? 0) * 10) / 10;
const file = fileURLToPath(new URL("last-results.json", import.meta.url));
await writeFile(file, `${JSON.stringify(results, undefined, 2)}\n`);
