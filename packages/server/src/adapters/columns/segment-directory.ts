// What a segment of runs says of itself: which of its runs there are, and which fields it has no column of.
import { crc32 } from "node:zlib";
import { isJsonArray, isJsonObject, parseJson, type JsonValue } from "@steelyard/protocol";
import { rowsASegment } from "./column-segment.ts";
import { createAbsenceTest, type FieldGaps } from "./segment-fields.ts";

/** A segment's directory. */
export interface SegmentDirectory {
  /** By row within the segment: 1 where there is a run. */
  readonly isThere: Uint8Array;
  /** Whether a field without a column is absent from all runs, as opposed to not kept. */
  readonly isAbsent: (field: string) => boolean;
}

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
  const text = buffer.toString("utf8", textStart);
  return {
    isThere: spread(buffer.subarray(4, textStart)),
    isAbsent: createAbsenceTest(toGaps(parseJson(text))),
  };
}

/** Throws what names the part that is not as it was written. */
function toGaps(value: JsonValue): FieldGaps {
  if (!isJsonObject(value)) throw new Error("a directory of fields is no object");
  const { branches, lists, depths, isPartial } = value;
  if (typeof isPartial !== "boolean") throw new Error("a directory does not say whether it is partial");
  return { branches: toTexts(branches), lists: toTexts(lists), depths: toTexts(depths), isPartial };
}

function toTexts(value: JsonValue | undefined): readonly string[] {
  if (!isJsonArray(value)) throw new Error("a directory has no list of fields");
  return value.map((item) => {
    if (typeof item !== "string") throw new Error("a directory names a field that is no text");
    return item;
  });
}

/** The bytes 0 and 1 of four bits, as one number. */
const ofFourBits = Uint32Array.from({ length: 16 }, (_, bits) =>
  [0, 1, 2, 3].reduce((bytes, bit) => bytes + ((bits >> bit) & 1) * 0x100 ** bit, 0),
);

/** A byte for each bit, four at a time: a process that just started has only slow code. */
function spread(bits: Uint8Array): Uint8Array {
  const bytes = new Uint32Array(2 * bits.length);
  for (let index = 0; index < bits.length; index += 1) {
    const eight = bits[index] ?? 0;
    bytes[2 * index] = ofFourBits[eight & 15] ?? 0;
    bytes[2 * index + 1] = ofFourBits[eight >> 4] ?? 0;
  }
  return new Uint8Array(bytes.buffer);
}
