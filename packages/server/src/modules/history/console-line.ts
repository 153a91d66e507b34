/** Console lines as clients send them: plain text with a time in front, or a JSON object. */
import type { JsonObject } from "@steelyard/protocol";
import { parseLine } from "./history-line.ts";

/** A line that a run printed. */
export interface ConsoleLine {
  /** From 0. */
  readonly number: number;
  /** As the line tells it, in UTC; null when it does not. */
  readonly timestamp: string | null;
  readonly level: "" | "error";
  /** The process that printed it, where several write to one run. */
  readonly label: string;
  readonly line: string;
}

/** `[ERROR ]<time> [label] text`, the label in brackets being left out by the only writer of a run. */
const PLAIN = /^(ERROR )?(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})?)(?: ([^]*))?$/;
const LABEL = /^\[([^\]]+)\] ?([^]*)$/;

/** Reads a line; what has neither form is text without a time. */
export function parseConsoleLine(number: number, text: string): ConsoleLine {
  const structured = text.startsWith("{") ? parseLine(text) : undefined;
  if (structured !== undefined && typeof structured["content"] === "string") {
    return {
      number,
      timestamp: textOf(structured, "ts"),
      level: structured["level"] === "error" ? "error" : "",
      label: textOf(structured, "label") ?? "",
      line: structured["content"],
    };
  }
  const [, error, timestamp, rest = ""] = PLAIN.exec(text) ?? [];
  if (timestamp === undefined) return { number, timestamp: null, level: "", label: "", line: text };
  const [, label = "", labelled] = LABEL.exec(rest) ?? [];
  return { number, timestamp, level: error === undefined ? "" : "error", label, line: labelled ?? rest };
}

function textOf(line: JsonObject, key: string): string | null {
  const value = line[key];
  return typeof value === "string" && value !== "" ? value : null;
}
