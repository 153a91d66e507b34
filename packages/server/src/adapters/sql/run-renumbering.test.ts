import { sql } from "kysely";
import { expect, test } from "vitest";
import { openTemporaryMetadata } from "../sqlite/temporary.ts";
import { renumberRun, renumberRunsOf } from "./run-renumbering.ts";

const now = "2026-03-01T10:00:00.000Z";

test("thousands of runs that used an artifact each take a new number, and no other run does", async () => {
  const database = await openTemporaryMetadata();
  const { db } = database;
  await sql`pragma foreign_keys = off`.execute(db);
  const runIds = Array.from({ length: 1_300 }, (_, index) => index + 1);
  await db.transaction().execute(async (trx) => {
    await trx
      .insertInto("run_counters")
      .values({ project_id: 1, last_run_id: 1_300, last_seq: 1_300, run_count: 1_300 })
      .execute();
    for (const runId of runIds) {
      const key = { project_id: 1, run_id: runId };
      await trx
        .insertInto("runs")
        .values({
          ...key,
          name: `r${runId}`,
          display_name: "",
          state: "running",
          tags: "[]",
          is_stop_requested: 0,
          user_id: 1,
          created_at: now,
          updated_at: now,
          heartbeat_at: now,
          seq: runId,
          summary: "{}",
        })
        .execute();
      const use = { ...key, artifact_id: runId <= 1_200 ? 5 : 6, created_at: now };
      await trx
        .insertInto(runId % 2 === 0 ? "artifact_inputs" : "artifact_outputs")
        .values(use)
        .execute();
    }
    await renumberRunsOf(trx, [5, 7]);
    await renumberRun(trx, { projectId: 1, runId: 1_300 });
    await renumberRun(trx, { projectId: 2, runId: 1 });
  });
  const rows = await db
    .selectFrom("runs")
    .select(["run_id", "seq", "updated_at"])
    .orderBy("run_id")
    .execute();
  const renumbered = rows.slice(0, 1_200).map((row) => row.seq);
  expect(renumbered.toSorted((a, b) => a - b)).toEqual(runIds.slice(0, 1_200).map((id) => id + 1_300));
  expect(rows.slice(1_200, 1_299).every((row) => row.seq === row.run_id)).toBe(true);
  expect(rows.at(-1)?.seq).toBe(2_501);
  expect(rows.every((row) => row.updated_at === now)).toBe(true);
  await database.close();
});
