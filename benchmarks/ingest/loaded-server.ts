// What a server did under load, whichever server it was.
import type { LoadResult } from "./load.ts";
import type { PageTimes } from "./page-probe.ts";
import type { RequestShape } from "./stream-requests.ts";

/** How to load a server. */
export interface LoadPlan extends RequestShape {
  readonly connections: number;
  readonly seconds: number;
}

/** What a server did. */
export interface ServerResult {
  readonly plan: LoadPlan;
  readonly rowsASecond: number;
  readonly pointsASecond: number;
  readonly load: LoadResult;
  /** A page of 50 runs of the project that is being written; undefined where the peer has no server for it. */
  readonly page: PageTimes | undefined;
  /** Seconds of CPU; the generator's are those of this process. */
  readonly cpu: { readonly server: number; readonly generator: number; readonly microsecondsARow: number };
  readonly bytesOnDiskARow: number;
}

/** Rows, points and costs from what was counted. */
export function toResult(
  plan: LoadPlan,
  load: LoadResult,
  usage: {
    readonly serverSeconds: number;
    readonly generatorSeconds: number;
    readonly bytes: number;
    readonly page: PageTimes | undefined;
  },
): ServerResult {
  const rows = load.requests * plan.rowsARequest;
  return {
    plan,
    rowsASecond: rows / load.seconds,
    pointsASecond: (rows / load.seconds) * plan.keysARow,
    load,
    page: usage.page,
    cpu: {
      server: usage.serverSeconds,
      generator: usage.generatorSeconds,
      microsecondsARow: (usage.serverSeconds / rows) * 1e6,
    },
    bytesOnDiskARow: usage.bytes / rows,
  };
}
