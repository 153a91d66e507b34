/**
 * Walks a run's whole history window by window. Unlike other lists it keeps nothing, because a history may be larger
 * than memory; each walk asks anew.
 */
import { ValueError } from "../../core/errors.ts";
import type { ReadOptions } from "../../core/paginator.ts";
import type { Service } from "../../core/service.ts";
import type { HistoryColumns } from "./history-columns.ts";
import type { RunAddress } from "./history-reader.ts";
import type { HistoryRow, HistoryRowMode, HistorySelection } from "./history-row.ts";
import type { HistoryWalk } from "./history-walk.ts";

const DEFAULT_PAGE_SIZE = 1_000;

/** Options of `run.scanHistory`. */
export interface HistoryScanOptions extends ReadOptions {
  /** Only these keys; dots reach into nested dicts. All keys when absent or empty. */
  readonly keys?: readonly string[] | undefined;
  /** Which rows a scan with keys gives. @default "union" */
  readonly rows?: HistoryRowMode | undefined;
  /** How many steps the first window spans; windows grow where rows are sparse. @default 1000 */
  readonly pageSize?: number | undefined;
  /** The first step, inclusive. @default 0 */
  readonly minStep?: number | undefined;
  /** The last step, exclusive. @default up to the last step that the run has logged when a walk begins */
  readonly maxStep?: number | undefined;
}

/** The rows of a run's history in the order of their steps. Mirrors `wandb.apis.public.HistoryScan`. */
export class HistoryScan<R extends RunAddress = RunAddress> implements AsyncIterable<HistoryRow> {
  /** The run. */
  readonly run: R;
  /** The keys asked for, or null for all. */
  readonly keys: readonly string[] | null;
  /** How many steps the first window spans. */
  readonly pageSize: number;
  /** The first step, inclusive. */
  readonly minStep: number;
  readonly #end: number;
  readonly #selection: HistorySelection | null;
  readonly #signal: AbortSignal | undefined;
  readonly #service: Service;
  #walk: AsyncGenerator<HistoryRow, void, undefined> | undefined;
  #maxStep: number | null = null;
  #pageOffset: number;
  #scanOffset = 0;
  #rows: readonly HistoryRow[] = [];

  /** @throws {ValueError} when a step or the page size is not an integer in range. */
  constructor(service: Service, run: R, options: HistoryScanOptions = {}, xAxis = "_step") {
    const keys = readKeys(options.keys);
    this.run = run;
    this.keys = keys;
    this.pageSize = integerOf("pageSize", options.pageSize ?? DEFAULT_PAGE_SIZE, 1);
    this.minStep = integerOf("minStep", options.minStep ?? 0, 0);
    this.#end =
      options.maxStep === undefined ? Number.MAX_SAFE_INTEGER : integerOf("maxStep", options.maxStep, 0);
    this.#selection = keys === null ? null : { xAxis, keys, mode: options.rows ?? "union" };
    this.#signal = options.signal;
    this.#service = service;
    this.#pageOffset = this.minStep;
  }

  /** The highest step that the latest walk can give; null before the first walk. */
  get maxStep(): number | null {
    return this.#maxStep;
  }

  /** The first step of the window after the one loaded last. */
  get pageOffset(): number {
    return this.#pageOffset;
  }

  /** How many rows of the latest window have been given. */
  get scanOffset(): number {
    return this.#scanOffset;
  }

  /** The rows of the latest window. */
  get rows(): readonly HistoryRow[] {
    return this.#rows;
  }

  /** Walks all rows from the beginning. */
  async *[Symbol.asyncIterator](): AsyncGenerator<HistoryRow, void, undefined> {
    for await (const rows of this.pages()) {
      for (const row of rows) {
        this.#scanOffset += 1;
        yield row;
      }
    }
  }

  /** The next row of one walk that all callers of `next` share, as Python's `next(scan)`. */
  async next(): Promise<IteratorResult<HistoryRow, undefined>> {
    this.#walk ??= this[Symbol.asyncIterator]();
    const { done, value } = await this.#walk.next();
    return done === true ? { done, value: undefined } : { done: false, value };
  }

  /** Walks all rows window by window; a window may be empty without being the last. */
  async *pages(options: ReadOptions = {}): AsyncGenerator<readonly HistoryRow[], void, undefined> {
    const walk = await this.#begin(options);
    for await (const { rows, nextStep } of walk.pages(this.minStep, (this.#maxStep ?? -1) + 1)) {
      this.#pageOffset = nextStep;
      this.#rows = rows;
      this.#scanOffset = 0;
      yield rows;
    }
  }

  /** The first `limit` rows, or all of them. */
  async toArray(options: ReadOptions & { readonly limit?: number } = {}): Promise<HistoryRow[]> {
    const limit = options.limit ?? Number.POSITIVE_INFINITY;
    const result: HistoryRow[] = [];
    if (limit <= 0) return result;
    for await (const rows of this.pages(options)) {
      for (const row of rows) {
        result.push(row);
        if (result.length >= limit) return result;
      }
    }
    return result;
  }

  /** All rows as columns of typed arrays; from the server's files straight into them where it has some. */
  async columns(options: ReadOptions = {}): Promise<HistoryColumns> {
    const { HistoryColumnsBuilder } = await import("./history-columns.ts");
    const builder = new HistoryColumnsBuilder(this.#selection);
    const walk = await this.#begin(options);
    const blocks = walk.blocks(this.minStep, (this.#maxStep ?? -1) + 1, builder);
    for await (const { block, expectedRows } of blocks) builder.appendBlock(block, expectedRows);
    return builder.build({ sampled: false, totalRows: builder.length });
  }

  async #begin(options: ReadOptions): Promise<HistoryWalk> {
    const { HistoryWalk } = await import("./history-walk.ts");
    const walk = new HistoryWalk(this.#service, this.run, {
      selection: this.#selection,
      pageSize: this.pageSize,
      signal: options.signal ?? this.#signal,
    });
    this.#maxStep = Math.min(this.#end, (await walk.begin()) + 1) - 1;
    this.#pageOffset = this.minStep;
    return walk;
  }
}

/** Checks a list of keys; an empty one means all. */
export function readKeys(keys: readonly string[] | undefined): readonly string[] | null {
  if (keys === undefined) return null;
  const unknown: unknown = keys;
  if (!Array.isArray(unknown) || !unknown.every((key) => typeof key === "string")) {
    throw new ValueError("Invalid keys: expected a list of texts");
  }
  return keys.length === 0 ? null : keys;
}

function integerOf(name: string, value: number, least: number): number {
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new ValueError(`Invalid ${name}: expected an integer from ${least}, found ${value}`);
}
