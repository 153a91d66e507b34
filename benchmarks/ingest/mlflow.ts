// MLflow's tracking server with SQLite, started as its documentation says, loaded by the same generator.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { pickString } from "../../e2e/wire/wire.ts";
import { findFreePort } from "../../packages/testing/src/free-port.ts";
import { sendLoad, type ConnectionLoad } from "./load.ts";
import { toResult, type LoadPlan, type ServerResult } from "./loaded-server.ts";
import { PageProbe } from "./page-probe.ts";
import { preparePeer } from "./peer-venv.ts";
import { cpuSeconds, sizeOf } from "./process-usage.ts";
import { createMlflowRequest } from "./stream-requests.ts";

/** `log-batch` takes 1,000 metrics at most, so a request has half of the rows that ours has. */
const maxMetrics = 1000;
const startMs = 120_000;
/** With more it answers 400: its pool of database connections has no free one within 30 s. */
const maxConnections = 8;
const warmUpSeconds = 5;

/** Starts the server in a folder of its own, loads it and stops it. */
export async function measureMlflow(plan: LoadPlan): Promise<ServerResult> {
  const bin = await preparePeer("mlflow");
  const folder = await mkdtemp(join(tmpdir(), "steelyard-mlflow-"));
  const port = await findFreePort();
  const args = ["--backend-store-uri", `sqlite:///${join(folder, "mlflow.db")}`];
  const artifacts = ["--artifacts-destination", join(folder, "artifacts")];
  const address = ["--host", "127.0.0.1", "--port", String(port)];
  const child = spawn(join(bin, "mlflow"), ["server", ...args, ...artifacts, ...address], {
    cwd: folder,
    stdio: "ignore",
    // A group of its own, because its workers are processes that outlive a signal to the first.
    detached: true,
  });
  const pid = child.pid ?? 0;
  try {
    const url = `http://127.0.0.1:${port}`;
    await waitFor(`${url}/health`);
    const rowsARequest = Math.min(plan.rowsARequest, maxMetrics / plan.keysARow);
    const connections = Math.min(plan.connections, maxConnections);
    return await load({ url, folder, pid }, { ...plan, rowsARequest, connections });
  } finally {
    const ended = once(child, "close");
    process.kill(-pid, "SIGKILL");
    await ended;
    await rm(folder, { recursive: true, force: true });
  }
}

async function load(
  { url, folder, pid }: { readonly url: string; readonly folder: string; readonly pid: number },
  plan: LoadPlan,
): Promise<ServerResult> {
  const api = `${url}/api/2.0/mlflow`;
  const experiment = pickString(await post(`${api}/experiments/create`, { name: "ingest" }), "experiment_id");
  const { host, hostname, port } = new URL(url);
  const createLoads = async (): Promise<ConnectionLoad[]> => {
    const loads: ConnectionLoad[] = [];
    for (let index = 0; index < plan.connections; index += 1) {
      const run = await post(`${api}/runs/create`, { experiment_id: experiment, start_time: 1 });
      const runId = pickString(run, "run", "info", "run_id");
      const target = { host, path: "/api/2.0/mlflow/runs/log-batch" };
      const requests = [createMlflowRequest(target, { ...plan, runId }, index)];
      loads.push({ requests, rowsARequest: plan.rowsARequest });
    }
    return loads;
  };
  const address = { host: hostname, port: Number(port) };
  // Each of its workers loads much on its first request.
  await sendLoad(address, await createLoads(), warmUpSeconds);
  const loads = await createLoads();
  const bytesBefore = await sizeOf(folder);
  const probe = new PageProbe({
    url: `${api}/runs/search`,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ experiment_ids: [experiment], max_results: 50 }),
    mark: '"runs"',
  });
  const before = { server: await cpuSeconds(pid), generator: process.cpuUsage() };
  const result = await sendLoad(address, loads, plan.seconds);
  const serverSeconds = (await cpuSeconds(pid)) - before.server;
  const generator = process.cpuUsage(before.generator);
  return toResult(plan, result, {
    serverSeconds,
    generatorSeconds: (generator.user + generator.system) / 1e6,
    bytes: (await sizeOf(folder)) - bytesBefore,
    page: await probe.stop(),
  });
}

async function waitFor(url: string): Promise<void> {
  const until = performance.now() + startMs;
  while (performance.now() < until) {
    const status = await fetch(url).then(
      (response) => response.status,
      () => 0,
    );
    if (status === 200) return;
    await delay(200);
  }
  throw new Error(`MLflow did not answer at ${url} within ${startMs} ms`);
}

async function post(url: string, body: unknown): Promise<unknown> {
  const headers = { "content-type": "application/json" };
  const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  return response.json();
}
