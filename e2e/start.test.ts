/** `npm start` as a newcomer runs it, and the one sentence that each thing that can go wrong gets. */
import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findFreePort } from "@steelyard/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runCommand } from "./python/run-command.ts";
import { node20 } from "./runtimes/node20.ts";

const root = join(import.meta.dirname, "..");
const command = join(root, "packages/cli/bin/steelyard.js");
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "steelyard-start-"));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs `npm start` until it printed `last`, stops it as Ctrl-C does, and returns what it printed. */
async function npmStart(port: number, data: string, last: RegExp): Promise<string> {
  const args = ["start", "--", "--port", String(port), "--data", data];
  const child = spawn("npm", args, { cwd: root, detached: true, stdio: ["ignore", "pipe", "inherit"] });
  const { pid } = child;
  if (pid === undefined) throw new Error("npm could not be started");
  let printed = "";
  let isTold = false;
  const tooLate = setTimeout(() => process.kill(-pid, "SIGKILL"), 60_000);
  for await (const chunk of child.stdout.setEncoding("utf8")) {
    printed += String(chunk);
    if (isTold || !last.test(printed)) continue;
    isTold = true;
    process.kill(-pid, "SIGINT");
  }
  clearTimeout(tooLate);
  return printed;
}

test("npm start shows a key and the table of runs that it logged; the second start shows neither", async () => {
  const port = await findFreePort();
  const first = await npmStart(port, join(folder, "data"), /└.*┘/);
  expect(first).toContain(`http://localhost:${port}`);
  expect(first).toMatch(/local-[0-9a-f]{40,}/);
  expect(first.match(/│ lr [\d.]+, \d hidden +│ finished/g)).toHaveLength(6);
  const second = await npmStart(port, join(folder, "data"), /export WANDB_BASE_URL/);
  expect(second).toContain(`http://localhost:${port}`);
  expect(second).not.toMatch(/local-[0-9a-f]{40,}|hidden/);
});

test("a busy port, a folder that cannot be written and an old Node get one sentence each", async () => {
  const busy = createServer();
  await new Promise<void>((resolve) => busy.listen(0, "127.0.0.1", resolve));
  const address = busy.address();
  const port = address !== null && typeof address === "object" ? address.port : 0;
  const file = join(folder, "a-file");
  await writeFile(file, "");
  const attempts: readonly (readonly [RegExp, string, readonly string[]])[] = [
    [new RegExp(`${port}`), process.execPath, ["--port", String(port), "--data", join(folder, "busy")]],
    [/a-file/, process.execPath, ["--port", "0", "--data", join(file, "data")]],
    [/Node 22\.18 or newer; this is Node 20/, await node20(), ["--port", "0", "--data", join(folder, "old")]],
  ];
  try {
    for (const [sentence, node, args] of attempts) {
      const result = await runCommand(node, [command, "server", ...args], { timeoutMs: 20_000 });
      expect(result.code).toBe(1);
      expect(result.stderr).toMatch(sentence);
      expect(result.stderr.trim().split("\n")).toHaveLength(1);
    }
  } finally {
    busy.close();
  }
});
