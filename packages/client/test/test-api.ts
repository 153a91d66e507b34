/** Makes an `Api` for a scripted server: a fixed key, no environment of the machine, and no real waiting. */
import { Api, PORTABLE_PLATFORM } from "../src/index.ts";
import type { ApiOptions, Clock } from "../src/index.ts";
import type { ScriptedServer } from "./scripted-server.ts";

/** A key of the right shape. */
export const TEST_KEY: string = "k".repeat(40);

/** A clock that notes how long it was asked to wait and does not wait. */
export interface InstantClock extends Clock {
  readonly waits: number[];
}

/** A clock whose waits take no time and whose dice always fall the same way. */
export function instantClock(random = 0.5): InstantClock {
  const waits: number[] = [];
  let skipped = 0;
  return {
    waits,
    now: () => Date.now() + skipped,
    random: () => random,
    sleep: (milliseconds, signal) => {
      signal?.throwIfAborted();
      waits.push(milliseconds);
      skipped += milliseconds;
      return Promise.resolve();
    },
  };
}

/** An `Api` for a scripted server, with entity `team` and project `shop`. */
export function testApi(server: ScriptedServer, options: ApiOptions = {}): Api {
  return new Api({
    apiKey: TEST_KEY,
    platform: PORTABLE_PLATFORM,
    clock: instantClock(),
    ...options,
    overrides: { baseUrl: server.url, entity: "team", project: "shop", ...options.overrides },
  });
}
