/**
 * A history log that acknowledges small writes from a journal. Putting a batch where it belongs changes a page of each
 * index, whatever the batch holds; in the journal the small writes of a commit are one row, and a while later many of
 * them make one batch. Every question is answered after the journal was put into batches.
 */
import type { Kysely, Transaction } from "kysely";
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
import type { StoredPart } from "../../modules/history/sealed-part-store.ts";
import type { HistoryTables } from "./history-tables.ts";
import { mergeWrites, parseWrites, printWrites } from "./journal-writes.ts";
import { makeOneBatch } from "./line-batches.ts";
import type { EncodedAhead } from "./line-batches.ts";
import { encodeLinesAside } from "./line-encoding.ts";
import type { EncodedLines } from "./line-encoding.ts";
import { MAX_GAP } from "./sql-history-log.ts";
import type { SqlHistoryLog } from "./sql-history-log.ts";

/** Commits whose writes are put into batches together at most: the journal is longer only while the disk is full. */
const rowsDrainedAtOnce = 4096;

/** What the log is built from. */
export interface JournaledHistoryLogParts {
  /** No other connection may write to the database. */
  readonly db: Kysely<HistoryTables>;
  readonly log: SqlHistoryLog;
  /**
   * Writes with less text go into the journal.
   *
   * @default 8192
   */
  readonly smallChars?: number;
  /**
   * About how much text the journal holds at most.
   *
   * @default 4 MiB
   */
  readonly maxChars?: number;
}

/** `HistoryLog` with a journal in front of another one. */
export class JournaledHistoryLog implements HistoryLog {
  readonly #db: Kysely<HistoryTables>;
  readonly #log: SqlHistoryLog;
  readonly #smallChars: number;
  readonly #maxChars: number;
  /** The streams that the journal holds writes of; undefined when that is not known. */
  #waiting: Set<string> | undefined;
  #chars = 0;
  readonly #ahead = new WeakMap<readonly string[], Promise<EncodedLines>>();

  constructor({ db, log, smallChars = 8192, maxChars = 4 * 1024 * 1024 }: JournaledHistoryLogParts) {
    this.#db = db;
    this.#log = log;
    this.#smallChars = smallChars;
    this.#maxChars = maxChars;
  }

  /**
   * Begins to encode large writes beside whatever this thread does; `append` of the same lists goes on from there.
   * Forgotten with the lists.
   */
  prepare(writes: readonly LineWrite[]): void {
    for (const { lines, writer } of writes) {
      if (writer !== "" || charsOf(lines) < this.#smallChars || !makeOneBatch(lines)) continue;
      const encoding = encodeLinesAside(lines);
      // Whoever appends is told.
      encoding.catch(() => undefined);
      this.#ahead.set(lines, encoding);
    }
  }

  async append(writes: readonly LineWrite[]): Promise<void> {
    const encoded = await this.#encodedAhead(writes);
    await this.#transact(async (trx) => {
      this.#waiting ??= await this.#look(trx);
      const small: LineWrite[] = [];
      const large: LineWrite[] = [];
      // Far out, whether a write is taken depends on the lines there are.
      const isFar = writes.some(isFarOut);
      if (isFar) while (await this.#drain(trx));
      for (const write of writes) {
        if (write.lines.length === 0) continue;
        const stream = streamOf(write);
        // Nothing may overtake what waits.
        const isSmall = charsOf(write.lines) < this.#smallChars || this.#waiting.has(stream);
        (isSmall && !isFar ? small : large).push(write);
        if (isSmall && !isFar) this.#waiting.add(stream);
      }
      if (small.length > 0) await this.#keep(trx, small);
      await this.#log.apply(trx, large, encoded);
    });
    if (this.#chars > this.#maxChars) await this.#settleSoon();
  }

  async counts(run: RunKey): Promise<Readonly<Record<LineStream, number>>> {
    await this.settle();
    return this.#log.counts(run);
  }

  async readLines(range: LineRange): Promise<readonly Line[]> {
    await this.settle();
    return this.#log.readLines(range);
  }

  async readSteps(window: StepWindow): Promise<readonly Line[]> {
    await this.settle();
    return this.#log.readSteps(window);
  }

  async layout(range: LineRange): Promise<LineLayout> {
    await this.settle();
    return this.#log.layout(range);
  }

  partStatistics(part: StoredPart): Promise<string> {
    return this.#log.partStatistics(part);
  }

  async versions(request: { readonly runs: readonly RunKey[] }): Promise<readonly number[]> {
    await this.settle();
    return this.#log.versions(request);
  }

  async truncate(
    request: RunKey & { readonly stream: LineStream; readonly lineCount: number },
  ): Promise<void> {
    await this.settle();
    await this.#log.truncate(request);
  }

  async changes(
    request: RunKey & { readonly stream: LineStream; readonly since: number; readonly knownLines?: number },
  ): Promise<LineChanges> {
    await this.settle();
    return this.#log.changes(request);
  }

  async deleteRun(run: RunKey): Promise<void> {
    await this.settle();
    await this.#log.deleteRun(run);
  }

  /** Puts everything that the journal holds into batches. */
  async settle(): Promise<void> {
    while (this.#waiting?.size !== 0) await this.#transact((trx) => this.#drain(trx));
  }

  /** As `settle`, but a failure is left to whoever reads: what was appended is durable, though the disk may be full. */
  async #settleSoon(): Promise<void> {
    try {
      await this.settle();
    } catch {
      // The journal grows meanwhile, and every append tries again.
    }
  }

  async #encodedAhead(writes: readonly LineWrite[]): Promise<EncodedAhead> {
    const encoded = new Map<readonly string[], EncodedLines>();
    for (const { lines } of writes) {
      const encoding = this.#ahead.get(lines);
      if (encoding !== undefined) encoded.set(lines, await encoding);
    }
    return encoded;
  }

  async #transact<T>(act: (trx: Transaction<HistoryTables>) => Promise<T>): Promise<T> {
    try {
      return await this.#db.transaction().execute(act);
    } catch (error) {
      // What was noted meanwhile of the journal may not have come to be.
      this.#waiting = undefined;
      throw error;
    }
  }

  async #keep(trx: Transaction<HistoryTables>, writes: readonly LineWrite[]): Promise<void> {
    const text = printWrites(writes);
    await trx.insertInto("line_journal").values({ writes: text }).execute();
    this.#chars += text.length;
  }

  /** The streams that the journal holds writes of, as the database tells. */
  async #look(trx: Transaction<HistoryTables>): Promise<Set<string>> {
    const streams = new Set<string>();
    this.#chars = 0;
    for (const row of await trx.selectFrom("line_journal").select("writes").execute()) {
      this.#chars += row.writes.length;
      for (const write of parseWrites(row.writes)) streams.add(streamOf(write));
    }
    return streams;
  }

  /** Puts a portion into batches; returns whether there is more. */
  async #drain(trx: Transaction<HistoryTables>): Promise<boolean> {
    const rows = await trx
      .selectFrom("line_journal")
      .select(["id", "writes"])
      .orderBy("id")
      .limit(rowsDrainedAtOnce)
      .execute();
    const last = rows.at(-1);
    if (last !== undefined) {
      await this.#log.apply(trx, mergeWrites(rows.flatMap((row) => parseWrites(row.writes))));
      await trx.deleteFrom("line_journal").where("id", "<=", last.id).execute();
    }
    if (rows.length === rowsDrainedAtOnce) return true;
    this.#waiting = new Set();
    this.#chars = 0;
    return false;
  }
}

function isFarOut({ offset, lines }: LineWrite): boolean {
  return !Number.isSafeInteger(offset) || offset < 0 || offset + lines.length > MAX_GAP;
}

function streamOf({ projectId, runId, stream }: LineWrite): string {
  return `${projectId}/${runId}/${stream}`;
}

function charsOf(lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + line.length, 0);
}
