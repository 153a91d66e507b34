// Where the lines of one of several writers go. Each counts its own lines, so what it has written before is remembered
// piece by piece: a repeated line replaces itself, and a new one goes after all lines that are there.
import type { Transaction } from "kysely";
import type { LineStream } from "../../modules/history/history-log.ts";
import type { HistoryTables } from "./history-tables.ts";

/** A writer in a stream. */
export interface WriterKey {
  readonly projectId: number;
  readonly runId: number;
  readonly stream: LineStream;
  readonly writer: string;
}

/** Lines that go to consecutive numbers: `count` of the write's lines, from index `index` on. */
export interface Placement {
  readonly index: number;
  readonly firstLine: number;
  readonly count: number;
}

interface Piece {
  readonly writerOffset: number;
  readonly firstLine: number;
  readonly lineCount: number;
}

/** Finds a place for `count` lines of a writer, of which the first is its number `offset`, and remembers it. */
export async function placeLines(
  trx: Transaction<HistoryTables>,
  key: WriterKey,
  write: { readonly offset: number; readonly count: number; readonly lineCount: number },
): Promise<readonly Placement[]> {
  const known = await loadPieces(trx, key, write.offset, write.offset + write.count);
  const placements: Placement[] = [];
  const end = write.offset + write.count;
  let lineCount = write.lineCount;
  let at = write.offset;
  let before: Piece | undefined;
  for (const piece of [...known, undefined]) {
    const newCount = Math.min(piece?.writerOffset ?? end, end) - at;
    if (newCount > 0) {
      await rememberPiece(trx, key, before, {
        writerOffset: at,
        firstLine: lineCount,
        lineCount: newCount,
      });
      placements.push({ index: at - write.offset, firstLine: lineCount, count: newCount });
      lineCount += newCount;
      at += newCount;
    }
    if (piece === undefined) break;
    const skipped = at - piece.writerOffset;
    const count = Math.min(piece.lineCount - skipped, end - at);
    if (count > 0) {
      placements.push({ index: at - write.offset, firstLine: piece.firstLine + skipped, count });
      at += count;
    }
    before = piece;
  }
  return placements;
}

/** Forgets what writers wrote at `lineCount` and after it: sent again, it is new. */
export async function cutWriters(
  trx: Transaction<HistoryTables>,
  key: Omit<WriterKey, "writer">,
  lineCount: number,
): Promise<void> {
  await trx
    .deleteFrom("line_writers")
    .where("project_id", "=", key.projectId)
    .where("run_id", "=", key.runId)
    .where("stream", "=", key.stream)
    .where("first_line", ">=", lineCount)
    .execute();
  await trx
    .updateTable("line_writers")
    .set((eb) => ({ line_count: eb(eb.val(lineCount), "-", eb.ref("first_line")) }))
    .where("project_id", "=", key.projectId)
    .where("run_id", "=", key.runId)
    .where("stream", "=", key.stream)
    .where((eb) => eb(eb("first_line", "+", eb.ref("line_count")), ">", lineCount))
    .execute();
}

/** The pieces with numbers in the range, and the one before it, which new lines may make longer. */
async function loadPieces(
  trx: Transaction<HistoryTables>,
  key: WriterKey,
  from: number,
  to: number,
): Promise<readonly Piece[]> {
  const pieces = trx
    .selectFrom("line_writers")
    .select(["writer_offset as writerOffset", "first_line as firstLine", "line_count as lineCount"])
    .where("project_id", "=", key.projectId)
    .where("run_id", "=", key.runId)
    .where("stream", "=", key.stream)
    .where("writer", "=", key.writer);
  const before = await pieces
    .where("writer_offset", "<=", from)
    .orderBy("writer_offset", "desc")
    .limit(1)
    .execute();
  const within = await pieces
    .where("writer_offset", ">", from)
    .where("writer_offset", "<", to)
    .orderBy("writer_offset")
    .execute();
  return [...before, ...within];
}

/** Keeps a piece, as part of the one before it where both numberings go on without a break. */
async function rememberPiece(
  trx: Transaction<HistoryTables>,
  key: WriterKey,
  before: Piece | undefined,
  piece: Piece,
): Promise<void> {
  const isContinuation =
    before !== undefined &&
    before.writerOffset + before.lineCount === piece.writerOffset &&
    before.firstLine + before.lineCount === piece.firstLine;
  const kept = isContinuation ? { ...before, lineCount: before.lineCount + piece.lineCount } : piece;
  await trx
    .insertInto("line_writers")
    .values({
      project_id: key.projectId,
      run_id: key.runId,
      stream: key.stream,
      writer: key.writer,
      writer_offset: kept.writerOffset,
      first_line: kept.firstLine,
      line_count: kept.lineCount,
    })
    .onConflict((conflict) =>
      conflict
        .columns(["project_id", "run_id", "stream", "writer", "writer_offset"])
        .doUpdateSet({ line_count: kept.lineCount }),
    )
    .execute();
}
