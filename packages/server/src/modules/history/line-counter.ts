/** How lines get into statistics: from their texts, without a row as an object in between where that can be. */
import { parseLine, stepOf } from "./history-line.ts";
import type { KeyStatistics } from "./key-statistics.ts";

/** Counts lines. */
export interface LineCounter {
  /**
   * Counts the values of line `number` and answers its step, which is that number where the line states none;
   * undefined, and nothing is counted, when the line is no row.
   */
  count(statistics: KeyStatistics, line: string, number: number): number | undefined;
}

/** The plain way, for lines that others do not understand. */
export const parsingCounter: LineCounter = {
  count(statistics, line, number) {
    const row = parseLine(line);
    if (row === undefined) return undefined;
    const step = stepOf(row) ?? number;
    statistics.add(row, step);
    return step;
  },
};
