// The present state of streams: how many lines they have, and the version that the next batch goes on from.
import type { Kysely, Transaction } from "kysely";
import type { LineStream, RunKey } from "../../modules/history/history-log.ts";
import { CompiledQueries } from "./compiled-queries.ts";
import type { HistoryTables, LineStreamRow } from "./history-tables.ts";

/** Which stream of which run. */
export type StreamKey = RunKey & { readonly stream: LineStream };

const runsReadAtOnce = 500;
const rowsInsertedAtOnce = 64;

/** The present state of the streams named, by `headKey`; of one that was never written, an empty state. */
export async function loadHeads(
  db: Kysely<HistoryTables>,
  keys: readonly StreamKey[],
): Promise<Map<string, LineStreamRow>> {
  const heads = new Map<string, LineStreamRow>();
  for (const [projectId, ofProject] of Map.groupBy(keys, (key) => key.projectId)) {
    const runIds = [...new Set(ofProject.map((key) => key.runId))];
    for (let start = 0; start < runIds.length; start += runsReadAtOnce) {
      const rows = await db
        .selectFrom("line_streams")
        .select(["project_id", "run_id", "stream", "line_count", "version"])
        .where("project_id", "=", projectId)
        .where("run_id", "in", runIds.slice(start, start + runsReadAtOnce))
        .execute();
      for (const row of rows) heads.set(headKey(row.project_id, row.run_id, row.stream), row);
    }
  }
  const wanted = new Map<string, LineStreamRow>();
  for (const { projectId, runId, stream } of keys) {
    const key = headKey(projectId, runId, stream);
    const empty = { project_id: projectId, run_id: runId, stream, line_count: 0, version: 0 };
    wanted.set(key, heads.get(key) ?? wanted.get(key) ?? empty);
  }
  return wanted;
}

/** The state of one of the streams that were loaded. */
export function headOf(heads: ReadonlyMap<string, LineStreamRow>, key: StreamKey): LineStreamRow {
  const head = heads.get(headKey(key.projectId, key.runId, key.stream));
  if (head === undefined) throw new Error("the state of the stream was not loaded");
  return head;
}

/** Stores states as they are now. */
export async function saveHeads(
  trx: Transaction<HistoryTables>,
  heads: readonly LineStreamRow[],
  queries: CompiledQueries = new CompiledQueries(),
): Promise<void> {
  for (let start = 0; start < heads.length; start += rowsInsertedAtOnce) {
    const rows = heads.slice(start, start + rowsInsertedAtOnce);
    await queries.run(
      trx,
      `save ${rows.length} heads`,
      () =>
        trx
          .insertInto("line_streams")
          .values(rows.map(toColumns))
          .onConflict((conflict) =>
            conflict.columns(["project_id", "run_id", "stream"]).doUpdateSet((eb) => ({
              line_count: eb.ref("excluded.line_count"),
              version: eb.ref("excluded.version"),
            })),
          ),
      rows.flatMap((row): readonly unknown[] => Object.values(toColumns(row))),
    );
  }
}

/** The columns in one order, whatever order a row came in. */
function toColumns({ project_id, run_id, stream, line_count, version }: LineStreamRow): LineStreamRow {
  return { project_id, run_id, stream, line_count, version };
}

/** A name for a stream. */
export function headKey(projectId: number, runId: number, stream: LineStream): string {
  return `${projectId}/${runId}/${stream}`;
}
