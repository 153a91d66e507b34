/** What a history line says: whether it may be a row at all, its values, and its step. */
import { isJsonObject, parseJson } from "@steelyard/protocol";
import type { JsonObject } from "@steelyard/protocol";

/** The key that orders a run's rows. */
export const STEP_KEY = "_step";

const QUOTED_STEP = `"${STEP_KEY}"`;
/** The key with an integer that a double holds for sure, and the end of the member. */
const STEP_MEMBER = /"_step"\s*:\s*(-?\d{1,15})\s*[,}]/y;

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
  const at = line.indexOf(QUOTED_STEP);
  if (at === -1) return undefined;
  const isOnly = line.indexOf(QUOTED_STEP, at + 1) === -1;
  const isTopLevel = line.lastIndexOf("{", at) === line.indexOf("{") && line[at - 1] !== "\\";
  if (isOnly && isTopLevel) {
    STEP_MEMBER.lastIndex = at;
    const digits = STEP_MEMBER.exec(line)?.[1];
    if (digits !== undefined) return Number(digits);
  }
  const row = parseLine(line);
  return row === undefined ? undefined : stepOf(row);
}
