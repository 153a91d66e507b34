/** Texts and truth values as Parquet lays them out plainly: lengths of four bytes before UTF-8, and bits. */
import { SealedPartError } from "./sealed-part-error.ts";

const LENGTH_BYTES = 4;
const ENCODER = new TextEncoder();
const DECODER = new TextDecoder("utf-8", { ignoreBOM: true });

/** Texts one after another; they must be well formed. */
export function writeTexts(texts: readonly string[]): Uint8Array {
  // UTF-8 has at most three bytes for a unit of UTF-16.
  let bound = 0;
  for (const text of texts) bound += LENGTH_BYTES + text.length * 3;
  const bytes = new Uint8Array(bound);
  const view = new DataView(bytes.buffer);
  let end = 0;
  for (const text of texts) {
    const { written } = ENCODER.encodeInto(text, bytes.subarray(end + LENGTH_BYTES));
    view.setUint32(end, written, true);
    end += LENGTH_BYTES + written;
  }
  return bytes.subarray(0, end);
}

/** Reads `count` texts. */
export function readTexts(bytes: Uint8Array, count: number): readonly string[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const texts: string[] = [];
  let position = 0;
  for (let index = 0; index < count; index += 1) {
    if (position + LENGTH_BYTES > bytes.length) throw new SealedPartError("a page of texts is incomplete");
    const start = position + LENGTH_BYTES;
    position = start + view.getUint32(position, true);
    if (position > bytes.length) throw new SealedPartError("a page of texts is incomplete");
    texts.push(DECODER.decode(bytes.subarray(start, position)));
  }
  return texts;
}

/** Truth values, 0 or 1, eight in a byte. */
export function writeBits(values: Float64Array): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(values.length / 8));
  for (const [index, value] of values.entries())
    bytes[index >> 3] = (bytes[index >> 3] ?? 0) | (value << (index & 7));
  return bytes;
}

/** Reads `count` truth values. */
export function readBits(bytes: Uint8Array, count: number): Float64Array {
  if (bytes.length * 8 < count) throw new SealedPartError("a page of truth values is incomplete");
  const values = new Float64Array(count);
  for (let index = 0; index < count; index += 1)
    values[index] = ((bytes[index >> 3] ?? 0) >> (index & 7)) & 1;
  return values;
}
