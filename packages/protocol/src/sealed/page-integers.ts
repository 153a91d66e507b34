/**
 * Reads integers of 64 bits written as packed differences (Parquet's DELTA_BINARY_PACKED). Integers within ±2^51 have
 * differences that doubles hold exactly; only pages with greater ones pay for `bigint`.
 */
import { SealedPartError } from "./sealed-part-error.ts";

/** Beyond this, in either direction, a page of integers is wide. */
export const NARROW_LIMIT: number = 2 ** 51;

const WORD = 2 ** 32;

/** Reads `count` integers within ±2^51. */
export function readNarrowIntegers(bytes: Uint8Array, count: number): Float64Array {
  const values = new Float64Array(count);
  const reader = new PackedReader(bytes);
  const { perMiniblock, miniblocks } = reader.header(count);
  let value = unzigzag(reader.varint());
  if (count > 0) values[0] = value;
  let filled = 1;
  while (filled < count) {
    const least = unzigzag(reader.varint());
    const widths = reader.widths(miniblocks);
    for (const width of widths) {
      if (filled >= count) break;
      const taken = Math.min(perMiniblock, count - filled);
      reader.startMiniblock(width, perMiniblock);
      for (let index = 0; index < taken; index += 1) {
        value += least + reader.packed(width);
        values[filled + index] = value;
      }
      reader.endMiniblock();
      filled += taken;
    }
  }
  return values;
}

/** Reads `count` integers of any size that 64 bits hold. */
export function readWideIntegers(bytes: Uint8Array, count: number): BigInt64Array {
  const values = new BigInt64Array(count);
  const reader = new PackedReader(bytes);
  const { perMiniblock, miniblocks } = reader.header(count);
  let value = unzigzagWide(reader.wideVarint());
  if (count > 0) values[0] = value;
  let filled = 1;
  while (filled < count) {
    const least = unzigzagWide(reader.wideVarint());
    const widths = reader.widths(miniblocks);
    for (const width of widths) {
      if (filled >= count) break;
      const taken = Math.min(perMiniblock, count - filled);
      reader.startMiniblock(width, perMiniblock);
      for (let index = 0; index < taken; index += 1) {
        // Differences wrap around, as the format has it.
        value = BigInt.asIntN(64, value + least + reader.widePacked(width));
        values[filled + index] = value;
      }
      reader.endMiniblock();
      filled += taken;
    }
  }
  return values;
}

function unzigzag(value: number): number {
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}

function unzigzagWide(value: bigint): bigint {
  return (value >> 1n) ^ -(value & 1n);
}

/** Reads the format's variable-length integers, and integers packed bit by bit, lowest bit first. */
class PackedReader {
  readonly #bytes: Uint8Array;
  #position = 0;
  /** Bits that were read from bytes and not yet taken; fewer than eight between two integers. */
  #bits = 0;
  #bitCount = 0;
  #miniblockEnd = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  header(count: number): { readonly perMiniblock: number; readonly miniblocks: number } {
    const perBlock = this.varint();
    const miniblocks = this.varint();
    const stated = this.varint();
    const perMiniblock = perBlock / miniblocks;
    if (stated !== count || !(perMiniblock >= 1))
      throw new SealedPartError("a page of integers is incomplete");
    return { perMiniblock, miniblocks };
  }

  varint(): number {
    let value = 0;
    let unit = 1;
    for (;;) {
      const byte = this.#byte();
      value += (byte & 0x7f) * unit;
      if (byte < 0x80) return value;
      unit *= 0x80;
    }
  }

  wideVarint(): bigint {
    let value = 0n;
    let shift = 0n;
    for (;;) {
      const byte = this.#byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
      shift += 7n;
    }
  }

  widths(miniblocks: number): Uint8Array {
    const widths = this.#bytes.subarray(this.#position, this.#position + miniblocks);
    if (widths.length < miniblocks) throw new SealedPartError("a page of integers is incomplete");
    this.#position += miniblocks;
    return widths;
  }

  startMiniblock(width: number, perMiniblock: number): void {
    this.#bits = 0;
    this.#bitCount = 0;
    this.#miniblockEnd = this.#position + (width * perMiniblock) / 8;
  }

  /** The rest of a miniblock that is not full is padding. */
  endMiniblock(): void {
    this.#position = this.#miniblockEnd;
  }

  /** The next integer of up to 53 bits. */
  packed(width: number): number {
    let value = 0;
    let unit = 1;
    let rest = width;
    while (rest > 0) {
      const chunk = Math.min(rest, 16);
      value += this.#take(chunk) * unit;
      unit *= 2 ** chunk;
      rest -= chunk;
    }
    return value;
  }

  widePacked(width: number): bigint {
    const low = Math.min(width, 32);
    const value = BigInt(this.packed(low));
    return width === low ? value : value + BigInt(this.packed(width - low)) * BigInt(WORD);
  }

  #take(width: number): number {
    while (this.#bitCount < width) {
      this.#bits |= this.#byte() << this.#bitCount;
      this.#bitCount += 8;
    }
    const value = this.#bits & ((1 << width) - 1);
    this.#bits >>>= width;
    this.#bitCount -= width;
    return value;
  }

  #byte(): number {
    const byte = this.#bytes[this.#position];
    if (byte === undefined) throw new SealedPartError("a page of integers is incomplete");
    this.#position += 1;
    return byte;
  }
}
