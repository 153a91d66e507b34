// What a history log holds, in the plainest way: a line for each number, and for each writer the number of each of its
// lines. Judges the real logs in property tests.
import type { Line, LineWrite } from "@steelyard/server";

/** A line that is there, with what its write said of steps. */
interface ModelLine {
  readonly text: string;
  readonly steps: LineWrite["steps"];
}

/** The lines of one stream of one run. */
export class LineModel {
  readonly #lines: Map<number, ModelLine> = new Map();
  readonly #writers: Map<string, Map<number, number>> = new Map();
  #lineCount = 0;

  /** Number of lines, absent ones included. */
  get lineCount(): number {
    return this.#lineCount;
  }

  /** Puts the lines of a write. */
  append(write: LineWrite): void {
    for (const [index, text] of write.lines.entries()) {
      const number = this.#place(write.writer, write.offset + index);
      this.#lines.set(number, { text, steps: write.steps });
      this.#lineCount = Math.max(this.#lineCount, number + 1);
    }
  }

  /** Cuts the stream off; does nothing when it is not that long. */
  truncate(lineCount: number): void {
    if (lineCount >= this.#lineCount) return;
    for (const number of [...this.#lines.keys()]) {
      if (number >= lineCount) this.#lines.delete(number);
    }
    for (const places of this.#writers.values()) {
      for (const [offset, number] of [...places]) if (number >= lineCount) places.delete(offset);
    }
    this.#lineCount = lineCount;
  }

  /** The lines of a range. */
  readLines(from: number, to: number): readonly Line[] {
    return [...this.#lines]
      .filter(([number]) => number >= from && number < to)
      .sort(([a], [b]) => a - b)
      .map(([number, { text }]) => ({ number, text }));
  }

  /** The numbers of the lines that a log must hand out for a window of steps, at the least. */
  linesWithSteps(minStep: number, maxStep: number, stepOf: (text: string) => number): readonly number[] {
    return [...this.#lines]
      .filter(
        ([, line]) => line.steps === null || (stepOf(line.text) >= minStep && stepOf(line.text) < maxStep),
      )
      .map(([number]) => number)
      .sort((a, b) => a - b);
  }

  #place(writer: string, offset: number): number {
    if (writer === "") return offset;
    const places = this.#writers.get(writer) ?? new Map<number, number>();
    this.#writers.set(writer, places);
    const number = places.get(offset) ?? this.#lineCount;
    places.set(offset, number);
    return number;
  }
}
