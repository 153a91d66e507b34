/**
 * Takes the records out of a TFRecord file, whose bytes come in parts: length, checksum of the length, content, checksum
 * of the content. It says where a file is damaged instead of throwing, because what stands before and often after a
 * damage is whole.
 */
import { crc32c } from "@steelyard/protocol";

/** A place of a file that cannot be read. */
export interface EventFileDamage {
  /**
   * `record`: one record is damaged, and reading went on behind it; `length`: where the next record begins is lost, so
   * the rest of the file is not read; `torn`: the file ends within a record; `oversize`: a record is too large to be
   * read and was passed over.
   */
  readonly kind: "record" | "length" | "torn" | "oversize";
  /** Where the record begins, in bytes. */
  readonly offset: number;
  /** What was expected and found. */
  readonly message: string;
}

/** The next thing in a file. */
export type FileRecord =
  | { readonly kind: "record"; readonly offset: number; readonly bytes: Uint8Array }
  | { readonly kind: "damage"; readonly damage: EventFileDamage };

const HEADER_BYTES = 12;
const FOOTER_BYTES = 4;
/** A model's graph may be larger than this; nothing that is read here is. */
const MAX_RECORD_BYTES = 64 * 2 ** 20;
const MASK_DELTA = 0xa282ead8;

/** The checksum as it is stored: turned and shifted, so that a checksum of checksums is not trivial. */
export function maskedChecksum(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + MASK_DELTA) >>> 0;
}

/** Reads records from bytes that are pushed as they come; keeps no more than the record under way. */
export class RecordReader {
  #buffer: Uint8Array = new Uint8Array(0);
  #start = 0;
  #end = 0;
  /** Where `#start` is in the file. */
  #offset = 0;
  #skip = 0;
  #isLost = false;
  readonly #maxRecordBytes: number;

  constructor(maxRecordBytes: number = MAX_RECORD_BYTES) {
    this.#maxRecordBytes = maxRecordBytes;
  }

  /** Whether nothing more can be read: it is not known where the next record begins. */
  get isLost(): boolean {
    return this.#isLost;
  }

  /** Takes the next bytes of the file. They must not be changed afterwards. */
  push(part: Uint8Array): void {
    if (this.#isLost) return;
    const skipped = Math.min(this.#skip, part.length);
    this.#skip -= skipped;
    const bytes = part.subarray(skipped);
    this.#offset += skipped;
    if (bytes.length === 0) return;
    const kept = this.#end - this.#start;
    if (kept === 0) {
      this.#buffer = bytes;
      this.#start = 0;
      this.#end = bytes.length;
      return;
    }
    // Records that were handed out point into the old buffer, so it is never moved within.
    if (this.#end + bytes.length > this.#buffer.length) {
      const larger = new Uint8Array(2 * (kept + bytes.length));
      larger.set(this.#buffer.subarray(this.#start, this.#end));
      this.#buffer = larger;
      this.#start = 0;
      this.#end = kept;
    }
    this.#buffer.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  /** The next record or damage; undefined when more bytes are needed. */
  next(): FileRecord | undefined {
    const available = this.#end - this.#start;
    if (this.#isLost || this.#skip > 0 || available < HEADER_BYTES) return undefined;
    const offset = this.#offset;
    const view = new DataView(this.#buffer.buffer, this.#buffer.byteOffset + this.#start, available);
    const length = view.getUint32(0, true) + view.getUint32(4, true) * 2 ** 32;
    const lengthBytes = this.#buffer.subarray(this.#start, this.#start + 8);
    if (view.getUint32(8, true) !== maskedChecksum(lengthBytes)) {
      this.#isLost = true;
      this.#drop(available);
      const message = `the length of the record at byte ${offset} does not fit its checksum; the rest is not read`;
      return { kind: "damage", damage: { kind: "length", offset, message } };
    }
    const size = HEADER_BYTES + length + FOOTER_BYTES;
    if (length > this.#maxRecordBytes) {
      this.#skip = Math.max(0, size - available);
      this.#drop(Math.min(size, available));
      const message = `the record at byte ${offset} has ${length} bytes, more than the ${this.#maxRecordBytes} allowed`;
      return { kind: "damage", damage: { kind: "oversize", offset, message } };
    }
    if (available < size) return undefined;
    const bytes = this.#buffer.subarray(this.#start + HEADER_BYTES, this.#start + HEADER_BYTES + length);
    const isWhole = view.getUint32(size - FOOTER_BYTES, true) === maskedChecksum(bytes);
    this.#drop(size);
    if (isWhole) return { kind: "record", offset, bytes };
    const message = `the record at byte ${offset} does not fit its checksum`;
    return { kind: "damage", damage: { kind: "record", offset, message } };
  }

  /** Says whether the file, which has ended, ends within a record. */
  end(): EventFileDamage | undefined {
    const available = this.#end - this.#start;
    if (this.#isLost || (available === 0 && this.#skip === 0)) return undefined;
    const message = `the file ends within the record at byte ${this.#offset}`;
    return { kind: "torn", offset: this.#offset, message };
  }

  #drop(count: number): void {
    this.#start += count;
    this.#offset += count;
  }
}
