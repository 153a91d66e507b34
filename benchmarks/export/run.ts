// How long the histories of all runs of a project take to export, beside what the network and the disk take for the
// same bytes in the same run. Usage: node benchmarks/export/run.ts [--runs 5000] [--rows 1000]
// Writes last-results.json unless a size is given.
import { createReadStream, createWriteStream } from "node:fs";
import { mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { createServer, get, type IncomingMessage } from "node:http";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { parseArgs } from "node:util";
import { format } from "prettier";
import { Api } from "../../packages/client/src/index.ts";
import { findFreePort } from "../../packages/testing/src/free-port.ts";
import { startTestServer } from "../../packages/testing/src/test-server.ts";
import { residentMebibytes } from "../ingest/process-usage.ts";

const { values } = parseArgs({ options: { runs: { type: "string" }, rows: { type: "string" } } });
const runs = Number(values.runs ?? 5_000);
const rowsARun = Number(values.rows ?? 1_000);
const keyCount = 7;
const runsAtOnce = 16;
const formats = ["parquet", "ndjson"] as const;

await using server = await startTestServer({ user: "exporter" });
const folder = await mkdtemp(join(tmpdir(), "steelyard-export-"));
const api = new Api({ apiKey: server.apiKey, overrides: { baseUrl: server.url } });
const authorization = `Basic ${btoa(`api:${server.apiKey}`)}`;

/** A run's rows: curves as training has them, not noise alone and not constants. */
async function logRun(index: number): Promise<void> {
  const runId = `run-${index}`;
  await api.createRun({ runId, project: "all", entity: "exporter" });
  const content = Array.from({ length: rowsARun }, (_, step) => {
    const members = [`"_step":${step}`, `"_runtime":${step / 8}`, `"_timestamp":${1.7e9 + step / 8}`];
    for (let key = 0; key < keyCount; key += 1) {
      members.push(`"metric/${key}":${Math.exp(-step / (100 + index)) + key + Math.random() / 100}`);
    }
    return `{${members.join(",")}}`;
  });
  const files = { "wandb-history.jsonl": { offset: 0, content } };
  const response = await fetch(`${server.url}/files/exporter/all/${runId}/file_stream`, {
    method: "POST",
    headers: { authorization, "content-type": "application/json" },
    body: JSON.stringify({ files, complete: true, exitcode: 0 }),
  });
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
}

async function secondsOf(act: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await act();
  return (performance.now() - start) / 1000;
}

/** The same bytes from a bare server of this process into a file, with nothing done to them. */
async function fetchBare(source: string, target: string): Promise<void> {
  const bare = createServer((_, response) => {
    createReadStream(source).pipe(response);
  });
  const port = await findFreePort();
  await new Promise<void>((resolve) => bare.listen(port, "127.0.0.1", resolve));
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get({ host: "127.0.0.1", port }, resolve).once("error", reject);
  });
  await pipeline(response, createWriteStream(target));
  bare.close();
}

/** The same bytes from one file to another, until the disk has them. */
async function copy(source: string, target: string): Promise<void> {
  await pipeline(createReadStream(source), createWriteStream(target));
  const file = await open(target, "r+");
  await file.sync();
  await file.close();
}

const fillSeconds = await secondsOf(async () => {
  let next = 0;
  const work = async (): Promise<void> => {
    for (let index = next++; index < runs; index = next++) await logRun(index);
  };
  await Promise.all(Array.from({ length: runsAtOnce }, work));
});
console.log(`${runs} runs of ${rowsARun} rows logged in ${fillSeconds.toFixed(1)} s`);

const results: Record<string, unknown> = {
  machine: { node: process.version, cores: availableParallelism() },
  runs,
  rowsARun,
  keys: keyCount + 3,
  fillSeconds,
};
for (const as of formats) {
  const path = join(folder, `all.${as}`);
  const start = performance.now();
  const { rows, bytes } = await api.runs("exporter/all").export({ path, format: as });
  const seconds = (performance.now() - start) / 1000;
  if (rows !== runs * rowsARun) throw new Error(`${rows} rows were exported, ${runs * rowsARun} logged`);
  const loopbackSeconds = await secondsOf(() => fetchBare(path, `${path}.fetched`));
  const diskSeconds = await secondsOf(() => copy(path, `${path}.copy`));
  const resident = await residentMebibytes(server.pid);
  results[as] = {
    seconds,
    rowsASecond: rows / seconds,
    mebibytes: bytes / 1024 ** 2,
    mebibytesASecond: bytes / 1024 ** 2 / seconds,
    loopbackSeconds,
    diskSeconds,
    timesLoopback: seconds / loopbackSeconds,
    serverMebibytesAtMost: resident.most,
  };
  console.log(as, results[as]);
}
results["load"] = loadavg()[0];
await rm(folder, { recursive: true });
if (values.runs === undefined && values.rows === undefined) {
  const text = JSON.stringify(results, (_, value: unknown) =>
    typeof value === "number" ? Number(value.toPrecision(4)) : value,
  );
  const file = new URL("last-results.json", import.meta.url);
  await writeFile(file, await format(text, { parser: "json", printWidth: 110 }));
}
