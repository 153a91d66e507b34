// Automations with what they can send to, the secrets for that, and everything that they did.
import type { Kysely } from "kysely";

/** Creates the tables. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await createIntegrations(db);
  await createAutomations(db);
  await createExecutions(db);
}

async function createIntegrations(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("integrations")
    .addColumn("id", "integer", (column) => column.primaryKey().autoIncrement())
    .addColumn("entity_id", "integer", (column) =>
      column.notNull().references("entities.id").onDelete("cascade"),
    )
    .addColumn("kind", "text", (column) => column.notNull())
    .addColumn("name", "text", (column) => column.notNull())
    .addColumn("team_name", "text", (column) => column.notNull())
    .addColumn("url", "text")
    .addColumn("sealed_url", "text")
    .addColumn("access_token_ref", "text")
    .addColumn("secret_ref", "text")
    .addColumn("sends_run_alerts", "integer", (column) => column.notNull().defaultTo(0))
    .addColumn("created_at", "text", (column) => column.notNull())
    .addColumn("updated_at", "text", (column) => column.notNull())
    .execute();
  await db.schema
    .createIndex("integrations_by_name")
    .unique()
    .on("integrations")
    .columns(["entity_id", "kind", "name", "team_name"])
    .execute();
  await db.schema
    .createTable("team_secrets")
    .addColumn("id", "integer", (column) => column.primaryKey().autoIncrement())
    .addColumn("entity_id", "integer", (column) =>
      column.notNull().references("entities.id").onDelete("cascade"),
    )
    .addColumn("name", "text", (column) => column.notNull())
    .addColumn("sealed", "text", (column) => column.notNull())
    .addColumn("created_at", "text", (column) => column.notNull())
    .addColumn("updated_at", "text", (column) => column.notNull())
    .addUniqueConstraint("team_secrets_by_name", ["entity_id", "name"])
    .execute();
}

async function createAutomations(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("automations")
    .addColumn("id", "integer", (column) => column.primaryKey().autoIncrement())
    .addColumn("entity_id", "integer", (column) =>
      column.notNull().references("entities.id").onDelete("cascade"),
    )
    .addColumn("project_id", "integer", (column) => column.references("projects.id").onDelete("cascade"))
    .addColumn("name", "text", (column) => column.notNull())
    .addColumn("description", "text")
    .addColumn("is_enabled", "integer", (column) => column.notNull())
    .addColumn("scope_type", "text", (column) => column.notNull())
    .addColumn("scope_id", "integer", (column) => column.notNull())
    .addColumn("event_type", "text", (column) => column.notNull())
    .addColumn("event_filter", "text", (column) => column.notNull())
    .addColumn("action_type", "text", (column) => column.notNull())
    .addColumn("integration_id", "integer", (column) => column.references("integrations.id"))
    .addColumn("action_config", "text", (column) => column.notNull())
    .addColumn("user_id", "integer", (column) => column.notNull())
    .addColumn("created_at", "text", (column) => column.notNull())
    .addColumn("updated_at", "text", (column) => column.notNull())
    .addColumn("after_seq", "integer", (column) => column.notNull())
    .addColumn("armed_at", "text", (column) => column.notNull())
    .addUniqueConstraint("automations_by_name", ["entity_id", "name"])
    .execute();
  await db.schema.createIndex("automations_by_project").on("automations").columns(["project_id"]).execute();
  await db.schema
    .createIndex("automations_by_integration")
    .on("automations")
    .columns(["integration_id"])
    .execute();
  await db.schema
    .createTable("automation_revisions")
    .addColumn("id", "integer", (column) => column.primaryKey())
    .addColumn("revision", "integer", (column) => column.notNull())
    .execute();
  await db.schema
    .createTable("automation_progress")
    .addColumn("automation_id", "integer", (column) =>
      column.notNull().references("automations.id").onDelete("cascade"),
    )
    .addColumn("project_id", "integer", (column) => column.notNull())
    .addColumn("run_id", "integer", (column) => column.notNull())
    .addColumn("progress", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("automation_progress_key", ["project_id", "run_id", "automation_id"])
    .execute();
  await db.schema
    .createIndex("automation_progress_by_automation")
    .on("automation_progress")
    .columns(["automation_id"])
    .execute();
}

/** Executions outlive their automations, so nothing but the entity takes them away. */
async function createExecutions(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("automation_executions")
    .addColumn("id", "integer", (column) => column.primaryKey().autoIncrement())
    .addColumn("entity_id", "integer", (column) =>
      column.notNull().references("entities.id").onDelete("cascade"),
    )
    .addColumn("automation_id", "integer")
    .addColumn("integration_id", "integer")
    .addColumn("project_id", "integer")
    .addColumn("event_type", "text", (column) => column.notNull())
    .addColumn("event_key", "text", (column) => column.notNull())
    .addColumn("variables", "text", (column) => column.notNull())
    .addColumn("message", "text", (column) => column.notNull())
    .addColumn("state", "text", (column) => column.notNull())
    .addColumn("attempts", "integer", (column) => column.notNull())
    .addColumn("response_status", "integer")
    .addColumn("error", "text")
    .addColumn("created_at", "text", (column) => column.notNull())
    .addColumn("attempted_at", "text")
    .addColumn("next_attempt_at", "text")
    .addUniqueConstraint("automation_executions_by_event", ["automation_id", "event_key"])
    .execute();
  const index = (name: string, columns: readonly string[]): Promise<void> =>
    db.schema
      .createIndex(name)
      .on("automation_executions")
      .columns([...columns])
      .execute();
  await index("automation_executions_by_entity", ["entity_id", "id"]);
  await index("automation_executions_by_automation", ["automation_id", "id"]);
  await index("automation_executions_due", ["integration_id", "state", "next_attempt_at"]);
  await index("automation_executions_ended", ["state", "created_at"]);
}
