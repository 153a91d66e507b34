/** Asks runs to stop; their processes hear of it with their next request, their agents with their next call. */
import type { Run } from "../runs/run.ts";
import type { RunStore } from "../runs/run-store.ts";

/** Asks each of the runs that was not asked yet. */
export async function requestStops(store: RunStore, runs: readonly Run[], now: string): Promise<void> {
  for (const { projectId, name, userId, displayName, isStopRequested } of runs) {
    if (isStopRequested) continue;
    const change = { projectId, name, userId, defaultDisplayName: displayName, now };
    await store.upsert({ ...change, isStopRequested: true });
  }
}
