// Invitations, known only by the hash of their link, and the entity that an account's runs go to by default.
import type { Kysely } from "kysely";

/** Creates the table and the column. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable("users")
    .addColumn("default_entity_id", "integer", (column) => column.references("entities.id"))
    .execute();
  await db.schema.createIndex("users_by_default_entity").on("users").column("default_entity_id").execute();
  await db.schema
    .createTable("invites")
    .addColumn("id", "integer", (column) => column.primaryKey().autoIncrement())
    .addColumn("token_hash", "text", (column) => column.notNull().unique())
    .addColumn("email", "text")
    .addColumn("email_key", "text")
    .addColumn("user_id", "integer", (column) => column.references("users.id"))
    .addColumn("entity_id", "integer", (column) => column.references("entities.id"))
    .addColumn("role", "text", (column) => column.notNull())
    .addColumn("created_by_user_id", "integer", (column) => column.notNull().references("users.id"))
    .addColumn("created_at", "text", (column) => column.notNull())
    .addColumn("expires_at", "text", (column) => column.notNull())
    .execute();
  await db.schema.createIndex("invites_by_entity").on("invites").columns(["entity_id", "id"]).execute();
}
