/** The sealed format on Node: Parquet files with Zstandard, and the file beside each. */
import { crc32, zstdDecompressSync } from "node:zlib";
import { openSealedPart, writeBesideFile } from "@steelyard/protocol";
import type { PackedGroup, PackedSection, SealedCodec, SealedPartReader } from "@steelyard/protocol";
import type { EncodedPart, PartSource, SealedFormat } from "../../modules/history/sealed-format.ts";
import { ColumnPages } from "./column-pages.ts";
import { planColumns } from "./column-plan.ts";
import type { PlannedColumn } from "./column-plan.ts";
import { ScannedLines } from "./scanned-lines.ts";
import { TableFile, compress } from "./table-file.ts";
import type { TableColumn, TablePage } from "./table-file.ts";

/** Lines of a row group: enough for compression, few enough for a page of rows; a part of 65,536 lines has four. */
const GROUP_LINES = 16_384;

const STEP_KEY = "_step";

const codec: SealedCodec = {
  decompress(bytes, size) {
    return zstdDecompressSync(bytes, { maxOutputLength: Math.max(size, 1), chunkSize: Math.max(size, 64) });
  },
  checksum: (bytes) => crc32(bytes),
};

/** Parquet parts; see `docs/adr/0008`. */
export class ParquetSealedFormat implements SealedFormat {
  readonly #groupLines: number;

  /** `groupLines` is for tests, which want several row groups of few lines. @default 16,384 */
  constructor({ groupLines = GROUP_LINES }: { readonly groupLines?: number } = {}) {
    this.#groupLines = groupLines;
  }

  encode(lines: readonly (string | undefined)[], firstLine = 0): EncodedPart {
    const scanned = new ScannedLines(lines, firstLine);
    const groupLines = this.#groupLines;
    const columns = planColumns(scanned.nodes, lines.length, Math.ceil(lines.length / groupLines));
    const tableColumns = inTableOrder(columns);
    const table = new TableFile(tableColumns.map(({ column }) => column));
    const pages = columns.map((column) => new ColumnPages(column));
    const groups: PackedGroup[] = [];
    for (let from = 0; from < lines.length; from += groupLines) {
      const to = Math.min(lines.length, from + groupLines);
      const taken = pages.map((page) => page.take(from, to));
      const tablePages = tableColumns.flatMap(({ index }): TablePage[] => {
        const page = taken[index]?.page;
        return page === undefined ? [] : [page];
      });
      const layouts = table.addGroup(to - from, tablePages);
      groups.push({
        pages: new Map(
          tableColumns.flatMap(({ index }, place) => {
            const layout = layouts[place];
            return layout === undefined ? [] : [[index, layout] as const];
          }),
        ),
        exceptions: new Map(
          taken.flatMap(({ exceptions }, index) =>
            exceptions === undefined ? [] : [[index, pack(exceptions)] as const],
          ),
        ),
        structure: packIfAny(scanned.structure(from, to)),
      });
    }
    const file = table.finish();
    const layout = {
      lineCount: lines.length,
      tableSize: file.length,
      groupLines,
      columns: columns.map(({ node, storage, isRequired }) => ({ path: node.path, storage, isRequired })),
      groups,
    };
    const { minStep, maxStep, isAscending } = scanned.steps;
    return {
      table: file,
      beside: writeBesideFile(layout, compress),
      lineCount: lines.length,
      minStep,
      maxStep,
      isStepAscending: isAscending,
      statistics: scanned.statistics,
    };
  }

  open(source: PartSource): Promise<SealedPartReader> {
    return openSealedPart(source, codec);
  }
}

/** The table's columns, the step first, the others by name. */
function inTableOrder(
  columns: readonly PlannedColumn[],
): readonly { readonly column: TableColumn; readonly index: number }[] {
  return columns
    .flatMap(({ name, storage, isRequired }, index) =>
      storage === "none" ? [] : [{ column: { name, storage, isRequired }, index }],
    )
    .sort(({ column: { name: a } }, { column: { name: b } }) => {
      if (a === STEP_KEY || b === STEP_KEY) return a === STEP_KEY ? -1 : 1;
      return a < b ? -1 : 1;
    });
}

function packIfAny(content: Uint8Array | undefined): PackedSection | undefined {
  return content === undefined ? undefined : pack(content);
}

function pack(content: Uint8Array): PackedSection {
  return { bytes: compress(content), size: content.length };
}
