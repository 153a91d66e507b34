// Opens a SQLite database for Kysely. Every acknowledged write must survive a power cut, so commits are synchronous.
import type Database from "better-sqlite3";
import { Kysely } from "kysely";
import type { CommitSignal } from "../sql/commit-signal.ts";
import { CachedStatements } from "./cached-statements.ts";
import { TransactionalSqliteDialect } from "./dialect.ts";
import { openFile } from "./open-file.ts";

/** How to open a database. */
export interface SqliteOptions {
  /** Pages of write-ahead log after which it is copied into the database; larger is faster and pauses longer. @default 2000 */
  readonly checkpointPages?: number;
  /** How much of the database SQLite may keep in memory. @default 32 MiB */
  readonly cacheBytes?: number;
  /** Whether commits survive a power cut; a file that can be built again only has to stay whole. @default true */
  readonly isDurable?: boolean;
  /**
   * Called before each statement that writes, with its table; `undefined` when it is no plain write.
   *
   * @default nobody is told
   */
  readonly onWrite?: (table: string | undefined) => void;
}

/** An open database. */
export interface SqliteDatabase<Tables> {
  readonly db: Kysely<Tables>;
  /** Fires after each committed transaction of this connection. */
  readonly commits: CommitSignal;
  /** Waits for running queries and closes the file. */
  close(): Promise<void>;
}

/**
 * Opens a database that another thread of this process has open, to read it beside that thread; every attempt to write
 * fails. Throws as `openSqliteDatabase` does.
 */
export function openSqliteReader<Tables>(
  path: string,
  options: Pick<SqliteOptions, "cacheBytes"> = {},
): SqliteDatabase<Tables> {
  return open(path, options, (file) => {
    file.pragma("query_only = ON");
  });
}

/**
 * Opens the database at `path`, making it when it is not there. Throws `unavailable` with advice when the file cannot
 * be opened or written.
 */
export function openSqliteDatabase<Tables>(
  path: string,
  options: SqliteOptions = {},
): SqliteDatabase<Tables> {
  const { checkpointPages = 2000, isDurable = true } = options;
  return open(path, options, (file) => {
    file.pragma("journal_mode = WAL");
    file.pragma(`synchronous = ${isDurable ? "FULL" : "NORMAL"}`);
    file.pragma("foreign_keys = ON");
    file.pragma(`wal_autocheckpoint = ${checkpointPages}`);
  });
}

function open<Tables>(
  path: string,
  options: SqliteOptions,
  setUp: (file: Database.Database) => void,
): SqliteDatabase<Tables> {
  const { cacheBytes = 32 * 1024 * 1024, onWrite = () => undefined } = options;
  const database = openFile(path, 5000, (file) => {
    setUp(file);
    file.pragma(`cache_size = -${Math.ceil(cacheBytes / 1024)}`);
    file.pragma("temp_store = MEMORY");
  });
  const listeners = new Set<() => void>();
  const statements = new CachedStatements(database, {
    onCommit: () => {
      for (const listener of [...listeners]) listener();
    },
    onWrite,
  });
  const db = new Kysely<Tables>({ dialect: new TransactionalSqliteDialect({ database: statements }) });
  return {
    db,
    commits: {
      subscribe(listener) {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
    },
    async close() {
      // A query of no effect goes last through Kysely's queue, so that nothing is cut off in the middle.
      await db.connection().execute(() => Promise.resolve());
      await db.destroy();
      if (database.open) statements.close();
    },
  };
}
