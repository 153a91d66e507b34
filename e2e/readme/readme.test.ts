/** The README's examples, run as they stand: logged by the real client, then read by `Api`. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startTestServer, type TestServer } from "@steelyard/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runCommand } from "../python/run-command.ts";
import { venvPython } from "../python/venv.ts";

const readme = await readFile(join(import.meta.dirname, "../../README.md"), "utf8");
const scratch = join(import.meta.dirname, "../.cache/readme");
let server: TestServer;
let home: string;

beforeAll(async () => {
  server = await startTestServer({ user: "newcomer" });
  home = await mkdtemp(join(tmpdir(), "steelyard-readme-"));
  await mkdir(scratch, { recursive: true });
});

afterAll(async () => {
  await server.stop();
  await rm(home, { recursive: true, force: true });
});

/** The only block of a language in the README. */
function example(language: string): string {
  const blocks = [...readme.matchAll(new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``, "g"))];
  expect(blocks, `blocks of ${language} in the README`).toHaveLength(1);
  return blocks[0]?.[1] ?? "";
}

function environment(): Record<string, string> {
  return {
    PATH: process.env["PATH"] ?? "",
    WANDB_BASE_URL: server.url,
    WANDB_API_KEY: server.apiKey,
    WANDB_ERROR_REPORTING: "false",
    HOME: home,
    WANDB_DIR: home,
  };
}

test("the Python example logs a run and the TypeScript example reads it", { timeout: 120_000 }, async () => {
  const script = join(home, "example.py");
  await writeFile(script, example("python"));
  const logged = await runCommand(venvPython("0.30.0"), [script], {
    cwd: home,
    env: environment(),
    timeoutMs: 100_000,
  });
  expect(logged.code, logged.stderr).toBe(0);

  const program = join(scratch, "example.ts");
  await writeFile(program, example("ts"));
  const read = await runCommand(process.execPath, [program], {
    cwd: home,
    env: environment(),
    timeoutMs: 60_000,
  });
  expect(read.code, read.stderr).toBe(0);
  expect(read.stdout).toMatch(/^\S+-1 finished 0\.1\n$/);
});
