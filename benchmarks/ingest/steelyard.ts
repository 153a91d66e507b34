// Our server under load: a real process, its runs made over HTTP, its usage read from outside.
import { setTimeout as delay } from "node:timers/promises";
import { Wire, type RunAddress } from "../../e2e/wire/wire.ts";
import { startTestServer, type TestServer } from "../../packages/testing/src/test-server.ts";
import { sendLoad } from "./load.ts";
import { toResult, type LoadPlan, type ServerResult } from "./loaded-server.ts";
import { PageProbe, type PageRequest } from "./page-probe.ts";
import { cpuSeconds, residentMebibytes, sizeOf } from "./process-usage.ts";
import { createStreamRequest } from "./stream-requests.ts";

/** What is known of our server only. */
export interface SteelyardResult extends ServerResult {
  readonly residentMebibytes: { readonly idle: number; readonly after: number; readonly most: number };
  /**
   * The rate at which rows were accepted, indexed and sealed: all rows by the time until the server had nothing left
   * to do with them.
   */
  readonly sustainedRowsASecond: number;
  readonly bytesOnDiskARowAtRest: number;
}

/** Different bodies in turn, so that no cache of the processor makes the work easier than it is. */
const bodiesAConnection = 2;

/** At rest is a server that takes less than this of a core. */
const restingShare = 0.05;
const restCheckMs = 1000;
const restLimitMs = 600_000;

const pageQuery = `query Page($entity: String!, $project: String!) {
  project(name: $project, entityName: $entity) {
    runs(first: 50, order: "-created_at") {
      totalCount
      edges { cursor node { id name displayName state config summaryMetrics tags createdAt heartbeatAt } }
      pageInfo { hasNextPage endCursor }
    }
  }
}`;

/** Starts a server, loads it, waits until it rests, and stops it. Throws when an acknowledged row is missing. */
export async function measureSteelyard(
  plan: LoadPlan,
  env: Readonly<Record<string, string>> = {},
): Promise<SteelyardResult> {
  await using server = await startTestServer({ env });
  const wire = new Wire(server);
  const { host, hostname, port } = new URL(server.url);
  const authorization = `Basic ${Buffer.from(`api:${server.apiKey}`).toString("base64")}`;
  const runs = await Promise.all(
    Array.from({ length: plan.connections }, (_, index) => wire.upsertRun("ingest", `run-${index}`)),
  );
  const loads = runs.map(({ entity, project, id }, index) => {
    const target = { host, authorization, path: `/files/${entity}/${project}/${id}/file_stream` };
    const requests = Array.from({ length: bodiesAConnection }, (_, body) =>
      createStreamRequest(target, plan, index * bodiesAConnection + body),
    );
    return { requests, rowsARequest: plan.rowsARequest };
  });
  const idle = await residentMebibytes(server.pid);
  const probe = new PageProbe(pageRequest(server, authorization, runs));
  const startedAt = performance.now();
  const before = { server: await cpuSeconds(server.pid), generator: process.cpuUsage() };
  const load = await sendLoad({ host: hostname, port: Number(port) }, loads, plan.seconds);
  const serverSeconds = (await cpuSeconds(server.pid)) - before.server;
  const generator = process.cpuUsage(before.generator);
  const page = await probe.stop();
  const resident = await residentMebibytes(server.pid);
  const result = toResult(plan, load, {
    serverSeconds,
    generatorSeconds: (generator.user + generator.system) / 1e6,
    bytes: await sizeOf(server.dataFolder),
    page,
  });
  const restedAt = await waitForRest(server.pid);
  const rows = load.requests * plan.rowsARequest;
  await requireRows(wire, runs, rows);
  return {
    ...result,
    sustainedRowsASecond: rows / ((Math.max(restedAt, startedAt + load.seconds * 1000) - startedAt) / 1000),
    bytesOnDiskARowAtRest: (await sizeOf(server.dataFolder)) / rows,
    residentMebibytes: { idle: idle.now, after: resident.now, most: resident.most },
  };
}

function pageRequest(server: TestServer, authorization: string, runs: readonly RunAddress[]): PageRequest {
  const variables = { entity: runs[0]?.entity ?? "", project: "ingest" };
  return {
    url: `${server.url}/graphql`,
    headers: { authorization, "content-type": "application/json" },
    body: JSON.stringify({ query: pageQuery, variables }),
    mark: '"totalCount"',
  };
}

/** When the server began to rest, by `performance.now()`. */
async function waitForRest(pid: number): Promise<number> {
  const until = performance.now() + restLimitMs;
  let busyUntil = performance.now();
  let before = await cpuSeconds(pid);
  while (performance.now() < until && performance.now() - busyUntil < 3 * restCheckMs) {
    await delay(restCheckMs);
    const now = await cpuSeconds(pid);
    if ((now - before) / (restCheckMs / 1000) > restingShare) busyUntil = performance.now();
    before = now;
  }
  return busyUntil;
}

async function requireRows(wire: Wire, runs: readonly RunAddress[], rows: number): Promise<void> {
  const stored = await Promise.all(runs.map((run) => wire.run(run, "historyLineCount")));
  const count = stored.reduce(
    (sum: number, run) => sum + Number(Reflect.get(Object(run), "historyLineCount")),
    0,
  );
  if (count !== rows) throw new Error(`${rows} rows were acknowledged and ${count} are stored`);
}
