/** Bytes written one after another into a buffer that grows: the notation of the file beside a sealed table. */

const TEXT = new TextEncoder();

/** Writes unsigned numbers, texts and bytes. */
export class ByteWriter {
  #bytes = new Uint8Array(1024);
  #length = 0;

  /** How many bytes were written. */
  get length(): number {
    return this.#length;
  }

  /** Writes one byte. */
  byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#length] = value;
    this.#length += 1;
  }

  /** Writes an integer from 0 to 2^53 - 1 in groups of seven bits, lowest first. */
  count(value: number): void {
    let rest = value;
    while (rest >= 0x80) {
      this.byte((rest % 0x80) | 0x80);
      rest = Math.floor(rest / 0x80);
    }
    this.byte(rest);
  }

  /** Writes an integer of 32 bits, lowest byte first. */
  uint32(value: number): void {
    for (let shift = 0; shift < 32; shift += 8) this.byte((value >>> shift) & 0xff);
  }

  /** Writes a text with its length; it must be well formed. */
  text(value: string): void {
    const bytes = TEXT.encode(value);
    this.count(bytes.length);
    this.bytes(bytes);
  }

  /** Writes bytes as they are. */
  bytes(value: Uint8Array): void {
    this.#reserve(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
  }

  /** What was written. */
  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  #reserve(size: number): void {
    if (this.#length + size <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + size));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }
}
