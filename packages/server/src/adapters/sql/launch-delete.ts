// Deletes queues with what hangs on them in SQL tables.
import type { Transaction } from "kysely";
import type { MetadataTables } from "./tables.ts";

type Trx = Transaction<MetadataTables>;

/** As `RunQueueStore.delete`, within a transaction. */
export async function deleteRunQueue(trx: Trx, queueId: number): Promise<boolean> {
  const queue = await trx
    .selectFrom("run_queues")
    .select("config_id")
    .where("id", "=", queueId)
    .executeTakeFirst();
  if (queue === undefined) return false;
  await trx.deleteFrom("run_queue_items").where("queue_id", "=", queueId).execute();
  await trx.deleteFrom("launch_agent_queues").where("queue_id", "=", queueId).execute();
  await trx.deleteFrom("run_queues").where("id", "=", queueId).execute();
  if (queue.config_id !== null) await deleteUnusedConfig(trx, queue.config_id);
  return true;
}

/** Deletes a resource config that no queue has any more. */
export async function deleteUnusedConfig(trx: Trx, configId: number): Promise<void> {
  await trx
    .deleteFrom("resource_configs")
    .where("id", "=", configId)
    .where((eb) =>
      eb.not(
        eb.exists(eb.selectFrom("run_queues").select("run_queues.id").where("config_id", "=", configId)),
      ),
    )
    .execute();
}

/** Deletes the queues and agents of a project. */
export async function deleteLaunchOf(trx: Trx, projectId: number): Promise<void> {
  const queues = await trx
    .selectFrom("run_queues")
    .select("id")
    .where("project_id", "=", projectId)
    .execute();
  for (const { id } of queues) await deleteRunQueue(trx, id);
  await trx.deleteFrom("launch_agents").where("project_id", "=", projectId).execute();
}
