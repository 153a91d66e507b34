/** Secrets of entities, sealed, in a SQL table. */
import type { Kysely, Selectable } from "kysely";
import type { Secret } from "../../modules/integrations/integration.ts";
import type { SecretStore } from "../../modules/integrations/integration-store.ts";
import type { TeamSecretRow } from "./automation-tables.ts";
import type { MetadataTables } from "./tables.ts";

type Key = Readonly<{ entityId: number; name: string }>;

/** `SecretStore` over any SQL dialect. */
export class SqlSecretStore implements SecretStore {
  readonly #db: Kysely<MetadataTables>;

  constructor(parts: { readonly db: Kysely<MetadataTables> }) {
    this.#db = parts.db;
  }

  async put({
    entityId,
    name,
    sealed,
    now,
  }: Key & Readonly<{ sealed: string; now: string }>): Promise<Secret> {
    const row = await this.#db
      .insertInto("team_secrets")
      .values({ entity_id: entityId, name, sealed, created_at: now, updated_at: now })
      .onConflict((conflict) =>
        conflict.columns(["entity_id", "name"]).doUpdateSet({ sealed, updated_at: now }),
      )
      .returning(["id", "name", "created_at", "updated_at"])
      .executeTakeFirstOrThrow();
    return toSecret(row);
  }

  async list({ entityId }: { readonly entityId: number }): Promise<readonly Secret[]> {
    const rows = await this.#db
      .selectFrom("team_secrets")
      .select(["id", "name", "created_at", "updated_at"])
      .where("entity_id", "=", entityId)
      .orderBy("name")
      .execute();
    return rows.map(toSecret);
  }

  async findSealed({ entityId, name }: Key): Promise<string | undefined> {
    const row = await this.#db
      .selectFrom("team_secrets")
      .select("sealed")
      .where("entity_id", "=", entityId)
      .where("name", "=", name)
      .executeTakeFirst();
    return row?.sealed;
  }

  async delete({ entityId, name }: Key): Promise<boolean> {
    const { numDeletedRows } = await this.#db
      .deleteFrom("team_secrets")
      .where("entity_id", "=", entityId)
      .where("name", "=", name)
      .executeTakeFirstOrThrow();
    return numDeletedRows > 0n;
  }
}

function toSecret(row: Omit<Selectable<TeamSecretRow>, "entity_id" | "sealed">): Secret {
  return { id: row.id, name: row.name, createdAt: row.created_at, updatedAt: row.updated_at };
}
