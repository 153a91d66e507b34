// Segments of the columns of runs, and what was asked for besides the fields that are kept anyway.
import type { Kysely } from "kysely";

/** Creates the tables. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("segment_projects")
    .addColumn("project_id", "integer", (column) => column.primaryKey())
    .addColumn("created_at", "text", (column) => column.notNull())
    .execute();
  await db.schema
    .createTable("run_segments")
    .addColumn("project_id", "integer", (column) => column.notNull())
    .addColumn("segment", "integer", (column) => column.notNull())
    .addColumn("up_to_seq", "integer", (column) => column.notNull())
    .addColumn("directory", "blob", (column) => column.notNull())
    .addPrimaryKeyConstraint("run_segments_key", ["project_id", "segment"])
    .execute();
  await db.schema
    .createTable("column_segments")
    .addColumn("project_id", "integer", (column) => column.notNull())
    .addColumn("segment", "integer", (column) => column.notNull())
    .addColumn("field", "text", (column) => column.notNull())
    .addColumn("data", "blob", (column) => column.notNull())
    .addPrimaryKeyConstraint("column_segments_key", ["project_id", "segment", "field"])
    .execute();
  await db.schema
    .createTable("requested_fields")
    .addColumn("project_id", "integer", (column) => column.notNull())
    .addColumn("field", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("requested_fields_key", ["project_id", "field"])
    .execute();
}
