/** Statistics of runs' histories, beside the lines that they were counted from. */
import type { Kysely } from "kysely";
import type { RunKey } from "../../modules/history/history-log.ts";
import type {
  SavedStatistics,
  StatisticsStore,
  StoredStatistics,
} from "../../modules/history/statistics-store.ts";
import type { HistoryTables } from "./history-tables.ts";

const runsReadAtOnce = 200;

/** `StatisticsStore` over any SQL dialect. */
export class SqlStatisticsStore implements StatisticsStore {
  readonly #db: Kysely<HistoryTables>;

  constructor(parts: { readonly db: Kysely<HistoryTables> }) {
    this.#db = parts.db;
  }

  async load({ runs }: { readonly runs: readonly RunKey[] }): Promise<readonly StoredStatistics[]> {
    const found = new Map<string, StoredStatistics>();
    for (const [projectId, ofProject] of Map.groupBy(runs, (run) => run.projectId)) {
      for (let start = 0; start < ofProject.length; start += runsReadAtOnce) {
        const runIds = ofProject.slice(start, start + runsReadAtOnce).map((run) => run.runId);
        for (const row of await this.#loadRows(projectId, runIds)) {
          const { version, saved_version, line_count, state } = row;
          const key = { projectId, runId: row.run_id };
          const saved =
            saved_version === null || line_count === null || state === null
              ? undefined
              : { ...key, version: saved_version, lineCount: line_count, state };
          found.set(keyOf(key), { version, saved });
        }
      }
    }
    return runs.map((run) => found.get(keyOf(run)) ?? { version: 0, saved: undefined });
  }

  async save({ statistics }: { readonly statistics: readonly SavedStatistics[] }): Promise<void> {
    if (statistics.length === 0) return;
    await this.#db.transaction().execute(async (trx) => {
      for (const { projectId, runId, version, lineCount, state } of statistics) {
        const stream = await trx
          .selectFrom("line_streams")
          .select("version")
          .where("project_id", "=", projectId)
          .where("run_id", "=", runId)
          .where("stream", "=", "history")
          .executeTakeFirst();
        // The run was deleted, perhaps even begun again.
        if (stream === undefined || stream.version < version) continue;
        await trx
          .insertInto("history_statistics")
          .values({ project_id: projectId, run_id: runId, version, line_count: lineCount, state })
          .onConflict((conflict) =>
            conflict.columns(["project_id", "run_id"]).doUpdateSet((eb) => ({
              version: eb.ref("excluded.version"),
              line_count: eb.ref("excluded.line_count"),
              state: eb.ref("excluded.state"),
            })),
          )
          .execute();
      }
    });
  }

  #loadRows(projectId: number, runIds: readonly number[]): Promise<readonly LoadedRow[]> {
    return this.#db
      .selectFrom("line_streams as stream")
      .leftJoin("history_statistics as saved", (join) =>
        join.onRef("saved.project_id", "=", "stream.project_id").onRef("saved.run_id", "=", "stream.run_id"),
      )
      .select([
        "stream.run_id",
        "stream.version",
        "saved.version as saved_version",
        "saved.line_count",
        "saved.state",
      ])
      .where("stream.project_id", "=", projectId)
      .where("stream.run_id", "in", runIds)
      .where("stream.stream", "=", "history")
      .execute();
  }
}

interface LoadedRow {
  readonly run_id: number;
  readonly version: number;
  readonly saved_version: number | null;
  readonly line_count: number | null;
  readonly state: string | null;
}

function keyOf({ projectId, runId }: RunKey): string {
  return `${projectId}/${runId}`;
}
