/**
 * Makes a thread that works in the background take a tenth of what others take while they want all. Linux has a priority
 * for each thread; elsewhere there is one for the whole process, which is left alone.
 */
import { constants, setPriority } from "node:os";

/** Whether a thread can give way to others of its process. */
export const canGiveWay: boolean = process.platform === "linux";

/** Gives way with the thread that calls, for as long as it lives. */
export function giveWay(): void {
  // The number 0 is "whoever calls", which on Linux is the thread.
  if (canGiveWay) setPriority(0, constants.priority.PRIORITY_BELOW_NORMAL);
}
