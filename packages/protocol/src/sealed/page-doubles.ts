/**
 * Doubles with their bytes split into eight streams (Parquet's BYTE_STREAM_SPLIT): what a compressor likes, and what
 * is put together again word by word.
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
  if (count % 4 === 0) joinByFours(wordsOf(streams), count, words);
  else joinOneByOne(streams, count, words);
}

/** As {@link joinDoubles} of doubles that lie as they are. */
export function copyDoubles(bytes: Uint8Array, count: number, target: Float64Array, start: number): void {
  if (bytes.length !== count * WIDTH) throw new SealedPartError("a page of doubles is incomplete");
  new Uint8Array(target.buffer, target.byteOffset + start * WIDTH, bytes.length).set(bytes);
}

/** Four bytes of each stream are a word, so that four doubles take eight reads instead of 32. */
function joinByFours(streams: Int32Array, count: number, words: Int32Array): void {
  const length = count / 4;
  for (let half = 0; half < 2; half += 1) {
    const first = half * 4 * length;
    const second = first + length;
    const third = second + length;
    const fourth = third + length;
    let at = half;
    for (let index = 0; index < length; index += 1) {
      const a = streams[first + index] ?? 0;
      const b = streams[second + index] ?? 0;
      const c = streams[third + index] ?? 0;
      const d = streams[fourth + index] ?? 0;
      // Lower halves of words 0 and 2, of 1 and 3, then their upper halves.
      const low02 = (a & 0x00ff00ff) | ((b & 0x00ff00ff) << 8);
      const low13 = ((a >>> 8) & 0x00ff00ff) | (b & 0xff00ff00);
      const high02 = (c & 0x00ff00ff) | ((d & 0x00ff00ff) << 8);
      const high13 = ((c >>> 8) & 0x00ff00ff) | (d & 0xff00ff00);
      words[at] = (low02 & 0xffff) | (high02 << 16);
      words[at + 2] = (low13 & 0xffff) | (high13 << 16);
      words[at + 4] = (low02 >>> 16) | (high02 & 0xffff0000);
      words[at + 6] = (low13 >>> 16) | (high13 & 0xffff0000);
      at += 8;
    }
  }
}

function joinOneByOne(streams: Uint8Array, count: number, words: Int32Array): void {
  for (let index = 0; index < count; index += 1) {
    for (let half = 0; half < 2; half += 1) {
      const from = half * 4 * count + index;
      words[index * 2 + half] =
        (streams[from] ?? 0) |
        ((streams[from + count] ?? 0) << 8) |
        ((streams[from + count * 2] ?? 0) << 16) |
        ((streams[from + count * 3] ?? 0) << 24);
    }
  }
}

/** The bytes as words; what follows levels may not lie where words do. */
function wordsOf(bytes: Uint8Array): Int32Array {
  const { buffer, byteOffset, length } = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes);
  return new Int32Array(buffer, byteOffset, length / 4);
}
