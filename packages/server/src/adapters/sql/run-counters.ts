// The numbers that runs and their changes take. Whoever changes runs of a project takes numbers first: the row's lock
// lets one writer a project in at a time, so numbers are seen in the order of commits.
import type { Transaction } from "kysely";
import type { MetadataTables } from "./tables.ts";

/** Takes `count` change numbers and returns the first; undefined when the project never had a run. */
export async function takeSeqs(
  trx: Transaction<MetadataTables>,
  projectId: number,
  count: number,
): Promise<number | undefined> {
  const counters = await trx
    .updateTable("run_counters")
    .set((eb) => ({ last_seq: eb("last_seq", "+", count) }))
    .where("project_id", "=", projectId)
    .returning("last_seq")
    .executeTakeFirst();
  return counters && counters.last_seq - count + 1;
}

/** Takes one change number, also in a project that never had a run. */
export async function takeFirstSeq(trx: Transaction<MetadataTables>, projectId: number): Promise<number> {
  const counters = await trx
    .insertInto("run_counters")
    .values({ project_id: projectId, last_run_id: 0, last_seq: 1, run_count: 0 })
    .onConflict((conflict) =>
      conflict.column("project_id").doUpdateSet((eb) => ({ last_seq: eb("run_counters.last_seq", "+", 1) })),
    )
    .returning("last_seq")
    .executeTakeFirstOrThrow();
  return counters.last_seq;
}

/** Takes the number of a new run, and counts the run. */
export async function takeRunId(trx: Transaction<MetadataTables>, projectId: number): Promise<number> {
  const counters = await trx
    .updateTable("run_counters")
    .set((eb) => ({ last_run_id: eb("last_run_id", "+", 1), run_count: eb("run_count", "+", 1) }))
    .where("project_id", "=", projectId)
    .returning("last_run_id")
    .executeTakeFirstOrThrow();
  return counters.last_run_id;
}
