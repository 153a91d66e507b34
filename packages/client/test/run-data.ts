/** Answers about runs, as a server would give them. */

import type { JsonValue } from "@steelyard/protocol";

/** A run with every field of the full fragment; the given ones replace the usual ones. */
export function runData(
  name: string,
  fields: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  return {
    id: `Run:${name}`,
    name,
    tags: ["a", "b"],
    displayName: `run ${name}`,
    sweepName: null,
    state: "finished",
    group: null,
    jobType: null,
    commit: null,
    readOnly: false,
    createdAt: "2026-11-20T23:40:00.123Z",
    heartbeatAt: "2026-11-20T23:50:00",
    description: null,
    notes: null,
    historyLineCount: 3,
    projectId: 7,
    user: { name: "Ada", username: "ada" },
    config: '{"lr":{"value":0.1,"desc":"rate"},"_wandb":{"value":{"t":1}},"wandb_version":1}',
    systemMetrics: "{}",
    summaryMetrics: '{"loss":NaN,"big":1152921504606846976,"nested":{"a":{"b":1}}}',
    historyKeys: { lastStep: 2, keys: {} },
    ...fields,
  };
}

/** A variable that must be a text. */
export function textOf(value: JsonValue | undefined): string {
  if (typeof value !== "string") throw new Error("Expected a text");
  return value;
}

/** The answer about one run. */
export function runAnswer(run: unknown): unknown {
  return { project: { run } };
}

/** A page of runs; the cursor of each is its place in the list. */
export function runsPage(all: readonly { readonly name: string }[], after: unknown, first: unknown): unknown {
  const start = typeof after === "string" ? Number(after) : 0;
  const end = Math.min(all.length, start + (typeof first === "number" ? first : 50));
  const edges = all.slice(start, end).map((node, index) => ({ node, cursor: String(start + index + 1) }));
  const pageInfo = { endCursor: edges.at(-1)?.cursor ?? null, hasNextPage: end < all.length };
  return { project: { runCount: all.length, runs: { edges, pageInfo } } };
}
