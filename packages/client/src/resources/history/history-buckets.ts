/** `run.historyBuckets`: all rows in intervals of equal width, with the least, the greatest and the mean number in each. */
import { NotFoundError, UnsupportedError, ValueError } from "../../core/errors.ts";
import type { ReadOptions } from "../../core/paginator.ts";
import type { Service } from "../../core/service.ts";
import { RunHistoryBucketsDocument } from "../../generated/history-documents.ts";
import type { RunAddress } from "./history-reader.ts";

/** Announced by servers that divide history. */
export const HISTORY_BUCKETS_FEATURE = "STEELYARD_HISTORY_BUCKETS";

/** Options of `run.historyBuckets`. */
export interface HistoryBucketOptions extends ReadOptions {
  /** The keys whose numbers are wanted; dots reach into nested dicts. At most 100. */
  readonly keys: readonly string[];
  /** The key whose numbers are the axis; rows without one are left out. @default "_step" */
  readonly xAxis?: string | undefined;
  /** How many intervals there are, at most 10,000. @default 1000 */
  readonly count?: number | undefined;
  /** Only rows of this step or a later one. */
  readonly minStep?: number | undefined;
  /** Only rows of an earlier step. */
  readonly maxStep?: number | undefined;
}

/** History in intervals of equal width from `minX` to `maxX`. */
export interface HistoryBuckets {
  /** Null when no row is on the axis. */
  readonly minX: number | null;
  readonly maxX: number | null;
  /** One for each key, in the order asked for. */
  readonly series: readonly HistoryBucketSeries[];
}

/** The finite numbers of a key, as parallel lists of the intervals that hold any. */
export interface HistoryBucketSeries {
  readonly key: string;
  /** Numbers of the intervals, from 0 on, ascending. */
  readonly buckets: readonly number[];
  readonly counts: readonly number[];
  readonly mins: readonly number[];
  readonly maxs: readonly number[];
  readonly means: readonly number[];
}

/**
 * Reads a run's history in intervals.
 *
 * @throws {ValueError} when there are no keys.
 * @throws {UnsupportedError} when the server does not divide history.
 */
export async function readHistoryBuckets(
  service: Service,
  run: RunAddress,
  options: HistoryBucketOptions,
): Promise<HistoryBuckets> {
  const { keys, xAxis = "_step", count = 1000, minStep = null, maxStep = null, signal } = options;
  if (keys.length === 0) throw new ValueError("Expected at least one key");
  if (!(await service.supports(HISTORY_BUCKETS_FEATURE))) {
    throw new UnsupportedError(`${service.settings.baseUrl} divides no history: use history({ samples })`);
  }
  const variables = {
    entity: run.entity,
    project: run.project,
    name: run.id,
    keys,
    xAxis,
    count,
    minStep,
    maxStep,
  };
  const { project } = await service.graphql.execute(RunHistoryBucketsDocument, variables, { signal });
  const buckets = project?.run?.historyBuckets;
  if (buckets === undefined)
    throw new NotFoundError(`Could not find run ${run.entity}/${run.project}/${run.id}`);
  return buckets;
}
