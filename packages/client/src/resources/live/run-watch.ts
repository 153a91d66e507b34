/**
 * `run.watch`: a run's rows and changes as they come. A server with live events tells them; any other is asked every few
 * seconds, and the events are the same.
 */
import { WATCH_FEATURE, isJsonArray, liveRunPath, printJson } from "@steelyard/protocol";
import type { JsonObject } from "@steelyard/protocol";

import { isNotFound } from "../../core/errors.ts";
import { parseObjectText } from "../../core/json-text.ts";
import type { ReadOptions } from "../../core/paginator.ts";
import type { Service } from "../../core/service.ts";
import { HistoryReader } from "../history/history-reader.ts";
import type { RunAddress } from "../history/history-reader.ts";
import { selectFromRow } from "../history/history-row.ts";
import type { HistoryRow, HistorySelection } from "../history/history-row.ts";
import { readKeys } from "../history/history-scan.ts";
import type { RunRecord } from "../runs/run-record.ts";
import { isTerminalState } from "../runs/run-state.ts";
import { readLiveEvents } from "./live-stream.ts";
import { changedFields } from "./run-changes.ts";
import type { WatchedField } from "./run-changes.ts";

/** Options of `run.watch`. */
export interface RunWatchOptions extends ReadOptions {
  /** Only these keys, of rows that hold any of them. All keys when absent or empty. */
  readonly keys?: readonly string[] | undefined;
  /** Rows of lower steps are left out. @default 0 */
  readonly fromStep?: number | undefined;
  /** Time between two looks at a server without live events, in milliseconds. @default 5000 */
  readonly pollMs?: number | undefined;
}

/** What happens to a run. */
export type RunWatchEvent<R> =
  /** The run as it is now, and which fields changed; the first event has none. */
  | { readonly type: "run"; readonly run: R; readonly fields: readonly WatchedField[] }
  /** Rows in ascending step: first those that are there, then those that come. */
  | { readonly type: "rows"; readonly rows: readonly HistoryRow[] }
  /**
   * Rows of this step and later (null: all) were overwritten, taken back or joined by late ones: forget them, they come
   * again as they are now.
   */
  | { readonly type: "reset"; readonly fromStep: number | null }
  /** The run is over and all its rows have been told. Nothing follows. */
  | { readonly type: "end"; readonly state: string }
  /** The run was deleted. Nothing follows. */
  | { readonly type: "deleted" };

/** What is watched. */
export interface WatchedRun<R> {
  readonly service: Service;
  readonly address: RunAddress;
  /** Loads the run in full. */
  readonly fetch: (signal: AbortSignal | undefined) => Promise<R>;
}

const DEFAULT_POLL_MS = 5_000;
/** Steps asked for at once. */
const WINDOW = 1_000;
const MAX_WINDOW = 64_000;

/** The events of a run, until it is over. @throws {NotFoundError} when there is no such run. */
export async function* watchRun<R extends RunRecord>(
  watched: WatchedRun<R>,
  options: RunWatchOptions = {},
): AsyncGenerator<RunWatchEvent<R>, void, undefined> {
  const keys = readKeys(options.keys);
  if (await watched.service.supports(WATCH_FEATURE)) yield* listen(watched, keys, options);
  else yield* new PolledRun(watched, keys, options).events();
}

async function* listen<R extends RunRecord>(
  { service, address, fetch }: WatchedRun<R>,
  keys: readonly string[] | null,
  { fromStep = 0, signal }: RunWatchOptions,
): AsyncGenerator<RunWatchEvent<R>, void, undefined> {
  const { entity, project, id } = address;
  const query = new URLSearchParams({ fromStep: String(fromStep) });
  if (keys !== null) query.set("keys", JSON.stringify(keys));
  const path = `${liveRunPath({ entity, project, run: id })}?${query.toString()}`;
  let run = await fetch(signal);
  yield { type: "run", run, fields: [] };
  const request = { path, what: `Watching ${id}`, lastEvents: ["end", "deleted"], signal };
  for await (const { event, data } of readLiveEvents(service, request)) {
    switch (event) {
      case "rows":
        yield { type: "rows", rows: readRows(data) };
        break;
      case "reset":
        yield { type: "reset", fromStep: typeof data["fromStep"] === "number" ? data["fromStep"] : null };
        break;
      case "run": {
        const now = await fetchUnlessDeleted(fetch, signal);
        // Its own event follows.
        if (now === undefined) break;
        const fields = changedFields(run, now);
        run = now;
        if (fields.length > 0) yield { type: "run", run, fields };
        break;
      }
      case "end":
        yield { type: "end", state: typeof data["state"] === "string" ? data["state"] : run.state };
        return;
      case "deleted":
        yield { type: "deleted" };
        return;
    }
  }
}

function readRows({ rows }: JsonObject): readonly HistoryRow[] {
  const texts = rows !== undefined && isJsonArray(rows) ? rows : [];
  return texts.map((text) => parseObjectText(typeof text === "string" ? text : null, "live row"));
}

async function fetchUnlessDeleted<R>(
  fetch: (signal: AbortSignal | undefined) => Promise<R>,
  signal: AbortSignal | undefined,
): Promise<R | undefined> {
  try {
    return await fetch(signal);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** A run of a server that tells nothing by itself. */
class PolledRun<R extends RunRecord> {
  readonly #watched: WatchedRun<R>;
  readonly #reader: HistoryReader;
  readonly #selection: HistorySelection | null;
  readonly #fromStep: number;
  readonly #pollMs: number;
  readonly #signal: AbortSignal | undefined;
  #nextStep: number;
  /** Tells whether what was told is still true, as far as one row can. */
  #lastRow: { readonly step: number; readonly text: string } | undefined;

  constructor(watched: WatchedRun<R>, keys: readonly string[] | null, options: RunWatchOptions) {
    this.#watched = watched;
    this.#reader = new HistoryReader(watched.service, watched.address);
    this.#selection = keys === null ? null : { xAxis: "_step", keys, mode: "union" };
    this.#fromStep = options.fromStep ?? 0;
    this.#nextStep = this.#fromStep;
    this.#pollMs = options.pollMs ?? DEFAULT_POLL_MS;
    this.#signal = options.signal;
  }

  async *events(): AsyncGenerator<RunWatchEvent<R>, void, undefined> {
    const { service, fetch } = this.#watched;
    let run = await fetch(this.#signal);
    yield { type: "run", run, fields: [] };
    for (;;) {
      // The state is looked at before the rows: those of a run that is over are all there.
      const { state } = run;
      yield* this.#rows();
      if (isTerminalState(state)) {
        yield { type: "end", state };
        return;
      }
      await service.clock.sleep(this.#pollMs, this.#signal);
      const now = await fetchUnlessDeleted(fetch, this.#signal);
      if (now === undefined) {
        yield { type: "deleted" };
        return;
      }
      const fields = changedFields(run, now);
      run = now;
      if (fields.length > 0) yield { type: "run", run, fields };
    }
  }

  async *#rows(): AsyncGenerator<RunWatchEvent<R>, void, undefined> {
    const lastStep = await this.#reader.lastStep(this.#signal);
    const from = await this.#firstChange(lastStep);
    if (from < this.#nextStep) {
      this.#nextStep = from;
      this.#lastRow = undefined;
      yield { type: "reset", fromStep: from };
    }
    let minStep = this.#nextStep;
    for (let width = WINDOW; minStep <= lastStep; width = Math.min(width * 2, MAX_WINDOW)) {
      const maxStep = Math.min(minStep + width, lastStep + 1);
      const whole = await this.#read(minStep, maxStep);
      minStep = maxStep;
      const last = whole.at(-1);
      const step = last?.["_step"];
      if (last === undefined || typeof step !== "number") continue;
      // Only as far as there are rows: a run that is taken back meanwhile may log the steps after them again.
      this.#nextStep = step + 1;
      this.#lastRow = { step, text: printJson(last) };
      const rows = this.#select(whole);
      if (rows.length > 0) yield { type: "rows", rows };
    }
  }

  /** The first step that is not as it was told. */
  async #firstChange(lastStep: number): Promise<number> {
    const known = this.#lastRow;
    if (known === undefined) return this.#nextStep;
    if (lastStep < known.step) return Math.max(lastStep + 1, this.#fromStep);
    const [row] = await this.#read(known.step, known.step + 1);
    return row !== undefined && printJson(row) === known.text ? this.#nextStep : this.#fromStep;
  }

  /** Whole rows, because those that lack the keys tell how far the run is too. */
  async #read(minStep: number, maxStep: number): Promise<readonly HistoryRow[]> {
    return (await this.#reader.window({ minStep, maxStep }, null, this.#signal)).rows;
  }

  #select(rows: readonly HistoryRow[]): readonly HistoryRow[] {
    const selection = this.#selection;
    if (selection === null) return rows;
    return rows.map((row) => selectFromRow(row, selection)).filter((row) => row !== undefined);
  }
}
