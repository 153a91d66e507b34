// Files that runs saved, and alerts that they sent.
import type { Kysely } from "kysely";

/** Creates the tables. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await createFiles(db);
  await createAlerts(db);
}

/** Without a reference to the run, because files outlive it until their blobs are deleted. */
async function createFiles(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("run_files")
    .addColumn("file_id", "integer", (column) => column.primaryKey().autoIncrement())
    .addColumn("project_id", "integer", (column) => column.notNull())
    .addColumn("run_id", "integer", (column) => column.notNull())
    .addColumn("name", "text", (column) => column.notNull())
    .addColumn("blob_key", "text")
    .addColumn("size_bytes", "bigint")
    .addColumn("md5", "text")
    .addColumn("created_at", "text", (column) => column.notNull())
    .addColumn("updated_at", "text", (column) => column.notNull())
    .addUniqueConstraint("run_files_by_name", ["project_id", "run_id", "name"])
    .execute();
}

async function createAlerts(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("alerts")
    .addColumn("alert_id", "integer", (column) => column.primaryKey().autoIncrement())
    .addColumn("project_id", "integer", (column) => column.notNull())
    .addColumn("run_id", "integer", (column) => column.notNull())
    .addColumn("title", "text", (column) => column.notNull())
    .addColumn("text", "text", (column) => column.notNull())
    .addColumn("severity", "text", (column) => column.notNull())
    .addColumn("user_id", "integer", (column) => column.notNull())
    .addColumn("created_at", "text", (column) => column.notNull())
    .addForeignKeyConstraint(
      "alerts_run",
      ["project_id", "run_id"],
      "runs",
      ["project_id", "run_id"],
      (constraint) => constraint.onDelete("cascade"),
    )
    .execute();
  await db.schema
    .createIndex("alerts_by_title")
    .on("alerts")
    .columns(["project_id", "run_id", "title", "created_at"])
    .execute();
}
