// Databases for tests: real ones, in a folder of their own that goes away with them.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { metadataMigrations } from "../../../migrations/metadata.ts";
import type { MetadataTables } from "../sql/tables.ts";
import { openSqliteDatabase, type SqliteDatabase } from "./database.ts";
import { migrate } from "./migrate.ts";

/** A database with a folder of its own, which `close` deletes. */
export interface TemporaryDatabase<Tables> extends SqliteDatabase<Tables> {
  readonly folder: string;
}

/** An empty metadata database with all its tables. */
export async function openTemporaryMetadata(): Promise<TemporaryDatabase<MetadataTables>> {
  const folder = await mkdtemp(join(tmpdir(), "steelyard-metadata-"));
  const database = openSqliteDatabase<MetadataTables>(join(folder, "metadata.sqlite"));
  await migrate(database.db, metadataMigrations);
  return {
    ...database,
    folder,
    async close() {
      await database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
