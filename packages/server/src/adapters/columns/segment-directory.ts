// What a segment of runs says of itself: which of its runs there are, and which fields it has no column of.
import { crc32 } from "node:zlib";
import { z } from "zod";
import { rowsASegment } from "./column-segment.ts";
import { createAbsenceTest, type FieldGaps } from "./segment-fields.ts";

/** A segment's directory. */
export interface SegmentDirectory {
  /** By row within the segment: 1 where there is a run. */
  readonly isThere: Uint8Array;
  /** Whether a field without a column is absent from all runs, as opposed to not kept. */
  readonly isAbsent: (field: string) => boolean;
}

const gapsText = z.object({
  branches: z.array(z.string()),
  lists: z.array(z.string()),
  depths: z.array(z.string()),
  isPartial: z.boolean(),
});

/** The bytes of a directory. */
export function encodeDirectory(rows: readonly number[], gaps: FieldGaps): Uint8Array {
  const isThere = new Uint8Array(rowsASegment / 8);
  for (const row of rows) isThere[row >> 3] = (isThere[row >> 3] ?? 0) | (1 << (row & 7));
  const bytes = Buffer.concat([new Uint8Array(4), isThere, Buffer.from(JSON.stringify(gaps))]);
  bytes.writeUInt32LE(crc32(bytes.subarray(4)), 0);
  return bytes;
}

/** The directory that bytes hold; undefined when they are damaged. */
export function decodeDirectory(bytes: Uint8Array): SegmentDirectory | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const textStart = 4 + rowsASegment / 8;
  if (buffer.length <= textStart || buffer.readUInt32LE(0) !== crc32(buffer.subarray(4))) return undefined;
  const gaps = gapsText.parse(JSON.parse(buffer.toString("utf8", textStart)));
  const isThere = new Uint8Array(rowsASegment);
  for (let row = 0; row < rowsASegment; row += 1)
    isThere[row] = ((buffer[4 + (row >> 3)] ?? 0) >> (row & 7)) & 1;
  return { isThere, isAbsent: createAbsenceTest(gaps) };
}
