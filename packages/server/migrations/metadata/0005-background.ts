// Tasks, the outbox of events, and where each reader of events stands.
import type { Kysely } from "kysely";

/** Creates the tables. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("events")
    .addColumn("seq", "integer", (column) => column.primaryKey().autoIncrement())
    .addColumn("kind", "text", (column) => column.notNull())
    .addColumn("project_id", "integer", (column) => column.notNull())
    .addColumn("run_id", "integer")
    .addColumn("payload", "text", (column) => column.notNull())
    .addColumn("created_at", "text", (column) => column.notNull())
    .execute();
  await db.schema
    .createTable("event_positions")
    .addColumn("consumer", "text", (column) => column.primaryKey())
    .addColumn("seq", "integer", (column) => column.notNull())
    .execute();
  await db.schema
    .createTable("tasks")
    .addColumn("id", "integer", (column) => column.primaryKey().autoIncrement())
    .addColumn("kind", "text", (column) => column.notNull())
    .addColumn("key", "text", (column) => column.notNull())
    .addColumn("payload", "text", (column) => column.notNull())
    .addColumn("run_at", "text", (column) => column.notNull())
    .addColumn("leased_until", "text")
    .addColumn("attempts", "integer", (column) => column.notNull().defaultTo(0))
    .addColumn("last_error", "text")
    .execute();
  await db.schema.createIndex("tasks_by_run_at").on("tasks").columns(["kind", "run_at"]).execute();
  await db.schema.createIndex("tasks_by_key").on("tasks").columns(["kind", "key"]).execute();
}
