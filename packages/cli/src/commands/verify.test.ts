import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startEmbeddedServer } from "@steelyard/server";
import { expect, it } from "vitest";

const command = fileURLToPath(new URL("../../bin/steelyard.js", import.meta.url));

async function verify(...args: readonly string[]) {
  const child = spawn(process.execPath, [command, "verify", ...args], { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  let errors = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  await once(child, "close");
  return { code: child.exitCode, output, errors };
}

it("steelyard verify tells a sound folder from a damaged one and from one that is in use", async () => {
  const folder = await mkdtemp(join(tmpdir(), "steelyard-verify-"));
  const server = await startEmbeddedServer({ dataFolder: folder, port: 0 });
  expect(await verify(folder)).toEqual({
    code: 2,
    output: "",
    errors: `A server is using the data folder ${folder}; stop it first.\n`,
  });
  await server.close();
  const sound = await verify(folder);
  expect([sound.code, sound.errors]).toEqual([0, ""]);
  expect(sound.output).toMatch(/^Checked 3 databases, .*\n.* is sound\.\n$/);
  await writeFile(join(folder, "secret.key"), "short");
  const damaged = await verify(folder, "--json");
  expect(damaged.code).toBe(1);
  expect(JSON.parse(damaged.output)).toMatchObject({
    isSound: false,
    problems: [{ kind: "folder", place: "secret.key", sentence: "It has 5 bytes; expected 32." }],
  });
  await rm(folder, { recursive: true });
});
