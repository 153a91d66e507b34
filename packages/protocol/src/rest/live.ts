/** Live changes as server-sent events: of a project's runs, and of one run's rows. */
import type { RunAddress } from "./routes.ts";

/** Announced by servers that answer {@link liveRunsPath} and {@link liveRunPath}. */
export const WATCH_FEATURE = "STEELYARD_WATCH";

/** The header that tells a server what a reader that comes back has seen: the `id` of the last event. */
export const LAST_EVENT_ID_HEADER = "last-event-id";

/** Where changes of a project's runs are told with GET. */
export function liveRunsPath({
  entity,
  project,
}: {
  readonly entity: string;
  readonly project: string;
}): string {
  return `/api/live/${encodeURIComponent(entity)}/${encodeURIComponent(project)}/runs`;
}

/**
 * Where a run's rows and changes are told with GET. Query: `fromStep`, the least step of rows, and `keys`, a JSON list
 * of keys.
 */
export function liveRunPath(address: RunAddress): string {
  return `${liveRunsPath(address)}/${encodeURIComponent(address.run)}`;
}

/** What is told of a project's runs, by the name of the event. */
export interface LiveRunsEvents {
  /** The stream has begun: changes after what a question asked now would answer are told. */
  readonly ready: Readonly<Record<string, never>>;
  /** Runs that changed, by id; a run may stand in several lists. */
  readonly runs: LiveRunChanges;
  /** Changes were missed, because the reader was away for too long or too slow: ask for the list again. */
  readonly resync: Readonly<Record<string, never>>;
}

/** Runs that changed, by id. */
export interface LiveRunChanges {
  readonly created: readonly string[];
  /** The names of the fields that changed. */
  readonly updated: Readonly<Record<string, readonly string[]>>;
  /** The newest state. */
  readonly states: Readonly<Record<string, string>>;
  readonly deleted: readonly string[];
}

/** What is told of a run, by the name of the event. */
export interface LiveRunEvents {
  /** Rows in ascending step, each as JSON text: as logged, or with the keys asked for. */
  readonly rows: { readonly rows: readonly string[] };
  /** Rows of this step and later were changed or taken back: forget them, they come again as they are now. Null: all. */
  readonly reset: { readonly fromStep: number | null };
  /** The run changed; the first event tells its state. */
  readonly run: { readonly state: string; readonly fields: readonly string[] };
  /** The run is over and all its rows are sent. */
  readonly end: { readonly state: string };
  readonly deleted: Readonly<Record<string, never>>;
}
