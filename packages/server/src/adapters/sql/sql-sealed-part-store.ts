/** Sealed parts beside the log of lines, in one database with it. */
import type { Kysely, Transaction } from "kysely";
import type {
  PartCommit,
  SealedPartStore,
  StoredPart,
  UnsealedPage,
  UnsealedRequest,
} from "../../modules/history/sealed-part-store.ts";
import type { HistoryTables } from "./history-tables.ts";
import { MAX_BATCH_LINES } from "./line-batches.ts";
import { headOf, loadHeads } from "./line-heads.ts";
import { isCovered } from "./line-plan.ts";
import { leaveBlobs, loadParts, selectParts, spanOf, toPart, toPartRow } from "./sealed-part-rows.ts";

/** Few enough that others wait for it a few milliseconds at most. */
const batchesDeletedAtOnce = 500;

const leftoversAtOnce = 100;

/** `SealedPartStore` over any SQL dialect. */
export class SqlSealedPartStore implements SealedPartStore {
  readonly #db: Kysely<HistoryTables>;

  constructor(parts: { readonly db: Kysely<HistoryTables> }) {
    this.#db = parts.db;
  }

  async reserve({ blobKeys }: { readonly blobKeys: readonly string[] }): Promise<void> {
    await this.#db.transaction().execute((trx) => leaveBlobs(trx, blobKeys, null));
  }

  commit({ part, statistics, replaces, deleteAfter }: PartCommit): Promise<boolean> {
    return this.#db.transaction().execute(async (trx) => {
      const head = headOf(await loadHeads(trx, [part]), part);
      const ownKeys = [part.tableKey, part.besideKey];
      const isReserved = await areReserved(trx, ownKeys);
      if (head.version < part.version || !isReserved || !(await hasRoom(trx, part, replaces))) return false;
      for (const { projectId, runId, stream, firstLine, version } of replaces) {
        await trx
          .deleteFrom("sealed_parts")
          .where("project_id", "=", projectId)
          .where("run_id", "=", runId)
          .where("stream", "=", stream)
          .where("first_line", "=", firstLine)
          .where("version", "=", version)
          .execute();
      }
      const blobKeys = replaces.flatMap((replaced) => [replaced.tableKey, replaced.besideKey]);
      await leaveBlobs(trx, blobKeys, deleteAfter);
      await trx.deleteFrom("sealed_leftovers").where("blob_key", "in", ownKeys).execute();
      await trx.insertInto("sealed_parts").values(toPartRow(part, statistics)).execute();
      await trimPortion(trx, part);
      return true;
    });
  }

  trim({ part }: { readonly part: StoredPart }): Promise<boolean> {
    return this.#db.transaction().execute((trx) => trimPortion(trx, part));
  }

  async untrimmed(): Promise<readonly StoredPart[]> {
    return (await selectParts(this.#db).where("is_trimmed", "=", 0).execute()).map(toPart);
  }

  async listUnsealed({ minLines, after, limit }: UnsealedRequest): Promise<UnsealedPage> {
    let query = this.#db
      .selectFrom("line_streams as head")
      .select((eb) => [
        "head.project_id as projectId",
        "head.run_id as runId",
        "head.stream",
        "head.line_count as lineCount",
        eb
          .selectFrom("sealed_parts as part")
          .select((part) => part.fn.max(part("part.first_line", "+", part.ref("part.line_count"))).as("end"))
          .whereRef("part.project_id", "=", "head.project_id")
          .whereRef("part.run_id", "=", "head.run_id")
          .whereRef("part.stream", "=", "head.stream")
          .as("sealedEnd"),
      ])
      .orderBy("head.project_id")
      .orderBy("head.run_id")
      .orderBy("head.stream")
      .limit(limit);
    if (after !== null) {
      query = query.where((eb) =>
        eb(
          eb.refTuple("head.project_id", "head.run_id", "head.stream"),
          ">",
          eb.tuple(after.projectId, after.runId, after.stream),
        ),
      );
    }
    const rows = await query.execute();
    const last = rows.at(-1);
    return {
      streams: rows
        .filter((row) => row.stream !== "console" && row.lineCount - (row.sealedEnd ?? 0) >= minLines)
        .map(({ projectId, runId, stream }) => ({ projectId, runId, stream })),
      next:
        last === undefined || rows.length < limit
          ? null
          : { projectId: last.projectId, runId: last.runId, stream: last.stream },
    };
  }

  abandon({ blobKeys }: { readonly blobKeys: readonly string[] }): Promise<boolean> {
    return this.#db.transaction().execute(async (trx) => {
      if (!(await areReserved(trx, blobKeys))) return false;
      await trx
        .updateTable("sealed_leftovers")
        .set({ delete_after: "" })
        .where("blob_key", "in", blobKeys)
        .execute();
      return true;
    });
  }

  async abandonAll(): Promise<void> {
    // They are marked before their blobs go, so that a commit that is still on its way finds them taken back.
    await this.#db
      .updateTable("sealed_leftovers")
      .set({ delete_after: "" })
      .where("delete_after", "is", null)
      .execute();
  }

  async leftovers({ now }: { readonly now: string }): Promise<readonly string[]> {
    const rows = await this.#db
      .selectFrom("sealed_leftovers")
      .select("blob_key")
      .where("delete_after", "<=", now)
      .limit(leftoversAtOnce)
      .execute();
    return rows.map((row) => row.blob_key);
  }

  async forget({ blobKeys }: { readonly blobKeys: readonly string[] }): Promise<void> {
    if (blobKeys.length === 0) return;
    await this.#db.deleteFrom("sealed_leftovers").where("blob_key", "in", blobKeys).execute();
  }
}

async function areReserved(trx: Transaction<HistoryTables>, blobKeys: readonly string[]): Promise<boolean> {
  const rows = await trx
    .selectFrom("sealed_leftovers")
    .select("blob_key")
    .where("blob_key", "in", blobKeys)
    .where("delete_after", "is", null)
    .execute();
  return rows.length === blobKeys.length;
}

/** Whether what a part replaces is still there, and its own place is free. */
async function hasRoom(
  trx: Transaction<HistoryTables>,
  part: StoredPart,
  replaces: readonly StoredPart[],
): Promise<boolean> {
  const replaced = new Set(replaces.map(({ tableKey }) => tableKey));
  const there = await loadParts(trx, part);
  const others = there.filter(({ tableKey }) => !replaced.has(tableKey));
  const isTaken = others.some(
    ({ firstLine, version }) => firstLine === part.firstLine && version === part.version,
  );
  return !isTaken && there.length - others.length === replaced.size;
}

/** Deletes some of the batches that lie under parts; returns whether there may be more. */
async function trimPortion(trx: Transaction<HistoryTables>, part: StoredPart): Promise<boolean> {
  const end = part.firstLine + part.lineCount;
  const under = await trx
    .selectFrom("line_batches")
    .select(["batch_no as batchNo", "first_line as firstLine", "line_count as lineCount"])
    .where("project_id", "=", part.projectId)
    .where("run_id", "=", part.runId)
    .where("stream", "=", part.stream)
    .where("first_line", ">", part.firstLine - MAX_BATCH_LINES)
    .where("first_line", "<", end)
    .where((eb) => eb(eb("first_line", "+", eb.ref("line_count")), ">", part.firstLine))
    .where("batch_no", "<=", part.version)
    .limit(batchesDeletedAtOnce)
    .execute();
  // A batch that reaches past this part may lie under two.
  const parts = (await loadParts(trx, part)).map(spanOf);
  const covered = under.filter((batch) => isCovered(batch, parts)).map((batch) => batch.batchNo);
  if (covered.length > 0) {
    await trx
      .deleteFrom("line_batches")
      .where("project_id", "=", part.projectId)
      .where("run_id", "=", part.runId)
      .where("stream", "=", part.stream)
      .where("batch_no", "in", covered)
      .execute();
  }
  const isMore = under.length === batchesDeletedAtOnce && covered.length > 0;
  if (!isMore) {
    await trx
      .updateTable("sealed_parts")
      .set({ is_trimmed: 1 })
      .where("project_id", "=", part.projectId)
      .where("run_id", "=", part.runId)
      .where("stream", "=", part.stream)
      .where("first_line", "=", part.firstLine)
      .where("version", "=", part.version)
      .execute();
  }
  return isMore;
}
