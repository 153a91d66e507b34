/** The stores of the embedded preset, a parts list: SQLite for everything that is not bytes of files. */
import { join } from "node:path";
import { metadataMigrations } from "../../../migrations/metadata.ts";
import { SqlEntityStore } from "../../adapters/sql/sql-entity-store.ts";
import { SqlProjectStore } from "../../adapters/sql/sql-project-store.ts";
import { SqlUserStore } from "../../adapters/sql/sql-user-store.ts";
import type { MetadataTables } from "../../adapters/sql/tables.ts";
import { openSqliteDatabase } from "../../adapters/sqlite/database.ts";
import { lockFolder } from "../../adapters/sqlite/folder-lock.ts";
import { migrate } from "../../adapters/sqlite/migrate.ts";
import type { EntityStore } from "../../modules/entities/entity-store.ts";
import type { ProjectStore } from "../../modules/projects/project-store.ts";
import type { UserStore } from "../../modules/users/user-store.ts";

/** What the storage thread serves, by name. */
export interface StorageServices {
  readonly users: UserStore;
  readonly entities: EntityStore;
  readonly projects: ProjectStore;
}

/** Open stores. */
export interface Storage {
  readonly services: StorageServices;
  /** Finishes what runs, closes the files and lets another server have the folder. */
  close(): Promise<void>;
}

/**
 * Opens the stores of a data folder, which must exist.
 *
 * @throws {ServerError} `conflict` when another server uses the folder, `unavailable` when it cannot be written or
 * was made by a newer version.
 */
export async function openStorage(folder: string): Promise<Storage> {
  const lock = lockFolder(folder);
  const metadata = openSqliteDatabase<MetadataTables>(join(folder, "metadata.sqlite"));
  const close = async (): Promise<void> => {
    await metadata.close();
    lock.release();
  };
  try {
    await migrate(metadata.db, metadataMigrations);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    services: {
      users: new SqlUserStore(metadata),
      entities: new SqlEntityStore(metadata),
      projects: new SqlProjectStore(metadata),
    },
    close,
  };
}
