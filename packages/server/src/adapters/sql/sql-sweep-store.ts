/** Sweeps in SQL tables. */
import type { Kysely, Updateable } from "kysely";
import { ServerError } from "../../errors.ts";
import { resolveSweepField } from "../../modules/sweeps/sweep-fields.ts";
import type { Sweep } from "../../modules/sweeps/sweep.ts";
import type {
  NewSweep,
  SweepChange,
  SweepPage,
  SweepQuery,
  SweepSelector,
  SweepStore,
} from "../../modules/sweeps/sweep-store.ts";
import { pageOfDocuments } from "./document-page.ts";
import { selectSweeps, toSweep } from "./sweep-rows.ts";
import type { SweepRow } from "./sweep-tables.ts";
import type { MetadataTables } from "./tables.ts";

type Db = Kysely<MetadataTables>;

const namesAskedAtOnce = 500;

/** `SweepStore` over any SQL dialect. */
export class SqlSweepStore implements SweepStore {
  readonly #db: Db;

  constructor(parts: { readonly db: Db }) {
    this.#db = parts.db;
  }

  create(sweep: NewSweep): Promise<Sweep> {
    return this.#db.transaction().execute(async (trx) => {
      const { projectId, name, userId, now } = sweep;
      const inserted = await trx
        .insertInto("sweeps")
        .values({
          project_id: projectId,
          name,
          display_name: sweep.displayName,
          state: sweep.state,
          method: sweep.method,
          description: sweep.description,
          config: sweep.config,
          controller: sweep.controller,
          scheduler: sweep.scheduler,
          launch_scheduler: sweep.launchScheduler,
          prior_runs_filter: sweep.priorRunsFilter,
          user_id: userId,
          created_at: now,
          updated_at: now,
        })
        .onConflict((conflict) => conflict.columns(["project_id", "name"]).doNothing())
        .returning("id")
        .executeTakeFirst();
      if (inserted === undefined) {
        throw new ServerError("already_exists", `The project has a sweep "${name}" already`, {
          field: "name",
        });
      }
      return toSweep(await selectSweeps(trx).where("sweeps.id", "=", inserted.id).executeTakeFirstOrThrow());
    });
  }

  update(change: SweepChange): Promise<Sweep | undefined> {
    return this.#db.transaction().execute(async (trx) => {
      const { sweepId, ifRevision, now } = change;
      let update = trx
        .updateTable("sweeps")
        .set((eb) => ({ ...toColumns(change), updated_at: now, revision: eb("revision", "+", 1) }))
        .where("id", "=", sweepId);
      if (ifRevision !== undefined) update = update.where("revision", "=", ifRevision);
      const updated = await update.returning("id").executeTakeFirst();
      if (updated === undefined) return undefined;
      return toSweep(await selectSweeps(trx).where("sweeps.id", "=", sweepId).executeTakeFirstOrThrow());
    });
  }

  async find(selector: SweepSelector): Promise<Sweep | undefined> {
    const sweeps = selectSweeps(this.#db);
    const row = await (
      "sweepId" in selector
        ? sweeps.where("sweeps.id", "=", selector.sweepId)
        : sweeps.where("sweeps.project_id", "=", selector.projectId).where("sweeps.name", "=", selector.name)
    ).executeTakeFirst();
    return row && toSweep(row);
  }

  async findMany(request: {
    readonly projectId: number;
    readonly names: readonly string[];
  }): Promise<readonly Sweep[]> {
    const found: Sweep[] = [];
    for (let start = 0; start < request.names.length; start += namesAskedAtOnce) {
      const rows = await selectSweeps(this.#db)
        .where("sweeps.project_id", "=", request.projectId)
        .where("sweeps.name", "in", request.names.slice(start, start + namesAskedAtOnce))
        .execute();
      found.push(...rows.map(toSweep));
    }
    return found;
  }

  async list(request: SweepQuery): Promise<SweepPage> {
    const rows = await selectSweeps(this.#db)
      .where("sweeps.project_id", "=", request.projectId)
      .orderBy("sweeps.id")
      .execute();
    const page = pageOfDocuments({
      documents: rows.map(toSweep),
      filter: request.filter,
      order: null,
      defaultOrder: "-createdAt",
      field: resolveSweepField,
      after: request.after,
      limit: request.limit,
    });
    return {
      sweeps: page.entries.map(({ document, cursor }) => ({ sweep: document, cursor })),
      hasNextPage: page.hasNextPage,
      totalCount: page.totalCount,
    };
  }

  async count(request: { readonly projectId: number }): Promise<number> {
    const { count } = await this.#db
      .selectFrom("sweeps")
      .select((eb) => eb.fn.countAll().as("count"))
      .where("project_id", "=", request.projectId)
      .executeTakeFirstOrThrow();
    return Number(count);
  }

  async listDone(): Promise<readonly Sweep[]> {
    const rows = await selectSweeps(this.#db)
      .where("sweeps.state", "=", "RUNNING")
      .where("sweeps.is_exhausted", "=", 1)
      .where((eb) =>
        eb.not(
          eb.exists(
            eb
              .selectFrom("runs")
              .select("runs.run_id")
              .whereRef("runs.project_id", "=", "sweeps.project_id")
              .whereRef("runs.sweep_name", "=", "sweeps.name")
              .where("runs.state", "in", ["pending", "running", "preempting"]),
          ),
        ),
      )
      .execute();
    return rows.map(toSweep);
  }

  async delete(request: { readonly sweepId: number }): Promise<boolean> {
    const deleted = await this.#db
      .deleteFrom("sweeps")
      .where("id", "=", request.sweepId)
      .returning("id")
      .executeTakeFirst();
    return deleted !== undefined;
  }
}

function toColumns(change: SweepChange): Updateable<SweepRow> {
  return {
    ...(change.displayName !== undefined && { display_name: change.displayName }),
    ...(change.state !== undefined && { state: change.state }),
    ...(change.description !== undefined && { description: change.description }),
    ...(change.config !== undefined && { config: change.config }),
    ...(change.method !== undefined && { method: change.method }),
    ...(change.controller !== undefined && { controller: change.controller }),
    ...(change.scheduler !== undefined && { scheduler: change.scheduler }),
    ...(change.launchScheduler !== undefined && { launch_scheduler: change.launchScheduler }),
    ...(change.priorRunsFilter !== undefined && { prior_runs_filter: change.priorRunsFilter }),
    ...(change.isExhausted !== undefined && { is_exhausted: Number(change.isExhausted) }),
  };
}
