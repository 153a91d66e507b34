// Executions as rows: adding them with the tasks that deliver them, giving them up.
import type { Insertable, Transaction } from "kysely";
import { DELIVERY_TASK } from "../../modules/executions/execution-store.ts";
import type { NewExecution } from "../../modules/executions/execution-store.ts";
import type { AutomationExecutionRow } from "./automation-tables.ts";
import { enqueueTask } from "./sql-task-queue.ts";
import type { MetadataTables } from "./tables.ts";

type Trx = Transaction<MetadataTables>;

const INSERTED_AT_ONCE = 200;

/** Adds executions and the tasks to deliver them; one of the same automation and event stays as it is. */
export async function addExecutions(trx: Trx, executions: readonly NewExecution[]): Promise<void> {
  for (let start = 0; start < executions.length; start += INSERTED_AT_ONCE) {
    await trx
      .insertInto("automation_executions")
      .values(executions.slice(start, start + INSERTED_AT_ONCE).map(toRow))
      .onConflict((conflict) => conflict.columns(["automation_id", "event_key"]).doNothing())
      .execute();
  }
  const dueAt = new Map<number, string>();
  for (const { integrationId, createdAt, error } of executions) {
    if (integrationId !== null && error === undefined) dueAt.set(integrationId, createdAt);
  }
  for (const [integrationId, runAt] of dueAt) await enqueueDelivery(trx, integrationId, runAt);
}

/** Sees to it that what is due at an integration is delivered from an instant on. */
export async function enqueueDelivery(trx: Trx, integrationId: number, runAt: string): Promise<void> {
  await enqueueTask(trx, { ...deliveryTask(integrationId), runAt });
}

/** The task that delivers to an integration. */
export function deliveryTask(integrationId: number): {
  readonly kind: string;
  readonly key: string;
  readonly payload: string;
} {
  return {
    kind: DELIVERY_TASK,
    key: `integration/${integrationId}`,
    payload: JSON.stringify({ integrationId }),
  };
}

/** Gives up what waits to be delivered for an automation or to an integration that is no more. */
export async function giveUp(
  trx: Trx,
  of: { readonly column: "automation_id" | "integration_id"; readonly id: number },
  reason: { readonly error: string; readonly now: string },
): Promise<void> {
  await trx
    .updateTable("automation_executions")
    .set({ state: "FAILED", error: reason.error, attempted_at: reason.now, next_attempt_at: null })
    .where(of.column, "=", of.id)
    .where("state", "=", "PENDING")
    .execute();
}

function toRow(execution: NewExecution): Insertable<AutomationExecutionRow> {
  const { error = null, integrationId, createdAt } = execution;
  const isPending = error === null && integrationId !== null;
  const isFailed = error !== null;
  return {
    entity_id: execution.entityId,
    automation_id: execution.automationId,
    integration_id: integrationId,
    project_id: execution.projectId,
    event_type: execution.eventType,
    event_key: execution.eventKey,
    variables: JSON.stringify(execution.variables),
    message: JSON.stringify(execution.message),
    state: isFailed ? "FAILED" : isPending ? "PENDING" : "FINISHED",
    attempts: 0,
    response_status: null,
    error,
    created_at: createdAt,
    attempted_at: null,
    next_attempt_at: isPending ? createdAt : null,
  };
}
