/** Rows of a table of steps as they were at a moment, by position in ascending step. */
import type { ListedStretch, Stretch } from "./step-stretch.ts";

/** A row and the lines that make it. */
export interface StepRow {
  readonly step: number;
  readonly lines: readonly number[];
}

/** Rows by position; what is added to the table later does not change them. */
export class StepRows {
  readonly #views: readonly View[];
  /** How many rows there are. */
  readonly count: number;
  /** The view asked for last: questions come in the order of rows. */
  #latest: View | undefined;

  constructor(stretches: readonly Stretch[]) {
    let start = 0;
    const views: View[] = [];
    for (const stretch of stretches) {
      const { count } = stretch;
      if (count === 0) continue;
      views.push(
        stretch.kind === "even"
          ? {
              start,
              count,
              firstStep: stretch.firstStep,
              firstNumber: stretch.firstNumber,
              list: undefined,
              lineLimit: count,
            }
          : {
              start,
              count,
              firstStep: stretch.stepOf(0),
              firstNumber: NaN,
              list: stretch,
              lineLimit: stretch.lineCount,
            },
      );
      start += count;
    }
    this.#views = views;
    this.count = start;
  }

  /** The step of the last row; -1 when there is none. */
  get lastStep(): number {
    return this.count === 0 ? -1 : this.stepAt(this.count - 1);
  }

  /** A row's step and the numbers of its lines, ascending. */
  at(position: number): StepRow {
    const view = this.#viewOf(position);
    const row = position - view.start;
    if (view.list === undefined) return { step: view.firstStep + row, lines: [view.firstNumber + row] };
    return { step: view.list.stepOf(row), lines: view.list.numbersOf(row, view.lineLimit) };
  }

  /** A row's step. */
  stepAt(position: number): number {
    const view = this.#viewOf(position);
    const row = position - view.start;
    return view.list === undefined ? view.firstStep + row : view.list.stepOf(row);
  }

  /** The number of a row's line where it has only one. */
  onlyLineAt(position: number): number | undefined {
    const view = this.#viewOf(position);
    const row = position - view.start;
    if (view.list === undefined) return view.firstNumber + row;
    return view.list.onlyNumberOf(row, view.lineLimit);
  }

  /** How many rows from a position on have lines and steps that each grow by one; 0 where that is not known. */
  evenFrom(position: number): number {
    const view = this.#viewOf(position);
    return view.list === undefined ? view.start + view.count - position : 0;
  }

  /** The first position of a row whose step is `step` or greater. */
  positionOf(step: number): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.stepAt(middle) < step) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The lowest line number of the rows from a position on; undefined when there are none. */
  lowestLineFrom(position: number): number | undefined {
    if (position >= this.count) return undefined;
    let lowest = Infinity;
    for (const view of this.#views) {
      const row = Math.max(0, position - view.start);
      if (row >= view.count) continue;
      const found =
        view.list === undefined ? view.firstNumber + row : view.list.lowestFrom(row, view.lineLimit);
      lowest = Math.min(lowest, found);
    }
    return lowest;
  }

  #viewOf(position: number): View {
    const latest = this.#latest;
    if (latest !== undefined && position >= latest.start && position < latest.start + latest.count)
      return latest;
    let low = 0;
    let high = this.#views.length - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const view = this.#views[middle];
      if (view === undefined || position < view.start) high = middle - 1;
      else if (position >= view.start + view.count) low = middle + 1;
      else {
        this.#latest = view;
        return view;
      }
    }
    throw new RangeError(`No row ${position}`);
  }
}

/** A stretch as it was. */
interface View {
  readonly start: number;
  readonly count: number;
  readonly firstStep: number;
  /** Of an even stretch. */
  readonly firstNumber: number;
  readonly list: ListedStretch | undefined;
  /** Lines of the list at that moment. */
  readonly lineLimit: number;
}
