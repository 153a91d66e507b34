// What artifacts need to live and to end: kinds and labels of collections, expiry, versions that several writers make
// together, the contents that versions in the making wait for, and what was given back.
import { sql } from "kysely";
import type { Kysely } from "kysely";

/** Changes the tables. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await extendCollections(db);
  await extendVersions(db);
  await rebuildManifests(db);
  await extendContents(db);
  await createRemovals(db);
}

async function extendCollections(db: Kysely<unknown>): Promise<void> {
  const table = db.schema.alterTable("artifact_collections");
  await table.addColumn("ttl_seconds", "bigint").execute();
  // A deleted collection stays as a row, under a name that nobody can ask for: its deleted versions refer to it.
  await table.addColumn("deleted_at", "text").execute();
  await db.schema
    .createIndex("artifact_collections_by_type")
    .on("artifact_collections")
    .columns(["type_id"])
    .execute();
  await db.schema
    .createTable("artifact_collection_tags")
    .addColumn("id", "integer", (column) => column.primaryKey().autoIncrement())
    .addColumn("collection_id", "integer", (column) => column.notNull().references("artifact_collections.id"))
    .addColumn("name", "text", (column) => column.notNull())
    .addUniqueConstraint("artifact_collection_tags_by_name", ["collection_id", "name"])
    .execute();
  await db.schema
    .createTable("artifact_ttl_defaults")
    .addColumn("entity_id", "integer", (column) => column.primaryKey())
    .addColumn("ttl_seconds", "bigint", (column) => column.notNull())
    .execute();
}

async function extendVersions(db: Kysely<unknown>): Promise<void> {
  const table = db.schema.alterTable("artifacts");
  await table.addColumn("ttl_seconds", "bigint").execute();
  await table
    .addColumn("digest_algorithm", "text", (column) => column.notNull().defaultTo("MANIFEST_MD5"))
    .execute();
  await table.addColumn("distributed_id", "text").execute();
  const index = (name: string) => db.schema.createIndex(`artifacts_by_${name}`).on("artifacts");
  await index("distributed_id")
    .columns(["collection_id", "distributed_id"])
    .where(sql.ref("distributed_id"), "is not", null)
    .execute();
  await index("ttl_seconds")
    .columns(["ttl_seconds", "created_at"])
    .where(sql.ref("ttl_seconds"), "is not", null)
    .execute();
  await index("pending").columns(["updated_at"]).where(sql.ref("state"), "=", "PENDING").execute();
  await index("collection_age").columns(["collection_id", "created_at"]).execute();
  await index("run").columns(["project_id", "run_id"]).execute();
}

/** Several writers of one version each have a manifest of their own until the commit. */
async function rebuildManifests(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("artifact_manifests_new")
    .addColumn("id", "integer", (column) => column.primaryKey().autoIncrement())
    .addColumn("artifact_id", "integer", (column) => column.notNull().references("artifacts.id"))
    .addColumn("project_id", "integer", (column) => column.notNull())
    .addColumn("type", "text", (column) => column.notNull().defaultTo("FULL"))
    .addColumn("base_artifact_id", "integer")
    .addColumn("name", "text", (column) => column.notNull())
    .addColumn("md5", "text")
    .addColumn("blob_key", "text", (column) => column.notNull())
    .addColumn("size_bytes", "bigint")
    .addColumn("updated_at", "text", (column) => column.notNull())
    .execute();
  const kept = sql.raw("id, artifact_id, project_id, name, md5, blob_key, size_bytes, updated_at");
  await sql`insert into artifact_manifests_new (${kept}) select ${kept} from artifact_manifests`.execute(db);
  await db.schema.dropTable("artifact_manifests").execute();
  await db.schema.alterTable("artifact_manifests_new").renameTo("artifact_manifests").execute();
  await db.schema
    .createIndex("artifact_manifests_by_artifact")
    .on("artifact_manifests")
    .columns(["artifact_id"])
    .execute();
}

async function extendContents(db: Kysely<unknown>): Promise<void> {
  const table = db.schema.alterTable("artifact_contents");
  await table.addColumn("xxh128", "text").execute();
  // When an address to upload to was last given out; null before there was this column.
  await table.addColumn("announced_at", "text").execute();
  await db.schema
    .createIndex("artifact_contents_by_xxh128")
    .on("artifact_contents")
    .columns(["xxh128"])
    .where(sql.ref("xxh128"), "is not", null)
    .execute();
  await db.schema
    .createIndex("artifact_contents_by_birth")
    .on("artifact_contents")
    .columns(["birth_artifact_id"])
    .execute();
  await db.schema
    .createIndex("artifact_contents_unstored")
    .on("artifact_contents")
    .columns(["announced_at"])
    .where(sql.ref("size_bytes"), "is", null)
    .execute();
  await db.schema
    .createTable("artifact_claims")
    .addColumn("artifact_id", "integer", (column) => column.notNull().references("artifacts.id"))
    .addColumn("content_id", "integer", (column) => column.notNull().references("artifact_contents.id"))
    // In base64, as announced and not yet checked.
    .addColumn("xxh128", "text")
    .addPrimaryKeyConstraint("artifact_claims_key", ["artifact_id", "content_id"])
    .execute();
  await db.schema
    .createIndex("artifact_claims_by_content")
    .on("artifact_claims")
    .columns(["content_id"])
    .execute();
}

async function createRemovals(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("artifact_removals")
    .addColumn("id", "integer", (column) => column.primaryKey().autoIncrement())
    .addColumn("project_id", "integer", (column) => column.notNull())
    .addColumn("reason", "text", (column) => column.notNull())
    .addColumn("artifact_count", "integer", (column) => column.notNull())
    .addColumn("content_count", "integer", (column) => column.notNull())
    .addColumn("freed_bytes", "bigint", (column) => column.notNull())
    .addColumn("created_at", "text", (column) => column.notNull())
    .execute();
}
