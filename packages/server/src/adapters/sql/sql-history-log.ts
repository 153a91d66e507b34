/** Lines of runs in SQL tables: a row for each batch of lines that came together, later rows covering earlier ones. */
import type { Insertable, Kysely, Transaction } from "kysely";
import { ServerError } from "../../errors.ts";
import { LINE_STREAMS } from "../../modules/history/history-log.ts";
import type {
  HistoryLog,
  Line,
  LineChanges,
  LineRange,
  LineStream,
  LineWrite,
  RunKey,
  StepWindow,
} from "../../modules/history/history-log.ts";
import type { HistoryTables, LineBatchRow, LineStreamRow } from "./history-tables.ts";
import { cutBatches, MAX_BATCH_LINES } from "./line-batches.ts";
import { decodeLines } from "./line-encoding.ts";
import { headOf, loadHeads, saveHeads, type StreamKey } from "./line-heads.ts";
import { planLines, type BatchSpan, type Cut, type LineCover, type LinePiece } from "./line-plan.ts";
import { cutWriters, placeLines } from "./line-writers.ts";

type BatchRow = Insertable<LineBatchRow>;

/** Lines past the end that a write may leave absent; more can only be a mistake. */
export const MAX_GAP = 100_000_000;

const tablesOfRuns = [
  "line_batches",
  "line_cuts",
  "line_writers",
  "line_streams",
  "history_statistics",
] as const;

/** Rows of one statement: few enough that its text is short, and few different texts. */
const rowsInsertedAtOnce = 64;
const batchesReadAtOnce = 64;
const batchesDeletedAtOnce = 1000;

/** `HistoryLog` over any SQL dialect. */
export class SqlHistoryLog implements HistoryLog {
  readonly #db: Kysely<HistoryTables>;

  constructor(parts: { readonly db: Kysely<HistoryTables> }) {
    this.#db = parts.db;
  }

  append(writes: readonly LineWrite[]): Promise<void> {
    return this.#db.transaction().execute((trx) => this.apply(trx, writes));
  }

  /** As `append`, in a transaction that somebody else commits. */
  async apply(trx: Transaction<HistoryTables>, writes: readonly LineWrite[]): Promise<void> {
    const filled = writes.filter((write) => write.lines.length > 0);
    if (filled.length === 0) return;
    const heads = await loadHeads(trx, filled);
    const batches: BatchRow[] = [];
    for (const write of filled) {
      const head = headOf(heads, write);
      if (write.writer === "") {
        checkOffset(write, head);
        batches.push(...cutBatches(write, write.lines, write.offset, head));
      } else {
        const { offset } = write;
        const count = write.lines.length;
        for (const place of await placeLines(trx, write, { offset, count, lineCount: head.line_count })) {
          const lines = write.lines.slice(place.index, place.index + place.count);
          batches.push(...cutBatches(write, lines, place.firstLine, head));
        }
      }
    }
    await insertBatches(trx, batches);
    await saveHeads(trx, [...heads.values()]);
  }

  async counts({ projectId, runId }: RunKey): Promise<Readonly<Record<LineStream, number>>> {
    const rows = await this.#db
      .selectFrom("line_streams")
      .select(["stream", "line_count"])
      .where("project_id", "=", projectId)
      .where("run_id", "=", runId)
      .execute();
    const counts = { history: 0, events: 0, console: 0 };
    for (const row of rows) counts[row.stream] = row.line_count;
    return counts;
  }

  async readLines(range: LineRange): Promise<readonly Line[]> {
    const cover = await this.#coverOf(range, range.from, range.to);
    return this.#readPieces(range, planLines(cover, range.from, range.to));
  }

  async readSteps(window: StepWindow): Promise<readonly Line[]> {
    const key = { projectId: window.projectId, runId: window.runId, stream: "history" } as const;
    const found = await this.#batchesWithSteps(key, window);
    if (found.length === 0) return [];
    const wanted = new Set(found.map((batch) => batch.batchNo));
    const from = found.reduce((least, batch) => Math.min(least, batch.firstLine), Infinity);
    const to = found.reduce((most, batch) => Math.max(most, batch.firstLine + batch.lineCount), 0);
    // Later batches may cover lines of those found, and take them out of the window.
    const pieces = planLines(await this.#coverOf(key, from, to), from, to);
    return this.#readPieces(
      key,
      pieces.filter((piece) => wanted.has(piece.batchNo)),
    );
  }

  async truncate(request: StreamKey & { readonly lineCount: number }): Promise<void> {
    const { projectId, runId, stream, lineCount } = request;
    await this.#db.transaction().execute(async (trx) => {
      const head = headOf(await loadHeads(trx, [request]), request);
      if (lineCount >= head.line_count) return;
      await cutWriters(trx, request, lineCount);
      head.version += 1;
      head.line_count = lineCount;
      await trx
        .insertInto("line_cuts")
        .values({
          project_id: projectId,
          run_id: runId,
          stream,
          version: head.version,
          line_count: lineCount,
        })
        .execute();
      await saveHeads(trx, [head]);
    });
  }

  async changes(request: StreamKey & { readonly since: number }): Promise<LineChanges> {
    const head = headOf(await loadHeads(this.#db, [request]), request);
    const { version, line_count: lineCount } = head;
    if (request.since === version) return { version, lineCount, from: null };
    if (request.since <= 0 || request.since > version) return { version, lineCount, from: 0 };
    // What is added after the first statement can only make the answer too low.
    const written = await this.#db
      .selectFrom("line_batches")
      .select((eb) => eb.fn.min("first_line").as("line"))
      .where("project_id", "=", request.projectId)
      .where("run_id", "=", request.runId)
      .where("stream", "=", request.stream)
      .where("batch_no", ">", request.since)
      .executeTakeFirst();
    const cuts = await this.#cuts(request, request.since);
    const from = Math.min(written?.line ?? lineCount, ...cuts.map((cut) => cut.lineCount));
    return { version, lineCount, from };
  }

  async deleteRun({ projectId, runId }: RunKey): Promise<void> {
    for (const stream of LINE_STREAMS) {
      const head = headOf(await loadHeads(this.#db, [{ projectId, runId, stream }]), {
        projectId,
        runId,
        stream,
      });
      // In portions, because a run may hold gigabytes and others wait for the database meanwhile.
      for (let from = 0; from <= head.version; from += batchesDeletedAtOnce) {
        await this.#db
          .deleteFrom("line_batches")
          .where("project_id", "=", projectId)
          .where("run_id", "=", runId)
          .where("stream", "=", stream)
          .where("batch_no", ">=", from)
          .where("batch_no", "<", from + batchesDeletedAtOnce)
          .execute();
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
    await this.#db.transaction().execute(async (trx) => {
      for (const table of tablesOfRuns) {
        await trx.deleteFrom(table).where("project_id", "=", projectId).where("run_id", "=", runId).execute();
      }
    });
  }

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
    return { batches, cuts: await this.#cuts(key, 0) };
  }

  #cuts(key: StreamKey, since: number): Promise<readonly Cut[]> {
    return this.#db
      .selectFrom("line_cuts")
      .select(["version as batchNo", "line_count as lineCount"])
      .where("project_id", "=", key.projectId)
      .where("run_id", "=", key.runId)
      .where("stream", "=", key.stream)
      .where("version", ">", since)
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

  async #readPieces(key: StreamKey, pieces: readonly LinePiece[]): Promise<readonly Line[]> {
    const lines: Line[] = [];
    for (let start = 0; start < pieces.length; start += batchesReadAtOnce) {
      const portion = pieces.slice(start, start + batchesReadAtOnce);
      const batches = await this.#readBatches(key, [...new Set(portion.map((piece) => piece.batchNo))]);
      for (const piece of portion) {
        const texts = batches.get(piece.batchNo);
        // A batch can go between two statements only when its run is being deleted.
        if (texts === undefined) continue;
        for (let number = piece.from; number < piece.to; number += 1) {
          const text = texts[number - piece.firstLine];
          if (text === undefined) throw new Error(`batch ${piece.batchNo} holds fewer lines than it says`);
          lines.push({ number, text });
        }
      }
    }
    return lines;
  }

  async #readBatches(key: StreamKey, batchNos: readonly number[]): Promise<Map<number, readonly string[]>> {
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
}

function checkOffset(write: LineWrite, head: LineStreamRow): void {
  if (Number.isSafeInteger(write.offset) && write.offset >= 0 && write.offset - head.line_count <= MAX_GAP)
    return;
  throw new ServerError(
    "invalid_argument",
    `Expected an offset from 0 to ${head.line_count + MAX_GAP} in ${write.stream}, found ${write.offset}`,
    { field: "offset" },
  );
}

async function insertBatches(trx: Transaction<HistoryTables>, batches: readonly BatchRow[]): Promise<void> {
  for (let start = 0; start < batches.length; start += rowsInsertedAtOnce) {
    await trx
      .insertInto("line_batches")
      .values(batches.slice(start, start + rowsInsertedAtOnce))
      .execute();
  }
}
