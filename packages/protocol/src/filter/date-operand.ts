/** Turns the operand of a date field into milliseconds since 1970. */
import type { JsonValue } from "../json/value.ts";
import { FilterError } from "./filter-error.ts";
import { fromEpochNumber, parseTimestamp } from "./timestamp.ts";

/**
 * Milliseconds since 1970 of ISO text or a number.
 *
 * @throws {FilterError} naming the field, when the operand is no date.
 */
export function parseDateOperand(operand: JsonValue, field: string): number {
  const moment = toMoment(operand);
  if (moment === undefined) {
    const expected = 'ISO 8601 text such as "2026-11-20T23:40:00Z" or a number since 1970';
    throw new FilterError(`Expected a date to compare ${field} with: ${expected}`, field);
  }
  return moment;
}

function toMoment(operand: JsonValue): number | undefined {
  if (typeof operand === "string") return parseTimestamp(operand.trim());
  if (typeof operand === "bigint") return fromEpochNumber(Number(operand));
  return typeof operand === "number" && Number.isFinite(operand) ? fromEpochNumber(operand) : undefined;
}
