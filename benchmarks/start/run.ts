// How long the server takes from the command to its first answer, and how much memory it takes when nothing happens.
// Writes last-results.json.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { format } from "prettier";
import { findFreePort } from "../../packages/testing/src/free-port.ts";
import { cpuSeconds, residentMebibytes } from "../ingest/process-usage.ts";

const command = fileURLToPath(new URL("../../packages/cli/bin/steelyard.js", import.meta.url));
const adminKey = `local-${"0a".repeat(24)}`;
const rounds = 5;
const idleMs = 5000;

interface StartResult {
  readonly readyMilliseconds: number;
  /** Until the first answer: what a machine with nothing else to do would need at most. */
  readonly readyCpuMilliseconds: number;
  readonly idleMebibytes: number;
}

/** One start on a new folder. */
async function measureStart(): Promise<StartResult> {
  const folder = await mkdtemp(join(tmpdir(), "steelyard-start-"));
  const port = await findFreePort();
  const startedAt = performance.now();
  const child = spawn(process.execPath, [command, "server", "--port", String(port), "--data", folder], {
    env: { ...process.env, STEELYARD_ADMIN_API_KEY: adminKey },
    stdio: "ignore",
  });
  const pid = child.pid ?? 0;
  while (!(await isReady(port))) await delay(5);
  const readyMilliseconds = performance.now() - startedAt;
  const readyCpuMilliseconds = (await cpuSeconds(pid)) * 1000;
  await delay(idleMs);
  const { now: idleMebibytes } = await residentMebibytes(pid);
  const ended = once(child, "close");
  child.kill("SIGTERM");
  await ended;
  await rm(folder, { recursive: true, force: true });
  return { readyMilliseconds, readyCpuMilliseconds, idleMebibytes };
}

/** The machine's own share: Node that does nothing. */
async function measureBareNode(): Promise<number> {
  const startedAt = performance.now();
  await once(spawn(process.execPath, ["-e", ""], { stdio: "ignore" }), "close");
  return performance.now() - startedAt;
}

function isReady(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/ready`).then(
    (response) => response.status === 200,
    () => false,
  );
}

function median(values: readonly number[]): number {
  return Math.round([...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN);
}

const starts: StartResult[] = [];
const bare: number[] = [];
for (let round = 0; round < rounds; round += 1) {
  bare.push(await measureBareNode());
  starts.push(await measureStart());
}
const results = {
  machine: { node: process.version, cores: availableParallelism() },
  readyMilliseconds: median(starts.map((start) => start.readyMilliseconds)),
  readyCpuMilliseconds: median(starts.map((start) => start.readyCpuMilliseconds)),
  idleMebibytes: median(starts.map((start) => start.idleMebibytes)),
  bareNodeMilliseconds: median(bare),
};
console.log(JSON.stringify(results));
const text = await format(JSON.stringify(results), { parser: "json", printWidth: 110 });
await writeFile(new URL("last-results.json", import.meta.url), text);
