// What a process takes of the machine, as Linux tells it.
import { readFile } from "node:fs/promises";

/** Clock ticks in a second on every Linux that Node runs on. */
const ticksASecond = 100;

/** Seconds of CPU that a process took so far, all threads together. */
export async function cpuSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, "latin1");
  // The name before it may hold anything, but ends with the last parenthesis.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / ticksASecond;
}

/** Resident memory in mebibytes: now, and the most so far. */
export async function residentMebibytes(
  pid: number,
): Promise<{ readonly now: number; readonly most: number }> {
  const status = await readFile(`/proc/${pid}/status`, "latin1");
  const read = (name: string): number => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) / 1024;
  return { now: read("VmRSS"), most: read("VmHWM") };
}
