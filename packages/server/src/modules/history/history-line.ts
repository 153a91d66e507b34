/** What a history line says: whether it may be a row at all, its values, and its step. */
import { isJsonObject, parseJson } from "@steelyard/protocol";
import type { JsonObject } from "@steelyard/protocol";

/** The key that orders a run's rows. */
export const STEP_KEY = "_step";

/** Without the quote before it, which lines have so many of that looking for it takes several times as long. */
const STEP_END = `${STEP_KEY}"`;
/** The key with an integer that a double holds for sure, and the end of the member. */
const STEP_MEMBER = /_step"\s*:\s*(-?\d{1,15})\s*[,}]/y;

/** A cheap look at both ends of a line; one that passes may still be no JSON. */
export function looksLikeObject(line: string): boolean {
  const text = line.trim();
  return text.startsWith("{") && text.endsWith("}");
}

/** The values of a line, or undefined when it is not a JSON object. */
export function parseLine(line: string): JsonObject | undefined {
  if (!looksLikeObject(line)) return undefined;
  try {
    const value = parseJson(line);
    return isJsonObject(value) ? value : undefined;
  } catch {
    // Clients are told of such lines when they arrive; for readers they are not there.
    return undefined;
  }
}

/** The step that a row itself states; anything but an exact integer is none. */
export function stepOf(row: JsonObject): number | undefined {
  const step = Object.hasOwn(row, STEP_KEY) ? row[STEP_KEY] : undefined;
  return typeof step === "number" && Number.isSafeInteger(step) ? step : undefined;
}

/**
 * The step that a line states, found by a search of its text where that is safe: when the key stands there once and
 * no object begins before it. Undefined when there is none, or when the text writes it in some other way.
 */
export function stepOfLine(line: string): number | undefined {
  const at = line.indexOf(STEP_END);
  if (at === -1) return undefined;
  const isKey = line[at - 1] === '"' && line[at - 2] !== "\\" && line.indexOf(STEP_END, at + 1) === -1;
  if (isKey && isTopLevel(line, at)) {
    STEP_MEMBER.lastIndex = at;
    const digits = STEP_MEMBER.exec(line)?.[1];
    if (digits !== undefined) return Number(digits);
  }
  const row = parseLine(line);
  return row === undefined ? undefined : stepOf(row);
}

/** Whether no object begins between the first brace and `at`. Looks forward only: backward is many times slower. */
function isTopLevel(line: string, at: number): boolean {
  const inner = line.indexOf("{", line.indexOf("{") + 1);
  return inner === -1 || inner > at;
}
