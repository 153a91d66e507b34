import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { lockFolder } from "./folder-lock.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "steelyard-lock-"));
});

afterEach(async () => {
  await chmod(folder, 0o700);
  await rm(folder, { recursive: true, force: true });
});

test("a second lock on the same folder is refused in one sentence that names the folder", () => {
  const lock = lockFolder(folder);
  expect(() => lockFolder(folder)).toThrow(
    `Another server is using the data folder ${folder}; stop that one or choose another folder.`,
  );
  lock.release();
});

test("a released lock can be taken again", () => {
  lockFolder(folder).release();
  const lock = lockFolder(folder);
  lock.release();
  lock.release();
});

test("another process is refused, and the lock of a killed process is free", async () => {
  const program = `
    const { lockFolder } = await import(${JSON.stringify(import.meta.resolve("./folder-lock.ts"))});
    // Held on to: SQLite lets go of what nobody refers to any more.
    globalThis.held = lockFolder(process.argv[1]);
    console.log("locked");
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", program, folder], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout, "data");
  expect(() => lockFolder(folder)).toThrow("Another server is using");
  child.kill("SIGKILL");
  await once(child, "close");
  lockFolder(folder).release();
});

test("a folder that is not there is an error that names the file", () => {
  expect(() => lockFolder(join(folder, "missing"))).toThrow(/lock\.db does not exist/);
});
