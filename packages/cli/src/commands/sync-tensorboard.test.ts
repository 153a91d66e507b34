import { spawn } from "node:child_process";
import type { ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, rm, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { Api } from "@steelyard/client";
import { startEmbeddedServer } from "@steelyard/server";
import type { EmbeddedServer } from "@steelyard/server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const command = fileURLToPath(new URL("../../bin/steelyard.js", import.meta.url));
const eventFile = fileURLToPath(
  new URL("../../../client/test/event-files/second-generation.tfevents", import.meta.url),
);
const apiKey = `local-${"7b".repeat(24)}`;

let folder: string;
let server: EmbeddedServer;
let baseUrl: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "steelyard-tb-"));
  server = await startEmbeddedServer({ dataFolder: join(folder, "data"), port: 0, adminApiKey: apiKey });
  baseUrl = server.urls.at(-1) ?? "";
  await mkdir(join(folder, "logs"));
  await cp(eventFile, join(folder, "logs", "events.out.tfevents.1"));
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

function start(...args: readonly string[]): ChildProcessByStdio<null, Readable, Readable> {
  const env = { ...process.env, WANDB_BASE_URL: baseUrl, WANDB_API_KEY: apiKey };
  return spawn(process.execPath, [command, "sync-tensorboard", ...args], {
    cwd: folder,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
}

async function finish(child: ChildProcessByStdio<null, Readable, Readable>) {
  let output = "";
  let errors = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  await once(child, "close");
  return { code: child.exitCode, output, errors };
}

describe("steelyard sync-tensorboard", () => {
  it("writes a run and says where it is, what was read and what was left out", async () => {
    const { code, output, errors } = await finish(start("logs", "--project", "p", "--id", "tb"));
    expect([code, errors]).toEqual([0, ""]);
    expect(output).toBe(
      `${baseUrl}/admin/p/runs/tb: 5 rows and 1 media files of 1 event files; left out: 1 of tensor\n`,
    );
    const run = await new Api({ apiKey, overrides: { baseUrl } }).run("admin/p/tb");
    expect(run.state).toBe("finished");
    expect(run.config).toEqual({ lr: 0.1, opt: "adam", flag: true });
    expect((await run.history()).rows.map((row) => row["logs/loss"] ?? null)).toEqual([
      0.5,
      0.25,
      null,
      null,
      null,
    ]);
    const names = [];
    for await (const file of run.files()) names.push(file.name);
    expect(names).toContain("logs/events.out.tfevents.1");
  });

  it("names damaged places and syncs the rest", async () => {
    await mkdir(join(folder, "torn"));
    await cp(eventFile, join(folder, "torn", "x.tfevents.1"));
    await truncate(join(folder, "torn", "x.tfevents.1"), 400);
    const { code, output, errors } = await finish(start("torn", "--project", "p", "--json"));
    expect(code).toBe(0);
    expect(errors).toMatch(/torn\/x\.tfevents\.1: the file ends within the record at byte \d+\n/u);
    expect(JSON.parse(output)).toMatchObject({ files: 1, damages: 1, rows: 2 });
  });

  it("ends a run that it follows when nothing more is written", async () => {
    const { code, output } = await finish(
      start("logs", "--project", "p", "--id", "idle", "--follow", "--idle", "0.1", "--no-save-files"),
    );
    expect([code, output]).toEqual([0, expect.stringContaining("/admin/p/runs/idle: 5 rows")]);
  });

  it("says in one line what it cannot do", async () => {
    expect(await finish(start("nowhere"))).toEqual({
      code: 1,
      output: "",
      errors: `There is nothing at ${join(folder, "nowhere")}\n`,
    });
    const { errors } = await finish(start("logs", "--idle", "5"));
    expect(errors).toBe("--idle has a meaning only with --follow.\n");
  });
});
