/**
 * Reads fields of protobuf messages that may be hostile: repeated numbers packed or not, with a bound on how many, and a
 * check at the end that nothing was read behind the message.
 */
import { PbfReader } from "pbf";

/** Reads a field into a message; fields that are not read are passed over. */
export type FieldReader<T> = (field: number, message: T, reader: PbfReader) => void;

const LENGTH_DELIMITED = 2;
const TEXT = new TextDecoder();

/**
 * Reads a whole message.
 *
 * @throws {RangeError | Error} when the bytes are not such a message.
 */
export function readWhole<T>(bytes: Uint8Array, read: FieldReader<T>, message: T): T {
  const reader = new PbfReader(bytes);
  reader.readFields(read, message);
  if (reader.pos > reader.length) throw new RangeError("a field reaches behind the end of its message");
  return message;
}

/** Reads a message within a message. */
export function readInner<T>(reader: PbfReader, read: FieldReader<T>, message: T): T {
  return readWhole(reader.readBytes(), read, message);
}

/** Reads bytes, which must all be there. */
export function readBytes(reader: PbfReader): Uint8Array {
  const bytes = reader.readBytes();
  if (reader.pos > reader.length) throw new RangeError("a field reaches behind the end of its message");
  return bytes;
}

/** Reads text; bytes that are not UTF-8 become replacement signs. */
export function readText(reader: PbfReader): string {
  return TEXT.decode(readBytes(reader));
}

/** Reads one number or a packed list of them. */
export function readNumbers(
  reader: PbfReader,
  numbers: number[],
  readOne: (reader: PbfReader) => number,
): void {
  if (reader.type !== LENGTH_DELIMITED) {
    numbers.push(readOne(reader));
    return;
  }
  const packed = new PbfReader(readBytes(reader));
  while (packed.pos < packed.length) numbers.push(readOne(packed));
  if (packed.pos > packed.length) throw new RangeError("a packed number reaches behind the end of its field");
}
