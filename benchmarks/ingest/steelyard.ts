// Our server under load: a real process, its runs made over HTTP, its usage read from outside.
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { Wire } from "../../e2e/wire/wire.ts";
import { startTestServer } from "../../packages/testing/src/test-server.ts";
import { sendLoad, type LoadResult } from "./load.ts";
import { PageProbe, type PageTimes } from "./page-probe.ts";
import { cpuSeconds, residentMebibytes } from "./process-usage.ts";
import { StreamRequest, type RequestShape } from "./stream-requests.ts";

/** How to load the server. */
export interface LoadPlan extends RequestShape {
  readonly connections: number;
  readonly seconds: number;
}

/** What the server did. */
export interface ServerResult {
  readonly plan: LoadPlan;
  readonly rowsASecond: number;
  readonly pointsASecond: number;
  readonly load: LoadResult;
  /** A page of 50 runs of the project that is being written. */
  readonly page: PageTimes;
  readonly cpu: {
    readonly server: number;
    readonly generator: number;
    readonly microsecondsARequest: number;
  };
  readonly bytesOnDiskARow: number;
  readonly residentMebibytes: { readonly idle: number; readonly after: number; readonly most: number };
}

/** Different bodies in turn, so that no cache of the processor makes the work easier than it is. */
const bodiesAConnection = 2;

/** Starts a server, loads it, and stops it. Throws when an acknowledged row is missing. */
export async function measureServer(
  plan: LoadPlan,
  env: Readonly<Record<string, string>> = {},
): Promise<ServerResult> {
  await using server = await startTestServer({ env });
  const wire = new Wire(server);
  const { host, hostname, port } = new URL(server.url);
  const runs = await Promise.all(
    Array.from({ length: plan.connections }, (_, index) => wire.upsertRun("ingest", `run-${index}`)),
  );
  const loads = runs.map(({ entity, project, id }, index) => {
    const target = { host, apiKey: server.apiKey, path: `/files/${entity}/${project}/${id}/file_stream` };
    const requests = Array.from(
      { length: bodiesAConnection },
      (_, body) => new StreamRequest(target, plan, index * bodiesAConnection + body),
    );
    return { requests, rowsARequest: plan.rowsARequest };
  });
  const idle = await residentMebibytes(server.pid);
  const probe = new PageProbe({
    url: server.url,
    apiKey: server.apiKey,
    entity: runs[0]?.entity ?? "",
    project: "ingest",
  });
  const before = { server: await cpuSeconds(server.pid), generator: process.cpuUsage() };
  const load = await sendLoad({ host: hostname, port: Number(port) }, loads, plan.seconds);
  const serverSeconds = (await cpuSeconds(server.pid)) - before.server;
  const generator = process.cpuUsage(before.generator);
  const page = await probe.stop();
  const resident = await residentMebibytes(server.pid);
  const rows = load.requests * plan.rowsARequest;
  const stored = await Promise.all(runs.map((run) => wire.run(run, "historyLineCount")));
  const storedRows = stored.reduce(
    (sum: number, run) => sum + Number(Reflect.get(Object(run), "historyLineCount")),
    0,
  );
  if (storedRows !== rows) throw new Error(`${rows} rows were acknowledged and ${storedRows} are stored`);
  return {
    plan,
    rowsASecond: rows / load.seconds,
    pointsASecond: (rows / load.seconds) * plan.keysARow,
    load,
    page,
    cpu: {
      server: serverSeconds,
      generator: (generator.user + generator.system) / 1e6,
      microsecondsARequest: (serverSeconds / load.requests) * 1e6,
    },
    bytesOnDiskARow: (await sizeOf(server.dataFolder)) / rows,
    residentMebibytes: { idle: idle.now, after: resident.now, most: resident.most },
  };
}

async function sizeOf(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true });
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}
