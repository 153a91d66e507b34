// Writes one Parquet file in a chosen form: the one place that calls the writer, so that a case says only what
// differs from the default form.
import { brotliCompressSync, constants, gzipSync, zstdCompressSync } from "node:zlib";
import { parquetWriteBuffer } from "hyparquet-writer";
import type { CompressionCodec, Encoding, SchemaElement } from "hyparquet";

/** A column: its name, its part of the schema (a leaf, or a group and what is below it) and its values. */
export interface Column {
  readonly name: string;
  readonly elements: readonly SchemaElement[];
  readonly values: readonly unknown[];
  /** @default the writer's choice: a dictionary where it halves the size, else PLAIN */
  readonly encoding?: Encoding;
}

/** How the bytes of a file are laid out. */
export interface FileForm {
  /** @default "ZSTD" (level 1) */
  readonly codec?: CompressionCodec;
  /** Rows in a row group. @default 20000 */
  readonly rowGroupRows?: number;
  /** Bytes in a page, before compression. @default 1048576 */
  readonly pageBytes?: number;
  /** Column and offset index; the writer leaves them out where a chunk has only one page. @default true */
  readonly hasPageIndex?: boolean;
  /** @default true */
  readonly hasStatistics?: boolean;
  /** Key-value pairs of the footer. @default none */
  readonly metadata?: readonly { readonly key: string; readonly value: string }[];
}

/** The bytes of a file with these columns, in this order. Throws what the writer throws. */
export function writeParquet(columns: readonly Column[], form: FileForm = {}): Uint8Array {
  const hasPageIndex = form.hasPageIndex ?? true;
  const root: SchemaElement = { name: "root", num_children: columns.length };
  const bytes = parquetWriteBuffer({
    columnData: columns.map(({ name, values, encoding }) => ({
      name,
      data: [...values],
      columnIndex: hasPageIndex,
      offsetIndex: hasPageIndex,
      ...(encoding === undefined ? {} : { encoding }),
    })),
    schema: [root, ...columns.flatMap(({ elements }) => elements)],
    codec: form.codec ?? "ZSTD",
    compressors: {
      ZSTD: (input) => zstdCompressSync(input, { params: { [constants.ZSTD_c_compressionLevel]: 1 } }),
      GZIP: (input) => gzipSync(input),
      BROTLI: (input) => brotliCompressSync(input),
    },
    statistics: form.hasStatistics ?? true,
    rowGroupSize: form.rowGroupRows ?? 20_000,
    pageSize: form.pageBytes ?? 1_048_576,
    ...(form.metadata === undefined ? {} : { kvMetadata: [...form.metadata] }),
  });
  return new Uint8Array(bytes);
}
