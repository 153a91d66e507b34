// Decides what to read before anything is read: of many batches, some lying over others, some
// cut off, the pieces that are seen.

import type { StoredPart } from "../../modules/history/sealed-part-store.ts";

/** Where a batch lies, or a sealed part, which lies over all batches up to its version. */
export interface BatchSpan {
  readonly batchNo: number;
  readonly firstLine: number;
  readonly lineCount: number;
  /** Set for sealed parts. */
  readonly part?: StoredPart;
}

/** Lines `from` (inclusive) to `to` (exclusive), as batch `batchNo` has them. */
export interface LinePiece {
  readonly batchNo: number;
  /** Line number at which the batch begins. */
  readonly firstLine: number;
  readonly from: number;
  readonly to: number;
  /** Set where the lines are those of a sealed part. */
  readonly part?: StoredPart;
}

/** Where a stream was cut off: of the batches before it only lines below `lineCount` are seen. */
export interface Cut {
  /** Comes after the batches with lower numbers and before those with higher ones. */
  readonly batchNo: number;
  readonly lineCount: number;
}

/** What lies over a range of lines, in any order. */
export interface LineCover {
  readonly batches: readonly BatchSpan[];
  readonly cuts: readonly Cut[];
}

/** The pieces of `[from, to)` that are seen when later batches and cuts cover earlier ones, in the order of lines. */
export function planLines({ batches, cuts }: LineCover, from: number, to: number): readonly LinePiece[] {
  const pieces: LinePiece[] = [];
  const gaps = new Gaps(from, to);
  const latestCuts = [...cuts].sort((a, b) => b.batchNo - a.batchNo).values();
  let cut = latestCuts.next();
  let limit = to;
  for (const batch of [...batches].sort(byPrecedence)) {
    for (; cut.done !== true && cut.value.batchNo > batch.batchNo; cut = latestCuts.next()) {
      limit = Math.min(limit, cut.value.lineCount);
    }
    for (const gap of gaps.take(batch.firstLine, Math.min(batch.firstLine + batch.lineCount, limit))) {
      const { batchNo, firstLine, part } = batch;
      pieces.push({ batchNo, firstLine, ...gap, ...(part !== undefined && { part }) });
    }
  }
  return pieces.sort((a, b) => a.from - b.from);
}

/** What covers the others goes first. */
function byPrecedence(a: BatchSpan, b: BatchSpan): number {
  return b.batchNo - a.batchNo || Number(b.part !== undefined) - Number(a.part !== undefined);
}

/** Whether a span of lines is wholly under others that came later. */
export function isCovered(span: BatchSpan, by: readonly BatchSpan[]): boolean {
  const gaps = new Gaps(span.firstLine, span.firstLine + span.lineCount);
  for (const other of by) {
    if (byPrecedence(span, other) > 0) gaps.take(other.firstLine, other.firstLine + other.lineCount);
  }
  return gaps.isEmpty;
}

interface Range {
  readonly from: number;
  readonly to: number;
}

/** What is still free of a range, as ranges in ascending order. */
class Gaps {
  readonly #ranges: Range[];

  constructor(from: number, to: number) {
    this.#ranges = from < to ? [{ from, to }] : [];
  }

  /** Whether everything was taken. */
  get isEmpty(): boolean {
    return this.#ranges.length === 0;
  }

  /** Takes what is free between `from` and `to`, and returns it. */
  take(from: number, to: number): readonly Range[] {
    if (to <= from) return [];
    const first = this.#indexAfter(from);
    const taken: Range[] = [];
    const left: Range[] = [];
    let last = first;
    for (let range = this.#ranges[last]; range !== undefined && range.from < to; range = this.#ranges[last]) {
      last += 1;
      taken.push({ from: Math.max(range.from, from), to: Math.min(range.to, to) });
      if (range.from < from) left.push({ from: range.from, to: from });
      if (range.to > to) left.push({ from: to, to: range.to });
    }
    if (last > first) this.#ranges.splice(first, last - first, ...left);
    return taken;
  }

  /** Index of the first range that ends after `line`. */
  #indexAfter(line: number): number {
    let low = 0;
    let high = this.#ranges.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#ranges[middle]?.to ?? Infinity) <= line) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
