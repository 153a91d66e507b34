// What was acknowledged is there after the process was killed in the middle of its work.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openStorage } from "./storage.ts";

const runCount = 8;
const linesARequest = 5;

/** Logs to several runs at once through the storage thread, and says so for each request that was acknowledged. */
const program = `
import { writeSync } from "node:fs";
const { startStorageThreads } = await import(${JSON.stringify(import.meta.resolve("./storage-threads.ts"))});
const { services } = await startStorageThreads(process.argv[2], (cause) => { throw cause; });
const now = "2026-03-01T10:00:00.000Z";
const account = { username: "ada", name: "Ada", email: null, isAdmin: false, accountType: "USER", createdAt: now };
const user = await services.users.create(account);
const { project } = await services.projects.upsert({ entityId: user.entityId, name: "p", userId: user.id, now });
async function log(name) {
  const upsert = { projectId: project.id, name, userId: user.id, now, defaultDisplayName: name };
  const { run } = await services.runs.upsert(upsert);
  for (let offset = 0; ; offset += ${linesARequest}) {
    const content = Array.from({ length: ${linesARequest} }, (_, at) => JSON.stringify({ _step: offset + at, name }));
    const files = {
      "wandb-history.jsonl": { offset, content },
      "wandb-summary.json": { offset: 0, content: [JSON.stringify({ done: offset + ${linesARequest} })] },
    };
    const body = Buffer.from(JSON.stringify({ files }));
    const request = { projectId: project.id, runName: name, body, encoding: "identity", writer: "", receivedAt: now };
    await services.ingest.append(request);
    writeSync(1, run.projectId + " " + run.runId + " " + (offset + ${linesARequest}) + "\\n");
  }
}
await Promise.all(Array.from({ length: ${runCount} }, (_, at) => log("run" + at)));`;

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "steelyard-durability-"));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** Starts the program, kills it after some acknowledgements, and returns the last one of each run. */
async function logUntilKilled(requests: number): Promise<ReadonlyMap<string, number>> {
  // A file, because a worker would be started with the flags of a program on the command line.
  const path = join(folder, "log.mjs");
  await writeFile(path, program);
  const child = spawn(process.execPath, [path, folder], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "close");
  const acknowledged = new Map<string, number>();
  let seen = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    const [projectId = "", runId = "", lineCount] = line.split(" ");
    acknowledged.set(`${projectId}/${runId}`, Number(lineCount));
    seen += 1;
    if (seen === requests) child.kill("SIGKILL");
  }
  await ended;
  expect(child.signalCode).toBe("SIGKILL");
  return acknowledged;
}

test("every acknowledged request is there after kill -9, and the folder opens at once", async () => {
  const acknowledged = await logUntilKilled(300);
  expect(acknowledged.size).toBe(runCount);
  const storage = await openStorage(folder);
  const { log, runs } = storage.services;
  for (const [key, lineCount] of acknowledged) {
    const [projectId = 0, runId = 0] = key.split("/").map(Number);
    const run = await runs.find({ projectId, runId });
    const lines = await log.readLines({ projectId, runId, stream: "history", from: 0, to: lineCount });
    expect(lines.map((line) => line.text)).toEqual(
      Array.from({ length: lineCount }, (_, step) => JSON.stringify({ _step: step, name: run?.name })),
    );
    // History commits first, so a summary never speaks of lines that are not there.
    const { history: stored } = await log.counts({ projectId, runId });
    const summary: unknown = JSON.parse(run?.summary ?? "");
    const done = Number(Reflect.get(Object(summary), "done"));
    expect(done).toBeGreaterThanOrEqual(lineCount);
    expect(done).toBeLessThanOrEqual(stored);
  }
  await storage.close();
});
