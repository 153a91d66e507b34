/**
 * Makes a thread that works in the background take a third of what others take while they want all. Linux has a priority
 * for each thread; elsewhere there is one for the whole process, which is left alone.
 */
import { setPriority } from "node:os";

/** Half of the way from the usual priority to the one that is called low. */
const NICENESS = 5;

/** Whether a thread can give way to others of its process. */
export const canGiveWay: boolean = process.platform === "linux";

/** Gives way with the thread that calls, for as long as it lives. */
export function giveWay(): void {
  // The number 0 is "whoever calls", which on Linux is the thread.
  if (canGiveWay) setPriority(0, NICENESS);
}
