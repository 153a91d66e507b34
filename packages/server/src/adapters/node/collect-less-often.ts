/**
 * Lets a thread's heap use the room that it has before its garbage is collected. By itself the engine begins as soon as
 * less room is left than new objects may take, which for the small heaps of a server's threads is soon after the last
 * collection: under full load each thread was marked through several times a second, by helpers that take the processors
 * from those who answer, with pauses of ten milliseconds at the end.
 */
import { setFlagsFromString } from "node:v8";

/** Begins to collect when so many percent of the room is used, and does nothing else when this much is. */
const SOON_PERCENT = 85;
const NOW_PERCENT = 97;

/** For all threads of the process, those that run and those to come. The room itself stays as it is. */
export function collectLessOften(): void {
  setFlagsFromString(`--incremental-marking-soft-trigger=${SOON_PERCENT}`);
  setFlagsFromString(`--incremental-marking-hard-trigger=${NOW_PERCENT}`);
}
