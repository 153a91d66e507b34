// What processes take of the machine, as Linux tells it.
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";

/** Clock ticks in a second on every Linux that Node runs on. */
const ticksASecond = 100;

/** Seconds of CPU that a process and those below it took so far, all threads together. */
export async function cpuSeconds(pid: number): Promise<number> {
  const fields = await statOf(pid);
  // Those that ended are in the third and fourth number of those that waited for them.
  const own = [11, 12, 13, 14].reduce((sum, index) => sum + Number(fields[index]), 0) / ticksASecond;
  const below = await Promise.all((await childrenOf(pid)).map(cpuSeconds));
  return below.reduce((sum, seconds) => sum + seconds, own);
}

/** Resident memory in mebibytes: now, and the most so far. */
export async function residentMebibytes(
  pid: number,
): Promise<{ readonly now: number; readonly most: number }> {
  const status = await readFile(`/proc/${pid}/status`, "latin1");
  const read = (name: string): number => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) / 1024;
  return { now: read("VmRSS"), most: read("VmHWM") };
}

/** Bytes of all files below a folder. */
export async function sizeOf(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true });
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function childrenOf(pid: number): Promise<readonly number[]> {
  const threads = await readdir(`/proc/${pid}/task`);
  const lists = await Promise.all(
    threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/children`, "latin1")),
  );
  return lists.flatMap((list) => list.split(" ").filter(Boolean).map(Number));
}

async function statOf(pid: number): Promise<readonly string[]> {
  const text = await readFile(`/proc/${pid}/stat`, "latin1");
  // The name before it may hold anything, but ends with the last parenthesis.
  return text.slice(text.lastIndexOf(")") + 2).split(" ");
}
