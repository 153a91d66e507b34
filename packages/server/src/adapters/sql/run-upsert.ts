// Creates and changes runs within a transaction, for the store of runs and for whoever makes runs beside it.
import type { Transaction } from "kysely";
import { statusAfterCall, statusAfterEdit } from "../../modules/runs/run-status.ts";
import type { Run } from "../../modules/runs/run.ts";
import type { RunUpsert } from "../../modules/runs/run-store.ts";
import { appendEvents } from "./outbox.ts";
import { takeFirstSeq, takeRunId } from "./run-counters.ts";
import { changedFields, selectRuns, toColumns, toRun, type JoinedRunRow } from "./run-rows.ts";
import { stateEvent, toStatusColumns, updatedEvent } from "./run-stream.ts";
import type { MetadataTables } from "./tables.ts";

/** As `RunStore.upsert`. */
export async function upsertRun(
  trx: Transaction<MetadataTables>,
  upsert: RunUpsert,
): Promise<{ readonly run: Run; readonly inserted: boolean }> {
  const seq = await takeFirstSeq(trx, upsert.projectId);
  const existing = await selectRuns(trx)
    .where("runs.project_id", "=", upsert.projectId)
    .where("runs.name", "=", upsert.name)
    .executeTakeFirst();
  if (existing === undefined) await insertRun(trx, upsert, seq);
  else await updateRun(trx, upsert, seq, existing);
  const row = await selectRuns(trx)
    .where("runs.project_id", "=", upsert.projectId)
    .where("runs.name", "=", upsert.name)
    .executeTakeFirstOrThrow();
  return { run: toRun(row), inserted: existing === undefined };
}

async function insertRun(trx: Transaction<MetadataTables>, upsert: RunUpsert, seq: number): Promise<void> {
  const { projectId, name, now } = upsert;
  const runId = await takeRunId(trx, projectId);
  const key = { project_id: projectId, run_id: runId, seq };
  await trx
    .insertInto("runs")
    .values({
      ...key,
      name,
      display_name: upsert.defaultDisplayName,
      state: upsert.state ?? "running",
      is_stop_requested: Number(upsert.isStopRequested ?? false),
      tags: "[]",
      summary: "{}",
      user_id: upsert.userId,
      created_at: now,
      updated_at: now,
      heartbeat_at: now,
      ...toColumns(upsert),
    })
    .execute();
  await trx
    .insertInto("run_configs")
    .values({ ...key, config: upsert.config ?? "{}" })
    .execute();
  const payload = JSON.stringify({ name, state: upsert.state ?? "running" });
  await appendEvents(trx, [{ kind: "run.created", projectId, runId, payload, createdAt: now }]);
}

async function updateRun(
  trx: Transaction<MetadataTables>,
  upsert: RunUpsert,
  seq: number,
  existing: JoinedRunRow,
): Promise<void> {
  const { projectId, now, config } = upsert;
  const runId = existing.run_id;
  const before = toRun(existing);
  const status = statusAfterEdit(upsert.isHeartbeat === true ? statusAfterCall(before) : before, upsert);
  await trx
    .updateTable("runs")
    .set({ ...toColumns(upsert), ...toStatusColumns(status), seq, updated_at: now })
    .where("project_id", "=", projectId)
    .where("run_id", "=", runId)
    .execute();
  if (config !== undefined) {
    await trx
      .updateTable("run_configs")
      .set({ config, seq })
      .where("project_id", "=", projectId)
      .where("run_id", "=", runId)
      .execute();
  }
  const event = { projectId, runId, createdAt: now };
  await appendEvents(trx, [
    { ...event, ...updatedEvent(changedFields(upsert)) },
    ...(status.state === before.state ? [] : [{ ...event, ...stateEvent(before.state, status.state) }]),
  ]);
}
