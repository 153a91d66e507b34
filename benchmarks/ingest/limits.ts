// What the machine could do at most at this moment, with the same bodies: the ratio to it is what to compare.
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { constants, zstdCompressSync } from "node:zlib";
import { openFile } from "../../packages/server/src/adapters/sqlite/open-file.ts";
import { sendLoad } from "./load.ts";
import type { LoadPlan } from "./loaded-server.ts";
import { createStreamRequest } from "./stream-requests.ts";

/** Rows a second. */
export interface Limits {
  /** A bare HTTP server in a process of its own that reads the bodies and answers. */
  readonly echo: number;
  /**
   * One thread and no network: lines compressed as we do, one blob a batch, no index, a synchronous commit for every
   * group of as many batches as there are connections.
   */
  readonly sqlite: number;
}

/** Measures both, each for a part of the plan's time. */
export async function measureLimits(plan: LoadPlan): Promise<Limits> {
  const seconds = Math.min(10, plan.seconds);
  return { echo: await measureEcho({ ...plan, seconds }), sqlite: await measureSqlite(plan, seconds) };
}

async function measureEcho(plan: LoadPlan): Promise<number> {
  const child = fork(new URL(import.meta.url), ["echo"]);
  const messages: readonly unknown[] = await once(child, "message");
  const port = Number(messages[0]);
  const address = { host: "127.0.0.1", port };
  const target = { host: `127.0.0.1:${port}`, path: "/echo" };
  const loads = Array.from({ length: plan.connections }, (_, index) => ({
    requests: [createStreamRequest(target, plan, index)],
    rowsARequest: plan.rowsARequest,
  }));
  const load = await sendLoad(address, loads, plan.seconds);
  child.kill();
  return load.requestsASecond * plan.rowsARequest;
}

async function measureSqlite(plan: LoadPlan, seconds: number): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), "steelyard-limit-"));
  const database = openFile(join(folder, "limit.sqlite"), 0, (file) => {
    file.pragma("journal_mode = WAL");
    file.pragma("synchronous = FULL");
  });
  database.exec("create table batches (id integer primary key, lines blob)");
  const insert = database.prepare("insert into batches (lines) values (?)");
  const lines = linesOf(plan);
  const params = { [constants.ZSTD_c_compressionLevel]: 1, [constants.ZSTD_c_windowLog]: 17 };
  const store = database.transaction(() => {
    for (let batch = 0; batch < plan.connections; batch += 1) {
      insert.run(lines.length < 1024 ? lines : zstdCompressSync(lines, { params }));
    }
  });
  const startedAt = performance.now();
  let groups = 0;
  for (; performance.now() - startedAt < seconds * 1000; groups += 1) store();
  const elapsed = (performance.now() - startedAt) / 1000;
  database.close();
  await rm(folder, { recursive: true });
  return (groups * plan.connections * plan.rowsARequest) / elapsed;
}

function linesOf(plan: LoadPlan): Buffer {
  const { bytes } = createStreamRequest({ host: "", path: "" }, { ...plan, hasSummary: false }, 1);
  const text = bytes.toString();
  return Buffer.from(text.slice(text.indexOf("[") + 1, text.lastIndexOf("]")).replaceAll('\\"', '"'));
}

function serveEcho(): void {
  const server = createServer((request, response) => {
    request.resume();
    request.on("end", () => response.writeHead(200, { "content-length": 2 }).end("{}"));
  });
  server.listen({ host: "127.0.0.1", port: 0 }, () => {
    const { port } = server.address() as AddressInfo;
    process.send?.(port);
  });
}

// This file is its own child process.
if (process.argv[2] === "echo") serveEcho();
