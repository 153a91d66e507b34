/** Integrations in a SQL table. */
import type { Insertable, Kysely, Selectable, Transaction } from "kysely";
import { ServerError } from "../../errors.ts";
import type { Integration } from "../../modules/integrations/integration.ts";
import type { IntegrationStore, NewIntegration } from "../../modules/integrations/integration-store.ts";
import type { IntegrationRow } from "./automation-tables.ts";
import { giveUp } from "./execution-rows.ts";
import type { MetadataTables } from "./tables.ts";

type Trx = Transaction<MetadataTables>;

/** `IntegrationStore` over any SQL dialect. */
export class SqlIntegrationStore implements IntegrationStore {
  readonly #db: Kysely<MetadataTables>;

  constructor(parts: { readonly db: Kysely<MetadataTables> }) {
    this.#db = parts.db;
  }

  create(integration: NewIntegration): Promise<Integration> {
    return this.#db.transaction().execute(async (trx) => {
      const { entityId, createdAt } = integration;
      const columns = toColumns(integration);
      await requireFreeName(trx, { entityId, columns, id: 0 });
      const row = await trx
        .insertInto("integrations")
        .values({ ...columns, entity_id: entityId, created_at: createdAt, updated_at: createdAt })
        .returningAll()
        .executeTakeFirstOrThrow();
      return toIntegration(row);
    });
  }

  replace({ now, ...integration }: Integration & { readonly now: string }): Promise<Integration> {
    return this.#db.transaction().execute(async (trx) => {
      const { id, entityId } = integration;
      const columns = toColumns(integration);
      await requireFreeName(trx, { entityId, columns, id });
      const row = await trx
        .updateTable("integrations")
        .set({ ...columns, updated_at: now })
        .where("id", "=", id)
        .where("kind", "=", integration.kind)
        .returningAll()
        .executeTakeFirst();
      if (row === undefined)
        throw new ServerError("not_found", `Integration ${id} not found`, { field: "id" });
      return toIntegration(row);
    });
  }

  async find({ integrationId }: { readonly integrationId: number }): Promise<Integration | undefined> {
    const row = await this.#db
      .selectFrom("integrations")
      .selectAll()
      .where("id", "=", integrationId)
      .executeTakeFirst();
    return row && toIntegration(row);
  }

  async list(request: {
    readonly entityId: number;
    readonly after: number;
    readonly limit: number;
  }): Promise<readonly Integration[]> {
    const rows = await this.#db
      .selectFrom("integrations")
      .selectAll()
      .where("entity_id", "=", request.entityId)
      .where("id", ">", request.after)
      .orderBy("id")
      .limit(request.limit)
      .execute();
    return rows.map(toIntegration);
  }

  delete(request: { readonly integrationId: number; readonly now: string }): Promise<boolean> {
    const { integrationId: id, now } = request;
    return this.#db.transaction().execute(async (trx) => {
      const user = await trx
        .selectFrom("automations")
        .select("name")
        .where("integration_id", "=", id)
        .limit(1)
        .executeTakeFirst();
      if (user !== undefined) {
        const message = `The automation "${user.name}" uses the integration; change or delete it first`;
        throw new ServerError("conflict", message, { field: "id" });
      }
      await giveUp(trx, { column: "integration_id", id }, { error: "The integration was deleted", now });
      const { numDeletedRows } = await trx
        .deleteFrom("integrations")
        .where("id", "=", id)
        .executeTakeFirstOrThrow();
      return numDeletedRows > 0n;
    });
  }
}

async function requireFreeName(
  trx: Trx,
  {
    entityId,
    columns,
    id,
  }: { readonly entityId: number; readonly columns: NameColumns; readonly id: number },
): Promise<void> {
  const taken = await trx
    .selectFrom("integrations")
    .select("id")
    .where("entity_id", "=", entityId)
    .where("kind", "=", columns.kind)
    .where("name", "=", columns.name)
    .where("team_name", "=", columns.team_name)
    .where("id", "!=", id)
    .executeTakeFirst();
  if (taken === undefined) return;
  const what = columns.kind === "webhook" ? "a webhook" : "a Slack channel";
  throw new ServerError("already_exists", `The entity has ${what} of the name "${columns.name}" already`, {
    field: columns.kind === "webhook" ? "name" : "channelName",
  });
}

type NameColumns = Pick<IntegrationRow, "kind" | "name" | "team_name">;

function toColumns(
  integration: NewIntegration,
): Omit<Insertable<IntegrationRow>, "id" | "entity_id" | "created_at" | "updated_at"> & NameColumns {
  const sendsRunAlerts = Number(integration.sendsRunAlerts);
  if (integration.kind === "slack") {
    return {
      kind: "slack",
      name: integration.channelName,
      team_name: integration.teamName,
      url: null,
      sealed_url: integration.sealedUrl,
      access_token_ref: null,
      secret_ref: null,
      sends_run_alerts: sendsRunAlerts,
    };
  }
  return {
    kind: "webhook",
    name: integration.name,
    team_name: "",
    url: integration.url,
    sealed_url: null,
    access_token_ref: integration.accessTokenRef,
    secret_ref: integration.secretRef,
    sends_run_alerts: sendsRunAlerts,
  };
}

function toIntegration(row: Selectable<IntegrationRow>): Integration {
  const common = {
    id: row.id,
    entityId: row.entity_id,
    sendsRunAlerts: row.sends_run_alerts === 1,
    createdAt: row.created_at,
  };
  if (row.kind === "slack") {
    return {
      ...common,
      kind: "slack",
      teamName: row.team_name,
      channelName: row.name,
      sealedUrl: row.sealed_url ?? "",
    };
  }
  return {
    ...common,
    kind: "webhook",
    name: row.name,
    url: row.url ?? "",
    accessTokenRef: row.access_token_ref,
    secretRef: row.secret_ref,
  };
}
