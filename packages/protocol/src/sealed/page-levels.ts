/**
 * Which lines of a page have a value: Parquet's definition levels of a column that may lack values, in its hybrid of
 * runs and packed bits, one bit a line.
 */
import { ByteReader } from "./byte-reader.ts";
import { ByteWriter } from "./byte-writer.ts";
import { SealedPartError } from "./sealed-part-error.ts";

const LENGTH_BYTES = 4;

/** The levels with their length in front. `isPresent` has 0 or 1 for each line. */
export function writeLevels(isPresent: Uint8Array): Uint8Array {
  const levels = new ByteWriter();
  const first = isPresent[0] ?? 1;
  if (isPresent.every((bit) => bit === first)) {
    levels.count(isPresent.length * 2);
    levels.byte(first);
  } else {
    const groups = Math.ceil(isPresent.length / 8);
    levels.count(groups * 2 + 1);
    for (let start = 0; start < isPresent.length; start += 8) {
      let packed = 0;
      for (let bit = 0; bit < 8; bit += 1) packed |= (isPresent[start + bit] ?? 0) << bit;
      levels.byte(packed);
    }
  }
  const bytes = new ByteWriter();
  bytes.uint32(levels.length);
  bytes.bytes(levels.finish());
  return bytes.finish();
}

/** The levels at the start of a page of `count` lines, and where its values begin. */
export function readLevels(
  page: Uint8Array,
  count: number,
): { readonly isPresent: Uint8Array; readonly end: number } {
  const reader = new ByteReader(page);
  const end = LENGTH_BYTES + reader.uint32();
  const isPresent = new Uint8Array(count);
  let filled = 0;
  while (filled < count && reader.position < end) {
    const run = reader.count();
    if (run % 2 === 0) {
      isPresent.fill(reader.byte(), filled, filled + run / 2);
      filled += run / 2;
    } else {
      filled = unpackBits(reader.bytes((run - 1) / 2), isPresent, filled);
    }
  }
  if (filled < count || reader.position !== end) throw new SealedPartError("levels of a page are incomplete");
  return { isPresent, end };
}

function unpackBits(packed: Uint8Array, isPresent: Uint8Array, from: number): number {
  let position = from;
  for (const byte of packed) {
    // What a typed array is told beyond its end, it ignores: the last byte may hold fewer bits than eight.
    for (let bit = 0; bit < 8; bit += 1) isPresent[position + bit] = (byte >> bit) & 1;
    position += 8;
  }
  return position;
}
