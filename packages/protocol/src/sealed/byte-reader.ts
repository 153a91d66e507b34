/** Reads what `ByteWriter` wrote; what runs over the end is damage. */
import { SealedPartError } from "./sealed-part-error.ts";

const TEXT = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A place in bytes. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  #position: number;

  constructor(bytes: Uint8Array, position = 0) {
    this.#bytes = bytes;
    this.#position = position;
  }

  /** How many bytes were read. */
  get position(): number {
    return this.#position;
  }

  /** Reads one byte. */
  byte(): number {
    const value = this.#bytes[this.#position];
    if (value === undefined) throw new SealedPartError("bytes end too early");
    this.#position += 1;
    return value;
  }

  /** Reads an integer written by `ByteWriter.count`. */
  count(): number {
    let value = 0;
    let unit = 1;
    for (;;) {
      const byte = this.byte();
      value += (byte & 0x7f) * unit;
      if (byte < 0x80) return value;
      unit *= 0x80;
    }
  }

  /** Reads an integer of 32 bits. */
  uint32(): number {
    const low = this.byte() | (this.byte() << 8) | (this.byte() << 16);
    return (low | (this.byte() << 24)) >>> 0;
  }

  /** Reads a text. */
  text(): string {
    const bytes = this.bytes(this.count());
    try {
      return TEXT.decode(bytes);
    } catch (cause) {
      throw new SealedPartError("a text is not UTF-8", { cause });
    }
  }

  /** The next `length` bytes, without a copy. */
  bytes(length: number): Uint8Array {
    const end = this.#position + length;
    if (end > this.#bytes.length) throw new SealedPartError("bytes end too early");
    const bytes = this.#bytes.subarray(this.#position, end);
    this.#position = end;
    return bytes;
  }
}
