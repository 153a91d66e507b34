/** Automations, and how far they have watched runs, in SQL tables. */
import type { Kysely, Selectable, Transaction } from "kysely";
import { ServerError } from "../../errors.ts";
import type { Automation } from "../../modules/automations/automation.ts";
import type {
  AutomationChange,
  AutomationQuery,
  AutomationStore,
  NewAutomation,
  Recording,
  StoredProgress,
} from "../../modules/automations/automation-store.ts";
import type { AutomationRow } from "./automation-tables.ts";
import { addExecutions, giveUp } from "./execution-rows.ts";
import type { MetadataTables } from "./tables.ts";

type Trx = Transaction<MetadataTables>;

/** The one row of the table of revisions. */
const REVISION_ID = 1;
const PROGRESS_AT_ONCE = 200;

/** `AutomationStore` over any SQL dialect. */
export class SqlAutomationStore implements AutomationStore {
  readonly #db: Kysely<MetadataTables>;

  constructor(parts: { readonly db: Kysely<MetadataTables> }) {
    this.#db = parts.db;
  }

  async create(automation: NewAutomation): Promise<Automation> {
    const { toAutomation, toAutomationColumns } = await import("./automation-rows.ts");
    return this.#db.transaction().execute(async (trx) => {
      const { createdAt, userId, entityId, projectId, name, description, isEnabled, scope, event, action } =
        automation;
      await requireFreeName(trx, { entityId, name, id: 0 });
      await raiseRevision(trx);
      const row = await trx
        .insertInto("automations")
        .values({
          entity_id: entityId,
          project_id: projectId,
          name,
          description,
          is_enabled: Number(isEnabled),
          scope_type: scope.type,
          scope_id: scope.id,
          event_type: event.type,
          event_filter: "",
          action_type: action.type,
          action_config: "",
          ...toAutomationColumns({ event, action }),
          user_id: userId,
          created_at: createdAt,
          updated_at: createdAt,
          after_seq: await lastSeq(trx),
          armed_at: createdAt,
        })
        .returningAll()
        .executeTakeFirstOrThrow();
      return toAutomation(row);
    });
  }

  async update({ automationId: id, now, ...change }: AutomationChange): Promise<Automation> {
    const { toAutomation, toAutomationColumns } = await import("./automation-rows.ts");
    return this.#db.transaction().execute(async (trx) => {
      const before = await trx.selectFrom("automations").selectAll().where("id", "=", id).executeTakeFirst();
      if (before === undefined)
        throw new ServerError("not_found", `Automation ${id} not found`, { field: "id" });
      const columns = { ...before, ...toAutomationColumns(change) };
      await requireFreeName(trx, { entityId: columns.entity_id, name: columns.name, id });
      await raiseRevision(trx);
      // What happened before is none of the business of an automation that waits for something else from now on.
      const isArmedAnew =
        columns.scope_type !== before.scope_type ||
        columns.scope_id !== before.scope_id ||
        columns.event_type !== before.event_type ||
        columns.event_filter !== before.event_filter ||
        columns.is_enabled > before.is_enabled;
      if (isArmedAnew) await trx.deleteFrom("automation_progress").where("automation_id", "=", id).execute();
      const row = await trx
        .updateTable("automations")
        .set({
          ...toAutomationColumns(change),
          updated_at: now,
          ...(isArmedAnew && { after_seq: await lastSeq(trx), armed_at: now }),
        })
        .where("id", "=", id)
        .returningAll()
        .executeTakeFirstOrThrow();
      return toAutomation(row);
    });
  }

  delete(request: { readonly automationId: number; readonly now: string }): Promise<boolean> {
    const { automationId: id, now } = request;
    return this.#db.transaction().execute(async (trx) => {
      await raiseRevision(trx);
      await giveUp(trx, { column: "automation_id", id }, { error: "The automation was deleted", now });
      const { numDeletedRows } = await trx
        .deleteFrom("automations")
        .where("id", "=", id)
        .executeTakeFirstOrThrow();
      return numDeletedRows > 0n;
    });
  }

  async find({ automationId }: { readonly automationId: number }): Promise<Automation | undefined> {
    const row = await this.#db
      .selectFrom("automations")
      .selectAll()
      .where("id", "=", automationId)
      .executeTakeFirst();
    const [automation] = await toAutomations(row === undefined ? [] : [row]);
    return automation;
  }

  async list({ of, name, after, limit }: AutomationQuery): Promise<readonly Automation[]> {
    let rows = this.#db.selectFrom("automations").selectAll().where("id", ">", after);
    rows =
      "entityId" in of
        ? rows.where("entity_id", "=", of.entityId)
        : rows.where("project_id", "=", of.projectId);
    if (name !== undefined) rows = rows.where("name", "=", name);
    return toAutomations(await rows.orderBy("id").limit(limit).execute());
  }

  async hasEnabled(): Promise<boolean> {
    const row = await this.#db
      .selectFrom("automations")
      .select("id")
      .where("is_enabled", "=", 1)
      .limit(1)
      .executeTakeFirst();
    return row !== undefined;
  }

  async listEnabled(request: {
    readonly revision: number;
  }): Promise<{ readonly revision: number; readonly automations: readonly Automation[] } | undefined> {
    const row = await this.#db.selectFrom("automation_revisions").select("revision").executeTakeFirst();
    const revision = row?.revision ?? 0;
    if (revision === request.revision) return undefined;
    const rows = await this.#db
      .selectFrom("automations")
      .selectAll()
      .where("is_enabled", "=", 1)
      .orderBy("id")
      .execute();
    return { revision, automations: await toAutomations(rows) };
  }

  async progressOf(request: {
    readonly projectId: number;
    readonly runId: number;
    readonly automationIds: readonly number[];
  }): Promise<readonly StoredProgress[]> {
    const { projectId, runId, automationIds } = request;
    if (automationIds.length === 0) return [];
    const rows = await this.#db
      .selectFrom("automation_progress")
      .select(["automation_id", "progress"])
      .where("project_id", "=", projectId)
      .where("run_id", "=", runId)
      .where("automation_id", "in", automationIds)
      .execute();
    if (rows.length === 0) return [];
    const { parseProgress } = await import("./automation-rows.ts");
    return rows.map((row) => ({
      automationId: row.automation_id,
      projectId,
      runId,
      progress: parseProgress(row.progress),
    }));
  }

  async record(recording: Recording): Promise<void> {
    const { judged, executions, progress, deletedRuns } = recording;
    if (executions.length === 0 && progress.length === 0 && deletedRuns.length === 0) return;
    await this.#db.transaction().execute(async (trx) => {
      const current = await stillCurrent(trx, judged);
      await addExecutions(
        trx,
        executions.filter(({ automationId }) => automationId !== null && current.has(automationId)),
      );
      await putProgress(
        trx,
        progress.filter(({ automationId }) => current.has(automationId)),
      );
      for (const { projectId, runId } of deletedRuns) {
        await trx
          .deleteFrom("automation_progress")
          .where("project_id", "=", projectId)
          .where("run_id", "=", runId)
          .execute();
      }
    });
  }
}

/** Most servers have no automations, and do without what reads them. */
async function toAutomations(rows: readonly Selectable<AutomationRow>[]): Promise<readonly Automation[]> {
  if (rows.length === 0) return [];
  const { toAutomation } = await import("./automation-rows.ts");
  return rows.map(toAutomation);
}

/** The automations that are as they were when events were judged. */
async function stillCurrent(trx: Trx, judged: ReadonlyMap<number, number>): Promise<ReadonlySet<number>> {
  if (judged.size === 0) return new Set();
  const rows = await trx
    .selectFrom("automations")
    .select(["id", "after_seq"])
    .where("id", "in", [...judged.keys()])
    .where("is_enabled", "=", 1)
    .execute();
  return new Set(rows.filter((row) => judged.get(row.id) === row.after_seq).map((row) => row.id));
}

async function putProgress(trx: Trx, progress: readonly StoredProgress[]): Promise<void> {
  if (progress.length === 0) return;
  const { printProgress } = await import("./automation-rows.ts");
  for (let start = 0; start < progress.length; start += PROGRESS_AT_ONCE) {
    await trx
      .insertInto("automation_progress")
      .values(
        progress.slice(start, start + PROGRESS_AT_ONCE).map((entry) => ({
          automation_id: entry.automationId,
          project_id: entry.projectId,
          run_id: entry.runId,
          progress: printProgress(entry.progress),
        })),
      )
      .onConflict((conflict) =>
        conflict
          .columns(["project_id", "run_id", "automation_id"])
          .doUpdateSet((eb) => ({ progress: eb.ref("excluded.progress") })),
      )
      .execute();
  }
}

async function raiseRevision(trx: Trx): Promise<void> {
  await trx
    .insertInto("automation_revisions")
    .values({ id: REVISION_ID, revision: 1 })
    .onConflict((conflict) =>
      conflict.column("id").doUpdateSet((eb) => ({ revision: eb("automation_revisions.revision", "+", 1) })),
    )
    .execute();
}

/** The number of the newest change of the feed. */
async function lastSeq(trx: Trx): Promise<number> {
  const row = await trx.selectFrom("events").select("seq").orderBy("seq", "desc").limit(1).executeTakeFirst();
  return row?.seq ?? 0;
}

async function requireFreeName(
  trx: Trx,
  request: { readonly entityId: number; readonly name: string; readonly id: number },
): Promise<void> {
  const taken = await trx
    .selectFrom("automations")
    .select("id")
    .where("entity_id", "=", request.entityId)
    .where("name", "=", request.name)
    .where("id", "!=", request.id)
    .executeTakeFirst();
  if (taken === undefined) return;
  throw new ServerError("already_exists", `The entity has an automation "${request.name}" already`, {
    field: "name",
  });
}
