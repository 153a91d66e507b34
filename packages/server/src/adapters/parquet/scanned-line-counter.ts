/** Counts lines by the scanner that sealing uses: less than half of the work of parsing a line and walking its object. */
import { parseJson } from "@steelyard/protocol";
import type { JsonValue } from "@steelyard/protocol";
import type { KeyStatistics } from "../../modules/history/key-statistics.ts";
import { parsingCounter } from "../../modules/history/line-counter.ts";
import type { LineCounter } from "../../modules/history/line-counter.ts";
import { BOOLEAN, FLOAT, INTEGER, NULL, STRING } from "./column-values.ts";
import { LineScanner } from "./line-scanner.ts";

/** Keys that are remembered before all are forgotten: those of one run are found faster when they are known. */
const MAX_NODES = 20_000;

/** `LineCounter` that reads values where they stand in a line. */
export class ScannedLineCounter implements LineCounter {
  #scanner = new LineScanner();

  count(statistics: KeyStatistics, line: string, number: number): number | undefined {
    if (this.#scanner.nodeCount > MAX_NODES) this.#scanner = new LineScanner();
    const scanner = this.#scanner;
    // What is unusual is left to the parser, whose word is the last.
    if (!scanner.scanPlain(line)) return parsingCounter.count(statistics, line, number);
    return countScanned(scanner, statistics, number);
  }
}

/** Counts the line that was scanned last, and answers its step. */
export function countScanned(scanner: LineScanner, statistics: KeyStatistics, number: number): number {
  const { leaves, kinds, numbers, texts, count } = scanner;
  let stepAt = -1;
  for (let index = 0; index < count && stepAt === -1; index += 1) {
    if (leaves[index] === scanner.step) stepAt = index;
  }
  const step = (stepAt === -1 ? undefined : stepOf(kinds[stepAt], numbers[stepAt])) ?? number;
  for (let index = 0; index < count; index += 1) {
    const name = leaves[index]?.name ?? "";
    const kind = kinds[index];
    if (kind === FLOAT || kind === INTEGER) statistics.addValue(name, numbers[index] ?? NaN, step);
    else statistics.addValue(name, valueOf(kind, numbers[index], texts[index] ?? ""), step);
  }
  statistics.endLine(step, stepAt !== -1);
  return step;
}

/** Any spelling of an integer that a double holds. */
function stepOf(kind: number | undefined, number: number | undefined): number | undefined {
  if (kind !== INTEGER && kind !== FLOAT) return undefined;
  return number !== undefined && Number.isSafeInteger(number) ? number : undefined;
}

function valueOf(kind: number | undefined, number: number | undefined, text: string): JsonValue {
  if (kind === STRING) return text;
  if (kind === BOOLEAN) return number === 1;
  return kind === NULL ? null : parseJson(text);
}
