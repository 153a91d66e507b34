// Items of queues in a SQL table. An item changes hands by updates that state the lease they rest on, so that of those
// who ask at once only one finds it as it was.
import type { Kysely, Selectable } from "kysely";
import { isStoredList, isStoredObject, isStoredText, parseStored } from "../json/stored-json.ts";
import { ServerError } from "../../errors.ts";
import type { ItemNotice, RunQueueItem } from "../../modules/launch/run-queue-item.ts";
import type {
  ItemKey,
  ItemLease,
  NewRunQueueItem,
  RunQueueItemStore,
} from "../../modules/launch/run-queue-item-store.ts";
import type { RunQueueItemRow } from "./launch-tables.ts";
import type { MetadataTables } from "./tables.ts";

/** More says nothing new. */
const MAX_WARNINGS = 100;

/** `RunQueueItemStore` over any SQL dialect. */
export class SqlRunQueueItemStore implements RunQueueItemStore {
  readonly #db: Kysely<MetadataTables>;

  constructor(parts: { readonly db: Kysely<MetadataTables> }) {
    this.#db = parts.db;
  }

  push(item: NewRunQueueItem): Promise<RunQueueItem> {
    return this.#db.transaction().execute(async (trx) => {
      const queue = await trx
        .selectFrom("run_queues")
        .select("id")
        .where("id", "=", item.queueId)
        .executeTakeFirst();
      if (queue === undefined) throw new ServerError("not_found", "The run queue is gone");
      const row = await trx
        .insertInto("run_queue_items")
        .values({
          project_id: item.projectId,
          queue_id: item.queueId,
          status: "PENDING",
          priority: item.priority,
          run_spec: item.runSpec,
          target_entity: item.targetEntity,
          target_project: item.targetProject,
          user_id: item.userId,
          created_at: item.now,
          updated_at: item.now,
        })
        .returningAll()
        .executeTakeFirstOrThrow();
      return toItem(row);
    });
  }

  async find({ itemId }: { readonly itemId: number }): Promise<RunQueueItem | undefined> {
    const row = await this.#find(itemId);
    return row && toItem(row);
  }

  async list(request: {
    readonly queueId: number;
    readonly before: number | null;
    readonly limit: number;
  }): Promise<readonly RunQueueItem[]> {
    let query = this.#db.selectFrom("run_queue_items").selectAll().where("queue_id", "=", request.queueId);
    if (request.before !== null) query = query.where("id", "<", request.before);
    const rows = await query.orderBy("id", "desc").limit(request.limit).execute();
    return rows.map(toItem);
  }

  async count({ queueId }: { readonly queueId: number }): Promise<number> {
    const { count } = await this.#db
      .selectFrom("run_queue_items")
      .select((eb) => eb.fn.countAll<number | bigint>().as("count"))
      .where("queue_id", "=", queueId)
      .executeTakeFirstOrThrow();
    return Number(count);
  }

  async pop({ queueId, agentId, now, leaseUntil }: ItemLease): Promise<RunQueueItem | undefined> {
    for (;;) {
      const waiting = await this.#db
        .selectFrom("run_queue_items")
        .select(["id", "lease_number"])
        .where("queue_id", "=", queueId)
        .where("status", "=", "PENDING")
        .where((eb) => eb.or([eb("leased_until", "is", null), eb("leased_until", "<=", now)]))
        .orderBy("priority")
        .orderBy("id")
        .limit(1)
        .executeTakeFirst();
      if (waiting === undefined) return undefined;
      const row = await this.#db
        .updateTable("run_queue_items")
        .set({
          lease_number: waiting.lease_number + 1,
          leased_at: now,
          leased_until: leaseUntil,
          agent_id: agentId,
          updated_at: now,
        })
        .where("id", "=", waiting.id)
        .where("status", "=", "PENDING")
        .where("lease_number", "=", waiting.lease_number)
        .returningAll()
        .executeTakeFirst();
      if (row !== undefined) return toItem(row);
    }
  }

  async claim({
    itemId,
    leaseNumber,
    runName,
    now,
  }: ItemKey & { readonly runName: string }): Promise<boolean> {
    const { numUpdatedRows } = await this.#db
      .updateTable("run_queue_items")
      .set({ status: "CLAIMED", run_name: runName, updated_at: now })
      .where("id", "=", itemId)
      .where("lease_number", "=", leaseNumber ?? 1)
      .where((eb) =>
        eb.or([
          eb("status", "=", "PENDING"),
          eb.and([eb("status", "=", "CLAIMED"), eb("run_name", "=", runName)]),
        ]),
      )
      .executeTakeFirstOrThrow();
    return numUpdatedRows > 0n;
  }

  async fail({
    itemId,
    leaseNumber,
    notice,
    now,
  }: ItemKey & { readonly notice: ItemNotice }): Promise<boolean> {
    const { numUpdatedRows } = await this.#db
      .updateTable("run_queue_items")
      .set({ status: "FAILED", failure: JSON.stringify(notice), updated_at: now })
      .where("id", "=", itemId)
      .where("lease_number", "in", leaseNumber === null ? [0, 1] : [leaseNumber])
      .executeTakeFirstOrThrow();
    return numUpdatedRows > 0n;
  }

  warn(request: {
    readonly itemId: number;
    readonly notice: ItemNotice;
    readonly now: string;
  }): Promise<boolean> {
    return this.#db.transaction().execute(async (trx) => {
      const row = await trx
        .selectFrom("run_queue_items")
        .select("warnings")
        .where("id", "=", request.itemId)
        .executeTakeFirst();
      if (row === undefined) return false;
      const warnings = parseWarnings(row.warnings);
      const isKnown = warnings.some(({ message }) => message === request.notice.message);
      if (isKnown || warnings.length >= MAX_WARNINGS) return true;
      await trx
        .updateTable("run_queue_items")
        .set({ warnings: JSON.stringify([...warnings, request.notice]), updated_at: request.now })
        .where("id", "=", request.itemId)
        .execute();
      return true;
    });
  }

  async delete(request: { readonly queueId: number; readonly itemId: number }): Promise<boolean> {
    const { numDeletedRows } = await this.#db
      .deleteFrom("run_queue_items")
      .where("id", "=", request.itemId)
      .where("queue_id", "=", request.queueId)
      .executeTakeFirstOrThrow();
    return numDeletedRows > 0n;
  }

  #find(itemId: number): Promise<Selectable<RunQueueItemRow> | undefined> {
    return this.#db.selectFrom("run_queue_items").selectAll().where("id", "=", itemId).executeTakeFirst();
  }
}

function parseWarnings(text: string): readonly ItemNotice[] {
  return parseStored(text, areNotices);
}

function areNotices(value: unknown): value is readonly ItemNotice[] {
  return isStoredList(value, isNotice);
}

function isNotice(value: unknown): value is ItemNotice {
  return (
    isStoredObject(value) &&
    isStoredText(value["message"]) &&
    isStoredText(value["stage"]) &&
    isStoredList(value["filePaths"], isStoredText)
  );
}

function toItem(row: Selectable<RunQueueItemRow>): RunQueueItem {
  return {
    id: row.id,
    queueId: row.queue_id,
    projectId: row.project_id,
    status: row.status,
    priority: row.priority,
    runSpec: row.run_spec,
    targetEntity: row.target_entity,
    targetProject: row.target_project,
    leaseNumber: row.lease_number,
    leasedAt: row.leased_at,
    leasedUntil: row.leased_until,
    agentId: row.agent_id,
    runName: row.run_name,
    failure: row.failure === null ? null : parseStored(row.failure, isNotice),
    warnings: parseWarnings(row.warnings),
    userId: row.user_id,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
