/**
 * Reads a sealed part: finds the pages and sections that a question needs, fetches them in few reads, and puts columns
 * or lines together. It knows the layout from the file beside the table, so it needs no library for Parquet.
 */
import type { JsonObject, JsonValue } from "../json/value.ts";
import { readBesideFile, unpackSection } from "./beside-file.ts";
import { readExceptions } from "./exceptions.ts";
import { GroupColumn, readPage } from "./group-column.ts";
import { columnsByKey } from "./key-columns.ts";
import { LinePrinter } from "./line-printer.ts";
import { readLineStructure } from "./line-structure.ts";
import type { LineForm } from "./line-structure.ts";
import type { ColumnLayout, PageLayout, PartLayout, SectionLayout } from "./part-layout.ts";
import { readSections } from "./range-reads.ts";
import { RowBuilder } from "./row-builder.ts";
import { SealedPartError } from "./sealed-part-error.ts";
import type { PartSource, SealedCodec, SealedColumn, SealedPart } from "./sealed-part.ts";

/**
 * Opens a part; reads the header of the file beside the table, nothing of the table.
 *
 * @throws {SealedPartError} when the files are damaged or do not belong together.
 */
export async function openSealedPart(source: PartSource, codec: SealedCodec): Promise<SealedPartReader> {
  const layout = await readBesideFile(source.beside, codec);
  if (source.table.size !== layout.tableSize) {
    throw new SealedPartError(`the table has ${source.table.size} bytes instead of ${layout.tableSize}`);
  }
  return new SealedPartReader(source, codec, layout);
}

/** The key that orders a run's rows. */
const STEP_KEY = "_step";

/** A window of lines within one row group. */
interface GroupWindow {
  readonly group: number;
  readonly lineCount: number;
  /** Within the group. */
  readonly from: number;
  readonly to: number;
}

/** Everything that lines are printed from. */
interface LoadedGroup {
  readonly columns: readonly GroupColumn[];
  readonly forms: readonly LineForm[];
}

/** Columns whose bytes are there. */
export interface FetchedColumns {
  /**
   * Reads them. Numbers are put into what `targetOf` gives for a column by its place, as long as there are lines; what
   * it held is lost even where the column turns out to be no numbers.
   *
   * @default new arrays
   */
  read(targetOf?: (index: number) => Float64Array | undefined): readonly SealedColumn[];
}

/** An open part, made by {@link openSealedPart}. */
export class SealedPartReader implements SealedPart {
  readonly lineCount: number;
  readonly keys: readonly string[];
  /** Lines of a row group: windows that begin and end at its multiples are read without waste. */
  readonly groupLines: number;
  readonly #source: PartSource;
  readonly #codec: SealedCodec;
  readonly #layout: PartLayout;
  readonly #columns: ReadonlyMap<string, readonly number[]>;
  readonly #printer: LinePrinter;
  readonly #builder: RowBuilder;
  /** Every column, in the usual order of keys. */
  readonly #all: readonly number[];
  #loaded: { readonly group: number; readonly loading: Promise<LoadedGroup> } | undefined;

  constructor(source: PartSource, codec: SealedCodec, layout: PartLayout) {
    this.#source = source;
    this.#codec = codec;
    this.#layout = layout;
    this.#columns = columnsByKey(layout.columns);
    const paths = layout.columns.map(({ path }) => path);
    this.#printer = new LinePrinter(paths);
    this.#builder = new RowBuilder(paths);
    this.#all = [...layout.columns.keys()];
    this.lineCount = layout.lineCount;
    this.groupLines = layout.groupLines;
    this.keys = [...this.#columns.keys()];
  }

  async steps(): Promise<Float64Array> {
    const steps = new Float64Array(this.lineCount).fill(NaN);
    const column = this.#layout.columns.findIndex(({ path }) => path.length === 1 && path[0] === STEP_KEY);
    if (column === -1) return steps;
    for (const window of this.#windows(0, this.lineCount)) {
      const [values] = await this.#readColumns(window, [column]);
      const start = window.group * this.groupLines;
      for (const [line, step] of values?.integers(window.lineCount).entries() ?? [])
        steps[start + line] = step;
    }
    return steps;
  }

  async lines(from: number, to: number): Promise<readonly (string | undefined)[]> {
    const lines: (string | undefined)[] = [];
    for (const window of this.#windows(from, to)) {
      const printLine = await this.#linePrinter(window);
      for (let line = window.from; line < window.to; line += 1) lines.push(printLine(line));
    }
    return lines;
  }

  async linesAt(numbers: readonly number[]): Promise<readonly (string | undefined)[]> {
    const lines: (string | undefined)[] = [];
    for (const [group, wanted] of Map.groupBy(numbers, (number) => Math.floor(number / this.groupLines))) {
      const start = group * this.groupLines;
      for (const window of this.#windows(start, Math.min(start + this.groupLines, this.lineCount))) {
        const printLine = await this.#linePrinter(window);
        for (const number of wanted) lines.push(printLine(number - start));
      }
    }
    return lines;
  }

  /** Lines [from, to) as values; undefined for lines that are no rows. */
  async rows(from: number, to: number): Promise<readonly (JsonObject | undefined)[]> {
    const rows: (JsonObject | undefined)[] = [];
    for (const window of this.#windows(from, to)) {
      const { columns, forms } = await this.#loadGroup(window);
      const valueAt = (column: number, line: number): JsonValue | undefined => columns[column]?.valueAt(line);
      for (let line = window.from; line < window.to; line += 1) {
        const form = forms[line];
        const isRow = form?.kind === "row";
        rows.push(isRow ? this.#builder.build(form.columns ?? this.#all, line, valueAt) : undefined);
      }
    }
    return rows;
  }

  /**
   * Whether a key's column says all that a path of keys with these dots means in any row: false where an object above
   * keys, or what lies within a value, may be meant.
   */
  isColumn(key: string): boolean {
    for (let dot = key.indexOf("."); dot !== -1; dot = key.indexOf(".", dot + 1)) {
      if (this.#columns.has(key.slice(0, dot))) return false;
    }
    return !this.keys.some((other) => other.startsWith(`${key}.`));
  }

  /** The outermost keys of the rows; of those whose values are all within the key itself, whether that is so. */
  outerKeys(): ReadonlyMap<string, { readonly isFlat: boolean }> {
    const outer = new Map<string, { isFlat: boolean }>();
    for (const { path } of this.#layout.columns) {
      const key = path[0] ?? "";
      const known = outer.get(key);
      // A key with a dot in its own name shares its flattened name with a path.
      const isFlat = path.length === 1 && this.#columns.get(key)?.length === 1;
      if (known === undefined) outer.set(key, { isFlat });
      else known.isFlat = false;
    }
    return outer;
  }

  async column(key: string, from: number, to: number): Promise<SealedColumn> {
    const [column] = await this.columns([key], from, to);
    return column ?? emptyColumn(to - from);
  }

  /** Several keys of lines [from, to), in their order; pages that lie side by side are fetched at once. */
  async columns(keys: readonly string[], from: number, to: number): Promise<readonly SealedColumn[]> {
    return (await this.fetchColumns(keys, from, to)).read();
  }

  /** As {@link columns}, but only fetches them: reading them takes the time of a processor and needs no waiting. */
  async fetchColumns(keys: readonly string[], from: number, to: number): Promise<FetchedColumns> {
    const wanted = keys.map((key) => this.#columns.get(key) ?? []);
    const windows = this.#windows(from, to);
    const fetched = await this.#fetch(windows, wanted.flat());
    const read = (rivals: readonly number[], first: number, values: Float64Array): SealedColumn => {
      let start = 0;
      const stretches = windows.map((window, place): ColumnStretch => {
        const isWhole = window.from === 0 && window.to === window.lineCount;
        const target =
          isWhole && rivals.length === 1 ? values.subarray(start, start + window.lineCount) : undefined;
        start += window.to - window.from;
        return {
          window,
          rivals: rivals.map((_, rival) => this.#read(fetched[place]?.[first + rival], target)),
        };
      });
      return mergeColumn(stretches, values);
    };
    return {
      read: (targetOf) => {
        let first = 0;
        return wanted.map((rivals, index) => {
          const column = read(rivals, first, targetOf?.(index) ?? new Float64Array(to - from));
          first += rivals.length;
          return column;
        });
      },
    };
  }

  /** What gives the text of a line by its number in the window's row group. */
  async #linePrinter(window: GroupWindow): Promise<(line: number) => string | undefined> {
    const { columns, forms } = await this.#loadGroup(window);
    const textAt = (column: number, line: number): string | undefined => columns[column]?.textAt(line);
    return (line) => {
      const form = forms[line];
      if (form?.kind !== "row") return form?.kind === "text" ? form.text : undefined;
      return this.#printer.print(form.columns ?? this.#all, line, textAt);
    };
  }

  #windows(from: number, to: number): readonly GroupWindow[] {
    if (!(from >= 0 && to <= this.lineCount)) throw new RangeError(`There are no lines ${from} to ${to}`);
    const windows: GroupWindow[] = [];
    for (let group = Math.floor(from / this.groupLines); group * this.groupLines < to; group += 1) {
      const start = group * this.groupLines;
      const lineCount = Math.min(this.groupLines, this.lineCount - start);
      windows.push({
        group,
        lineCount,
        from: Math.max(0, from - start),
        to: Math.min(lineCount, to - start),
      });
    }
    return windows;
  }

  /** All of a row group; the last one is kept, because pages of rows are asked for one after another. */
  #loadGroup(window: GroupWindow): Promise<LoadedGroup> {
    if (this.#loaded?.group !== window.group) {
      const loading = this.#readGroup(window);
      const loaded = { group: window.group, loading };
      this.#loaded = loaded;
      loading.catch(() => {
        if (this.#loaded === loaded) this.#loaded = undefined;
      });
    }
    return this.#loaded.loading;
  }

  async #readGroup(window: GroupWindow): Promise<LoadedGroup> {
    const section = this.#layout.groups[window.group]?.structure;
    const [columns, structure] = await Promise.all([
      this.#readColumns(window, this.#all),
      section && this.#readBeside(section, "the forms of lines"),
    ]);
    return { columns, forms: readLineStructure(structure, window.lineCount) };
  }

  async #readColumns(window: GroupWindow, columns: readonly number[]): Promise<readonly GroupColumn[]> {
    const [fetched] = await this.#fetch([window], columns);
    return (fetched ?? []).map((pieces) => this.#read(pieces));
  }

  /** What lies of some columns in some windows: for each window, for each column. */
  async #fetch(
    windows: readonly GroupWindow[],
    columns: readonly number[],
  ): Promise<readonly (readonly ColumnPieces[])[]> {
    const places = windows.flatMap(({ group, lineCount }) => {
      const layout = this.#layout.groups[group];
      return columns.map((column) => ({
        group,
        lineCount,
        column: this.#layout.columns[column],
        page: layout?.pages.get(column),
        section: layout?.exceptions.get(column),
      }));
    });
    const [pages, sections] = await Promise.all([
      readSections(
        this.#source.table,
        places.map(({ page }) => page),
      ),
      readSections(
        this.#source.beside,
        places.map(({ section }) => section),
      ),
    ]);
    const pieces = places.map((place, index) => ({
      ...place,
      pageBytes: pages[index],
      sectionBytes: sections[index],
    }));
    return windows.map((_, index) => pieces.slice(index * columns.length, (index + 1) * columns.length));
  }

  #read(pieces: ColumnPieces | undefined, target?: Float64Array): GroupColumn {
    if (pieces === undefined) return new GroupColumn("none", undefined, undefined);
    const { group, lineCount, column, page, pageBytes, section, sectionBytes } = pieces;
    const what = `column ${JSON.stringify(column?.path.join("."))} in row group ${group}`;
    return new GroupColumn(
      column?.storage ?? "none",
      page && pageBytes && column
        ? readPage(unpackSection(pageBytes, page, this.#codec, what), column, page, lineCount, target)
        : undefined,
      section && sectionBytes
        ? readExceptions(
            unpackSection(sectionBytes, section, this.#codec, `what lies beside ${what}`),
            lineCount,
          )
        : undefined,
    );
  }

  async #readBeside(section: SectionLayout, what: string): Promise<Uint8Array> {
    const bytes = await this.#source.beside.read(section.offset, section.offset + section.length);
    return unpackSection(bytes, section, this.#codec, what);
  }
}

/** What lies of a column in a row group, as it came. */
interface ColumnPieces {
  readonly group: number;
  readonly lineCount: number;
  readonly column: ColumnLayout | undefined;
  readonly page: PageLayout | undefined;
  readonly pageBytes: Uint8Array | undefined;
  readonly section: SectionLayout | undefined;
  readonly sectionBytes: Uint8Array | undefined;
}

/** A stretch of a key's lines: for each column that the key means, its values. */
interface ColumnStretch {
  readonly window: GroupWindow;
  readonly rivals: readonly GroupColumn[];
}

/** Makes a column of its stretches; numbers are put into `values`, or are there already. */
function mergeColumn(stretches: readonly ColumnStretch[], values: Float64Array): SealedColumn {
  const isNumber = stretches.every(({ window: { from, to }, rivals }) =>
    rivals.every((column) => column.isNumeric(from, to)),
  );
  return isNumber ? mergeNumbers(stretches, values) : mergeTexts(stretches);
}

function mergeNumbers(stretches: readonly ColumnStretch[], values: Float64Array): SealedColumn {
  const isPresent = new Uint8Array(values.length);
  let start = 0;
  for (const {
    window: { from, to },
    rivals,
  } of stretches) {
    const [first, ...others] = rivals;
    if (first === undefined) values.fill(NaN, start, start + to - from);
    else first.fill(from, to, values, isPresent, start);
    for (const other of others) {
      const rival = emptyColumn(to - from);
      other.fill(from, to, rival.values, rival.isPresent, 0);
      for (const [line, bit] of rival.isPresent.entries()) {
        if (bit === 0 || isPresent[start + line] === 1) continue;
        values[start + line] = rival.values[line] ?? NaN;
        isPresent[start + line] = 1;
      }
    }
    start += to - from;
  }
  return { kind: "number", values, isPresent };
}

function mergeTexts(stretches: readonly ColumnStretch[]): SealedColumn {
  const values: (string | undefined)[] = [];
  for (const {
    window: { from, to },
    rivals,
  } of stretches) {
    for (let line = from; line < to; line += 1) {
      let text: string | undefined;
      for (const column of rivals) text ??= column.textAt(line);
      values.push(text);
    }
  }
  return { kind: "json", values };
}

function emptyColumn(lineCount: number): SealedColumn & { readonly kind: "number" } {
  return {
    kind: "number",
    values: new Float64Array(lineCount).fill(NaN),
    isPresent: new Uint8Array(lineCount),
  };
}
