/** Lines of runs in SQL tables: a row for each batch of lines that came together, later rows covering earlier ones. */
import type { Insertable, Kysely, Transaction } from "kysely";
import { ServerError } from "../../errors.ts";
import { LINE_STREAMS } from "../../modules/history/history-log.ts";
import type {
  HistoryLog,
  Line,
  LineChanges,
  LineLayout,
  LineRange,
  LineStream,
  LineWrite,
  RunKey,
  StepWindow,
} from "../../modules/history/history-log.ts";
import { AppendMemory } from "./append-memory.ts";
import { CompiledQueries } from "./compiled-queries.ts";
import type { StoredPart } from "../../modules/history/sealed-part-store.ts";
import type { HistoryTables, LineBatchRow, LineStreamRow } from "./history-tables.ts";
import { cutBatches } from "./line-batches.ts";
import type { EncodedAhead } from "./line-batches.ts";
import { headOf, loadHeads, saveHeads, type StreamKey } from "./line-heads.ts";
import type { Cut } from "./line-plan.ts";
import { cutWriters, placeLines } from "./line-writers.ts";
import { abandonParts, loadParts } from "./sealed-part-rows.ts";
import { SqlLineReader, type PartLines } from "./sql-line-reader.ts";

type BatchRow = Insertable<LineBatchRow>;

/** Lines past the end that a write may leave absent; more can only be a mistake. */
export const MAX_GAP = 100_000_000;

const tablesOfRuns = [
  "line_batches",
  "line_cuts",
  "line_writers",
  "line_streams",
  "history_statistics",
  "sealed_parts",
] as const;

/** Rows of one statement: few enough that its text is short, and few different texts. */
const rowsInsertedAtOnce = 64;
const batchesDeletedAtOnce = 1000;

/** What the log is built from. */
export interface SqlHistoryLogParts {
  readonly db: Kysely<HistoryTables>;
  /** Reads what is sealed. @default none; the log must hold no sealed lines */
  readonly parts?: PartLines;
}

/** `HistoryLog` over any SQL dialect. */
export class SqlHistoryLog implements HistoryLog {
  readonly #db: Kysely<HistoryTables>;
  readonly #queries: CompiledQueries = new CompiledQueries();
  readonly #reader: SqlLineReader;
  readonly #appends: AppendMemory = new AppendMemory();

  constructor({ db, parts }: SqlHistoryLogParts) {
    this.#db = db;
    this.#reader = new SqlLineReader({ db, parts });
  }

  append(writes: readonly LineWrite[]): Promise<void> {
    return this.#db.transaction().execute((trx) => this.apply(trx, writes));
  }

  /** As `append`, in a transaction that somebody else commits; `encoded` saves the work of encoding. */
  async apply(
    trx: Transaction<HistoryTables>,
    writes: readonly LineWrite[],
    encoded?: EncodedAhead,
  ): Promise<void> {
    const filled = writes.filter((write) => write.lines.length > 0);
    if (filled.length === 0) return;
    const heads = await loadHeads(trx, filled);
    const batches: BatchRow[] = [];
    for (const write of filled) {
      const head = headOf(heads, write);
      const { version, line_count: lineCount } = head;
      if (write.writer === "") {
        checkOffset(write, head);
        this.#appends.note(write, version, { isAppend: write.offset >= lineCount });
        batches.push(...cutBatches(write, write.lines, write.offset, { head, encoded }));
      } else {
        const { offset } = write;
        const count = write.lines.length;
        for (const place of await placeLines(trx, write, { offset, count, lineCount })) {
          this.#appends.note(write, head.version, { isAppend: place.firstLine >= head.line_count });
          const lines = write.lines.slice(place.index, place.index + place.count);
          batches.push(...cutBatches(write, lines, place.firstLine, { head }));
        }
      }
    }
    await this.#insert(trx, batches);
    await saveHeads(trx, [...heads.values()], this.#queries);
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

  readLines(range: LineRange): Promise<readonly Line[]> {
    return this.#reader.readLines(range);
  }

  readSteps(window: StepWindow): Promise<readonly Line[]> {
    return this.#reader.readSteps(window);
  }

  layout(range: LineRange): Promise<LineLayout> {
    return this.#reader.layout(range);
  }

  partStatistics(part: StoredPart): Promise<string> {
    return this.#reader.partStatistics(part);
  }

  async truncate(request: StreamKey & { readonly lineCount: number }): Promise<void> {
    const { projectId, runId, stream, lineCount } = request;
    await this.#db.transaction().execute(async (trx) => {
      const head = headOf(await loadHeads(trx, [request]), request);
      if (lineCount >= head.line_count) return;
      await cutWriters(trx, request, lineCount);
      this.#appends.note(request, head.version, { isAppend: false });
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

  async changes(
    request: StreamKey & { readonly since: number; readonly knownLines?: number },
  ): Promise<LineChanges> {
    const head = headOf(await loadHeads(this.#db, [request]), request);
    const { version, line_count: lineCount } = head;
    if (request.since === version) return { version, lineCount, from: null };
    if (request.since <= 0 || request.since > version) return { version, lineCount, from: 0 };
    if (request.knownLines !== undefined && this.#appends.onlyAppendedSince(request, request.since)) {
      return { version, lineCount, from: request.knownLines };
    }
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
    // Which lines of a part were written since is not known, only that nothing before it was.
    const sealed = (await loadParts(this.#db, request)).filter((part) => part.version > request.since);
    const from = Math.min(
      written?.line ?? lineCount,
      ...cuts.map((cut) => cut.lineCount),
      ...sealed.map((part) => part.firstLine),
    );
    return { version, lineCount, from };
  }

  async versions({ runs }: { readonly runs: readonly RunKey[] }): Promise<readonly number[]> {
    const keys = runs.map(({ projectId, runId }) => ({ projectId, runId, stream: "history" as const }));
    const heads = await loadHeads(this.#db, keys);
    return keys.map((key) => headOf(heads, key).version);
  }

  async deleteRun({ projectId, runId }: RunKey): Promise<void> {
    for (const stream of LINE_STREAMS) {
      this.#appends.forget({ projectId, runId, stream });
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
      await abandonParts(trx, { projectId, runId });
      for (const table of tablesOfRuns) {
        await trx.deleteFrom(table).where("project_id", "=", projectId).where("run_id", "=", runId).execute();
      }
    });
  }

  async #insert(trx: Transaction<HistoryTables>, batches: readonly BatchRow[]): Promise<void> {
    for (let start = 0; start < batches.length; start += rowsInsertedAtOnce) {
      const rows = batches.slice(start, start + rowsInsertedAtOnce);
      await this.#queries.run(
        trx,
        `insert ${rows.length} batches`,
        () => trx.insertInto("line_batches").values(rows),
        rows.flatMap((row) => Object.values(row)),
      );
    }
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
