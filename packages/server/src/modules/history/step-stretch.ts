/**
 * Stretches of a table of steps. Long ones in which step and line number grow by one together are held as one, so that
 * they take no memory; all others are lists.
 */

/** Rows of one line each; numbers and steps without gaps. */
export interface EvenStretch {
  readonly kind: "even";
  readonly firstNumber: number;
  readonly firstStep: number;
  /** Rows; the last one may be taken out again when it gets another line. */
  count: number;
}

/** Rows in ascending step. */
export type Stretch = EvenStretch | ListedStretch;

/** About what a line of a list takes. */
export const BYTES_A_LISTED_LINE = 24;

/** So many even rows in a row are taken out of a list. */
export const EVEN_ENOUGH = 1024;

/** Parallel lists: of each row the step and where its lines begin, and the line numbers by step and then number. */
export class ListedStretch {
  readonly kind = "listed";
  readonly #steps: number[];
  readonly #starts: number[];
  readonly #numbers: number[];
  #evenRun = 0;

  /** Takes lists that it may make longer. */
  constructor(steps: number[] = [], starts: number[] = [], numbers: number[] = []) {
    this.#steps = steps;
    this.#starts = starts;
    this.#numbers = numbers;
  }

  /** Rows. */
  get count(): number {
    return this.#steps.length;
  }

  /** Lines. */
  get lineCount(): number {
    return this.#numbers.length;
  }

  /** How many of the last rows are even. */
  get evenRun(): number {
    return this.#evenRun;
  }

  /** Adds a line; it goes after all others. */
  add(number: number, step: number): void {
    const lastStep = this.#steps.at(-1);
    if (step === lastStep) {
      this.#evenRun = 0;
    } else {
      const goesOn =
        lastStep !== undefined && step === lastStep + 1 && number === (this.#numbers.at(-1) ?? 0) + 1;
      this.#evenRun = goesOn && this.#evenRun > 0 ? this.#evenRun + 1 : 1;
      this.#steps.push(step);
      this.#starts.push(this.#numbers.length);
    }
    this.#numbers.push(number);
  }

  /** A row's step. */
  stepOf(row: number): number {
    return this.#steps[row] ?? NaN;
  }

  /** The line numbers of a row, ascending, of which only those before the line at `lineLimit` count. */
  numbersOf(row: number, lineLimit: number = this.#numbers.length): readonly number[] {
    return this.#numbers.slice(this.#starts[row], Math.min(this.#starts[row + 1] ?? lineLimit, lineLimit));
  }

  /** The number of a row's only line; undefined when it has several. */
  onlyNumberOf(row: number, lineLimit: number): number | undefined {
    const start = this.#starts[row] ?? 0;
    const end = Math.min(this.#starts[row + 1] ?? lineLimit, lineLimit);
    return end - start === 1 ? this.#numbers[start] : undefined;
  }

  /** The lowest line number of the rows from one on, of the lines before `lineLimit`. */
  lowestFrom(row: number, lineLimit: number): number {
    let lowest = Infinity;
    for (let at = this.#starts[row] ?? lineLimit; at < lineLimit; at += 1) {
      lowest = Math.min(lowest, this.#numbers[at] ?? Infinity);
    }
    return lowest;
  }

  /** The last rows as an even stretch, and a new list of those before. */
  split(): { readonly head: ListedStretch; readonly even: EvenStretch } {
    const rows = this.count - this.#evenRun;
    const lines = this.#starts[rows] ?? 0;
    return {
      head: new ListedStretch(
        this.#steps.slice(0, rows),
        this.#starts.slice(0, rows),
        this.#numbers.slice(0, lines),
      ),
      even: {
        kind: "even",
        firstNumber: this.#numbers[lines] ?? 0,
        firstStep: this.stepOf(rows),
        count: this.#evenRun,
      },
    };
  }
}
