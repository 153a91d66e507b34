// Brings a database to the newest form of its tables.
import type { Kysely } from "kysely";
import { Migrator, type Migration } from "kysely/migration";
import { ServerError } from "../../errors.ts";

/** Migrations by name, in the order of their names. */
export type Migrations = Readonly<Record<string, Migration>>;

/** Runs the migrations that a database lacks, all or none. Throws `unavailable` when it was made by a newer version. */
export async function migrate<Tables>(db: Kysely<Tables>, migrations: Migrations): Promise<void> {
  const migrator = new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve({ ...migrations }) },
  });
  const applied = await migrator.migrateToLatest();
  if (applied.error === undefined) return;
  if (applied.error instanceof ServerError) throw applied.error;
  const failed = applied.results?.find((result) => result.status === "Error")?.migrationName;
  throw new ServerError(
    "unavailable",
    failed === undefined
      ? `The database was made by a newer version of this program: ${describe(applied.error)}`
      : `The migration ${failed} failed: ${describe(applied.error)}`,
    { cause: applied.error },
  );
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
