/** Agents of sweeps in SQL tables. */
import type { Kysely } from "kysely";
import { ServerError } from "../../errors.ts";
import type { SweepAgent } from "../../modules/sweeps/sweep.ts";
import type {
  AgentRunsQuery,
  NewSweepAgent,
  SweepAgentSelector,
  SweepAgentStore,
} from "../../modules/sweeps/sweep-agent-store.ts";
import { selectAgents, toAgent } from "./sweep-rows.ts";
import type { MetadataTables } from "./tables.ts";

type Db = Kysely<MetadataTables>;

/** `SweepAgentStore` over any SQL dialect. */
export class SqlSweepAgentStore implements SweepAgentStore {
  readonly #db: Db;

  constructor(parts: { readonly db: Db }) {
    this.#db = parts.db;
  }

  create({ sweepId, name, host, userId, now }: NewSweepAgent): Promise<SweepAgent> {
    return this.#db.transaction().execute(async (trx) => {
      const sweep = await trx.selectFrom("sweeps").select("id").where("id", "=", sweepId).executeTakeFirst();
      if (sweep === undefined) throw new ServerError("not_found", "Sweep not found", { field: "sweep" });
      const { id } = await trx
        .insertInto("sweep_agents")
        .values({ sweep_id: sweepId, name, host, user_id: userId, created_at: now, heartbeat_at: now })
        .returning("id")
        .executeTakeFirstOrThrow();
      return toAgent(await selectAgents(trx).where("sweep_agents.id", "=", id).executeTakeFirstOrThrow());
    });
  }

  async find(selector: SweepAgentSelector): Promise<SweepAgent | undefined> {
    const agents = selectAgents(this.#db);
    const row = await (
      "agentId" in selector
        ? agents.where("sweep_agents.id", "=", selector.agentId)
        : agents
            .where("sweep_agents.sweep_id", "=", selector.sweepId)
            .where("sweep_agents.name", "=", selector.name)
    ).executeTakeFirst();
    return row && toAgent(row);
  }

  async list(request: { readonly sweepId: number }): Promise<readonly SweepAgent[]> {
    const rows = await selectAgents(this.#db)
      .where("sweep_agents.sweep_id", "=", request.sweepId)
      .orderBy("sweep_agents.id")
      .execute();
    return rows.map(toAgent);
  }

  touch(request: { readonly agentId: number; readonly now: string }): Promise<SweepAgent | undefined> {
    return this.#db.transaction().execute(async (trx) => {
      const { agentId, now } = request;
      const touched = await trx
        .updateTable("sweep_agents")
        .set({ heartbeat_at: now, is_finished: 0 })
        .where("id", "=", agentId)
        .returning("sweep_id")
        .executeTakeFirst();
      if (touched === undefined) return undefined;
      await trx.updateTable("sweeps").set({ heartbeat_at: now }).where("id", "=", touched.sweep_id).execute();
      return toAgent(
        await selectAgents(trx).where("sweep_agents.id", "=", agentId).executeTakeFirstOrThrow(),
      );
    });
  }

  async finish(request: { readonly agentId: number }): Promise<void> {
    await this.#db
      .updateTable("sweep_agents")
      .set({ is_finished: 1 })
      .where("id", "=", request.agentId)
      .execute();
  }

  async listRunIds({
    agentId,
    afterRunId,
    isNewestFirst,
    limit,
  }: AgentRunsQuery): Promise<readonly number[]> {
    let query = this.#db
      .selectFrom("sweep_runs")
      .select("run_id")
      .where("agent_id", "=", agentId)
      .orderBy("run_id", isNewestFirst ? "desc" : "asc")
      .limit(limit);
    if (afterRunId !== null) query = query.where("run_id", isNewestFirst ? "<" : ">", afterRunId);
    return (await query.execute()).map((row) => row.run_id);
  }
}
