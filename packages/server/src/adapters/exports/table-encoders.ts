/** The encoders of exported files, by number; they hold nothing but the files that are open. */
import type { ExportFormat } from "@steelyard/protocol";
import { ServerError } from "../../errors.ts";
import type { ExportColumn } from "../../modules/exports/export-columns.ts";
import type { ExportEncoders } from "../../modules/exports/export-encoder.ts";
import { RowTable } from "../../modules/exports/row-table.ts";
import type { RowGroup, RowOwner } from "../../modules/exports/row-table.ts";
import { ArrowFile } from "./arrow-file.ts";
import { ParquetFile } from "./parquet-file.ts";

/** A file with columns, written a group of rows at a time. */
export interface TableFile {
  /** The bytes of a group, and what comes before it. */
  write(group: RowGroup): Uint8Array;
  /** The last bytes. */
  finish(): Uint8Array;
}

/** Rows are held until they take about this much memory; of text alone at most twice as much, so that Arrow's 32-bit offsets last. */
const GROUP_BYTES = 16 * 1024 * 1024;
/** More rows in a group help no reader. */
const GROUP_ROWS = 128 * 1024;

interface OpenFile {
  append(owner: RowOwner, rows: readonly string[]): Uint8Array;
  finish(): Uint8Array;
}

/** `ExportEncoders` in this thread. */
export class TableEncoders implements ExportEncoders {
  readonly #files = new Map<number, OpenFile>();
  #lastId = 0;

  open({
    format,
    columns,
  }: {
    readonly format: ExportFormat;
    readonly columns: readonly ExportColumn[];
  }): Promise<{ readonly encoderId: number }> {
    const encoderId = ++this.#lastId;
    this.#files.set(encoderId, openFile(format, columns));
    return Promise.resolve({ encoderId });
  }

  async append(request: {
    readonly encoderId: number;
    readonly owner: RowOwner;
    readonly rows: readonly string[];
  }): Promise<Uint8Array> {
    return Promise.resolve(this.#file(request.encoderId).append(request.owner, request.rows));
  }

  async finish({ encoderId }: { readonly encoderId: number }): Promise<Uint8Array> {
    return Promise.resolve(this.#file(encoderId).finish());
  }

  close({ encoderId }: { readonly encoderId: number }): Promise<void> {
    this.#files.delete(encoderId);
    return Promise.resolve();
  }

  #file(encoderId: number): OpenFile {
    const file = this.#files.get(encoderId);
    if (file === undefined) throw new ServerError("internal", `no export ${encoderId} is open`);
    return file;
  }
}

function openFile(format: ExportFormat, columns: readonly ExportColumn[]): OpenFile {
  switch (format) {
    case "ndjson":
      return ndjsonFile();
    case "parquet":
      return groupedFile(columns, new ParquetFile(columns));
    case "arrow":
      return groupedFile(columns, new ArrowFile(columns));
  }
}

/** A line a row, with the row's text as it was logged: nothing is parsed, so nothing is changed. */
function ndjsonFile(): OpenFile {
  return {
    append: ({ id, name }, rows) => {
      if (rows.length === 0) return new Uint8Array();
      const head = `{"run_id":${JSON.stringify(id)},"run_name":${JSON.stringify(name)},"row":`;
      let text = "";
      for (const row of rows) text += `${head}${oneLine(row)}}\n`;
      return Buffer.from(text);
    },
    finish: () => new Uint8Array(),
  };
}

/** Between the tokens of a JSON text a line may end, and inside of texts none does. */
function oneLine(row: string): string {
  return row.includes("\n") || row.includes("\r") ? row.replaceAll(/[\r\n]/g, " ") : row;
}

function groupedFile(columns: readonly ExportColumn[], file: TableFile): OpenFile {
  const table = new RowTable(columns);
  return {
    append: (owner, rows) => {
      const parts: Uint8Array[] = [];
      for (const row of rows) {
        table.add(owner, row);
        if (table.sizeBytes >= GROUP_BYTES || table.rowCount >= GROUP_ROWS)
          parts.push(file.write(table.take()));
      }
      return joined(parts);
    },
    finish: () => {
      const last = table.rowCount > 0 ? file.write(table.take()) : new Uint8Array();
      return joined([last, file.finish()]);
    },
  };
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const filled = parts.filter((part) => part.length > 0);
  const [first = new Uint8Array()] = filled;
  return filled.length <= 1 ? first : Buffer.concat(filled);
}
