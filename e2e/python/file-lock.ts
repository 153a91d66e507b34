// A lock between processes: two test runs that start together must not build the same venv.
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

/**
 * Runs `work` while this process holds the file `path`. A lock whose owner is gone is taken over. Throws when
 * the lock is not free within `timeoutMs`.
 */
export async function withFileLock<T>(path: string, timeoutMs: number, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(path), { recursive: true });
  const deadline = Date.now() + timeoutMs;
  while (!(await tryToTake(path))) {
    if (Date.now() > deadline) throw new Error(`another process holds ${path} for more than ${timeoutMs} ms`);
    await delay(200);
  }
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

async function tryToTake(path: string): Promise<boolean> {
  try {
    await writeFile(path, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (!hasCode(error, "EEXIST")) throw error;
  }
  if (await ownerIsGone(path)) await rm(path, { force: true });
  return false;
}

async function ownerIsGone(path: string): Promise<boolean> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (hasCode(error, "ENOENT")) return false;
    throw error;
  }
  const pid = Number(text);
  if (text === "" || !Number.isSafeInteger(pid)) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return hasCode(error, "ESRCH");
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
