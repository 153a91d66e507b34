// Statistics of runs that are kept, sealed parts of streams, and the blobs that no part names: being written or to go.
import { sql, type Kysely } from "kysely";

/** Creates the tables. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("history_statistics")
    .addColumn("project_id", "integer", (column) => column.notNull())
    .addColumn("run_id", "integer", (column) => column.notNull())
    .addColumn("version", "integer", (column) => column.notNull())
    .addColumn("line_count", "integer", (column) => column.notNull())
    .addColumn("state", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("history_statistics_key", ["project_id", "run_id"])
    .execute();
  await db.schema
    .createTable("sealed_parts")
    .addColumn("project_id", "integer", (column) => column.notNull())
    .addColumn("run_id", "integer", (column) => column.notNull())
    .addColumn("stream", "text", (column) => column.notNull())
    .addColumn("first_line", "integer", (column) => column.notNull())
    .addColumn("line_count", "integer", (column) => column.notNull())
    .addColumn("version", "integer", (column) => column.notNull())
    .addColumn("row_count", "integer", (column) => column.notNull())
    .addColumn("min_step", "integer")
    .addColumn("max_step", "integer")
    .addColumn("is_step_ascending", "integer", (column) => column.notNull())
    .addColumn("is_trimmed", "integer", (column) => column.notNull())
    .addColumn("table_key", "text", (column) => column.notNull())
    .addColumn("table_bytes", "integer", (column) => column.notNull())
    .addColumn("beside_key", "text", (column) => column.notNull())
    .addColumn("beside_bytes", "integer", (column) => column.notNull())
    // Last, because it is the long one.
    .addColumn("statistics", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("sealed_parts_key", ["project_id", "run_id", "stream", "first_line", "version"])
    .execute();
  await db.schema
    .createIndex("sealed_parts_untrimmed")
    .on("sealed_parts")
    .column("is_trimmed")
    .where(sql.ref("is_trimmed"), "=", sql.lit(0))
    .execute();
  await db.schema
    .createTable("sealed_leftovers")
    .addColumn("blob_key", "text", (column) => column.primaryKey())
    .addColumn("delete_after", "text")
    .execute();
}
