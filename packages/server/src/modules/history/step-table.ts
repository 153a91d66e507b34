/**
 * Which lines make which row: rows in ascending step, and of each row the line numbers. Lines nearly always arrive
 * in the order of their steps; those that do not are put in their place when the table is next read.
 */
export class StepTable {
  #rows = newRows();
  #unsorted: StepLine[] = [];

  /** Adds a line; its number must be greater than those of all lines before. */
  add(number: number, step: number): void {
    const last = this.#rows.steps.at(-1) ?? -Infinity;
    if (step < last || this.#unsorted.length > 0) this.#unsorted.push({ number, step });
    else append(this.#rows, { number, step });
  }

  /** How many lines are in the table. */
  get lineCount(): number {
    return this.#rows.numbers.length + this.#unsorted.length;
  }

  /** The rows as they are now; lines added later do not change them. */
  rows(): StepRows {
    if (this.#unsorted.length > 0) this.#sort();
    return new StepRows(this.#rows);
  }

  /** Makes new lists, because the old ones may be in use. */
  #sort(): void {
    const lines = [...linesOf(this.#rows), ...this.#unsorted];
    lines.sort((a, b) => a.step - b.step || a.number - b.number);
    this.#rows = newRows();
    this.#unsorted = [];
    for (const line of lines) append(this.#rows, line);
  }
}

/** Rows in ascending step, by position. */
export class StepRows {
  readonly #rows: RowLists;
  /** How many rows there are. */
  readonly count: number;
  readonly #lineCount: number;

  /** Takes lists that may still grow at their ends. */
  constructor(rows: RowLists) {
    this.#rows = rows;
    this.count = rows.steps.length;
    this.#lineCount = rows.numbers.length;
  }

  /** The step of the last row; -1 when there is none. */
  get lastStep(): number {
    return this.#rows.steps[this.count - 1] ?? -1;
  }

  /** A row's step and the numbers of its lines, ascending. */
  at(position: number): StepRow {
    const step = this.#rows.steps[position];
    if (step === undefined || position >= this.count) throw new RangeError(`No row ${position}`);
    return { step, lines: this.#rows.numbers.slice(this.#rows.starts[position], this.#end(position)) };
  }

  /** The first position of a row whose step is `step` or greater. */
  positionOf(step: number): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#rows.steps[middle] ?? Infinity) < step) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The lowest line number of the rows from a position on; undefined when there are none. */
  lowestLineFrom(position: number): number | undefined {
    if (position >= this.count) return undefined;
    let lowest = Infinity;
    for (let at = this.#rows.starts[position] ?? 0; at < this.#lineCount; at += 1) {
      lowest = Math.min(lowest, this.#rows.numbers[at] ?? Infinity);
    }
    return lowest;
  }

  #end(position: number): number {
    return position + 1 < this.count ? (this.#rows.starts[position + 1] ?? this.#lineCount) : this.#lineCount;
  }
}

/** A row and the lines that make it. */
export interface StepRow {
  readonly step: number;
  readonly lines: readonly number[];
}

/** Parallel lists: of each row the step and where its lines begin, and the line numbers by step and then number. */
interface RowLists {
  readonly steps: number[];
  readonly starts: number[];
  readonly numbers: number[];
}

interface StepLine {
  readonly number: number;
  readonly step: number;
}

function newRows(): RowLists {
  return { steps: [], starts: [], numbers: [] };
}

function append(rows: RowLists, { number, step }: StepLine): void {
  if (step !== rows.steps.at(-1)) {
    rows.steps.push(step);
    rows.starts.push(rows.numbers.length);
  }
  rows.numbers.push(number);
}

function* linesOf(rows: RowLists): Generator<StepLine> {
  for (const [position, step] of rows.steps.entries()) {
    const end = rows.starts[position + 1] ?? rows.numbers.length;
    for (let at = rows.starts[position] ?? end; at < end; at += 1) {
      const number = rows.numbers[at];
      if (number !== undefined) yield { number, step };
    }
  }
}
