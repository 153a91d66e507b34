/**
 * Opens a database to be looked at and left as it is: read-only, and the files that SQLite makes for reading a
 * write-ahead log go again. Where the folder cannot be written, a copy elsewhere is read.
 */
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import Database from "better-sqlite3";
import { Kysely, SqliteDialect } from "kysely";

/** An open database that is not changed. */
export interface ReadOnlyDatabase<Tables> {
  readonly db: Kysely<Tables>;
  /** The rows of a pragma that only looks. */
  pragma(source: string): readonly unknown[];
  close(): Promise<void>;
}

const LOG_SUFFIXES = ["-wal", "-shm"] as const;

/** Opens the file at `path`. Throws SQLite's own error when it is none of its databases. */
export async function openReadOnly<Tables>(path: string): Promise<ReadOnlyDatabase<Tables>> {
  const before = LOG_SUFFIXES.filter((suffix) => existsSync(path + suffix));
  const removeOurs = async (): Promise<void> => {
    for (const suffix of LOG_SUFFIXES) if (!before.includes(suffix)) await rm(path + suffix, { force: true });
  };
  try {
    return await open(path, removeOurs);
  } catch (error) {
    await removeOurs();
    if (!isUnwritable(error)) throw error;
    const folder = await mkdtemp(join(tmpdir(), "steelyard-verify-"));
    const removeCopy = (): Promise<void> => rm(folder, { recursive: true, force: true });
    try {
      const copy = join(folder, basename(path));
      await copyFile(path, copy);
      if (before.includes("-wal")) await copyFile(`${path}-wal`, `${copy}-wal`);
      return await open(copy, removeCopy);
    } catch (failure) {
      await removeCopy();
      throw failure;
    }
  }
}

async function open<Tables>(
  path: string,
  afterwards: () => Promise<void>,
): Promise<ReadOnlyDatabase<Tables>> {
  const database = new Database(path, { readonly: true, fileMustExist: true, timeout: 1000 });
  try {
    // Opening reads nothing; this does.
    database.pragma("schema_version");
  } catch (error) {
    database.close();
    throw error;
  }
  const db = new Kysely<Tables>({ dialect: new SqliteDialect({ database }) });
  return Promise.resolve({
    db,
    pragma: (source) => {
      const rows: unknown = database.pragma(source);
      const list: readonly unknown[] = Array.isArray(rows) ? rows : [rows];
      return list;
    },
    close: async () => {
      await db.destroy();
      if (database.open) database.close();
      await afterwards();
    },
  });
}

function isUnwritable(error: unknown): boolean {
  return error instanceof Database.SqliteError && /^SQLITE_(READONLY|CANTOPEN)/.test(error.code);
}
