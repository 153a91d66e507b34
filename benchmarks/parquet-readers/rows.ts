// The rows of history that the cases log, the same in every run of the proof.
import type { JsonObject, JsonValue } from "@steelyard/protocol";

/** One row: what a line of the history log holds. */
export type Row = JsonObject;

/** Rows at the steps 0, 1, …; `fill` gives what a row holds besides its step. */
export function rowsOf(count: number, fill: (step: number) => Readonly<Record<string, JsonValue>>): Row[] {
  return Array.from({ length: count }, (_, index) => ({ _step: index, ...fill(index) }));
}

/** A double with all its digits, never a whole number. */
export function noise(index: number, salt: number): number {
  return 0.001 + Math.abs(Math.sin(index * 12.9898 + salt * 78.233));
}

/** `count` names of metrics, with the dots and slashes that people use. */
export function metricNames(count: number): string[] {
  return Array.from({ length: count }, (_, index) =>
    index % 3 === 0 ? `train/loss.${index}` : `metric_${index}`,
  );
}

/** Rows that all hold the same metrics. */
export function denseRows(count: number, names: readonly string[]): Row[] {
  return rowsOf(count, (index) => Object.fromEntries(names.map((name, salt) => [name, noise(index, salt)])));
}
