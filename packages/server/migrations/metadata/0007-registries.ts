// Portfolios beside sequences, what makes a project a registry, and who belongs to a project or registry.
import type { Kysely } from "kysely";

/** Creates the tables and columns. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable("artifact_collections")
    .addColumn("kind", "text", (column) => column.notNull().defaultTo("sequence"))
    .execute();
  // Through a portfolio files are reached that other entities own.
  await db.schema.createIndex("artifact_contents_by_md5").on("artifact_contents").columns(["md5"]).execute();
  await db.schema
    .alterTable("projects")
    .addColumn("allows_all_artifact_types", "integer", (column) => column.notNull().defaultTo(0))
    .execute();
  await db.schema
    .createTable("project_members")
    .addColumn("project_id", "integer", (column) => column.notNull().references("projects.id"))
    .addColumn("user_id", "integer", (column) => column.notNull().references("users.id"))
    .addColumn("role", "text", (column) => column.notNull())
    .addColumn("created_at", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("project_members_key", ["project_id", "user_id"])
    .execute();
  await db.schema.createIndex("project_members_by_user").on("project_members").column("user_id").execute();
  await db.schema
    .createTable("project_teams")
    .addColumn("project_id", "integer", (column) => column.notNull().references("projects.id"))
    .addColumn("entity_id", "integer", (column) => column.notNull().references("entities.id"))
    .addColumn("role", "text", (column) => column.notNull())
    .addColumn("created_at", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("project_teams_key", ["project_id", "entity_id"])
    .execute();
  await db.schema.createIndex("project_teams_by_entity").on("project_teams").column("entity_id").execute();
}
