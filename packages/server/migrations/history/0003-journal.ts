// Small writes that are durable and not yet put into batches.
import type { Kysely } from "kysely";

/** Creates the table. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("line_journal")
    .addColumn("id", "integer", (column) => column.primaryKey().autoIncrement())
    .addColumn("writes", "text", (column) => column.notNull())
    .execute();
}
