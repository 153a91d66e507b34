// Kysely's SQLite dialect, told that SQLite can create tables in a transaction, so that migrations run whole or not
// at all.
import { SqliteAdapter, SqliteDialect, type DialectAdapter } from "kysely";

/** SQLite for Kysely with transactional migrations. */
export class TransactionalSqliteDialect extends SqliteDialect {
  override createAdapter(): DialectAdapter {
    return new TransactionalSqliteAdapter();
  }
}

class TransactionalSqliteAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}
