// Reports and saved workspaces with their versions and share links, and custom charts.
import type { Kysely } from "kysely";

/** Creates the tables. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await createViews(db);
  await db.schema
    .createTable("custom_charts")
    .addColumn("chart_id", "integer", (column) => column.primaryKey().autoIncrement())
    .addColumn("entity_id", "integer", (column) => column.notNull().references("entities.id"))
    .addColumn("name", "text", (column) => column.notNull())
    .addColumn("display_name", "text", (column) => column.notNull())
    .addColumn("type", "text", (column) => column.notNull())
    .addColumn("access", "text", (column) => column.notNull())
    .addColumn("spec", "text", (column) => column.notNull())
    .addColumn("user_id", "integer", (column) => column.notNull())
    .addColumn("created_at", "text", (column) => column.notNull())
    .addColumn("updated_at", "text", (column) => column.notNull())
    .addUniqueConstraint("custom_charts_by_name", ["entity_id", "name"])
    .execute();
}

/** What a view shows stands in its versions only; `version` says which one is current. */
async function createViews(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("views")
    .addColumn("view_id", "integer", (column) => column.primaryKey().autoIncrement())
    .addColumn("project_id", "integer", (column) => column.notNull().references("projects.id"))
    .addColumn("type", "text", (column) => column.notNull())
    .addColumn("name", "text", (column) => column.notNull())
    .addColumn("parent_id", "integer")
    .addColumn("version", "integer", (column) => column.notNull())
    .addColumn("created_by_user_id", "integer", (column) => column.notNull())
    .addColumn("created_at", "text", (column) => column.notNull())
    .addColumn("updated_at", "text", (column) => column.notNull())
    .addUniqueConstraint("views_by_name", ["project_id", "type", "name"])
    .execute();
  await db.schema
    .createIndex("views_by_type")
    .on("views")
    .columns(["project_id", "type", "view_id"])
    .execute();
  await db.schema.createIndex("views_by_parent").on("views").column("parent_id").execute();
  await db.schema
    .createTable("view_versions")
    .addColumn("project_id", "integer", (column) => column.notNull())
    .addColumn("view_id", "integer", (column) => column.notNull())
    .addColumn("version", "integer", (column) => column.notNull())
    .addColumn("display_name", "text", (column) => column.notNull())
    .addColumn("description", "text", (column) => column.notNull())
    .addColumn("spec", "text", (column) => column.notNull())
    .addColumn("user_id", "integer", (column) => column.notNull())
    .addColumn("created_at", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("view_versions_key", ["project_id", "view_id", "version"])
    .execute();
  await db.schema
    .createTable("view_tokens")
    .addColumn("token", "text", (column) => column.primaryKey())
    .addColumn("project_id", "integer", (column) => column.notNull())
    .addColumn("view_id", "integer", (column) => column.notNull())
    .addColumn("shown_project_ids", "text", (column) => column.notNull())
    .addColumn("created_at", "text", (column) => column.notNull())
    .addColumn("revoked_at", "text")
    .execute();
  await db.schema.createIndex("view_tokens_by_view").on("view_tokens").column("view_id").execute();
}
