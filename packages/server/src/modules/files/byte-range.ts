/** The byte range that a request asks for, as RFC 9110 writes it. */
import { ServerError } from "../../errors.ts";

/** Bytes from `start` (inclusive) to `end` (exclusive). */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

const SINGLE_RANGE = /^bytes\s*=\s*(\d*)\s*-\s*(\d*)\s*$/i;

/**
 * Reads a Range header for content of `sizeBytes`. Undefined, which means the whole, for a missing header, another
 * unit, several ranges and malformed ones.
 *
 * @throws {ServerError} `range_not_satisfiable` when no byte of the content is in the range.
 */
export function parseByteRange(header: string | undefined, sizeBytes: number): ByteRange | undefined {
  const match = header === undefined ? null : SINGLE_RANGE.exec(header);
  if (match === null) return undefined;
  const [, first = "", last = ""] = match;
  if (first === "" && last === "") return undefined;
  if (first === "") return satisfiable(Math.max(0, sizeBytes - Number(last)), sizeBytes, sizeBytes);
  const start = Number(first);
  const end = last === "" ? sizeBytes : Math.min(Number(last) + 1, sizeBytes);
  if (last !== "" && Number(last) < start) return undefined;
  return satisfiable(start, end, sizeBytes);
}

function satisfiable(start: number, end: number, sizeBytes: number): ByteRange {
  if (start < end) return { start, end };
  throw new ServerError("range_not_satisfiable", `The content has ${sizeBytes} bytes`, { field: "Range" });
}
