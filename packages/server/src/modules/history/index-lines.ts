/**
 * Feeds what is derived from a run's lines: line by line where they lie in the log, from what is known of them where
 * they are sealed.
 */
import { JsonSyntaxError, parseJson } from "@steelyard/protocol";
import { parseLine, stepOf } from "./history-line.ts";
import type { HistoryLog, Line, LineStretch, RunKey } from "./history-log.ts";
import { KeyStatistics } from "./key-statistics.ts";
import type { LineCounter } from "./line-counter.ts";
import { untilSettled } from "./lines-moved.ts";
import type { PartReader } from "./part-reader.ts";
import type { StoredPart } from "./sealed-part-store.ts";
import type { StepTable } from "./step-table.ts";

/** What lines are read from. */
export interface IndexLinesParts {
  readonly log: HistoryLog;
  readonly parts: Pick<PartReader, "steps">;
  readonly counter: LineCounter;
}

/** Which lines; `pace` is called between portions of work. */
export interface IndexRange {
  readonly from: number;
  readonly to: number;
  readonly pace: () => Promise<void>;
}

/** What lines are counted into; it is right for the lines up to `lineCount` at any moment. */
export interface LineCounting {
  readonly statistics: KeyStatistics;
  readonly table: StepTable | undefined;
  lineCount: number;
}

type HistoryStream = RunKey & { readonly stream: "history" };

/** Lines that are read and counted before others get their turn; about 5 ms of work. */
const LINES_A_TURN = 1000;

/** Reads lines for indexes. */
export class IndexLines {
  readonly #log: HistoryLog;
  readonly #parts: IndexLinesParts["parts"];
  readonly #counter: LineCounter;

  constructor({ log, parts, counter }: IndexLinesParts) {
    this.#log = log;
    this.#parts = parts;
    this.#counter = counter;
  }

  /** Counts lines, which follow those that were counted. */
  async count(
    stream: HistoryStream,
    { to, pace, entry }: IndexRange & { readonly entry: LineCounting },
  ): Promise<void> {
    while (entry.lineCount < to) {
      await untilSettled(async () => {
        for (const stretch of await this.#stretches(stream, entry.lineCount, to)) {
          await this.#countStretch(stream, stretch, { entry, pace });
        }
      });
      // Where the stream was cut off meanwhile there is nothing more; what was counted is found out by its version.
      entry.lineCount = Math.max(entry.lineCount, to);
    }
  }

  /** Puts the steps of lines into an empty table. */
  async readSteps(
    stream: HistoryStream,
    { from, to, pace, table }: IndexRange & { readonly table: StepTable },
  ): Promise<void> {
    let done = from;
    await untilSettled(async () => {
      for (const stretch of await this.#stretches(stream, done, to)) {
        const wasRead =
          stretch.part !== undefined && (await this.#addSealedSteps(table, stretch.part, stretch));
        if (!wasRead) {
          await this.#read(stream, { from: stretch.from, to: stretch.to, pace }, (lines, end) => {
            for (const { number, text } of lines) {
              const row = parseLine(text);
              if (row !== undefined) table.add(number, stepOf(row) ?? number);
            }
            done = end;
          });
        }
        done = stretch.to;
      }
    });
  }

  async #stretches(stream: HistoryStream, from: number, to: number): Promise<readonly LineStretch[]> {
    return from < to ? (await this.#log.layout({ ...stream, from, to })).stretches : [];
  }

  async #countStretch(
    stream: HistoryStream,
    { part, from, to }: LineStretch,
    { entry, pace }: { readonly entry: LineCounting; readonly pace: () => Promise<void> },
  ): Promise<void> {
    const isWhole = part !== undefined && from === part.firstLine && to === part.firstLine + part.lineCount;
    if (isWhole) {
      const statistics = parseStatistics(await this.#log.partStatistics(part));
      const table = entry.table;
      const isTableFed =
        table === undefined || (statistics && (await this.#addSealedSteps(table, part, { from, to })));
      if (statistics !== undefined && isTableFed === true) {
        entry.statistics.merge(statistics);
        entry.lineCount = to;
        return;
      }
    }
    await this.#read(stream, { from, to, pace }, (lines, end) => {
      for (const { number, text } of lines) {
        const step = this.#counter.count(entry.statistics, text, number);
        if (step !== undefined) entry.table?.add(number, step);
      }
      entry.lineCount = end;
    });
  }

  /** Adds the steps of a part's lines where they tell which lines are rows; returns whether they do. */
  async #addSealedSteps(
    table: StepTable,
    part: StoredPart,
    { from, to }: Omit<IndexRange, "pace">,
  ): Promise<boolean> {
    const { firstLine, lineCount, rowCount, minStep, maxStep, isStepAscending } = part;
    if (rowCount < lineCount) return false;
    if (isStepAscending && minStep !== null && maxStep !== null && maxStep - minStep === lineCount - 1) {
      table.addEven(from, minStep + from - firstLine, to - from);
      return true;
    }
    const steps = await this.#parts.steps(part);
    for (let number = from; number < to; number += 1) {
      const step = steps[number - firstLine] ?? NaN;
      // A row that states no step has its number for one.
      table.add(number, Number.isNaN(step) ? number : step);
    }
    return true;
  }

  async #read(
    stream: HistoryStream,
    { from, to, pace }: IndexRange,
    take: (lines: readonly Line[], end: number) => void,
  ): Promise<void> {
    for (let start = from; start < to; start += LINES_A_TURN) {
      const end = Math.min(start + LINES_A_TURN, to);
      take(await this.#log.readLines({ ...stream, from: start, to: end }), end);
      if (end < to) await pace();
    }
  }
}

/** Statistics that were written down; undefined when another version wrote them, or they are damaged. */
export function parseStatistics(text: string): KeyStatistics | undefined {
  try {
    return KeyStatistics.fromState(parseJson(text));
  } catch (error) {
    // Derived data: it is counted anew.
    if (error instanceof JsonSyntaxError) return undefined;
    throw error;
  }
}
