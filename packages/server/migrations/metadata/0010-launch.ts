// Queues of jobs with their items and resource configs, and the agents that poll them.
import type { Kysely } from "kysely";

/** Creates the tables. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("resource_configs")
    .addColumn("id", "integer", (column) => column.primaryKey().autoIncrement())
    .addColumn("entity_id", "integer", (column) => column.notNull().references("entities.id"))
    .addColumn("resource", "text", (column) => column.notNull())
    .addColumn("config", "text", (column) => column.notNull())
    .addColumn("template_variables", "text", (column) => column.notNull())
    .addColumn("created_at", "text", (column) => column.notNull())
    .execute();
  await db.schema
    .createTable("run_queues")
    .addColumn("id", "integer", (column) => column.primaryKey().autoIncrement())
    .addColumn("project_id", "integer", (column) => column.notNull().references("projects.id"))
    .addColumn("name", "text", (column) => column.notNull())
    .addColumn("access", "text", (column) => column.notNull())
    .addColumn("prioritization_mode", "text")
    .addColumn("config_id", "integer", (column) => column.references("resource_configs.id"))
    .addColumn("external_links", "text")
    .addColumn("created_by_user_id", "integer", (column) => column.notNull().references("users.id"))
    .addColumn("created_at", "text", (column) => column.notNull())
    .addColumn("updated_at", "text", (column) => column.notNull())
    .addUniqueConstraint("run_queues_key", ["project_id", "name"])
    .execute();
  await db.schema
    .createTable("run_queue_items")
    .addColumn("id", "integer", (column) => column.primaryKey().autoIncrement())
    .addColumn("project_id", "integer", (column) => column.notNull())
    .addColumn("queue_id", "integer", (column) => column.notNull().references("run_queues.id"))
    .addColumn("status", "text", (column) => column.notNull())
    .addColumn("priority", "integer", (column) => column.notNull())
    .addColumn("run_spec", "text", (column) => column.notNull())
    .addColumn("target_entity", "text", (column) => column.notNull())
    .addColumn("target_project", "text", (column) => column.notNull())
    .addColumn("lease_number", "integer", (column) => column.notNull().defaultTo(0))
    .addColumn("leased_at", "text")
    .addColumn("leased_until", "text")
    .addColumn("agent_id", "integer")
    .addColumn("run_name", "text")
    .addColumn("failure", "text")
    .addColumn("warnings", "text", (column) => column.notNull().defaultTo("[]"))
    .addColumn("user_id", "integer", (column) => column.notNull())
    .addColumn("created_at", "text", (column) => column.notNull())
    .addColumn("updated_at", "text", (column) => column.notNull())
    .execute();
  await db.schema
    .createIndex("run_queue_items_waiting")
    .on("run_queue_items")
    .columns(["queue_id", "status", "priority", "id"])
    .execute();
  await db.schema
    .createTable("launch_agents")
    .addColumn("id", "integer", (column) => column.primaryKey().autoIncrement())
    .addColumn("project_id", "integer", (column) => column.notNull().references("projects.id"))
    .addColumn("name", "text", (column) => column.notNull().unique())
    .addColumn("hostname", "text", (column) => column.notNull())
    .addColumn("config", "text")
    .addColumn("version", "text")
    .addColumn("status", "text", (column) => column.notNull())
    .addColumn("is_stop_requested", "integer", (column) => column.notNull().defaultTo(0))
    .addColumn("user_id", "integer", (column) => column.notNull())
    .addColumn("created_at", "text", (column) => column.notNull())
    .addColumn("heartbeat_at", "text", (column) => column.notNull())
    .execute();
  await db.schema
    .createIndex("launch_agents_by_project")
    .on("launch_agents")
    .columns(["project_id", "heartbeat_at"])
    .execute();
  await db.schema
    .createTable("launch_agent_queues")
    .addColumn("agent_id", "integer", (column) => column.notNull().references("launch_agents.id"))
    .addColumn("queue_id", "integer", (column) => column.notNull().references("run_queues.id"))
    .addPrimaryKeyConstraint("launch_agent_queues_key", ["agent_id", "queue_id"])
    .execute();
  await db.schema
    .createIndex("launch_agent_queues_by_queue")
    .on("launch_agent_queues")
    .column("queue_id")
    .execute();
}
