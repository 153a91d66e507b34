// Databases for tests: real ones, in a folder of their own that goes away with them.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { historyMigrations } from "../../../migrations/history.ts";
import { indexMigrations } from "../../../migrations/index.ts";
import { metadataMigrations } from "../../../migrations/metadata.ts";
import type { HistoryTables } from "../sql/history-tables.ts";
import type { IndexTables } from "../sql/segment-tables.ts";
import type { MetadataTables } from "../sql/tables.ts";
import { openSqliteDatabase, type SqliteDatabase } from "./database.ts";
import { migrate, type Migrations } from "./migrate.ts";

/** A database with a folder of its own, which `close` deletes. */
export interface TemporaryDatabase<Tables> extends SqliteDatabase<Tables> {
  readonly folder: string;
}

/** An empty metadata database with all its tables. */
export function openTemporaryMetadata(): Promise<TemporaryDatabase<MetadataTables>> {
  return openTemporary<MetadataTables>("metadata", metadataMigrations);
}

/** An empty history database with all its tables. */
export function openTemporaryHistory(): Promise<TemporaryDatabase<HistoryTables>> {
  return openTemporary<HistoryTables>("history", historyMigrations);
}

/** An empty database of column segments with all its tables. */
export function openTemporaryIndex(): Promise<TemporaryDatabase<IndexTables>> {
  return openTemporary<IndexTables>("index", indexMigrations);
}

async function openTemporary<Tables>(
  name: string,
  migrations: Migrations,
): Promise<TemporaryDatabase<Tables>> {
  const folder = await mkdtemp(join(tmpdir(), `steelyard-${name}-`));
  const database: SqliteDatabase<Tables> = openSqliteDatabase(join(folder, `${name}.sqlite`));
  await migrate(database.db, migrations);
  return {
    ...database,
    folder,
    async close() {
      await database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
