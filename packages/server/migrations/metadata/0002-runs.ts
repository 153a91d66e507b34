// Runs, their configs, and for each project the numbers that its runs and their changes take.
import type { Kysely } from "kysely";

/** Creates the tables. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await createCounters(db);
  await createRuns(db);
  await createConfigs(db);
  await createDeletions(db);
}

async function createCounters(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("run_counters")
    .addColumn("project_id", "integer", (column) =>
      column.primaryKey().references("projects.id").onDelete("cascade"),
    )
    .addColumn("last_run_id", "integer", (column) => column.notNull())
    .addColumn("last_seq", "integer", (column) => column.notNull())
    .addColumn("run_count", "integer", (column) => column.notNull())
    .execute();
}

async function createRuns(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("runs")
    .addColumn("project_id", "integer", (column) =>
      column.notNull().references("projects.id").onDelete("cascade"),
    )
    .addColumn("run_id", "integer", (column) => column.notNull())
    .addColumn("name", "text", (column) => column.notNull())
    .addColumn("display_name", "text", (column) => column.notNull())
    .addColumn("state", "text", (column) => column.notNull())
    .addColumn("tags", "text", (column) => column.notNull())
    .addColumn("group_name", "text")
    .addColumn("job_type", "text")
    .addColumn("notes", "text")
    .addColumn("description", "text")
    .addColumn("commit_hash", "text")
    .addColumn("host", "text")
    .addColumn("program", "text")
    .addColumn("repo", "text")
    .addColumn("sweep_name", "text")
    .addColumn("exit_code", "integer")
    .addColumn("is_stop_requested", "integer", (column) => column.notNull())
    .addColumn("user_id", "integer", (column) => column.notNull())
    .addColumn("created_at", "text", (column) => column.notNull())
    .addColumn("updated_at", "text", (column) => column.notNull())
    .addColumn("heartbeat_at", "text", (column) => column.notNull())
    .addColumn("seq", "integer", (column) => column.notNull())
    // Last, because it is the long one.
    .addColumn("summary", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("runs_key", ["project_id", "run_id"])
    .addUniqueConstraint("runs_by_name", ["project_id", "name"])
    .execute();
  await db.schema.createIndex("runs_by_seq").unique().on("runs").columns(["project_id", "seq"]).execute();
  await db.schema
    .createIndex("runs_by_age")
    .on("runs")
    .columns(["project_id", "created_at", "run_id"])
    .execute();
  await db.schema.createIndex("runs_by_state").on("runs").columns(["state"]).execute();
}

/** A table of their own, because they seldom change and a heartbeat rewrites its whole row. */
async function createConfigs(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("run_configs")
    .addColumn("project_id", "integer", (column) => column.notNull())
    .addColumn("run_id", "integer", (column) => column.notNull())
    .addColumn("seq", "integer", (column) => column.notNull())
    .addColumn("config", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("run_configs_key", ["project_id", "run_id"])
    .addForeignKeyConstraint(
      "run_configs_run",
      ["project_id", "run_id"],
      "runs",
      ["project_id", "run_id"],
      (constraint) => constraint.onDelete("cascade"),
    )
    .execute();
  await db.schema
    .createIndex("run_configs_by_seq")
    .on("run_configs")
    .columns(["project_id", "seq"])
    .execute();
}

/** Tells those who follow a project's changes which runs are gone. */
async function createDeletions(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("run_deletions")
    .addColumn("project_id", "integer", (column) =>
      column.notNull().references("projects.id").onDelete("cascade"),
    )
    .addColumn("seq", "integer", (column) => column.notNull())
    .addColumn("run_id", "integer", (column) => column.notNull())
    .addPrimaryKeyConstraint("run_deletions_key", ["project_id", "seq"])
    .execute();
}
