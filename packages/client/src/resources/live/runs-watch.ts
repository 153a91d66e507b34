/**
 * `runs.watch`: which runs fit a filter, and how that changes. A server with live events says which runs to look at
 * again; any other is asked for the whole list every few seconds, and the events are the same.
 */
import { WATCH_FEATURE, isJsonArray, isJsonObject, liveRunsPath } from "@steelyard/protocol";
import type { JsonObject, JsonValue } from "@steelyard/protocol";

import type { ReadOptions } from "../../core/paginator.ts";
import type { Service } from "../../core/service.ts";
import type { RunRecord } from "../runs/run-record.ts";
import { readLiveEvents } from "./live-stream.ts";
import { changedFields } from "./run-changes.ts";
import type { WatchedField } from "./run-changes.ts";

/** Options of `runs.watch`. */
export interface RunsWatchOptions extends ReadOptions {
  /** Time between two looks at a server without live events, in milliseconds. @default 5000 */
  readonly pollMs?: number | undefined;
}

/** What happens to a list of runs. */
export type RunsWatchEvent<R> =
  /** A run that fits the filter; first those that are there, then those that come. */
  | { readonly type: "added"; readonly run: R }
  /** All runs that were there at the beginning have been told. Comes once. */
  | { readonly type: "ready" }
  /** A run changed and fits still. */
  | { readonly type: "changed"; readonly run: R; readonly fields: readonly WatchedField[] }
  /** A run was deleted, or fits no more. */
  | { readonly type: "removed"; readonly id: string };

/** What is watched. */
export interface WatchedRuns<R> {
  readonly service: Service;
  readonly entity: string;
  readonly project: string;
  /** The runs that fit, in full and in their order: all of them, or of the named ones. */
  readonly list: (ids: readonly string[] | null, signal: AbortSignal | undefined) => AsyncIterable<R>;
}

const DEFAULT_POLL_MS = 5_000;
/** Runs looked at in one request. */
const IDS_AT_ONCE = 500;

/** The events of a list of runs, until it is left. It remembers every run of the list. */
export async function* watchRuns<R extends RunRecord>(
  watched: WatchedRuns<R>,
  { pollMs = DEFAULT_POLL_MS, signal }: RunsWatchOptions = {},
): AsyncGenerator<RunsWatchEvent<R>, void, undefined> {
  const { service, entity, project } = watched;
  const known = new KnownRuns(watched, signal);
  if (await service.supports(WATCH_FEATURE)) {
    const path = liveRunsPath({ entity, project });
    const request = { path, what: `Watching ${entity}/${project}`, lastEvents: [], signal };
    let isReady = false;
    for await (const { event, data } of readLiveEvents(service, request)) {
      // What changes while the list is being read is told afterwards: the stream has begun before.
      if (event === "resync" || (event === "ready" && !isReady)) yield* known.lookAtAll();
      if (event === "runs") yield* known.lookAt(idsOf(data));
      if (event === "ready" && !isReady) {
        isReady = true;
        yield { type: "ready" };
      }
    }
    return;
  }
  yield* known.lookAtAll();
  yield { type: "ready" };
  for (;;) {
    await service.clock.sleep(pollMs, signal);
    yield* known.lookAtAll();
  }
}

/** The runs that were told, by id. */
class KnownRuns<R extends RunRecord> {
  readonly #watched: WatchedRuns<R>;
  readonly #signal: AbortSignal | undefined;
  readonly #runs = new Map<string, R>();

  constructor(watched: WatchedRuns<R>, signal: AbortSignal | undefined) {
    this.#watched = watched;
    this.#signal = signal;
  }

  async *lookAtAll(): AsyncGenerator<RunsWatchEvent<R>, void, undefined> {
    const missing = new Set(this.#runs.keys());
    for await (const run of this.#watched.list(null, this.#signal)) {
      missing.delete(run.id);
      yield* this.#see(run);
    }
    yield* this.#forget(missing);
  }

  async *lookAt(ids: readonly string[]): AsyncGenerator<RunsWatchEvent<R>, void, undefined> {
    for (let start = 0; start < ids.length; start += IDS_AT_ONCE) {
      const portion = ids.slice(start, start + IDS_AT_ONCE);
      const missing = new Set(portion);
      for await (const run of this.#watched.list(portion, this.#signal)) {
        missing.delete(run.id);
        yield* this.#see(run);
      }
      yield* this.#forget(missing);
    }
  }

  *#see(run: R): Generator<RunsWatchEvent<R>, void, undefined> {
    const before = this.#runs.get(run.id);
    this.#runs.set(run.id, run);
    if (before === undefined) {
      yield { type: "added", run };
      return;
    }
    const fields = changedFields(before, run);
    if (fields.length > 0) yield { type: "changed", run, fields };
  }

  *#forget(ids: Iterable<string>): Generator<RunsWatchEvent<R>, void, undefined> {
    for (const id of ids) if (this.#runs.delete(id)) yield { type: "removed", id };
  }
}

/** Every run that a message names. */
function idsOf({ created, updated, states, deleted }: JsonObject): readonly string[] {
  return [...new Set([...listOf(created), ...namesOf(updated), ...namesOf(states), ...listOf(deleted)])];
}

function listOf(value: JsonValue | undefined): readonly string[] {
  return isJsonArray(value) ? value.map(String) : [];
}

function namesOf(value: JsonValue | undefined): readonly string[] {
  return isJsonObject(value) ? Object.keys(value) : [];
}
