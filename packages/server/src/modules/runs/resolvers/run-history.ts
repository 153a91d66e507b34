/** History, system metrics and console of runs as the schema shows them. */
import { parseJson } from "@steelyard/protocol";
import { ServerError } from "../../../errors.ts";
import type { RunResolvers } from "../../../generated/schema-types.ts";
import { STEP_KEY } from "../../history/history-line.ts";
import { parseHistorySpec } from "../../history/history-spec.ts";
import { loadersOf } from "./loaders.ts";

const DEFAULT_BUCKETS = 1_000;

/** Fields of runs that are about what they logged. */
export const runHistory: Pick<
  RunResolvers,
  | "systemMetrics"
  | "historyLineCount"
  | "eventsLineCount"
  | "logLineCount"
  | "historyTail"
  | "eventsTail"
  | "historyKeys"
  | "history"
  | "events"
  | "sampledHistory"
  | "historyBuckets"
  | "historyFiles"
  | "parquetHistory"
  | "logLines"
> = {
  systemMetrics: (run, _args, { caller, services }) => services.history.systemMetrics(caller, run),
  historyLineCount: async (run, _args, context) => (await loadersOf(context).lineCounts(run)).history,
  eventsLineCount: async (run, _args, context) => (await loadersOf(context).lineCounts(run)).events,
  logLineCount: async (run, _args, context) => (await loadersOf(context).lineCounts(run)).console,
  historyTail: async (run, _args, { caller, services }) =>
    (await services.history.tails(caller, run)).historyTail,
  eventsTail: async (run, _args, { caller, services }) =>
    (await services.history.tails(caller, run)).eventsTail,
  historyKeys: async (run, _args, context) => {
    const { lastStep, keys } = await loadersOf(context).historyKeys(run);
    return { lastStep, keys, sets: [] };
  },
  history: async (run, { samples, minStep, maxStep }, { caller, services }) => {
    const page = await services.history.rows(caller, run, {
      samples: parseSamples(samples),
      minStep: minStep ?? null,
      maxStep: maxStep ?? null,
    });
    return page.rows;
  },
  events: (run, { samples }, { caller, services }) =>
    services.history.events(caller, run, parseSamples(samples)),
  sampledHistory: async (run, { specs }, { caller, services }) => {
    const selections = await services.history.select(caller, run, specs.map(parseHistorySpec));
    return selections.map((selection) => selection.rows.map(parseJson));
  },
  historyBuckets: (run, { keys, xAxis, count, minStep, maxStep }, { caller, services }) =>
    services.history.buckets(caller, run, {
      keys,
      xAxis: xAxis ?? STEP_KEY,
      count: count ?? DEFAULT_BUCKETS,
      minStep: minStep ?? null,
      maxStep: maxStep ?? null,
    }),
  historyFiles: (run, _args, { caller, services, baseUrl }) => services.history.files(caller, run, baseUrl),
  // No files, so a run's history is live from its first step on. Some clients read nothing at all when both lists are
  // empty, and every client may take a step below the first one: it stays right whatever is logged meanwhile.
  parquetHistory: async (run, _args, context) => {
    const { history } = await loadersOf(context).lineCounts(run);
    return { parquetUrls: [], liveData: history > 0 ? [{ _step: 0 }] : [] };
  },
  logLines: async (run, { last, first, after }, { caller, services }) => {
    const page = await services.history.console(caller, run, {
      last: last ?? null,
      first: first ?? null,
      after: after ?? null,
    });
    return {
      edges: page.lines.map((node) => ({ node })),
      pageInfo: { endCursor: page.endCursor, hasNextPage: page.hasNextPage },
    };
  },
};

function parseSamples(samples: number | null | undefined): number | null {
  if (samples === null || samples === undefined) return null;
  if (samples < 0) {
    throw new ServerError("invalid_argument", "samples must be 0 or more", { field: "samples" });
  }
  return samples;
}
