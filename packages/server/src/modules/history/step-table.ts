/**
 * Which lines make which row: rows in ascending step, and of each row the line numbers. Lines nearly always arrive in
 * the order of their steps; those that do not are put in their place when the table is next read.
 */
import { BYTES_A_LISTED_LINE, EVEN_ENOUGH, ListedStretch } from "./step-stretch.ts";
import type { Stretch } from "./step-stretch.ts";
import { StepRows } from "./step-rows.ts";

/** Adds lines and hands out rows. */
export class StepTable {
  #stretches: Stretch[] = [];
  #lastStep = -Infinity;
  #lineCount = 0;
  #listedCount = 0;
  #unsorted: StepLine[] = [];

  /** Adds a line; its number must be greater than those of all lines before. */
  add(number: number, step: number): void {
    if (step < this.#lastStep || this.#unsorted.length > 0) {
      this.#unsorted.push({ number, step });
      return;
    }
    const last = this.#stretches.at(-1);
    this.#lastStep = step;
    this.#lineCount += 1;
    if (
      last?.kind === "even" &&
      last.firstStep + last.count === step &&
      last.firstNumber + last.count === number
    ) {
      last.count += 1;
    } else {
      this.#list(last, number, step);
    }
  }

  /** Adds lines of which number and step grow by one from each to the next. */
  addEven(firstNumber: number, firstStep: number, count: number): void {
    if (count < EVEN_ENOUGH || firstStep <= this.#lastStep || this.#unsorted.length > 0) {
      for (let index = 0; index < count; index += 1) this.add(firstNumber + index, firstStep + index);
      return;
    }
    this.#stretches.push({ kind: "even", firstNumber, firstStep, count });
    this.#lineCount += count;
    this.#lastStep = firstStep + count - 1;
  }

  /** How many lines are in the table. */
  get lineCount(): number {
    return this.#lineCount + this.#unsorted.length;
  }

  /** About how many bytes the table takes. */
  get bytes(): number {
    const listedBytes = (this.#listedCount + this.#unsorted.length * 3) * BYTES_A_LISTED_LINE;
    return this.#stretches.length * 100 + listedBytes;
  }

  /** The rows as they are now; lines added later do not change them. */
  rows(): StepRows {
    if (this.#unsorted.length > 0) this.#sort();
    return new StepRows(this.#stretches);
  }

  #list(last: Stretch | undefined, number: number, step: number): void {
    let listed = last?.kind === "listed" ? last : undefined;
    if (listed === undefined) {
      listed = new ListedStretch();
      // A line of the step before belongs to its row.
      if (last?.kind === "even" && last.firstStep + last.count - 1 === step) {
        last.count -= 1;
        listed.add(last.firstNumber + last.count, step);
        this.#listedCount += 1;
      }
      this.#stretches.push(listed);
    }
    listed.add(number, step);
    this.#listedCount += 1;
    if (listed.evenRun < EVEN_ENOUGH) return;
    const { head, even } = listed.split();
    this.#stretches.splice(-1, 1, ...(head.count > 0 ? [head] : []), even);
    this.#listedCount -= even.count;
  }

  /** Makes new lists, because the old ones may be in use. */
  #sort(): void {
    const lines = [...linesOf(this.#stretches), ...this.#unsorted];
    lines.sort((a, b) => a.step - b.step || a.number - b.number);
    const listed = new ListedStretch();
    for (const { number, step } of lines) listed.add(number, step);
    this.#stretches = [listed];
    this.#unsorted = [];
    this.#lineCount = lines.length;
    this.#listedCount = lines.length;
    this.#lastStep = lines.at(-1)?.step ?? -Infinity;
  }
}

interface StepLine {
  readonly number: number;
  readonly step: number;
}

function* linesOf(stretches: readonly Stretch[]): Generator<StepLine> {
  for (const stretch of stretches) {
    for (let row = 0; row < stretch.count; row += 1) {
      if (stretch.kind === "even") yield { number: stretch.firstNumber + row, step: stretch.firstStep + row };
      else for (const number of stretch.numbersOf(row)) yield { number, step: stretch.stepOf(row) };
    }
  }
}
