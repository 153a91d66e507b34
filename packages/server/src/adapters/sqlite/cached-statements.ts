// The part of better-sqlite3 that Kysely needs, with prepared statements kept between queries: Kysely prepares
// each query anew, which costs more than most of our queries.
import type Database from "better-sqlite3";
import type { SqliteDatabase, SqliteStatement } from "kysely";
import { toServerError } from "./sqlite-errors.ts";

const maxStatements = 400;

/** What a connection tells of. */
export interface StatementListeners {
  /** After each commit. */
  readonly onCommit: () => void;
  /** Before each statement that writes, with the table that it writes to; `undefined` when it is no plain write. */
  readonly onWrite: (table: string | undefined) => void;
}

const tableWritten = /^(?:insert into|update|delete from) "(\w+)"/;

/** A database connection for Kysely that tells of writes and commits. */
export class CachedStatements implements SqliteDatabase {
  readonly #database: Database.Database;
  readonly #listeners: StatementListeners;
  readonly #statements: Map<string, SqliteStatement> = new Map();

  constructor(database: Database.Database, listeners: StatementListeners) {
    this.#database = database;
    this.#listeners = listeners;
  }

  prepare(sql: string): SqliteStatement {
    // SQLite rolls a transaction back by itself when the disk is full; a second rollback would hide that error.
    if (sql === "rollback" && !this.#database.inTransaction) return nothing;
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#open(sql);
      if (this.#statements.size >= maxStatements) this.#dropOldest();
    } else {
      this.#statements.delete(sql);
    }
    this.#statements.set(sql, statement);
    return statement;
  }

  close(): void {
    this.#statements.clear();
    this.#database.close();
  }

  #open(sql: string): SqliteStatement {
    const database = this.#database;
    const { onCommit, onWrite } = this.#listeners;
    const statement = guard(database, () => database.prepare(sql));
    const isCommit = sql === "commit";
    const isWrite = !statement.readonly;
    const table = tableWritten.exec(sql)?.[1];
    const run = <T>(act: () => T): T => {
      if (isWrite) onWrite(table);
      return guard(database, act);
    };
    return {
      reader: statement.reader,
      all: (parameters) => run(() => statement.all(parameters)),
      run: (parameters) => {
        const result = run(() => statement.run(parameters));
        if (isCommit) onCommit();
        return result;
      },
      // A statement that is being stepped cannot be run again, so each iteration has one of its own.
      iterate: (parameters) => run(() => database.prepare(sql).iterate(parameters)),
    };
  }

  #dropOldest(): void {
    const oldest = this.#statements.keys().next();
    if (oldest.done !== true) this.#statements.delete(oldest.value);
  }
}

const nothing: SqliteStatement = {
  reader: false,
  all: () => [],
  run: () => ({ changes: 0, lastInsertRowid: 0 }),
  iterate: () => [].values(),
};

function guard<T>(database: Database.Database, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw toServerError(error, database.name);
  }
}
