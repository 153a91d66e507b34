/**
 * Reads the dates that people put into filters: ISO 8601 as Python prints it (with or without `T`, fraction, zone), or
 * a number since 1970. Own code, because `Date.parse` takes a text without a zone as local time.
 */

const ISO =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?)? ?(?:(Z|z)|([+-])(\d\d):?(\d\d))?$/;
const CANONICAL_LENGTH = "2026-11-20T23:40:00.123Z".length;
/** Numbers below this are seconds (until the year 5138), above it milliseconds (from 1973). */
const FIRST_MILLISECONDS = 1e11;
const MINUTE_MS = 60_000;

/**
 * Milliseconds since 1970 of an ISO text, with a fraction where the text has one; no zone means UTC. `undefined` when
 * the text is no date.
 */
export function parseTimestamp(text: string): number | undefined {
  const match = ISO.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour = "0", minute = "0", second = "0", fraction = "0", , sign, ...zone] = match;
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  const isRealDay = date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
  const [zoneHours = 0, zoneMinutes = 0] = sign === undefined ? [] : zone.map(Number);
  const isRealTime = Number(hour) < 24 && Number(minute) < 60 && Number(second) < 60;
  if (!isRealDay || !isRealTime || zoneHours > 23 || zoneMinutes > 59) return undefined;
  const zoneMs = (zoneHours * 60 + zoneMinutes) * MINUTE_MS * (sign === "-" ? -1 : 1);
  const seconds = (Number(hour) * 60 + Number(minute)) * 60 + Number(second);
  // Digits as whole nanoseconds first: 0.57 * 1000 would not be 570.
  const fractionMs = Number(fraction.padEnd(9, "0")) / 1_000_000;
  return date.getTime() + seconds * 1_000 + fractionMs - zoneMs;
}

/** Milliseconds since 1970 of a stored date; fast for the form the server writes. */
export function toEpochMs(text: string): number | undefined {
  return text.length === CANONICAL_LENGTH && text.endsWith("Z") ? Date.parse(text) : parseTimestamp(text);
}

/** Milliseconds since 1970 of a number in seconds or milliseconds; its size tells which. */
export function fromEpochNumber(value: number): number {
  // Whole microseconds first, as Python's time.time() gives them, so that 0.123 s is 123 ms exactly.
  return Math.abs(value) < FIRST_MILLISECONDS ? Math.round(value * 1_000_000) / 1_000 : value;
}
