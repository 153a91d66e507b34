/** What commands about people print: lines for a person, or JSON for a program. */
import type { JsonValue } from "@steelyard/protocol";
import { printJson } from "@steelyard/protocol";

/** The flag of every command that can print JSON. */
export interface PrintFlags {
  readonly json?: boolean;
}

/** Prints a result as JSON where that was asked for, otherwise its lines. */
export function printResult(flags: PrintFlags, value: JsonValue, lines: readonly string[]): void {
  console.log(flags.json === true ? printJson(value) : lines.join("\n"));
}

/** Rows under a heading with columns as wide as they need to be; a sentence when there are none. */
export function tableOf(
  heading: readonly string[],
  rows: readonly (readonly string[])[],
  nothing: string,
): readonly string[] {
  if (rows.length === 0) return [nothing];
  const all = [heading, ...rows];
  const widths = heading.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}
