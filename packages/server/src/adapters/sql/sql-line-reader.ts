/**
 * Reads lines where they lie: in batches, and in sealed parts, which lie over them. What is read is what was there at
 * some moment of the call; lines that are sealed meanwhile are looked for again.
 */
import type { Kysely } from "kysely";
import type {
  Line,
  LineLayout,
  LineRange,
  LineStretch,
  StepWindow,
} from "../../modules/history/history-log.ts";
import { LinesMovedError, untilSettled } from "../../modules/history/lines-moved.ts";
import type { PartReader } from "../../modules/history/part-reader.ts";
import type { StoredPart } from "../../modules/history/sealed-part-store.ts";
import type { HistoryTables } from "./history-tables.ts";
import { MAX_BATCH_LINES } from "./line-batches.ts";
import { decodeLines } from "./line-encoding.ts";
import { headOf, loadHeads, type StreamKey } from "./line-heads.ts";
import { planLines, type BatchSpan, type Cut, type LineCover, type LinePiece } from "./line-plan.ts";
import { loadParts, spanOf } from "./sealed-part-rows.ts";

const batchesReadAtOnce = 64;

/** Reads sealed lines. */
export type PartLines = Pick<PartReader, "lines" | "steps">;

/** The reading half of the history log. */
export class SqlLineReader {
  readonly #db: Kysely<HistoryTables>;
  readonly #parts: PartLines | undefined;

  constructor({ db, parts }: { readonly db: Kysely<HistoryTables>; readonly parts: PartLines | undefined }) {
    this.#db = db;
    this.#parts = parts;
  }

  /** As `HistoryLog.readLines`. */
  readLines(range: LineRange): Promise<readonly Line[]> {
    return untilSettled(async () => {
      const cover = await this.#coverOf(range, range.from, range.to);
      return this.#readPieces(range, planLines(cover, range.from, range.to));
    });
  }

  /** As `HistoryLog.readSteps`. */
  readSteps(window: StepWindow): Promise<readonly Line[]> {
    const key = { projectId: window.projectId, runId: window.runId, stream: "history" } as const;
    return untilSettled(async () => {
      const batches = await this.#batchesWithSteps(key, window);
      const ranges = (await loadParts(this.#db, key))
        .filter((part) => mayHoldSteps(part, window))
        .map(spanOf);
      const found = [...batches, ...ranges];
      if (found.length === 0) return [];
      const wanted = new Set(found.map(nameOf));
      const from = found.reduce((least, span) => Math.min(least, span.firstLine), Infinity);
      const to = found.reduce((most, span) => Math.max(most, span.firstLine + span.lineCount), 0);
      // Later batches may cover lines of those found, and take them out of the window.
      const pieces = planLines(await this.#coverOf(key, from, to), from, to);
      const chosen = pieces.filter((piece) => wanted.has(nameOf(piece)));
      return this.#readPieces(key, await this.#narrow(chosen, window));
    });
  }

  /** As `HistoryLog.layout`. */
  layout(range: LineRange): Promise<LineLayout> {
    return untilSettled(async () => {
      const { version, line_count: lineCount } = headOf(await loadHeads(this.#db, [range]), range);
      const end = Math.min(range.to, lineCount);
      const parts = await loadParts(this.#db, range);
      const sealedEnd = parts.reduce((most, part) => Math.max(most, part.firstLine + part.lineCount), 0);
      // Past the last part nothing need be known of the batches, of which there may be many.
      const cover = await this.#coverOf(range, range.from, Math.min(end, sealedEnd));
      const after = parts.length === 0 ? parts : await loadParts(this.#db, range);
      if (after.map(nameOfPart).join() !== parts.map(nameOfPart).join()) {
        throw new LinesMovedError("Parts of the stream were put in place meanwhile");
      }
      const pieces = planLines(cover, range.from, Math.min(end, sealedEnd));
      const seen = new Set(pieces.flatMap(({ part }) => (part === undefined ? [] : nameOfPart(part))));
      const hidden = parts.filter((part) => {
        const isWithin = part.firstLine >= range.from && part.firstLine + part.lineCount <= range.to;
        return isWithin && !seen.has(nameOfPart(part));
      });
      return { version, lineCount, stretches: toStretches(pieces, range.from, end), hidden };
    });
  }

  /** As `HistoryLog.partStatistics`. */
  async partStatistics(part: StoredPart): Promise<string> {
    const row = await this.#db
      .selectFrom("sealed_parts")
      .select("statistics")
      .where("project_id", "=", part.projectId)
      .where("run_id", "=", part.runId)
      .where("stream", "=", part.stream)
      .where("first_line", "=", part.firstLine)
      .where("version", "=", part.version)
      .executeTakeFirst();
    if (row === undefined) throw new LinesMovedError("The sealed part is gone");
    return row.statistics;
  }

  /**
   * Batches are asked for before parts: a batch that is sealed in between is then there twice, not missing, and the
   * part wins.
   */
  async #coverOf(key: StreamKey, from: number, to: number): Promise<LineCover> {
    if (to <= from) return { batches: [], cuts: [] };
    const batches = await this.#db
      .selectFrom("line_batches")
      .select(["batch_no as batchNo", "first_line as firstLine", "line_count as lineCount"])
      .where("project_id", "=", key.projectId)
      .where("run_id", "=", key.runId)
      .where("stream", "=", key.stream)
      .where("first_line", ">", from - MAX_BATCH_LINES)
      .where("first_line", "<", to)
      .where((eb) => eb(eb("first_line", "+", eb.ref("line_count")), ">", from))
      .execute();
    const cuts = await this.#cuts(key);
    const parts = await loadParts(this.#db, key);
    const spans = parts
      .filter((part) => part.firstLine < to && part.firstLine + part.lineCount > from)
      .map(spanOf);
    return { batches: [...batches, ...spans], cuts };
  }

  #cuts(key: StreamKey): Promise<readonly Cut[]> {
    return this.#db
      .selectFrom("line_cuts")
      .select(["version as batchNo", "line_count as lineCount"])
      .where("project_id", "=", key.projectId)
      .where("run_id", "=", key.runId)
      .where("stream", "=", key.stream)
      .execute();
  }

  async #batchesWithSteps(key: StreamKey, window: StepWindow): Promise<readonly BatchSpan[]> {
    const batches = this.#db
      .selectFrom("line_batches")
      .select(["batch_no as batchNo", "first_line as firstLine", "line_count as lineCount"])
      .where("project_id", "=", key.projectId)
      .where("run_id", "=", key.runId)
      .where("stream", "=", key.stream);
    // Two queries, because a database searches an index with one condition at a time.
    const known = await batches
      .where("max_step", ">=", window.minStep)
      .where("min_step", "<", window.maxStep)
      .execute();
    const unknown = await batches.where("max_step", "is", null).execute();
    return [...known, ...unknown];
  }

  /** Leaves of the pieces of sealed parts the lines that have a step in the window, or may have. */
  async #narrow(pieces: readonly LinePiece[], window: StepWindow): Promise<readonly LinePiece[]> {
    const narrowed: LinePiece[] = [];
    for (const piece of pieces) {
      const { part } = piece;
      if (part === undefined) narrowed.push(piece);
      else
        for (const range of await this.#linesWithSteps(part, piece, window))
          narrowed.push({ ...piece, ...range });
    }
    return narrowed;
  }

  async #linesWithSteps(
    part: StoredPart,
    { from, to }: LinePiece,
    window: StepWindow,
  ): Promise<readonly Range[]> {
    const { firstLine, lineCount, minStep, maxStep } = part;
    if (part.isStepAscending && minStep !== null && maxStep !== null && maxStep - minStep === lineCount - 1) {
      const start = Math.max(from, firstLine + window.minStep - minStep);
      const end = Math.min(to, firstLine + window.maxStep - minStep);
      return start < end ? [{ from: start, to: end }] : [];
    }
    const steps = await this.#reader().steps(part);
    const ranges: { readonly from: number; to: number }[] = [];
    for (let line = from; line < to; line += 1) {
      const stated = steps[line - firstLine] ?? NaN;
      // A line that states no step has its number for one.
      const step = Number.isNaN(stated) ? line : stated;
      if (step < window.minStep || step >= window.maxStep) continue;
      const last = ranges.at(-1);
      if (last?.to === line) last.to = line + 1;
      else ranges.push({ from: line, to: line + 1 });
    }
    return ranges;
  }

  async #readPieces(key: StreamKey, pieces: readonly LinePiece[]): Promise<readonly Line[]> {
    const lines: Line[] = [];
    for (let start = 0; start < pieces.length; start += batchesReadAtOnce) {
      const portion = pieces.slice(start, start + batchesReadAtOnce);
      const inBatches = portion.filter((piece) => piece.part === undefined);
      const batches = await this.#readBatches(key, [...new Set(inBatches.map((piece) => piece.batchNo))]);
      for (const piece of portion) {
        if (piece.part === undefined) takeLines(lines, piece, batches.get(piece.batchNo));
        else takePresent(lines, piece, await this.#reader().lines(piece.part, piece.from, piece.to));
      }
    }
    return lines;
  }

  async #readBatches(key: StreamKey, batchNos: readonly number[]): Promise<Map<number, readonly string[]>> {
    if (batchNos.length === 0) return new Map();
    const rows = await this.#db
      .selectFrom("line_batches")
      .select(["batch_no", "encoding", "data"])
      .where("project_id", "=", key.projectId)
      .where("run_id", "=", key.runId)
      .where("stream", "=", key.stream)
      .where("batch_no", "in", batchNos)
      .execute();
    return new Map(rows.map((row) => [row.batch_no, decodeLines(row)]));
  }

  #reader(): PartLines {
    if (this.#parts === undefined)
      throw new Error("the log holds sealed lines and was given no reader for them");
    return this.#parts;
  }
}

interface Range {
  readonly from: number;
  readonly to: number;
}

function mayHoldSteps({ minStep, maxStep, isStepAscending }: StoredPart, window: StepWindow): boolean {
  // Lines that state no step have their numbers for steps.
  if (!isStepAscending || minStep === null || maxStep === null) return true;
  return maxStep >= window.minStep && minStep < window.maxStep;
}

function nameOf({ batchNo, part }: { readonly batchNo: number; readonly part?: StoredPart }): string {
  return part === undefined ? `batch ${batchNo}` : nameOfPart(part);
}

function nameOfPart({ firstLine, version }: StoredPart): string {
  return `part ${firstLine} at ${version}`;
}

function takeLines(lines: Line[], piece: LinePiece, texts: readonly string[] | undefined): void {
  if (texts === undefined) throw new LinesMovedError(`Batch ${piece.batchNo} is gone`);
  for (let number = piece.from; number < piece.to; number += 1) {
    const text = texts[number - piece.firstLine];
    if (text === undefined) throw new Error(`batch ${piece.batchNo} holds fewer lines than it says`);
    lines.push({ number, text });
  }
}

function takePresent(lines: Line[], { from }: LinePiece, texts: readonly (string | undefined)[]): void {
  for (const [index, text] of texts.entries()) {
    if (text !== undefined) lines.push({ number: from + index, text });
  }
}

function toStretches(pieces: readonly LinePiece[], from: number, to: number): readonly LineStretch[] {
  const stretches: { readonly from: number; to: number; readonly part: StoredPart | undefined }[] = [];
  let at = from;
  const addOthers = (end: number): void => {
    if (end <= at) return;
    const last = stretches.at(-1);
    if (last !== undefined && last.part === undefined) last.to = end;
    else stretches.push({ from: at, to: end, part: undefined });
    at = end;
  };
  for (const { part, from: start, to: end } of pieces) {
    if (part === undefined) continue;
    addOthers(start);
    stretches.push({ from: start, to: end, part });
    at = end;
  }
  addOthers(to);
  return stretches;
}
