/** An exported Arrow IPC stream: a record batch for each row group, its marker of the end last. */
import {
  Bool,
  Field,
  Float64,
  Int64,
  RecordBatch,
  RecordBatchStreamWriter,
  Schema,
  Struct,
  Utf8,
  makeData,
} from "apache-arrow";
import type { Data, DataType } from "apache-arrow";
import type { ExportColumn, ExportColumnType } from "../../modules/exports/export-columns.ts";
import type { ColumnValues, RowGroup } from "../../modules/exports/row-table.ts";
import type { TableFile } from "./table-encoders.ts";

const ARROW_TYPES: Readonly<Record<ExportColumnType, () => DataType>> = {
  integer: () => new Int64(),
  number: () => new Float64(),
  boolean: () => new Bool(),
  text: () => new Utf8(),
  json: () => new Utf8(),
};

/** The marker that a stream is over: no more messages. */
const END = new Uint8Array([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]);

/** Writes an Arrow stream piece by piece. */
export class ArrowFile implements TableFile {
  readonly #columns: readonly ExportColumn[];
  readonly #schema: Schema;
  #isBegun = false;

  constructor(columns: readonly ExportColumn[]) {
    this.#columns = columns;
    this.#schema = new Schema(
      columns.map(({ name, type }) => new Field(name, ARROW_TYPES[type](), true)),
      // Which of the texts are JSON, for readers that want to know.
      new Map([["steelyard.columns", JSON.stringify(columns)]]),
    );
  }

  write({ rowCount, columns }: RowGroup): Uint8Array {
    const children = this.#columns.map(({ type }, index) => toData(type, columns[index], rowCount));
    const data = makeData({
      type: new Struct(this.#schema.fields),
      length: rowCount,
      nullCount: 0,
      children,
    });
    return this.#message(new RecordBatch(this.#schema, data));
  }

  finish(): Uint8Array {
    if (this.#isBegun) return END;
    const empty = { rowCount: 0, columns: [] };
    return Buffer.concat([this.write(empty), END]);
  }

  /** The batch as a stream of its own, without the schema after the first time and without the end. */
  #message(batch: RecordBatch): Uint8Array {
    const stream = RecordBatchStreamWriter.writeAll([batch]).toUint8Array(true);
    const end = stream.length - END.length;
    const start = this.#isBegun ? schemaBytes(stream) : 0;
    this.#isBegun = true;
    return stream.subarray(start, end);
  }
}

/** How long the first message of a stream is: a schema has no body, only its padded head after 8 bytes. */
function schemaBytes(stream: Uint8Array): number {
  return 8 + new DataView(stream.buffer, stream.byteOffset).getInt32(4, true);
}

function toData(type: ExportColumnType, column: ColumnValues | undefined, length: number): Data {
  if (column === undefined) return emptyData(type);
  if (column.kind === "text") return textData(column.values);
  const { values, isPresent, presentCount } = column;
  const nullBitmap = bitmapOf(length, (at) => isPresent[at] === 1);
  const nullCount = length - presentCount;
  switch (type) {
    case "integer": {
      const data = new BigInt64Array(length);
      for (let at = 0; at < length; at += 1) data[at] = BigInt(values[at] ?? 0);
      return makeData({ type: new Int64(), length, nullCount, nullBitmap, data });
    }
    case "boolean": {
      const data = bitmapOf(length, (at) => values[at] === 1);
      return makeData({ type: new Bool(), length, nullCount, nullBitmap, data });
    }
    case "number":
    case "text":
    case "json":
      return makeData({ type: new Float64(), length, nullCount, nullBitmap, data: values });
  }
}

function emptyData(type: ExportColumnType): Data {
  if (type === "text" || type === "json") return textData([]);
  const none = { kind: "number", values: new Float64Array(0), isPresent: new Uint8Array(0) } as const;
  return toData(type, { ...none, presentCount: 0 }, 0);
}

function textData(values: readonly (string | undefined)[]): Data {
  const length = values.length;
  const valueOffsets = new Int32Array(length + 1);
  let size = 0;
  let nullCount = 0;
  for (let at = 0; at < length; at += 1) {
    const text = values[at];
    if (text === undefined) nullCount += 1;
    else size += Buffer.byteLength(text);
    valueOffsets[at + 1] = size;
  }
  const data = Buffer.allocUnsafe(size);
  for (let at = 0; at < length; at += 1) {
    const text = values[at];
    if (text !== undefined) data.write(text, valueOffsets[at] ?? 0);
  }
  const nullBitmap = bitmapOf(length, (at) => values[at] !== undefined);
  return makeData({ type: new Utf8(), length, nullCount, nullBitmap, valueOffsets, data });
}

/** One bit a row, lowest first. */
function bitmapOf(length: number, isSet: (at: number) => boolean): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(length / 8));
  for (let at = 0; at < length; at += 1) {
    if (isSet(at)) bytes[at >> 3] = (bytes[at >> 3] ?? 0) | (1 << (at & 7));
  }
  return bytes;
}
