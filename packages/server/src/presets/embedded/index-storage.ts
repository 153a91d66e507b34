/** The file of kept columns. Everything in it can be built again, so that a bad one is thrown away, never repaired. */
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { indexMigrations } from "../../../migrations/index.ts";
import { SegmentStore } from "../../adapters/sql/segment-store.ts";
import type { IndexTables } from "../../adapters/sql/segment-tables.ts";
import { openSqliteDatabase } from "../../adapters/sqlite/database.ts";
import type { SqliteDatabase } from "../../adapters/sqlite/database.ts";
import { migrate } from "../../adapters/sqlite/migrate.ts";

/** Open kept columns. */
export interface IndexStorage {
  readonly segments: SegmentStore;
  /** Why something was thrown away since this was called last. */
  takeDiscarded(): readonly string[];
  close(): Promise<void>;
}

/**
 * Opens the file in a data folder, and makes a new one in place of one that cannot be used.
 *
 * @throws {ServerError} `unavailable` when not even that is possible.
 */
export async function openIndexStorage(folder: string): Promise<IndexStorage> {
  const path = join(folder, "index.sqlite");
  const mark = `${path}.damaged`;
  const discarded: string[] = [];
  if (existsSync(mark)) {
    discarded.push(`${path} was damaged and is built anew`);
    remove(path);
  }
  const database = await open(path).catch((error: unknown) => {
    discarded.push(`${path} cannot be used and is built anew: ${String(error)}`);
    remove(path);
    return open(path);
  });
  const segments = new SegmentStore({
    ...database,
    onDiscard: (reason) => discarded.push(reason),
    // Other connections use the file, so that it goes at the next start.
    onBroken: () => {
      writeFileSync(mark, "");
    },
  });
  return { segments, takeDiscarded: () => discarded.splice(0), close: () => database.close() };
}

async function open(path: string): Promise<SqliteDatabase<IndexTables>> {
  const database = openSqliteDatabase<IndexTables>(path, { isDurable: false });
  try {
    await migrate(database.db, indexMigrations);
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}

function remove(path: string): void {
  for (const suffix of ["", "-wal", "-shm", ".damaged"]) rmSync(path + suffix, { force: true });
}
