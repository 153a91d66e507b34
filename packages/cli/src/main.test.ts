import { spawn } from "node:child_process";
import type { ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const command = fileURLToPath(new URL("../bin/steelyard.js", import.meta.url));
type Child = ChildProcessByStdio<null, Readable, Readable>;

let folder: string;
const children: Child[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "steelyard-cli-"));
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  await rm(folder, { recursive: true, force: true });
});

function start(...args: readonly string[]): Child {
  const child = spawn(process.execPath, [command, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  children.push(child);
  return child;
}

async function run(
  ...args: readonly string[]
): Promise<{ code: number | null; output: string; errors: string }> {
  const child = start(...args);
  let output = "";
  let errors = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  await once(child, "close");
  return { code: child.exitCode, output, errors };
}

/** What a server prints until it has said how to log to it. */
async function greetingOf(child: Child): Promise<string> {
  let output = "";
  for await (const chunk of child.stdout) {
    output += String(chunk);
    if (output.includes("WANDB_API_KEY=")) return output;
  }
  throw new Error(`the server ended: ${output}`);
}

describe("the steelyard command", () => {
  it("says its version and how it is used", async () => {
    expect(await run("--version")).toEqual({ code: 0, output: "0.1.0\n", errors: "" });
    const help = await run("server", "--help");
    expect(help.code).toBe(0);
    for (const option of [
      "--port",
      "--host",
      "--data",
      "--url",
      "--trust-proxy",
      "STEELYARD_ADMIN_API_KEY",
    ]) {
      expect(help.output).toContain(option);
    }
  });

  it("says in one line what it cannot understand", async () => {
    expect(await run("server", "--port", "many")).toEqual({
      code: 1,
      output: "",
      errors: 'The port is "many"; expected a number from 0 to 65535.\n',
    });
    expect((await run("serve")).errors).toContain("unknown command 'serve'");
  });

  it("serves until it is told to stop, shows the key once, and guards its folder", async () => {
    const first = start("server", "--port", "0", "--data", folder);
    const greeting = await greetingOf(first);
    const [, url = ""] = /serves .* on (http:\S+)/.exec(greeting) ?? [];
    const [key = ""] = /local-[0-9a-f]{48}/.exec(greeting) ?? [];
    expect(greeting).toContain(`export WANDB_BASE_URL=${url} WANDB_API_KEY=${key}`);
    expect((await fetch(`${url}/ready`)).status).toBe(200);

    const second = await run("server", "--port", "0", "--data", folder);
    expect(second.code).toBe(1);
    expect(second.errors.trim().split("\n")).toHaveLength(1);
    expect(second.errors).toContain("Another server is using the data folder");

    first.kill("SIGTERM");
    await once(first, "close");
    expect(first.exitCode).toBe(0);

    const third = start("server", "--port", "0", "--data", folder);
    expect(await greetingOf(third)).not.toContain("local-");
  });
});
