import type { RunAggregateRequest, RunGroup, RunState } from "@steelyard/protocol";
import type { Run } from "./run.ts";

/**
 * Runs and their documents. Every change takes a new `seq` and writes its event in the same transaction.
 *
 * Filters and orders also see, at once, what the store of artifacts over the same database knows: the artifacts that a
 * run used and logged, by version (`rows:v3`), by the aliases that the version has now (`rows:latest`) and by
 * collection (`rows`).
 */
export interface RunStore {
  /** Creates the run or changes what is given of the existing one, atomically by (projectId, name). */
  upsert(run: RunUpsert): Promise<{ readonly run: Run; readonly inserted: boolean }>;
  find(request: RunSelector): Promise<Run | undefined>;
  /** Several runs at once, in the order asked for; those that are not there are left out. */
  findMany(request: {
    readonly projectId: number;
    readonly runIds: readonly number[];
  }): Promise<readonly Run[]>;
  /**
   * One page of the runs that match, in a total order, after a keyset cursor. Throws `invalid_argument` for a bad
   * filter, order or cursor, `unsupported` for a field that this server cannot look at.
   */
  query(request: RunQuery): Promise<RunPage>;
  /** How many runs match. */
  count(request: { readonly projectId: number; readonly filter: string | null }): Promise<number>;
  /**
   * The runs that match in groups with figures over their metrics, a page of groups in the order of their keys.
   * Throws as `query`, and `invalid_argument` for a cursor of other groups and when there are too many groups.
   */
  aggregate(request: RunAggregateQuery): Promise<RunGroupPage>;
  /** Applies what file_stream requests say of their runs, in order, in one transaction. */
  applyStream(changes: readonly RunStreamChange[]): Promise<readonly RunStreamResult[]>;
  /** Removes a run; false when it was not there. History, files and blobs are the caller's to remove. */
  delete(request: {
    readonly projectId: number;
    readonly runId: number;
    readonly now: string;
  }): Promise<boolean>;
  /** Turns running runs without a heartbeat since `heartbeatBefore` into crashed ones, preempting ones into preempted ones; returns them. */
  markCrashed(request: { readonly heartbeatBefore: string; readonly now: string }): Promise<readonly Run[]>;
}

/** Which run. */
export type RunSelector =
  | { readonly projectId: number; readonly runId: number }
  | { readonly projectId: number; readonly name: string };

/** A run as it is to be; what is undefined is left alone, or set to its default in a new run. */
export interface RunUpsert {
  readonly projectId: number;
  readonly name: string;
  readonly userId: number;
  readonly now: string;
  /** Used for a new run only. */
  readonly defaultDisplayName: string;
  readonly displayName?: string;
  readonly state?: RunState;
  readonly config?: string;
  readonly summary?: string;
  readonly tags?: readonly string[];
  readonly group?: string | null;
  readonly jobType?: string | null;
  readonly notes?: string | null;
  readonly description?: string | null;
  readonly commit?: string | null;
  readonly host?: string | null;
  readonly program?: string | null;
  readonly repo?: string | null;
  readonly sweepName?: string | null;
  readonly isStopRequested?: boolean;
  /** Whether the run's own process calls: a sign of life, after which the run goes on. */
  readonly isHeartbeat?: boolean;
}

/** Which runs, in which order, from where. */
export interface RunQuery {
  readonly projectId: number;
  /** Filter as JSON text; null for all runs. */
  readonly filter: string | null;
  /** Order as text, such as `-summary_metrics.loss`; null for `+created_at`. */
  readonly order: string | null;
  /** Opaque cursor of the element before the page; null for the first page. */
  readonly after: string | null;
  readonly limit: number;
}

/** A page of runs. */
export interface RunPage {
  readonly runs: readonly { readonly run: Run; readonly cursor: string }[];
  readonly hasNextPage: boolean;
  /** How many runs match in all. */
  readonly totalCount: number;
}

/** Which groups of which runs. */
export interface RunAggregateQuery extends RunAggregateRequest {
  readonly projectId: number;
  /** Filter as JSON text; null for all runs. */
  readonly filter: string | null;
  /** Opaque cursor of the group before the page; null for the first page. */
  readonly after: string | null;
  readonly limit: number;
}

/** A page of groups; best runs by their names. */
export interface RunGroupPage {
  readonly groups: readonly { readonly group: RunGroup<string>; readonly cursor: string }[];
  readonly hasNextPage: boolean;
  /** How many groups there are in all. */
  readonly totalCount: number;
}

/** What one file_stream request says of its run. */
export interface RunStreamChange {
  readonly projectId: number;
  readonly runId: number;
  readonly now: string;
  /** The whole summary as JSON text, when it came. */
  readonly summary?: string;
  readonly isPreempting?: boolean;
  /** Set when the run is over. */
  readonly exitCode?: number;
  /** Whether the process is one of several that write to the run; those do not bring an ended run back. */
  readonly isShared?: boolean;
  /** Whether history came, for the event. */
  readonly hasHistory: boolean;
}

/** What the run's process is told. */
export interface RunStreamResult {
  /** False when the run was deleted meanwhile. */
  readonly exists: boolean;
  readonly isStopRequested: boolean;
}
