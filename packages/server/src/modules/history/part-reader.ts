/**
 * Reads sealed parts: opens them once, and keeps the columns and lines read lately within a bound of bytes. Line numbers
 * are those of the stream.
 */
import type { BlobStore } from "../../ports/blob-store.ts";
import { ByteCache } from "./byte-cache.ts";
import { LinesMovedError } from "./lines-moved.ts";
import type { RangeSource, SealedColumn, SealedFormat, SealedPart } from "./sealed-format.ts";
import type { StoredPart } from "./sealed-part-store.ts";

/** What the reader is built from. */
export interface PartReaderParts {
  readonly blobs: Pick<BlobStore, "read">;
  readonly format: SealedFormat;
  /**
   * About how many bytes of columns and of lines may be kept, each.
   *
   * @default 48 MiB
   */
  readonly maxBytes?: number;
}

/** Lines of a block: whole blocks are read and kept, so that the next page is there. */
const BLOCK_LINES = 4096;

/** Of a block all lines are read when at least one in so many is asked for. */
const BLOCK_SHARE = 16;

/** Parts that are kept open, each with what its header says. */
const MAX_OPEN = 512;

const DEFAULT_BYTES = 48 * 1024 * 1024;

type Lines = readonly (string | undefined)[];

/** A flattened key of a part's lines. */
export interface PartColumn {
  /** By line: 1 where there is a value, 0 where there is none. */
  readonly isPresent: Uint8Array;
  /** By line: numbers where all values are, otherwise JSON texts. */
  readonly values: Float64Array | readonly (string | undefined)[];
}

/** Opens and reads parts. Every method throws `LinesMovedError` when the part's blobs are gone. */
export class PartReader {
  readonly #blobs: PartReaderParts["blobs"];
  readonly #format: SealedFormat;
  readonly #open: ByteCache<SealedPart>;
  readonly #columns: ByteCache<PartColumn>;
  readonly #steps: ByteCache<Float64Array>;
  readonly #blocks: ByteCache<Lines>;

  constructor({ blobs, format, maxBytes = DEFAULT_BYTES }: PartReaderParts) {
    this.#blobs = blobs;
    this.#format = format;
    this.#open = new ByteCache({ maxBytes: MAX_OPEN, sizeOf: () => 1 });
    this.#columns = new ByteCache({ maxBytes, sizeOf: columnBytes });
    this.#steps = new ByteCache({ maxBytes: maxBytes / 4, sizeOf: (steps) => steps.byteLength });
    this.#blocks = new ByteCache({ maxBytes, sizeOf: linesBytes });
  }

  /** The flattened keys of a part. */
  async keys(part: StoredPart): Promise<readonly string[]> {
    return (await this.#opened(part)).keys;
  }

  /** The step that each line states, by its number in the part; NaN where it is absent or states none. */
  steps(part: StoredPart): Promise<Float64Array> {
    return this.#steps.get(part.tableKey, async () => (await this.#opened(part)).steps());
  }

  /** A flattened key of all lines, by their numbers in the part. */
  column(part: StoredPart, key: string): Promise<PartColumn> {
    return this.#columns.get(`${part.tableKey}/${key}`, async () => {
      return toPartColumn(await (await this.#opened(part)).column(key, 0, part.lineCount));
    });
  }

  /** Some lines of the stream, all of the part, by their ascending numbers. */
  async linesAt(part: StoredPart, numbers: readonly number[]): Promise<Lines> {
    const lines: (string | undefined)[] = [];
    const single: number[] = [];
    for (const [block, indexes] of Map.groupBy(numbers.keys(), (index) =>
      this.#blockOf(part, numbers[index] ?? 0),
    )) {
      // A block of which much is asked for will be asked for again; of others only the lines are put together.
      const isWorthwhile =
        indexes.length * BLOCK_SHARE >= BLOCK_LINES || this.#blocks.has(blockKey(part, block));
      const texts = isWorthwhile ? await this.#block(part, block) : undefined;
      for (const index of indexes) {
        const line = (numbers[index] ?? 0) - part.firstLine;
        if (texts === undefined) single.push(index);
        else lines[index] = texts[line - block * BLOCK_LINES];
      }
    }
    if (single.length === 0) return lines;
    // The same sample is asked for again and again by whoever watches a run.
    const chosen = single.map((index) => (numbers[index] ?? 0) - part.firstLine);
    const texts = await this.#blocks.get(`${part.tableKey}/at ${chosen.join()}`, async () => {
      return (await this.#opened(part)).linesAt(chosen);
    });
    for (const [at, index] of single.entries()) lines[index] = texts[at];
    return lines;
  }

  /** Lines `from` (inclusive) to `to` (exclusive) of the stream, which must be the part's. */
  async lines(part: StoredPart, from: number, to: number): Promise<Lines> {
    const start = from - part.firstLine;
    const end = to - part.firstLine;
    const lines: (string | undefined)[] = [];
    for (let at = start; at < end;) {
      const block = Math.floor(at / BLOCK_LINES);
      const stop = Math.min(end, (block + 1) * BLOCK_LINES);
      const texts = await this.#block(part, block);
      for (; at < stop; at += 1) lines.push(texts[at - block * BLOCK_LINES]);
    }
    return lines;
  }

  #blockOf(part: StoredPart, line: number): number {
    return Math.floor((line - part.firstLine) / BLOCK_LINES);
  }

  #block(part: StoredPart, block: number): Promise<Lines> {
    return this.#blocks.get(blockKey(part, block), async () => {
      const from = block * BLOCK_LINES;
      return (await this.#opened(part)).lines(from, Math.min(from + BLOCK_LINES, part.lineCount));
    });
  }

  #opened(part: StoredPart): Promise<SealedPart> {
    return this.#open.get(part.tableKey, () =>
      this.#format.open({
        table: blobRange(this.#blobs, part.tableKey, part.tableBytes),
        beside: blobRange(this.#blobs, part.besideKey, part.besideBytes),
      }),
    );
  }
}

/** A blob as the format reads it. */
export function blobRange(blobs: Pick<BlobStore, "read">, key: string, size: number): RangeSource {
  return {
    size,
    read: async (start, end) => {
      const chunks = await blobs.read({ key, start, end });
      if (chunks === undefined) throw new LinesMovedError(`The sealed file ${key} is gone`);
      const bytes = new Uint8Array(end - start);
      let length = 0;
      for await (const chunk of chunks) {
        bytes.set(chunk, length);
        length += chunk.byteLength;
      }
      if (length !== bytes.length) throw new Error(`The sealed file ${key} ends before byte ${end}`);
      return bytes;
    },
  };
}

function toPartColumn(column: SealedColumn): PartColumn {
  if (column.kind === "number") return column;
  return {
    values: column.values,
    isPresent: Uint8Array.from(column.values, (value) => (value === undefined ? 0 : 1)),
  };
}

function columnBytes({ isPresent, values }: PartColumn): number {
  return isPresent.byteLength + (values instanceof Float64Array ? values.byteLength : linesBytes(values));
}

function blockKey(part: StoredPart, block: number): string {
  return `${part.tableKey}/${block}`;
}

function linesBytes(lines: Lines): number {
  return lines.reduce((sum: number, line) => sum + 32 + (line?.length ?? 0) * 2, 64);
}
