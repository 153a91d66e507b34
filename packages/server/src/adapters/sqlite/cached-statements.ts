// The part of better-sqlite3 that Kysely needs, with prepared statements kept between queries: Kysely prepares
// each query anew, which costs more than most of our queries.
import type Database from "better-sqlite3";
import type { SqliteDatabase, SqliteStatement } from "kysely";
import { toServerError } from "./sqlite-errors.ts";

const maxStatements = 400;

/** A database connection for Kysely that tells when a transaction was committed. */
export class CachedStatements implements SqliteDatabase {
  readonly #database: Database.Database;
  readonly #onCommit: () => void;
  readonly #statements: Map<string, SqliteStatement> = new Map();

  constructor(database: Database.Database, onCommit: () => void) {
    this.#database = database;
    this.#onCommit = onCommit;
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
    const onCommit = sql === "commit" ? this.#onCommit : undefined;
    const statement = guard(database, () => database.prepare(sql));
    return {
      reader: statement.reader,
      all: (parameters) => guard(database, () => statement.all(parameters)),
      run: (parameters) => {
        const result = guard(database, () => statement.run(parameters));
        onCommit?.();
        return result;
      },
      // A statement that is being stepped cannot be run again, so each iteration has one of its own.
      iterate: (parameters) => guard(database, () => database.prepare(sql).iterate(parameters)),
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
