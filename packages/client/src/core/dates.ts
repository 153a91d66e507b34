/** Instants as servers print them. A text without a zone is UTC: `Date` alone would take it for local time. */
import { CommError } from "./errors.ts";

const HAS_ZONE = /(?:[zZ]|[+-]\d{2}:?\d{2})$/;

/**
 * Reads an instant. Digits beyond milliseconds are dropped; the text beside it keeps them.
 *
 * @throws {CommError} when the text is no instant; names the field.
 */
export function parseInstant(text: string, field: string): Date {
  const instant = new Date(HAS_ZONE.test(text) ? text : `${text.replace(" ", "T")}Z`);
  if (Number.isNaN(instant.getTime())) {
    throw new CommError(`Unexpected answer: ${field}: expected an instant, found ${JSON.stringify(text)}`, {
      code: "invalid_response",
    });
  }
  return instant;
}

/** As {@link parseInstant}, keeping null. */
export function parseInstantOrNull(text: string | null, field: string): Date | null {
  return text === null ? null : parseInstant(text, field);
}
