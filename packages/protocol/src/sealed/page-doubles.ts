/**
 * Doubles with their bytes split into eight streams (Parquet's BYTE_STREAM_SPLIT): what a compressor likes, and what
 * is put together again two words at a time.
 */
import { SealedPartError } from "./sealed-part-error.ts";

const WIDTH = 8;

/** The streams of some doubles. */
export function splitDoubles(values: Float64Array): Uint8Array {
  const count = values.length;
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const streams = new Uint8Array(bytes.length);
  for (let stream = 0; stream < WIDTH; stream += 1) {
    const start = stream * count;
    for (let index = 0; index < count; index += 1) {
      streams[start + index] = bytes[index * WIDTH + stream] ?? 0;
    }
  }
  return streams;
}

/** Puts `count` doubles together into `target` from `start` on. */
export function joinDoubles(streams: Uint8Array, count: number, target: Float64Array, start: number): void {
  if (streams.length !== count * WIDTH) throw new SealedPartError("a page of doubles is incomplete");
  const words = new Int32Array(target.buffer, target.byteOffset + start * WIDTH, count * 2);
  const second = count * 2;
  const third = count * 3;
  const fourth = count * 4;
  for (let index = 0; index < count; index += 1) {
    words[index * 2] =
      (streams[index] ?? 0) |
      ((streams[count + index] ?? 0) << 8) |
      ((streams[second + index] ?? 0) << 16) |
      ((streams[third + index] ?? 0) << 24);
  }
  for (let index = 0; index < count; index += 1) {
    const from = fourth + index;
    words[index * 2 + 1] =
      (streams[from] ?? 0) |
      ((streams[from + count] ?? 0) << 8) |
      ((streams[from + second] ?? 0) << 16) |
      ((streams[from + third] ?? 0) << 24);
  }
}
