/** Executions and their deliveries in a SQL table. */
import type { Kysely, Selectable } from "kysely";
import type { Execution } from "../../modules/executions/execution.ts";
import type {
  ExecutionQuery,
  ExecutionStore,
  SettledAttempt,
} from "../../modules/executions/execution-store.ts";
import type { AutomationExecutionRow } from "./automation-tables.ts";
import { enqueueDelivery } from "./execution-rows.ts";
import type { MetadataTables } from "./tables.ts";

const PRUNED_AT_ONCE = 1000;

/** `ExecutionStore` over any SQL dialect. */
export class SqlExecutionStore implements ExecutionStore {
  readonly #db: Kysely<MetadataTables>;

  constructor(parts: { readonly db: Kysely<MetadataTables> }) {
    this.#db = parts.db;
  }

  async find({ executionId }: { readonly executionId: number }): Promise<Execution | undefined> {
    const row = await this.#db
      .selectFrom("automation_executions")
      .selectAll()
      .where("id", "=", executionId)
      .executeTakeFirst();
    const [execution] = await toExecutions(row === undefined ? [] : [row]);
    return execution;
  }

  async list({ of, state, before, limit }: ExecutionQuery): Promise<readonly Execution[]> {
    let rows = this.#db.selectFrom("automation_executions").selectAll();
    if (of !== "all") {
      rows =
        "entityId" in of
          ? rows.where("entity_id", "=", of.entityId)
          : rows.where("automation_id", "=", of.automationId);
    }
    if (state !== undefined) rows = rows.where("state", "=", state);
    if (before !== undefined) rows = rows.where("id", "<", before);
    return toExecutions(await rows.orderBy("id", "desc").limit(limit).execute());
  }

  async listDue(request: {
    readonly integrationId: number;
    readonly now: string;
    readonly limit: number;
  }): Promise<readonly Execution[]> {
    const rows = await this.#db
      .selectFrom("automation_executions")
      .selectAll()
      .where("integration_id", "=", request.integrationId)
      .where("state", "=", "PENDING")
      .where("next_attempt_at", "<=", request.now)
      .orderBy("next_attempt_at")
      .orderBy("id")
      .limit(request.limit)
      .execute();
    return toExecutions(rows);
  }

  async findNextDue({ integrationId }: { readonly integrationId: number }): Promise<string | undefined> {
    const row = await this.#db
      .selectFrom("automation_executions")
      .select("next_attempt_at")
      .where("integration_id", "=", integrationId)
      .where("state", "=", "PENDING")
      .orderBy("next_attempt_at")
      .limit(1)
      .executeTakeFirst();
    return row?.next_attempt_at ?? undefined;
  }

  async settle(attempt: SettledAttempt): Promise<void> {
    await this.#db
      .updateTable("automation_executions")
      .set((eb) => ({
        state: attempt.state,
        attempts: eb("attempts", "+", 1),
        response_status: attempt.responseStatus,
        error: attempt.error,
        attempted_at: attempt.attemptedAt,
        next_attempt_at: attempt.nextAttemptAt,
      }))
      .where("id", "=", attempt.executionId)
      .where("state", "=", "PENDING")
      .execute();
  }

  async redeliver(request: {
    readonly executionId: number;
    readonly now: string;
  }): Promise<Execution | undefined> {
    const changed = await this.#db.transaction().execute(async (trx) => {
      const row = await trx
        .updateTable("automation_executions")
        .set({ state: "PENDING", attempts: 0, next_attempt_at: request.now })
        .where("id", "=", request.executionId)
        .where("state", "=", "FAILED")
        .where("integration_id", "is not", null)
        .returningAll()
        .executeTakeFirst();
      if (row === undefined || row.integration_id === null) return [];
      await enqueueDelivery(trx, row.integration_id, request.now);
      return [row];
    });
    const [execution] = await toExecutions(changed);
    return execution;
  }

  prune({ endedBefore }: { readonly endedBefore: string }): Promise<number> {
    return this.#db.transaction().execute(async (trx) => {
      const rows = await trx
        .selectFrom("automation_executions")
        .select("id")
        .where("state", "in", ["FINISHED", "FAILED"])
        .where("created_at", "<", endedBefore)
        .limit(PRUNED_AT_ONCE)
        .execute();
      if (rows.length === 0) return 0;
      const ids = rows.map((row) => row.id);
      await trx.deleteFrom("automation_executions").where("id", "in", ids).execute();
      return rows.length;
    });
  }
}

/** Most servers have no executions, and do without what reads them. */
async function toExecutions(
  rows: readonly Selectable<AutomationExecutionRow>[],
): Promise<readonly Execution[]> {
  if (rows.length === 0) return [];
  const { toExecution } = await import("./execution-reading.ts");
  return rows.map(toExecution);
}
