// A run's used and logged artifacts in the order in which they are listed, so that a page of them is not a sort of all.
import type { Kysely } from "kysely";

/** Creates the indexes. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const table of ["artifact_inputs", "artifact_outputs"]) {
    await db.schema
      .createIndex(`${table}_in_order`)
      .on(table)
      .columns(["project_id", "run_id", "id", "artifact_id"])
      .execute();
  }
}
