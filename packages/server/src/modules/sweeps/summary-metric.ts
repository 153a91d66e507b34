/** The value that a run's summary has for a sweep's metric. */
import { isJsonObject, parseJsonObject } from "@steelyard/protocol";
import type { JsonValue } from "@steelyard/protocol";
import { findValue } from "../history/key-path.ts";

/** Which value of a summary, and which way it is better. */
export interface SummaryMetric {
  readonly name: string;
  readonly goal: "minimize" | "maximize";
}

/**
 * The number under the metric's name, null when there is none. Where the run asked for more than the last value to be
 * kept, it is the best of what was kept.
 */
export function readSummaryMetric(summary: string, { name, goal }: SummaryMetric): number | null {
  const value = findValue(parseJsonObject(summary), name);
  if (!isJsonObject(value)) return toNumber(value);
  const [best, extreme, last] = ["best", goal === "minimize" ? "min" : "max", "last"].map((key) =>
    toNumber(value[key]),
  );
  return best ?? extreme ?? last ?? null;
}

function toNumber(value: JsonValue | undefined): number | null {
  if (typeof value === "number") return value;
  return typeof value === "bigint" ? Number(value) : null;
}
