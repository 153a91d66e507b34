// Artifact types, collections, versions with their names and files, and which runs used and logged them.
import type { CreateTableBuilder, Kysely } from "kysely";

/** Creates the tables. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await createCollections(db);
  await createVersions(db);
  await createNames(db);
  await createFiles(db);
  await createLineage(db, "artifact_inputs", true);
  await createLineage(db, "artifact_outputs", false);
}

async function createCollections(db: Kysely<unknown>): Promise<void> {
  await withId(db.schema.createTable("artifact_types"))
    .addColumn("project_id", "integer", (column) => column.notNull())
    .addColumn("name", "text", (column) => column.notNull())
    .addColumn("description", "text")
    .addColumn("created_at", "text", (column) => column.notNull())
    .addUniqueConstraint("artifact_types_by_name", ["project_id", "name"])
    .execute();
  await withId(db.schema.createTable("artifact_collections"))
    .addColumn("project_id", "integer", (column) => column.notNull())
    .addColumn("type_id", "integer", (column) => column.notNull().references("artifact_types.id"))
    .addColumn("name", "text", (column) => column.notNull())
    .addColumn("description", "text")
    .addColumn("next_version_index", "integer", (column) => column.notNull().defaultTo(0))
    .addColumn("created_at", "text", (column) => column.notNull())
    .addColumn("updated_at", "text", (column) => column.notNull())
    .addUniqueConstraint("artifact_collections_by_name", ["project_id", "name"])
    .execute();
  await createClientIds(db, "artifact_collection_client_ids", "collection_id", "artifact_collections");
}

async function createClientIds(db: Kysely<unknown>, name: string, column: string, of: string): Promise<void> {
  await db.schema
    .createTable(name)
    .addColumn("project_id", "integer", (definition) => definition.notNull())
    .addColumn("client_id", "text", (definition) => definition.notNull())
    .addColumn(column, "integer", (definition) => definition.notNull().references(`${of}.id`))
    .addPrimaryKeyConstraint(`${name}_key`, ["project_id", "client_id"])
    .execute();
  await index(db, name, ["client_id"]);
}

async function createVersions(db: Kysely<unknown>): Promise<void> {
  await withId(db.schema.createTable("artifacts"))
    .addColumn("project_id", "integer", (column) => column.notNull())
    .addColumn("collection_id", "integer", (column) => column.notNull().references("artifact_collections.id"))
    .addColumn("state", "text", (column) => column.notNull())
    .addColumn("digest", "text", (column) => column.notNull())
    .addColumn("version_index", "integer")
    .addColumn("description", "text")
    .addColumn("metadata", "text")
    .addColumn("size_bytes", "bigint", (column) => column.notNull().defaultTo(0))
    .addColumn("file_count", "integer", (column) => column.notNull().defaultTo(0))
    .addColumn("commit_hash", "text")
    .addColumn("is_ttl_inherited", "integer", (column) => column.notNull())
    .addColumn("history_step", "bigint")
    .addColumn("run_id", "integer")
    .addColumn("pending_aliases", "text", (column) => column.notNull())
    .addColumn("created_at", "text", (column) => column.notNull())
    .addColumn("updated_at", "text", (column) => column.notNull())
    .execute();
  await index(db, "artifacts", ["collection_id", "digest"]);
  await createClientIds(db, "artifact_client_ids", "artifact_id", "artifacts");
  await withId(db.schema.createTable("artifact_memberships"))
    .addColumn("collection_id", "integer", (column) => column.notNull().references("artifact_collections.id"))
    .addColumn("artifact_id", "integer", (column) => column.notNull().references("artifacts.id"))
    .addColumn("version_index", "integer", (column) => column.notNull())
    .addColumn("created_at", "text", (column) => column.notNull())
    .addUniqueConstraint("artifact_memberships_by_version", ["collection_id", "version_index"])
    .addUniqueConstraint("artifact_memberships_by_artifact", ["artifact_id", "collection_id"])
    .execute();
}

async function createNames(db: Kysely<unknown>): Promise<void> {
  await withId(db.schema.createTable("artifact_aliases"))
    .addColumn("collection_id", "integer", (column) => column.notNull().references("artifact_collections.id"))
    .addColumn("alias", "text", (column) => column.notNull())
    .addColumn("artifact_id", "integer", (column) => column.notNull().references("artifacts.id"))
    .addUniqueConstraint("artifact_aliases_by_alias", ["collection_id", "alias"])
    .execute();
  await index(db, "artifact_aliases", ["artifact_id"]);
  await withId(db.schema.createTable("artifact_tags"))
    .addColumn("artifact_id", "integer", (column) => column.notNull().references("artifacts.id"))
    .addColumn("name", "text", (column) => column.notNull())
    .addUniqueConstraint("artifact_tags_by_name", ["artifact_id", "name"])
    .execute();
}

async function createFiles(db: Kysely<unknown>): Promise<void> {
  await withId(db.schema.createTable("artifact_manifests"))
    .addColumn("artifact_id", "integer", (column) => column.notNull().unique().references("artifacts.id"))
    .addColumn("project_id", "integer", (column) => column.notNull())
    .addColumn("name", "text", (column) => column.notNull())
    .addColumn("md5", "text")
    .addColumn("blob_key", "text", (column) => column.notNull())
    .addColumn("size_bytes", "bigint")
    .addColumn("updated_at", "text", (column) => column.notNull())
    .execute();
  await withId(db.schema.createTable("artifact_contents"))
    .addColumn("entity_id", "integer", (column) => column.notNull())
    .addColumn("project_id", "integer", (column) => column.notNull())
    .addColumn("md5", "text", (column) => column.notNull())
    .addColumn("blob_key", "text", (column) => column.notNull())
    .addColumn("size_bytes", "bigint")
    .addColumn("birth_artifact_id", "integer", (column) => column.notNull().references("artifacts.id"))
    .addColumn("created_at", "text", (column) => column.notNull())
    .addUniqueConstraint("artifact_contents_by_project", ["project_id", "md5"])
    .execute();
  await index(db, "artifact_contents", ["entity_id", "md5"]);
  await withId(db.schema.createTable("artifact_files"))
    .addColumn("artifact_id", "integer", (column) => column.notNull().references("artifacts.id"))
    .addColumn("path", "text", (column) => column.notNull())
    .addColumn("digest", "text", (column) => column.notNull())
    .addColumn("ref", "text")
    .addColumn("size_bytes", "bigint", (column) => column.notNull())
    .addColumn("content_id", "integer", (column) => column.references("artifact_contents.id"))
    .addUniqueConstraint("artifact_files_by_path", ["artifact_id", "path"])
    .execute();
  await index(db, "artifact_files", ["content_id"]);
}

async function createLineage(db: Kysely<unknown>, name: string, isInput: boolean): Promise<void> {
  const table = withId(db.schema.createTable(name))
    .addColumn("project_id", "integer", (column) => column.notNull())
    .addColumn("run_id", "integer", (column) => column.notNull())
    .addColumn("artifact_id", "integer", (column) => column.notNull().references("artifacts.id"))
    .addColumn("created_at", "text", (column) => column.notNull())
    .addUniqueConstraint(`${name}_by_run`, ["project_id", "run_id", "artifact_id"]);
  await (isInput ? table.addColumn("used_as", "text") : table).execute();
  await index(db, name, ["artifact_id"]);
}

async function index(db: Kysely<unknown>, table: string, columns: readonly string[]): Promise<void> {
  await db.schema
    .createIndex(`${table}_by_${columns.join("_")}`)
    .on(table)
    .columns([...columns])
    .execute();
}

/** Ids are never used again, because manifests, addresses and events hold them. */
function withId<Name extends string>(table: CreateTableBuilder<Name>): CreateTableBuilder<Name, "id"> {
  return table.addColumn("id", "integer", (column) => column.primaryKey().autoIncrement());
}
