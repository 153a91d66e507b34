/**
 * Walks a run's rows from one step up to another, each stretch the way that suits it: files where the server hands them
 * out and enough of them is wanted, windows of live rows otherwise.
 */
import { mapAhead } from "../../core/concurrency.ts";
import { CommError } from "../../core/errors.ts";
import type { Service } from "../../core/service.ts";
import type { BlockTargets, ColumnBlock } from "./history-columns.ts";
import { HistoryReader } from "./history-reader.ts";
import type { RunAddress } from "./history-reader.ts";
import type { HistoryRow, HistorySelection } from "./history-row.ts";
import { readStretches } from "./history-stretches.ts";
import type { HistoryFile, HistoryStretch } from "./history-stretches.ts";
import type { SealedStretch } from "./sealed-stretch.ts";

/** Sparse histories are walked in windows of up to this many page sizes. */
const MAX_WIDENING = 64;
/** Opening a file costs two requests and the first row group, so fewer rows are read live. */
const MIN_FILE_ROWS = 2_048;

/** Files that are read ahead of the one in use. */
const READ_AHEAD = 2;

/** Rows up to a step. */
export interface HistoryPage {
  readonly rows: readonly HistoryRow[];
  /** The step at which the next page begins. */
  readonly nextStep: number;
}

/** Columns up to a step. */
export interface HistoryBlock {
  readonly block: ColumnBlock;
  readonly nextStep: number;
  /** How many rows may come in all, this block included. */
  readonly expectedRows: number;
}

/** What a walk is made of. */
export interface HistoryWalkOptions {
  readonly selection: HistorySelection | null;
  readonly pageSize: number;
  readonly signal: AbortSignal | undefined;
}

/** A part of a stretch that is wanted. */
interface Leg {
  readonly stretch: HistoryStretch;
  readonly file: HistoryFile | null;
  readonly minStep: number;
  /** Exclusive. */
  readonly maxStep: number;
}

/** One walk. */
export class HistoryWalk {
  readonly #service: Service;
  readonly #run: RunAddress;
  readonly #options: HistoryWalkOptions;
  readonly #reader: HistoryReader;
  #stretches: readonly HistoryStretch[] = [];
  #width: number;

  constructor(service: Service, run: RunAddress, options: HistoryWalkOptions) {
    this.#service = service;
    this.#run = run;
    this.#options = options;
    this.#reader = new HistoryReader(service, run);
    this.#width = options.pageSize;
  }

  /** Asks what there is; answers the last step, or -1 when there are no rows. */
  async begin(): Promise<number> {
    const { signal } = this.#options;
    const stretches = await readStretches(this.#service, this.#run, signal);
    if (stretches === null) {
      const lastStep = await this.#reader.lastStep(signal);
      this.#stretches = [{ firstStep: 0, lastStep, rowCount: 0, file: null }];
      return lastStep;
    }
    this.#stretches = stretches;
    return stretches.at(-1)?.lastStep ?? -1;
  }

  /** Pages of rows; one may be empty without being the last. */
  pages(minStep: number, end: number): AsyncGenerator<HistoryPage, void, undefined> {
    return this.#again(minStep, end, (legs) => this.#pagesOf(legs));
  }

  /** All rows as columns, as they come; each is to be added to the targets before the next is asked for. */
  blocks(minStep: number, end: number, targets: BlockTargets): AsyncGenerator<HistoryBlock, void, undefined> {
    return this.#again(minStep, end, (legs) => this.#blocksOf(legs, targets));
  }

  /** Asks again for addresses when files were replaced, or their addresses ran out, and goes on where it was. */
  async *#again<T extends { readonly nextStep: number }>(
    minStep: number,
    end: number,
    walk: (legs: readonly Leg[]) => AsyncGenerator<T, void, undefined>,
  ): AsyncGenerator<T, void, undefined> {
    let position = minStep;
    let triedAt = -1;
    for (;;) {
      const steps = walk(this.#legs(position, end));
      for (;;) {
        let step: IteratorResult<T, void>;
        try {
          step = await steps.next();
        } catch (error) {
          if (!isGone(error) || triedAt === position) throw error;
          triedAt = position;
          break;
        }
        if (step.done === true) return;
        position = step.value.nextStep;
        yield step.value;
      }
      await this.begin();
    }
  }

  #legs(from: number, end: number): readonly Leg[] {
    return this.#stretches.flatMap((stretch): readonly Leg[] => {
      const minStep = Math.max(from, stretch.firstStep);
      const maxStep = Math.min(end, stretch.lastStep + 1);
      if (minStep >= maxStep) return [];
      const share = (maxStep - minStep) / (stretch.lastStep + 1 - stretch.firstStep);
      const isEnough = stretch.rowCount * share >= MIN_FILE_ROWS;
      return [{ stretch, file: isEnough ? stretch.file : null, minStep, maxStep }];
    });
  }

  async *#pagesOf(legs: readonly Leg[]): AsyncGenerator<HistoryPage, void, undefined> {
    for (const leg of legs) {
      if (leg.file === null) yield* this.#livePages(leg);
      else yield* this.#filePages(leg, await this.#open(leg, leg.file));
    }
  }

  async *#filePages(leg: Leg, sealed: SealedStretch): AsyncGenerator<HistoryPage, void, undefined> {
    const { selection, pageSize } = this.#options;
    const range = await sealed.range(leg.minStep, leg.maxStep);
    for (let from = range.from; from < range.to; from += pageSize) {
      const to = Math.min(range.to, from + pageSize);
      const rows = await sealed.rows({ from, to }, selection);
      yield { rows, nextStep: to === range.to ? leg.maxStep : await sealed.stepAt(to) };
    }
  }

  async *#livePages({ minStep, maxStep }: Leg): AsyncGenerator<HistoryPage, void, undefined> {
    const { selection, pageSize, signal } = this.#options;
    let position = minStep;
    while (position < maxStep) {
      const window = { minStep: position, maxStep: Math.min(position + this.#width, maxStep) };
      const { rows, receivedCount } = await this.#reader.window(window, selection, signal);
      position = window.maxStep;
      yield { rows, nextStep: position };
      this.#width = nextWidth(this.#width, receivedCount, pageSize);
    }
  }

  async *#blocksOf(
    legs: readonly Leg[],
    targets: BlockTargets,
  ): AsyncGenerator<HistoryBlock, void, undefined> {
    const expectedRows = legs.reduce((sum, { stretch }) => sum + stretch.rowCount, 0);
    // A file of 23 keys takes about 10 MB until it is read.
    const prefetched = mapAhead(legs, READ_AHEAD, async (leg) => {
      if (leg.file === null) return undefined;
      const sealed = await this.#open(leg, leg.file);
      const range = await sealed.range(leg.minStep, leg.maxStep);
      return sealed.fetchBlock(range, this.#options.selection);
    });
    let at = 0;
    for await (const pending of prefetched) {
      const leg = legs[at];
      at += 1;
      if (leg === undefined) return;
      if (pending === undefined) {
        for await (const { rows, nextStep } of this.#livePages(leg)) {
          yield { block: { kind: "rows", rows }, nextStep, expectedRows };
        }
      } else {
        yield { block: await pending(targets), nextStep: leg.maxStep, expectedRows };
      }
    }
  }

  async #open({ stretch }: Leg, file: HistoryFile): Promise<SealedStretch> {
    const { openSealedStretch } = await import("./sealed-stretch.ts");
    return openSealedStretch(this.#service, stretch, file, this.#options.signal);
  }
}

/** Wider windows where rows are sparse, the page size again where they are dense. */
function nextWidth(width: number, rows: number, pageSize: number): number {
  if (rows * 4 <= pageSize) return Math.min(width * 2, pageSize * MAX_WIDENING);
  return rows > pageSize ? pageSize : width;
}

/** Whether a file is no longer there, or its address no longer good. */
function isGone(error: unknown): boolean {
  return error instanceof CommError && (error.code === "gone" || error.code === "not_found");
}
