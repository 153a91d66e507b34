// Cursors of pages of runs: the sort values and the id of the run before the page, so that runs made meanwhile neither
// repeat nor hide others.
import { isJsonArray, parseJson, printJson, type JsonValue, type OrderValue } from "@steelyard/protocol";
import { ServerError } from "../../errors.ts";

/** A place in an order of runs. */
export interface RunPosition {
  readonly values: readonly OrderValue[];
  readonly runId: number;
}

/** The cursor of a place; it holds the order, because it means nothing in another. */
export function encodeCursor(order: string, position: RunPosition): string {
  return Buffer.from(printJson([order, position.values, position.runId])).toString("base64url");
}

/** The place that a cursor stands for. Throws `invalid_argument` when it is none of ours or of another order. */
export function decodeCursor(order: string, cursor: string): RunPosition {
  const parts = parseCursor(cursor);
  if (!isJsonArray(parts) || parts.length !== 3) throw badCursor(cursor);
  const [cursorOrder, values, runId] = parts;
  if (
    !isJsonArray(values) ||
    !values.every(isOrderValue) ||
    !Number.isSafeInteger(runId) ||
    typeof runId !== "number"
  )
    throw badCursor(cursor);
  if (cursorOrder !== order) {
    throw new ServerError(
      "invalid_argument",
      `The cursor belongs to the order ${printJson(cursorOrder ?? null)}`,
      {
        field: "after",
      },
    );
  }
  return { values, runId };
}

function parseCursor(cursor: string): JsonValue {
  try {
    return parseJson(Buffer.from(cursor, "base64url").toString("utf8"));
  } catch (error) {
    throw badCursor(cursor, error);
  }
}

function isOrderValue(value: JsonValue): value is OrderValue {
  return value === null || typeof value !== "object";
}

function badCursor(cursor: string, cause?: unknown): ServerError {
  const shown = JSON.stringify(cursor.slice(0, 100));
  return new ServerError("invalid_argument", `${shown} is not a cursor of this list`, {
    field: "after",
    cause,
  });
}
