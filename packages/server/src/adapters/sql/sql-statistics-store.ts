/** Statistics of runs' histories, beside the lines that they were counted from. */
import type { Kysely } from "kysely";
import type { RunKey } from "../../modules/history/history-log.ts";
import type { SavedStatistics, StatisticsStore } from "../../modules/history/statistics-store.ts";
import type { HistoryTables } from "./history-tables.ts";

const runsReadAtOnce = 200;

/** `StatisticsStore` over any SQL dialect. */
export class SqlStatisticsStore implements StatisticsStore {
  readonly #db: Kysely<HistoryTables>;

  constructor(parts: { readonly db: Kysely<HistoryTables> }) {
    this.#db = parts.db;
  }

  async load({
    runs,
  }: {
    readonly runs: readonly RunKey[];
  }): Promise<readonly (SavedStatistics | undefined)[]> {
    const found = new Map<string, SavedStatistics>();
    for (const [projectId, ofProject] of Map.groupBy(runs, (run) => run.projectId)) {
      for (let start = 0; start < ofProject.length; start += runsReadAtOnce) {
        const runIds = ofProject.slice(start, start + runsReadAtOnce).map((run) => run.runId);
        const rows = await this.#db
          .selectFrom("history_statistics")
          .select(["run_id as runId", "version", "line_count as lineCount", "state"])
          .where("project_id", "=", projectId)
          .where("run_id", "in", runIds)
          .execute();
        for (const row of rows) found.set(keyOf({ projectId, runId: row.runId }), { projectId, ...row });
      }
    }
    return runs.map((run) => found.get(keyOf(run)));
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
}

function keyOf({ projectId, runId }: RunKey): string {
  return `${projectId}/${runId}`;
}
