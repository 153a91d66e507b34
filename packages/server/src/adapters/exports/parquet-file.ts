/** An exported Parquet file: a row group at a time, in encodings that every engine reads, packed with zstd. */
import { constants, zstdCompressSync } from "node:zlib";
import type { SchemaElement } from "hyparquet";
import { ByteWriter, ParquetWriter } from "hyparquet-writer";
import type { ColumnSource } from "hyparquet-writer";
import type { ExportColumn, ExportColumnType } from "../../modules/exports/export-columns.ts";
import type { ColumnValues, RowGroup } from "../../modules/exports/row-table.ts";
import type { TableFile } from "./table-encoders.ts";

const compression = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

const PHYSICAL: Readonly<Record<ExportColumnType, Pick<SchemaElement, "type" | "converted_type">>> = {
  integer: { type: "INT64" },
  number: { type: "DOUBLE" },
  boolean: { type: "BOOLEAN" },
  text: { type: "BYTE_ARRAY", converted_type: "UTF8" },
  json: { type: "BYTE_ARRAY", converted_type: "UTF8" },
};

/** Writes a Parquet file piece by piece. */
export class ParquetFile implements TableFile {
  readonly #columns: readonly ExportColumn[];
  readonly #bytes = new StreamedBytes();
  readonly #writer: ParquetWriter;

  constructor(columns: readonly ExportColumn[]) {
    this.#columns = columns;
    this.#writer = new ParquetWriter({
      writer: this.#bytes,
      schema: [
        { name: "root", num_children: columns.length },
        ...columns.map(({ name, type }): SchemaElement => ({
          name,
          repetition_type: "OPTIONAL",
          ...PHYSICAL[type],
        })),
      ],
      codec: "ZSTD",
      compressors: { ZSTD: (input) => zstdCompressSync(input, compression) },
      createdBy: "steelyard",
      // Which of the texts are JSON, for readers that want to know.
      kvMetadata: [{ key: "steelyard.columns", value: JSON.stringify(columns) }],
    });
  }

  write({ rowCount, columns }: RowGroup): Uint8Array {
    const columnData = this.#columns.map((column, index): ColumnSource => {
      const values = columns[index];
      return { name: column.name, data: values === undefined ? [] : toData(column.type, values) };
    });
    // The library's own writer is synchronous; only writers that flush to a promise are not.
    void this.#writer.write({ columnData, rowGroupSize: rowCount });
    return this.#bytes.takeBytes();
  }

  finish(): Uint8Array {
    void this.#writer.finish();
    return this.#bytes.takeBytes();
  }
}

function toData(type: ExportColumnType, column: ColumnValues): NonNullable<ColumnSource["data"]> {
  if (column.kind === "text") return column.values.map((text) => text ?? null);
  const { values, isPresent, presentCount } = column;
  if (type === "number" && presentCount === values.length) return values;
  const data: (number | bigint | boolean | null)[] = new Array<null>(values.length).fill(null);
  for (let at = 0; at < values.length; at += 1) {
    if (isPresent[at] !== 1) continue;
    const value = values[at] ?? 0;
    if (type === "integer") data[at] = BigInt(value);
    else data[at] = type === "boolean" ? value === 1 : value;
  }
  return data;
}

/** The library's buffer, emptied between row groups; its count of all bytes goes on. */
class StreamedBytes extends ByteWriter {
  takeBytes(): Uint8Array {
    const bytes = this.getBytes().slice();
    this.index = 0;
    return bytes;
  }
}
