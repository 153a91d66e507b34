// Sweeps, the agents that carry them out, and which run was handed to which agent.
import type { Kysely } from "kysely";

/** Creates the tables. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await createSweeps(db);
  await createAgents(db);
  await createRuns(db);
  await db.schema
    .createIndex("runs_by_sweep")
    .on("runs")
    .columns(["project_id", "sweep_name", "state", "run_id"])
    .where("sweep_name", "is not", null)
    .execute();
}

async function createSweeps(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("sweeps")
    .addColumn("id", "integer", (column) => column.primaryKey().autoIncrement())
    .addColumn("project_id", "integer", (column) =>
      column.notNull().references("projects.id").onDelete("cascade"),
    )
    .addColumn("name", "text", (column) => column.notNull())
    .addColumn("display_name", "text")
    .addColumn("state", "text", (column) => column.notNull())
    .addColumn("method", "text", (column) => column.notNull())
    .addColumn("description", "text")
    .addColumn("config", "text", (column) => column.notNull())
    .addColumn("controller", "text")
    .addColumn("scheduler", "text")
    .addColumn("launch_scheduler", "text")
    .addColumn("prior_runs_filter", "text")
    .addColumn("user_id", "integer", (column) => column.notNull())
    .addColumn("created_at", "text", (column) => column.notNull())
    .addColumn("updated_at", "text", (column) => column.notNull())
    .addColumn("heartbeat_at", "text")
    .addColumn("revision", "integer", (column) => column.notNull().defaultTo(0))
    .addColumn("is_exhausted", "integer", (column) => column.notNull().defaultTo(0))
    .addUniqueConstraint("sweeps_by_name", ["project_id", "name"])
    .execute();
  await db.schema.createIndex("sweeps_by_state").on("sweeps").columns(["state", "is_exhausted"]).execute();
}

async function createAgents(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("sweep_agents")
    .addColumn("id", "integer", (column) => column.primaryKey().autoIncrement())
    .addColumn("sweep_id", "integer", (column) =>
      column.notNull().references("sweeps.id").onDelete("cascade"),
    )
    .addColumn("name", "text", (column) => column.notNull())
    .addColumn("host", "text", (column) => column.notNull())
    .addColumn("user_id", "integer", (column) => column.notNull())
    .addColumn("is_finished", "integer", (column) => column.notNull().defaultTo(0))
    .addColumn("created_at", "text", (column) => column.notNull())
    .addColumn("heartbeat_at", "text", (column) => column.notNull())
    .addUniqueConstraint("sweep_agents_by_name", ["sweep_id", "name"])
    .execute();
}

/** A run goes with its row here, and so does the point of a grid that it stood for. */
async function createRuns(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("sweep_runs")
    .addColumn("project_id", "integer", (column) => column.notNull())
    .addColumn("run_id", "integer", (column) => column.notNull())
    .addColumn("sweep_id", "integer", (column) =>
      column.notNull().references("sweeps.id").onDelete("cascade"),
    )
    .addColumn("agent_id", "integer")
    .addColumn("hand_outs", "integer", (column) => column.notNull())
    .addColumn("is_seen", "integer", (column) => column.notNull().defaultTo(0))
    .addColumn("parameters", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("sweep_runs_key", ["project_id", "run_id"])
    .addForeignKeyConstraint(
      "sweep_runs_run",
      ["project_id", "run_id"],
      "runs",
      ["project_id", "run_id"],
      (constraint) => constraint.onDelete("cascade"),
    )
    .execute();
  await db.schema
    .createIndex("sweep_runs_by_sweep")
    .on("sweep_runs")
    .columns(["sweep_id", "run_id"])
    .execute();
  await db.schema
    .createIndex("sweep_runs_by_agent")
    .on("sweep_runs")
    .columns(["agent_id", "run_id"])
    .execute();
}
