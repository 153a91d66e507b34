import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";

const command = fileURLToPath(new URL("../bin/steelyard.js", import.meta.url));
/** The part of Node that takes types out of TypeScript. */
const stripper = "NativeModule internal/deps/amaro/dist/index";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "steelyard-code-cache-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("a start that finds the code of an earlier one takes types out of nothing", async () => {
  const probe = join(folder, "probe.cjs");
  await writeFile(
    probe,
    `process.on("exit", () => console.error(process.moduleLoadList.includes(${JSON.stringify(stripper)})));`,
  );
  const start = async (): Promise<string> => {
    const { stderr } = await promisify(execFile)(
      process.execPath,
      ["--require", probe, command, "--version"],
      {
        env: { ...process.env, NODE_COMPILE_CACHE: join(folder, "cache") },
      },
    );
    return stderr.trim();
  };
  expect(await start()).toBe("true");
  expect(await start()).toBe("false");
});
