// Queues and resource configs in SQL tables.
import type { Kysely, SelectQueryBuilder, Selectable, Transaction } from "kysely";
import { ServerError } from "../../errors.ts";
import type { ResourceConfig, RunQueue, TemplateVariable } from "../../modules/launch/run-queue.ts";
import type {
  NewResourceConfig,
  NewRunQueue,
  RunQueueStore,
  RunQueueUpsert,
} from "../../modules/launch/run-queue-store.ts";
import { isStoredList, isStoredObject, isStoredText, parseStored } from "../json/stored-json.ts";
import { deleteRunQueue, deleteUnusedConfig } from "./launch-delete.ts";
import type { ResourceConfigRow, RunQueueRow } from "./launch-tables.ts";
import type { MetadataTables } from "./tables.ts";

type Db = Kysely<MetadataTables>;
type Trx = Transaction<MetadataTables>;
type JoinedRow = Selectable<RunQueueRow> & { readonly username: string };

/** `RunQueueStore` over any SQL dialect. */
export class SqlRunQueueStore implements RunQueueStore {
  readonly #db: Db;

  constructor(parts: { readonly db: Db }) {
    this.#db = parts.db;
  }

  createConfig(config: NewResourceConfig): Promise<ResourceConfig> {
    return this.#db.transaction().execute((trx) => insertConfig(trx, config));
  }

  async findConfig({ configId }: { readonly configId: number }): Promise<ResourceConfig | undefined> {
    const row = await this.#db
      .selectFrom("resource_configs")
      .selectAll()
      .where("id", "=", configId)
      .executeTakeFirst();
    return row && toConfig(row);
  }

  create(queue: NewRunQueue): Promise<RunQueue> {
    const { projectId, name, access, prioritizationMode, configId, userId, now } = queue;
    return this.#db.transaction().execute(async (trx) => {
      if ((await findByName(trx, projectId, name)) !== undefined) {
        const message = `The project has a run queue "${name}" already`;
        throw new ServerError("already_exists", message, { field: "queueName" });
      }
      return insertQueue(trx, {
        project_id: projectId,
        name,
        access,
        prioritization_mode: prioritizationMode,
        config_id: configId,
        external_links: null,
        created_by_user_id: userId,
        created_at: now,
        updated_at: now,
      });
    });
  }

  upsert(request: RunQueueUpsert): Promise<{ readonly queue: RunQueue; readonly inserted: boolean }> {
    const { projectId, name, prioritizationMode, externalLinks, userId, now } = request;
    return this.#db.transaction().execute(async (trx) => {
      const existing = await findByName(trx, projectId, name);
      const { id: configId } = await insertConfig(trx, { ...request.config, now });
      const content = {
        prioritization_mode: prioritizationMode,
        external_links: externalLinks,
        config_id: configId,
        updated_at: now,
      };
      if (existing === undefined) {
        const queue = await insertQueue(trx, {
          ...content,
          project_id: projectId,
          name,
          access: "PROJECT",
          created_by_user_id: userId,
          created_at: now,
        });
        return { queue, inserted: true };
      }
      await trx.updateTable("run_queues").set(content).where("id", "=", existing.id).execute();
      if (existing.configId !== null) await deleteUnusedConfig(trx, existing.configId);
      return { queue: await requireQueue(trx, existing.id), inserted: false };
    });
  }

  async find(
    request: { readonly queueId: number } | { readonly projectId: number; readonly name: string },
  ): Promise<RunQueue | undefined> {
    if (!("queueId" in request)) return findByName(this.#db, request.projectId, request.name);
    const row = await selectQueues(this.#db).where("run_queues.id", "=", request.queueId).executeTakeFirst();
    return row && toQueue(row);
  }

  async list({ projectId }: { readonly projectId: number }): Promise<readonly RunQueue[]> {
    const rows = await selectQueues(this.#db)
      .where("run_queues.project_id", "=", projectId)
      .orderBy("run_queues.name")
      .execute();
    return rows.map(toQueue);
  }

  delete({ queueId }: { readonly queueId: number }): Promise<boolean> {
    return this.#db.transaction().execute((trx) => deleteRunQueue(trx, queueId));
  }
}

async function insertConfig(trx: Trx, config: NewResourceConfig): Promise<ResourceConfig> {
  const row = await trx
    .insertInto("resource_configs")
    .values({
      entity_id: config.entityId,
      resource: config.resource,
      config: config.config,
      template_variables: JSON.stringify(config.templateVariables),
      created_at: config.now,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  return toConfig(row);
}

async function insertQueue(trx: Trx, values: Omit<Selectable<RunQueueRow>, "id">): Promise<RunQueue> {
  const { id } = await trx.insertInto("run_queues").values(values).returning("id").executeTakeFirstOrThrow();
  return requireQueue(trx, id);
}

function selectQueues(db: Db): SelectQueryBuilder<MetadataTables, "run_queues" | "users", JoinedRow> {
  return db
    .selectFrom("run_queues")
    .innerJoin("users", "users.id", "run_queues.created_by_user_id")
    .selectAll("run_queues")
    .select("users.username");
}

async function findByName(db: Db, projectId: number, name: string): Promise<RunQueue | undefined> {
  const row = await selectQueues(db)
    .where("run_queues.project_id", "=", projectId)
    .where("run_queues.name", "=", name)
    .executeTakeFirst();
  return row && toQueue(row);
}

async function requireQueue(db: Db, queueId: number): Promise<RunQueue> {
  return toQueue(await selectQueues(db).where("run_queues.id", "=", queueId).executeTakeFirstOrThrow());
}

function toQueue(row: JoinedRow): RunQueue {
  return {
    id: row.id,
    projectId: row.project_id,
    name: row.name,
    access: row.access,
    prioritizationMode: row.prioritization_mode,
    configId: row.config_id,
    externalLinks: row.external_links,
    createdByUserId: row.created_by_user_id,
    createdBy: row.username,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

function toConfig(row: Selectable<ResourceConfigRow>): ResourceConfig {
  return {
    id: row.id,
    entityId: row.entity_id,
    resource: row.resource,
    config: row.config,
    templateVariables: parseStored(row.template_variables, areVariables),
  };
}

function areVariables(value: unknown): value is readonly TemplateVariable[] {
  return isStoredList(value, isVariable);
}

function isVariable(value: unknown): value is TemplateVariable {
  return (
    isStoredObject(value) &&
    isStoredText(value["name"]) &&
    (value["description"] === null || isStoredText(value["description"])) &&
    isStoredText(value["schema"])
  );
}
