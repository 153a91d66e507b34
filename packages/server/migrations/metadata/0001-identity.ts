// Entities, users with their keys, organizations, memberships and projects.
import { sql } from "kysely";
import type { CreateTableBuilder, Kysely } from "kysely";

/** Creates the tables. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await createAccounts(db);
  await createMemberships(db);
  await createProjects(db);
}

async function createAccounts(db: Kysely<unknown>): Promise<void> {
  await withId(db.schema.createTable("entities"))
    .addColumn("name", "text", (column) => column.notNull())
    .addColumn("name_key", "text", (column) => column.notNull().unique())
    .addColumn("kind", "text", (column) => column.notNull())
    .addColumn("organization_id", "integer")
    .addColumn("created_at", "text", (column) => column.notNull())
    .execute();
  await withId(db.schema.createTable("users"))
    .addColumn("username", "text", (column) => column.notNull())
    .addColumn("username_key", "text", (column) => column.notNull().unique())
    .addColumn("name", "text", (column) => column.notNull())
    .addColumn("email", "text")
    .addColumn("email_key", "text")
    .addColumn("is_admin", "integer", (column) => column.notNull())
    .addColumn("account_type", "text", (column) => column.notNull())
    .addColumn("entity_id", "integer", (column) => column.notNull().unique().references("entities.id"))
    .addColumn("password_hash", "text")
    .addColumn("created_at", "text", (column) => column.notNull())
    .addColumn("deleted_at", "text")
    .execute();
  await db.schema
    .createIndex("users_by_email")
    .unique()
    .on("users")
    .column("email_key")
    .where(sql.ref("deleted_at"), "is", null)
    .execute();
  await withId(db.schema.createTable("api_keys"))
    .addColumn("user_id", "integer", (column) => column.notNull().references("users.id"))
    .addColumn("hash", "text", (column) => column.notNull().unique())
    .addColumn("mask", "text", (column) => column.notNull())
    .addColumn("description", "text")
    .addColumn("scope", "text", (column) => column.notNull())
    .addColumn("project_id", "integer")
    .addColumn("expires_at", "text")
    .addColumn("created_at", "text", (column) => column.notNull())
    .execute();
  await db.schema.createIndex("api_keys_by_user").on("api_keys").columns(["user_id", "id"]).execute();
}

async function createMemberships(db: Kysely<unknown>): Promise<void> {
  await withId(db.schema.createTable("organizations"))
    .addColumn("name", "text", (column) => column.notNull())
    .addColumn("name_key", "text", (column) => column.notNull().unique())
    .addColumn("entity_id", "integer", (column) => column.notNull().unique().references("entities.id"))
    .addColumn("created_at", "text", (column) => column.notNull())
    .execute();
  await db.schema.createIndex("entities_by_organization").on("entities").column("organization_id").execute();
  await db.schema
    .createTable("team_members")
    .addColumn("entity_id", "integer", (column) => column.notNull().references("entities.id"))
    .addColumn("user_id", "integer", (column) => column.notNull().references("users.id"))
    .addColumn("role", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("team_members_key", ["entity_id", "user_id"])
    .execute();
  await db.schema.createIndex("team_members_by_user").on("team_members").column("user_id").execute();
  await db.schema
    .createTable("organization_members")
    .addColumn("organization_id", "integer", (column) => column.notNull().references("organizations.id"))
    .addColumn("user_id", "integer", (column) => column.notNull().references("users.id"))
    .addColumn("role", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("organization_members_key", ["organization_id", "user_id"])
    .execute();
  await db.schema
    .createIndex("organization_members_by_user")
    .on("organization_members")
    .column("user_id")
    .execute();
}

async function createProjects(db: Kysely<unknown>): Promise<void> {
  await withId(db.schema.createTable("projects"))
    .addColumn("entity_id", "integer", (column) => column.notNull().references("entities.id"))
    .addColumn("name", "text", (column) => column.notNull())
    .addColumn("description", "text")
    .addColumn("access", "text", (column) => column.notNull())
    .addColumn("repo", "text")
    .addColumn("docker_image", "text")
    .addColumn("views", "text")
    .addColumn("is_benchmark", "integer", (column) => column.notNull())
    .addColumn("created_by_user_id", "integer", (column) => column.notNull().references("users.id"))
    .addColumn("created_at", "text", (column) => column.notNull())
    .addColumn("updated_at", "text", (column) => column.notNull())
    .addUniqueConstraint("projects_by_name", ["entity_id", "name"])
    .execute();
  await db.schema
    .createIndex("projects_by_age")
    .on("projects")
    .columns(["entity_id", "created_at", "id"])
    .execute();
}

/** Ids are never used again, because addresses and events hold them. */
function withId<Name extends string>(table: CreateTableBuilder<Name>): CreateTableBuilder<Name, "id"> {
  return table.addColumn("id", "integer", (column) => column.primaryKey().autoIncrement());
}
