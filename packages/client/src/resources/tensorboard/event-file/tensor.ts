/** Tensors as event files hold them: a type, a shape, and values in one of a dozen fields or as raw bytes. */
import type { PbfReader } from "pbf";

import { readBytes, readInner, readNumbers } from "./fields.ts";

/** A list of values with a shape. */
export type Tensor =
  | {
      readonly kind: "numbers";
      /** Length of each dimension; empty for a single value. */
      readonly shape: readonly number[];
      /** In the order of the last dimension first. 64-bit integers beyond 2^53 are rounded. */
      readonly values: readonly number[];
      /** Whether the values are booleans. */
      readonly isBoolean: boolean;
    }
  | { readonly kind: "bytes"; readonly shape: readonly number[]; readonly values: readonly Uint8Array[] }
  /** A type that is not read: complex and quantised numbers, references, variants. */
  | { readonly kind: "other"; readonly type: number };

/** A tensor of more values is not read: its shape may claim any number of them without having them. */
const MAX_VALUES = 2 ** 20;

interface RawTensor {
  type: number;
  shape: number[];
  content: Uint8Array | undefined;
  numbers: number[];
  bytes: Uint8Array[];
}

interface NumberType {
  readonly sizeBytes: number;
  readonly read: (view: DataView, offset: number) => number;
}

const BOOLEAN = 10;
const STRING = 7;

/** By the numbers of TensorFlow's `DataType`. */
const NUMBER_TYPES: Readonly<Record<number, NumberType>> = {
  1: { sizeBytes: 4, read: (view, offset) => view.getFloat32(offset, true) },
  2: { sizeBytes: 8, read: (view, offset) => view.getFloat64(offset, true) },
  3: { sizeBytes: 4, read: (view, offset) => view.getInt32(offset, true) },
  4: { sizeBytes: 1, read: (view, offset) => view.getUint8(offset) },
  5: { sizeBytes: 2, read: (view, offset) => view.getInt16(offset, true) },
  6: { sizeBytes: 1, read: (view, offset) => view.getInt8(offset) },
  9: { sizeBytes: 8, read: (view, offset) => Number(view.getBigInt64(offset, true)) },
  [BOOLEAN]: { sizeBytes: 1, read: (view, offset) => view.getUint8(offset) },
  14: { sizeBytes: 2, read: (view, offset) => fromBrainFloat(view.getUint16(offset, true)) },
  17: { sizeBytes: 2, read: (view, offset) => view.getUint16(offset, true) },
  19: { sizeBytes: 2, read: (view, offset) => fromHalf(view.getUint16(offset, true)) },
  22: { sizeBytes: 4, read: (view, offset) => view.getUint32(offset, true) },
  23: { sizeBytes: 8, read: (view, offset) => Number(view.getBigUint64(offset, true)) },
};

/** Types whose values in `half_val` are bit patterns. */
const BIT_PATTERNS: Readonly<Record<number, (bits: number) => number>> = { 14: fromBrainFloat, 19: fromHalf };

/**
 * Reads a `TensorProto`.
 *
 * @throws {RangeError | Error} when the bytes are no such message, or their values do not fit the shape.
 */
export function readTensor(reader: PbfReader): Tensor {
  const raw: RawTensor = { type: 0, shape: [], content: undefined, numbers: [], bytes: [] };
  readInner(reader, readField, raw);
  const { type, shape } = raw;
  const size = shape.reduce((product, length) => product * length, 1);
  if (!(size >= 0 && size <= MAX_VALUES)) throw new RangeError(`a tensor claims to have ${size} values`);
  if (type === STRING) return { kind: "bytes", shape, values: filled(raw.bytes, size, new Uint8Array()) };
  const numberType = NUMBER_TYPES[type];
  if (numberType === undefined) return { kind: "other", type };
  const values =
    raw.content === undefined
      ? filled(raw.numbers.map(BIT_PATTERNS[type] ?? ((value) => value)), size, 0)
      : unpack(raw.content, numberType, size);
  return { kind: "numbers", shape, values, isBoolean: type === BOOLEAN };
}

function readField(field: number, raw: RawTensor, reader: PbfReader): void {
  switch (field) {
    case 1:
      raw.type = reader.readVarint();
      break;
    case 2:
      readInner(reader, readShape, raw.shape);
      break;
    case 4: {
      const content = readBytes(reader);
      if (content.length > 0) raw.content = content;
      break;
    }
    case 5:
      readNumbers(reader, raw.numbers, (one) => one.readFloat());
      break;
    case 6:
      readNumbers(reader, raw.numbers, (one) => one.readDouble());
      break;
    case 7:
    case 10:
      readNumbers(reader, raw.numbers, (one) => one.readVarint(true));
      break;
    case 8:
      raw.bytes.push(readBytes(reader));
      break;
    case 11:
    case 13:
    case 16:
    case 17:
      readNumbers(reader, raw.numbers, (one) => one.readVarint());
  }
}

function readShape(field: number, shape: number[], reader: PbfReader): void {
  if (field === 2) shape.push(readInner(reader, readDimension, { size: 0 }).size);
}

function readDimension(field: number, dimension: { size: number }, reader: PbfReader): void {
  if (field === 1) dimension.size = reader.readVarint(true);
}

/** Fewer values than the shape asks for mean that the last one is repeated. */
function filled<T>(values: readonly T[], size: number, none: T): readonly T[] {
  if (values.length > size) throw new RangeError(`a tensor of ${size} values has ${values.length}`);
  if (values.length === size) return values;
  const last = values.at(-1) ?? none;
  return [...values, ...Array.from({ length: size - values.length }, () => last)];
}

function unpack(content: Uint8Array, { sizeBytes, read }: NumberType, size: number): readonly number[] {
  if (content.length !== size * sizeBytes)
    throw new RangeError(`a tensor of ${size} values has ${content.length} bytes`);
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  return Array.from({ length: size }, (_, index) => read(view, index * sizeBytes));
}

function fromBrainFloat(bits: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, bits << 16);
  return view.getFloat32(0);
}

function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
