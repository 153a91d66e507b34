/** Makes one row of the lines that share a step. */
import { printJson, setOwn } from "@steelyard/protocol";
import type { JsonObject, JsonValue } from "@steelyard/protocol";
import { STEP_KEY, parseLine, stepOf, stepOfLine } from "./history-line.ts";
import type { StepRow } from "./step-rows.ts";

/** The texts of a row's lines, in their order. */
export function rowLines(row: StepRow, texts: ReadonlyMap<number, string>): readonly string[] {
  return row.lines.flatMap((number) => texts.get(number) ?? []);
}

/** The row as JSON text: a single line that states its step stays as it came. Undefined when no line is left. */
export function rowText(step: number, lines: readonly string[]): string | undefined {
  const [first] = lines;
  if (first === undefined) return undefined;
  if (lines.length === 1 && stepOfLine(first) !== undefined) return first;
  const row = mergeRow(step, lines);
  return row === undefined ? undefined : printJson(row);
}

/** The row's values, later lines winning, with its step. Undefined when no line is left. */
export function mergeRow(step: number, lines: readonly string[]): JsonObject | undefined {
  const parsed = lines.map(parseLine).filter((row) => row !== undefined);
  const [first] = parsed;
  if (first === undefined) return undefined;
  if (parsed.length === 1 && stepOf(first) === step) return first;
  const row: Record<string, JsonValue> = {};
  for (const line of parsed) {
    for (const [key, value] of Object.entries(line)) setOwn(row, key, value);
  }
  row[STEP_KEY] = step;
  return row;
}
