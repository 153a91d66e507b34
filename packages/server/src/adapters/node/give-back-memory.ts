/**
 * Gives memory back that only the start of a thread took: loading the sources leaves three times as much behind as the
 * loaded program needs, and an idle thread would keep it, because nothing makes it collect garbage.
 */
import { performance } from "node:perf_hooks";
import { getHeapStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** By then a start is over; a server that is closed before has no use for it. */
const AFTER_MS = 3000;

/** So often a thread looks whether it has become idle. */
const LOOK_MS = 10_000;
/** A thread that works for a smaller part of its time has nothing to do. */
const IDLE_SHARE = 0.05;
/** Less is not worth a collection. */
const WORTH_BYTES = 24 * 1024 * 1024;

/** Collects this thread's garbage once, soon. Stopping it is not needed, and possible. */
export function giveBackMemorySoon(): { stop(): void } {
  const timer = setTimeout(collect, AFTER_MS).unref();
  return { stop: () => clearTimeout(timer) };
}

/** Collects this thread's garbage each time that it is idle after much work, for as long as the thread lives. */
export function giveBackMemoryWhenIdle(): void {
  let kept = heldBytes();
  let looked = performance.eventLoopUtilization();
  const look = (): void => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, looked);
    looked = now;
    if (utilization >= IDLE_SHARE || heldBytes() <= kept + WORTH_BYTES) return;
    collect();
    // What is in use is no reason to collect again.
    kept = Math.max(kept, heldBytes());
  };
  setInterval(look, LOOK_MS).unref();
}

function heldBytes(): number {
  const { total_heap_size, external_memory } = getHeapStatistics();
  return total_heap_size + external_memory;
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
