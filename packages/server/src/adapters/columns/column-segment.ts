// The values of one field of up to 4096 runs as bytes: what is kept of a column on disk, so that a process that just
// started reads doubles instead of parsing every run's documents. A checksum tells bytes that were damaged.
import { crc32 } from "node:zlib";
import { parseJson, printJson, type FieldKind, type JsonValue } from "@steelyard/protocol";
import { canonicalInstant } from "./run-column.ts";
import { TextBlock } from "./text-block.ts";

/** Runs of a segment: those with equal `floor(run id / rowsASegment)`. */
export const rowsASegment = 4096;

/** Values by row within the segment, ascending. */
export interface SegmentValues {
  readonly rows: readonly number[];
  readonly values: readonly JsonValue[];
}

/** A segment as it was read. */
export interface ColumnSegment {
  /** Rows that hold something, ascending; undefined when they are the first `count`. */
  readonly rows: Uint16Array | undefined;
  readonly count: number;
  /** For each such row whether it holds a number; undefined when all do or none does. */
  readonly isNumber: Uint8Array | undefined;
  /** The numbers, or milliseconds since 1970 in a column of instants, in the order of rows. */
  readonly numbers: Float64Array;
  /** Places in `values` of all others, in the order of rows. */
  readonly codes: Uint16Array;
  /** Distinct, and each in use; a block when they are many texts and nothing else. */
  readonly values: readonly JsonValue[] | TextBlock;
}

/** It would take longer to find which of more distinct texts other segments have too than to look at all of them. */
const maxSharedTexts = 256;

const version = 1;
const headerBytes = 32;
const isDense = 1;
const isWide = 2;
const mark = "\u0000";

/** The bytes of a segment. */
export function encodeColumnSegment(kind: FieldKind, { rows, values }: SegmentValues): Uint8Array {
  const numbers: number[] = [];
  const codes: number[] = [];
  const dictionary = new Map<JsonValue, number>();
  const isNumber = Uint8Array.from(values, (value) => {
    const number = toNumber(kind, value);
    if (number === undefined) {
      const key = toKey(value);
      const code = dictionary.get(key) ?? dictionary.size;
      dictionary.set(key, code);
      codes.push(code);
      return 0;
    }
    numbers.push(number);
    return 1;
  });
  const parts = [...dictionary.keys()].map(toPart);
  const text = parts.map((part) => part.text).join("");
  const encoding = isWideText(text) ? "utf16le" : "latin1";
  const textBytes = Buffer.from(text, encoding);
  const dense = rows.every((row, index) => row === index);
  const isMixed = numbers.length > 0 && codes.length > 0;
  const sections = [
    Float64Array.from(numbers),
    Uint32Array.from(parts, (part) => part.text.length),
    dense ? new Uint16Array(0) : Uint16Array.from(rows),
    Uint16Array.from(codes),
    isMixed ? isNumber : new Uint8Array(0),
    Uint8Array.from(parts, (part) => Number(part.isJson)),
    textBytes,
  ];
  const flags = (dense ? isDense : 0) | (encoding === "utf16le" ? isWide : 0);
  const header = [0, version, rows.length, numbers.length, parts.length, textBytes.length, flags, 0];
  const bytes = Buffer.concat([
    bytesOf(Uint32Array.from(header)),
    ...sections.map((section) => bytesOf(section)),
  ]);
  bytes.writeUInt32LE(crc32(bytes.subarray(4)), 0);
  return bytes;
}

/**
 * The segment that bytes hold; undefined when they are damaged or of another version. More distinct texts than
 * `maxShared` stay a block.
 *
 * @default 256 texts, which are soon shared with other segments
 */
export function decodeColumnSegment(
  bytes: Uint8Array,
  maxShared: number = maxSharedTexts,
): ColumnSegment | undefined {
  if (bytes.length < headerBytes) return undefined;
  // Views of numbers must begin at whole numbers.
  const aligned = bytes.byteOffset % 8 === 0 ? bytes : bytes.slice();
  const header = new Uint32Array(aligned.buffer, aligned.byteOffset, headerBytes / 4);
  const [crc, found, count = 0, numberCount = 0, size = 0, textLength = 0, flags = 0] = header;
  if (found !== version || crc !== crc32(aligned.subarray(4))) return undefined;
  const reader = new SectionReader(aligned);
  const dense = (flags & isDense) !== 0;
  const isMixed = numberCount > 0 && numberCount < count;
  const numbers = reader.take(Float64Array, numberCount);
  const lengths = reader.take(Uint32Array, size);
  const rows = dense ? undefined : reader.take(Uint16Array, count);
  const codes = reader.take(Uint16Array, count - numberCount);
  const isNumber = isMixed ? reader.take(Uint8Array, count) : undefined;
  const areJson = reader.take(Uint8Array, size);
  const textBytes = reader.take(Uint8Array, textLength);
  const text = Buffer.from(textBytes.buffer, textBytes.byteOffset, textLength).toString(
    (flags & isWide) === 0 ? "latin1" : "utf16le",
  );
  const block = new TextBlock(text, endsOf(lengths));
  const isBlock = size > maxShared && !areJson.includes(1);
  const values = isBlock
    ? block
    : Array.from(areJson, (isJson, index) => (isJson === 1 ? parseJson(block.at(index)) : block.at(index)));
  return { rows, count, isNumber, numbers, codes, values };
}

function endsOf(lengths: Uint32Array): Uint32Array {
  const ends = new Uint32Array(lengths.length);
  let end = 0;
  for (let index = 0; index < lengths.length; index += 1) {
    end += lengths[index] ?? 0;
    ends[index] = end;
  }
  return ends;
}

/** Whether a text has units that one byte cannot hold. */
function isWideText(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) if (text.charCodeAt(index) > 0xff) return true;
  return false;
}

/** What a column keeps as a double. */
function toNumber(kind: FieldKind, value: JsonValue): number | undefined {
  if (kind === "date") return typeof value === "string" ? canonicalInstant(value) : undefined;
  return typeof value === "number" ? value : undefined;
}

/** Lists and objects are shared by their JSON texts, behind a mark; texts that begin with the mark as well. */
function toKey(value: JsonValue): JsonValue {
  const isMarked = typeof value === "string" ? value.startsWith(mark) : typeof value === "object";
  return isMarked && value !== null ? mark + printJson(value) : value;
}

function toPart(key: JsonValue): { readonly text: string; readonly isJson: boolean } {
  if (typeof key !== "string") return { text: printJson(key), isJson: true };
  return key.startsWith(mark) ? { text: key.slice(1), isJson: true } : { text: key, isJson: false };
}

type Section = Float64Array | Uint32Array | Uint16Array | Uint8Array;

function bytesOf(section: Section): Uint8Array {
  return new Uint8Array(section.buffer, section.byteOffset, section.byteLength);
}

interface SectionType<T extends Section> {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBufferLike, offset: number, length: number): T;
}

/** Sections follow one another from the widest numbers to the narrowest, so that none needs padding before it. */
class SectionReader {
  readonly #bytes: Uint8Array;
  #at = headerBytes;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  take<T extends Section>(type: SectionType<T>, length: number): T {
    const section = new type(this.#bytes.buffer, this.#bytes.byteOffset + this.#at, length);
    this.#at += length * type.BYTES_PER_ELEMENT;
    return section;
  }
}
