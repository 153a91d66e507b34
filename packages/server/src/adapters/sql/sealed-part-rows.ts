/** Sealed parts as rows. */
import type { Insertable, Kysely, Selectable, SelectQueryBuilder, Transaction } from "kysely";
import type { RunKey } from "../../modules/history/history-log.ts";
import type { StoredPart } from "../../modules/history/sealed-part-store.ts";
import type { HistoryTables, SealedPartRow } from "./history-tables.ts";
import type { StreamKey } from "./line-heads.ts";
import type { BatchSpan } from "./line-plan.ts";

const rowsInsertedAtOnce = 64;

const columns = [
  "project_id",
  "run_id",
  "stream",
  "first_line",
  "line_count",
  "version",
  "row_count",
  "min_step",
  "max_step",
  "is_step_ascending",
  "table_key",
  "table_bytes",
  "beside_key",
  "beside_bytes",
] as const;

/** What is read of a part's row. */
export type PartColumns = Pick<Selectable<SealedPartRow>, (typeof columns)[number]>;

/** A query for parts, all of them. */
export function selectParts(
  db: Kysely<HistoryTables>,
): SelectQueryBuilder<HistoryTables, "sealed_parts", PartColumns> {
  return db.selectFrom("sealed_parts").select(columns);
}

/** The parts of a stream in the order of their first lines. */
export async function loadParts(db: Kysely<HistoryTables>, key: StreamKey): Promise<readonly StoredPart[]> {
  const rows = await selectParts(db)
    .where("project_id", "=", key.projectId)
    .where("run_id", "=", key.runId)
    .where("stream", "=", key.stream)
    .orderBy("first_line")
    .orderBy("version")
    .execute();
  return rows.map(toPart);
}

/** A row as a part. */
export function toPart(row: PartColumns): StoredPart {
  return {
    projectId: row.project_id,
    runId: row.run_id,
    stream: row.stream,
    firstLine: row.first_line,
    lineCount: row.line_count,
    version: row.version,
    rowCount: row.row_count,
    minStep: row.min_step,
    maxStep: row.max_step,
    isStepAscending: row.is_step_ascending === 1,
    tableKey: row.table_key,
    tableBytes: row.table_bytes,
    besideKey: row.beside_key,
    besideBytes: row.beside_bytes,
  };
}

/** A part as a row. */
export function toPartRow(part: StoredPart, statistics: string): Insertable<SealedPartRow> {
  return {
    project_id: part.projectId,
    run_id: part.runId,
    stream: part.stream,
    first_line: part.firstLine,
    line_count: part.lineCount,
    version: part.version,
    row_count: part.rowCount,
    min_step: part.minStep,
    max_step: part.maxStep,
    is_step_ascending: part.isStepAscending ? 1 : 0,
    is_trimmed: 0,
    table_key: part.tableKey,
    table_bytes: part.tableBytes,
    beside_key: part.besideKey,
    beside_bytes: part.besideBytes,
    statistics,
  };
}

/** Where a part lies among the batches. */
export function spanOf(part: StoredPart): BatchSpan {
  return { batchNo: part.version, firstLine: part.firstLine, lineCount: part.lineCount, part };
}

/** Gives the blobs of a run's parts up. The rows are the caller's to delete. */
export async function abandonParts(
  trx: Transaction<HistoryTables>,
  { projectId, runId }: RunKey,
): Promise<void> {
  const parts = await selectParts(trx)
    .where("project_id", "=", projectId)
    .where("run_id", "=", runId)
    .execute();
  await leaveBlobs(
    trx,
    parts.flatMap((part) => [part.table_key, part.beside_key]),
    "",
  );
}

/** Names blobs that no part holds. An empty `deleteAfter` is at once, null is never while the server runs. */
export async function leaveBlobs(
  trx: Transaction<HistoryTables>,
  blobKeys: readonly string[],
  deleteAfter: string | null,
): Promise<void> {
  for (let start = 0; start < blobKeys.length; start += rowsInsertedAtOnce) {
    await trx
      .insertInto("sealed_leftovers")
      .values(
        blobKeys
          .slice(start, start + rowsInsertedAtOnce)
          .map((blob_key) => ({ blob_key, delete_after: deleteAfter })),
      )
      .onConflict((conflict) => conflict.column("blob_key").doNothing())
      .execute();
  }
}
