// Agents in SQL tables.
import type { Kysely, Selectable, Transaction } from "kysely";
import type { LaunchAgent } from "../../modules/launch/launch-agent.ts";
import type {
  LaunchAgentChange,
  LaunchAgentStore,
  NewLaunchAgent,
} from "../../modules/launch/launch-agent-store.ts";
import type { LaunchAgentRow } from "./launch-tables.ts";
import type { MetadataTables } from "./tables.ts";

type Db = Kysely<MetadataTables>;

/** `LaunchAgentStore` over any SQL dialect. */
export class SqlLaunchAgentStore implements LaunchAgentStore {
  readonly #db: Db;

  constructor(parts: { readonly db: Db }) {
    this.#db = parts.db;
  }

  create(agent: NewLaunchAgent): Promise<LaunchAgent> {
    return this.#db.transaction().execute(async (trx) => {
      await forgetSilent(trx, agent);
      const row = await trx
        .insertInto("launch_agents")
        .values({
          project_id: agent.projectId,
          name: agent.name,
          hostname: agent.hostname,
          config: agent.config,
          version: agent.version,
          status: "POLLING",
          user_id: agent.userId,
          created_at: agent.now,
          heartbeat_at: agent.now,
        })
        .returningAll()
        .executeTakeFirstOrThrow();
      await trx
        .insertInto("launch_agent_queues")
        .values(agent.queueIds.map((queueId) => ({ agent_id: row.id, queue_id: queueId })))
        .execute();
      return toAgent(row, agent.queueIds);
    });
  }

  async find({ agentId }: { readonly agentId: number }): Promise<LaunchAgent | undefined> {
    const row = await this.#db
      .selectFrom("launch_agents")
      .selectAll()
      .where("id", "=", agentId)
      .executeTakeFirst();
    return row && toAgent(row, (await queuesOf(this.#db, [agentId])).get(agentId));
  }

  async list(request: {
    readonly projectId: number;
    readonly limit: number;
  }): Promise<readonly LaunchAgent[]> {
    const rows = await this.#db
      .selectFrom("launch_agents")
      .selectAll()
      .where("project_id", "=", request.projectId)
      .orderBy("id", "desc")
      .limit(request.limit)
      .execute();
    const queues = await queuesOf(
      this.#db,
      rows.map(({ id }) => id),
    );
    return rows.map((row) => toAgent(row, queues.get(row.id)));
  }

  async update({ agentId, status, isStopRequested, heartbeatAt }: LaunchAgentChange): Promise<boolean> {
    const { numUpdatedRows } = await this.#db
      .updateTable("launch_agents")
      .set((eb) => ({
        // Something must be set for the answer to tell whether the agent is there.
        id: agentId,
        ...(status !== undefined && { status }),
        ...(isStopRequested !== undefined && { is_stop_requested: isStopRequested ? 1 : 0 }),
        ...(heartbeatAt !== undefined && {
          heartbeat_at: eb
            .case()
            .when("heartbeat_at", "<", heartbeatAt)
            .then(heartbeatAt)
            .else(eb.ref("heartbeat_at"))
            .end(),
        }),
      }))
      .where("id", "=", agentId)
      .executeTakeFirstOrThrow();
    return numUpdatedRows > 0n;
  }
}

async function forgetSilent(trx: Transaction<MetadataTables>, agent: NewLaunchAgent): Promise<void> {
  const silent = await trx
    .selectFrom("launch_agents")
    .select("id")
    .where("project_id", "=", agent.projectId)
    .where("heartbeat_at", "<", agent.forgetBefore)
    .execute();
  if (silent.length === 0) return;
  const ids = silent.map(({ id }) => id);
  await trx.deleteFrom("launch_agent_queues").where("agent_id", "in", ids).execute();
  await trx.deleteFrom("launch_agents").where("id", "in", ids).execute();
}

async function queuesOf(
  db: Db,
  agentIds: readonly number[],
): Promise<ReadonlyMap<number, readonly number[]>> {
  if (agentIds.length === 0) return new Map();
  const rows = await db
    .selectFrom("launch_agent_queues")
    .selectAll()
    .where("agent_id", "in", agentIds)
    .orderBy("queue_id")
    .execute();
  const grouped = Map.groupBy(rows, (row) => row.agent_id);
  return new Map([...grouped].map(([agentId, group]) => [agentId, group.map((row) => row.queue_id)]));
}

function toAgent(row: Selectable<LaunchAgentRow>, queueIds: readonly number[] = []): LaunchAgent {
  return {
    id: row.id,
    projectId: row.project_id,
    name: row.name,
    hostname: row.hostname,
    config: row.config,
    version: row.version,
    status: row.status,
    isStopRequested: row.is_stop_requested === 1,
    queueIds,
    userId: row.user_id,
    createdAt: row.created_at,
    heartbeatAt: row.heartbeat_at,
  };
}
