// Lines in batches, the state of each stream, where streams were cut off, and where the lines of each of several writers went.
import type { CreateTableBuilder, Kysely } from "kysely";

/** Creates the tables. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await withStream(db.schema.createTable("line_batches"))
    .addColumn("batch_no", "integer", (column) => column.notNull())
    .addColumn("first_line", "integer", (column) => column.notNull())
    .addColumn("line_count", "integer", (column) => column.notNull())
    .addColumn("min_step", "integer")
    .addColumn("max_step", "integer")
    .addColumn("encoding", "text", (column) => column.notNull())
    // Last, because it is the long one.
    .addColumn("data", "blob", (column) => column.notNull())
    .addPrimaryKeyConstraint("line_batches_key", ["project_id", "run_id", "stream", "batch_no"])
    .execute();
  await db.schema
    .createIndex("line_batches_by_line")
    .on("line_batches")
    .columns(["project_id", "run_id", "stream", "first_line", "line_count", "batch_no"])
    .execute();
  await db.schema
    .createIndex("line_batches_by_step")
    .on("line_batches")
    .columns([
      "project_id",
      "run_id",
      "stream",
      "max_step",
      "min_step",
      "first_line",
      "line_count",
      "batch_no",
    ])
    .execute();
  await withStream(db.schema.createTable("line_streams"))
    .addColumn("line_count", "integer", (column) => column.notNull())
    .addColumn("version", "integer", (column) => column.notNull())
    .addPrimaryKeyConstraint("line_streams_key", ["project_id", "run_id", "stream"])
    .execute();
  await withStream(db.schema.createTable("line_cuts"))
    .addColumn("version", "integer", (column) => column.notNull())
    .addColumn("line_count", "integer", (column) => column.notNull())
    .addPrimaryKeyConstraint("line_cuts_key", ["project_id", "run_id", "stream", "version"])
    .execute();
  await withStream(db.schema.createTable("line_writers"))
    .addColumn("writer", "text", (column) => column.notNull())
    .addColumn("writer_offset", "integer", (column) => column.notNull())
    .addColumn("first_line", "integer", (column) => column.notNull())
    .addColumn("line_count", "integer", (column) => column.notNull())
    .addPrimaryKeyConstraint("line_writers_key", [
      "project_id",
      "run_id",
      "stream",
      "writer",
      "writer_offset",
    ])
    .execute();
}

function withStream<Name extends string>(
  table: CreateTableBuilder<Name>,
): CreateTableBuilder<Name, "project_id" | "run_id" | "stream"> {
  return table
    .addColumn("project_id", "integer", (column) => column.notNull())
    .addColumn("run_id", "integer", (column) => column.notNull())
    .addColumn("stream", "text", (column) => column.notNull());
}
