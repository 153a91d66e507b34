/**
 * Gives memory back that only the start of a thread took: loading the sources leaves three times as much behind as the
 * loaded program needs, and an idle thread would keep it, because nothing makes it collect garbage.
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** By then a start is over; a server that is closed before has no use for it. */
const AFTER_MS = 3000;

/** Collects this thread's garbage once, soon. Stopping it is not needed, and possible. */
export function giveBackMemorySoon(): { stop(): void } {
  const timer = setTimeout(collect, AFTER_MS).unref();
  return { stop: () => clearTimeout(timer) };
}

/** Node has no call for it, but a switch that adds one. */
function collect(): void {
  setFlagsFromString("--expose-gc");
  const collector: unknown = runInNewContext("gc");
  // The last resort of an engine that runs out of memory: everything that can be given back is.
  if (typeof collector === "function") {
    Reflect.apply(collector, undefined, [{ type: "major", execution: "sync", flavor: "last-resort" }]);
  }
}
