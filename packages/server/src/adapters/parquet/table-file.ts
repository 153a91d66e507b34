/**
 * Writes a Parquet file page by page. The pages are made here, in tight loops over typed arrays; headers, footer and
 * packed integers are hyparquet-writer's.
 */
import { constants, crc32, zstdCompressSync } from "node:zlib";
import type { ColumnStorage, PageLayout } from "@steelyard/protocol";
import type { ColumnChunk, Encoding, RowGroup, SchemaElement, Statistics } from "hyparquet";
import { ByteWriter } from "hyparquet-writer";
import { writePageHeader } from "hyparquet-writer/src/datapage.js";
import { writeMetadata } from "hyparquet-writer/src/metadata.js";

const MAGIC = new TextEncoder().encode("PAR1");

/** A column of the table. */
export interface TableColumn {
  readonly name: string;
  readonly storage: Exclude<ColumnStorage, "none">;
  readonly isRequired: boolean;
}

/** The content of a page before compression. */
export interface TablePage {
  readonly content: Uint8Array;
  /** Of doubles the same in the encoding PLAIN. */
  readonly plain?: () => Uint8Array;
  /** Lines, with and without a value. */
  readonly lineCount: number;
  readonly isWide: boolean;
  readonly statistics: Statistics;
}

/**
 * Doubles that save less than this share by compression lie as they are. A sixth is where reading it over a network of
 * 1 Gbit/s takes as long as unpacking and joining the bytes, or in a browser at 100 Mbit/s.
 */
const LEAST_SAVING = 1 / 6;

const FORMS: Readonly<
  Record<
    TableColumn["storage"],
    { readonly type: SchemaElement["type"] & string; readonly encoding: Encoding }
  >
> = {
  double: { type: "DOUBLE", encoding: "BYTE_STREAM_SPLIT" },
  integer: { type: "INT64", encoding: "DELTA_BINARY_PACKED" },
  boolean: { type: "BOOLEAN", encoding: "PLAIN" },
  string: { type: "BYTE_ARRAY", encoding: "PLAIN" },
  json: { type: "BYTE_ARRAY", encoding: "PLAIN" },
};

/** One Zstandard frame of level 1, the fastest and, for these contents, as small as any. */
export function compress(bytes: Uint8Array): Uint8Array {
  return zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: 1 } });
}

/** A file that grows by row groups. */
export class TableFile {
  readonly #columns: readonly TableColumn[];
  readonly #pieces: Uint8Array[] = [MAGIC];
  #size = MAGIC.length;
  readonly #groups: RowGroup[] = [];
  #lineCount = 0;

  constructor(columns: readonly TableColumn[]) {
    this.#columns = columns;
  }

  /** Adds a row group: a page for each column. Answers where each page lies. */
  addGroup(lineCount: number, pages: Iterable<TablePage>): readonly PageLayout[] {
    const layouts: PageLayout[] = [];
    const chunks: ColumnChunk[] = [];
    const start = this.#size;
    let uncompressed = 0;
    for (const page of pages) {
      const column = this.#columns[chunks.length];
      if (column === undefined) break;
      const { chunk, layout } = this.#addPage(column, page);
      chunks.push(chunk);
      layouts.push(layout);
      uncompressed += layout.size;
    }
    this.#groups.push({
      columns: chunks,
      total_byte_size: BigInt(uncompressed),
      num_rows: BigInt(lineCount),
      total_compressed_size: BigInt(this.#size - start),
    });
    this.#lineCount += lineCount;
    return layouts;
  }

  /** The whole file. */
  finish(): Uint8Array {
    const footer = new ByteWriter();
    writeMetadata(footer, {
      version: 2,
      created_by: "steelyard",
      schema: this.#schema(),
      num_rows: BigInt(this.#lineCount),
      row_groups: this.#groups,
      metadata_length: 0,
    });
    this.#push(footer.getBytes());
    this.#push(MAGIC);
    const file = new Uint8Array(this.#size);
    let position = 0;
    for (const piece of this.#pieces) {
      file.set(piece, position);
      position += piece.length;
    }
    return file;
  }

  #addPage(
    { name, storage }: TableColumn,
    { content, plain, lineCount, isWide, statistics }: TablePage,
  ): { readonly chunk: ColumnChunk; readonly layout: PageLayout } {
    const { type, encoding: packedEncoding } = FORMS[storage];
    const packed = compress(content);
    const isPlain = plain !== undefined && packed.length > content.length * (1 - LEAST_SAVING);
    const body = isPlain ? plain() : packed;
    const encoding = isPlain ? "PLAIN" : packedEncoding;
    const checksum = crc32(body);
    const start = this.#size;
    const header = new ByteWriter();
    writePageHeader(header, {
      type: "DATA_PAGE",
      uncompressed_page_size: content.length,
      compressed_page_size: body.length,
      // The format's field is a signed integer.
      crc: checksum | 0,
      data_page_header: {
        num_values: lineCount,
        encoding,
        definition_level_encoding: "RLE",
        repetition_level_encoding: "RLE",
      },
    });
    this.#push(header.getBytes());
    const offset = this.#size;
    this.#push(body);
    const chunk: ColumnChunk = {
      file_offset: BigInt(start),
      meta_data: {
        type,
        encodings: [encoding, "RLE"],
        path_in_schema: [name],
        codec: isPlain ? "UNCOMPRESSED" : "ZSTD",
        num_values: BigInt(lineCount),
        total_uncompressed_size: BigInt(offset - start + content.length),
        total_compressed_size: BigInt(this.#size - start),
        data_page_offset: BigInt(start),
        statistics,
      },
    };
    const layout = { offset, length: body.length, size: content.length, checksum, isWide, isPlain };
    return { chunk, layout };
  }

  #schema(): SchemaElement[] {
    const root: SchemaElement = { name: "root", num_children: this.#columns.length };
    return [
      root,
      ...this.#columns.map(({ name, storage, isRequired }): SchemaElement => {
        const { type } = FORMS[storage];
        const repetition_type = isRequired ? "REQUIRED" : "OPTIONAL";
        if (type !== "BYTE_ARRAY") return { name, type, repetition_type };
        return { name, type, repetition_type, converted_type: "UTF8", logical_type: { type: "STRING" } };
      }),
    ];
  }

  #push(piece: Uint8Array): void {
    this.#pieces.push(piece);
    this.#size += piece.length;
  }
}
