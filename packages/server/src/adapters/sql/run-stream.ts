// What file_stream requests say of their runs, put into rows: many requests in few statements, and of a run that
// several requests are about only its last state.
import type { Transaction, Updateable } from "kysely";
import { statusAfterSignal, type RunStatus } from "../../modules/runs/run-status.ts";
import type { RunStreamChange, RunStreamResult } from "../../modules/runs/run-store.ts";
import type { CompiledQueries } from "./compiled-queries.ts";
import type { NewChangeEvent } from "./outbox.ts";
import { takeSeqs } from "./run-counters.ts";
import type { RunRow } from "./run-tables.ts";
import type { MetadataTables } from "./tables.ts";

/** A run while changes are applied to it. */
interface ChangingRun {
  readonly before: RunStatus;
  status: RunStatus;
  summary: string | undefined;
  hasHistory: boolean;
  now: string;
}

/** What came of the changes: an answer to each in order, and the events to append. */
export interface AppliedStream {
  readonly results: readonly RunStreamResult[];
  readonly events: readonly NewChangeEvent[];
}

/** Applies changes in order. */
export async function applyStreamChanges(
  trx: Transaction<MetadataTables>,
  changes: readonly RunStreamChange[],
  queries: CompiledQueries,
): Promise<AppliedStream> {
  const results = new Map<RunStreamChange, RunStreamResult>();
  const events: NewChangeEvent[] = [];
  // Projects in one order for everyone, so that two writers never wait for each other.
  const byProject = [...Map.groupBy(changes, (change) => change.projectId)].sort(([a], [b]) => a - b);
  for (const [projectId, ofProject] of byProject) {
    const runIds = [...new Set(ofProject.map((change) => change.runId))];
    const firstSeq = await takeSeqs(trx, projectId, runIds.length);
    const runs =
      firstSeq === undefined ? new Map<number, ChangingRun>() : await loadRuns(trx, projectId, runIds);
    for (const change of ofProject) results.set(change, applyChange(runs.get(change.runId), change));
    let seq = firstSeq ?? 0;
    for (const [runId, run] of runs) {
      await saveRun(trx, queries, { projectId, runId, seq: seq++ }, run);
      events.push(...eventsOf(projectId, runId, run));
    }
  }
  return { results: changes.map((change) => results.get(change) ?? missing), events };
}

const missing: RunStreamResult = { exists: false, isStopRequested: false };

function applyChange(run: ChangingRun | undefined, change: RunStreamChange): RunStreamResult {
  if (run === undefined) return missing;
  run.status = statusAfterSignal(run.status, change);
  run.summary = change.summary ?? run.summary;
  run.hasHistory ||= change.hasHistory;
  run.now = change.now;
  return { exists: true, isStopRequested: run.status.isStopRequested };
}

async function loadRuns(
  trx: Transaction<MetadataTables>,
  projectId: number,
  runIds: readonly number[],
): Promise<Map<number, ChangingRun>> {
  const runs = new Map<number, ChangingRun>();
  for (let start = 0; start < runIds.length; start += 500) {
    const rows = await trx
      .selectFrom("runs")
      .select(["run_id", "state", "exit_code", "is_stop_requested", "heartbeat_at"])
      .where("project_id", "=", projectId)
      .where("run_id", "in", runIds.slice(start, start + 500))
      .execute();
    for (const row of rows) {
      const { state, exit_code: exitCode } = row;
      const before = { state, exitCode, isStopRequested: row.is_stop_requested === 1 };
      const now = row.heartbeat_at;
      runs.set(row.run_id, { before, status: before, summary: undefined, hasHistory: false, now });
    }
  }
  return runs;
}

async function saveRun(
  trx: Transaction<MetadataTables>,
  queries: CompiledQueries,
  key: { readonly projectId: number; readonly runId: number; readonly seq: number },
  run: ChangingRun,
): Promise<void> {
  const { before, status, summary, now } = run;
  const isChanged = status !== before || summary !== undefined || run.hasHistory;
  const columns: Updateable<RunRow> = {
    seq: key.seq,
    heartbeat_at: now,
    ...(isChanged && { updated_at: now }),
    ...(summary !== undefined && { summary }),
    ...(status !== before && toStatusColumns(status)),
  };
  await queries.run(
    trx,
    `update run ${Object.keys(columns).join()}`,
    () =>
      trx
        .updateTable("runs")
        .set(columns)
        .where("project_id", "=", key.projectId)
        .where("run_id", "=", key.runId),
    [...Object.values(columns), key.projectId, key.runId],
  );
}

/** The columns of a status. */
export function toStatusColumns(
  status: RunStatus,
): Pick<RunRow, "state" | "exit_code" | "is_stop_requested"> {
  return {
    state: status.state,
    exit_code: status.exitCode,
    is_stop_requested: Number(status.isStopRequested),
  };
}

function eventsOf(projectId: number, runId: number, run: ChangingRun): readonly NewChangeEvent[] {
  const event = { projectId, runId, createdAt: run.now };
  return [
    ...(run.hasHistory ? [{ ...event, kind: "run.history" as const, payload: "{}" }] : []),
    ...(run.summary === undefined ? [] : [{ ...event, ...updatedEvent(["summary"]) }]),
    ...(run.status.state === run.before.state
      ? []
      : [{ ...event, ...stateEvent(run.before.state, run.status.state) }]),
  ];
}

/** The kind and payload of the event that tells which fields changed. */
export function updatedEvent(fields: readonly string[]): Pick<NewChangeEvent, "kind" | "payload"> {
  return { kind: "run.updated", payload: JSON.stringify({ fields }) };
}

/** The kind and payload of the event that tells of a new state. */
export function stateEvent(
  from: RunRow["state"],
  to: RunRow["state"],
): Pick<NewChangeEvent, "kind" | "payload"> {
  return { kind: "run.state", payload: JSON.stringify({ from, to }) };
}
