/** Runs in SQL tables. */
import type { Kysely, Transaction } from "kysely";
import { statusAfterSilence } from "../../modules/runs/run-status.ts";
import type { Run } from "../../modules/runs/run.ts";
import type {
  RunAggregateQuery,
  RunGroupPage,
  RunPage,
  RunQuery,
  RunSelector,
  RunStore,
  RunStreamChange,
  RunStreamResult,
  RunUpsert,
} from "../../modules/runs/run-store.ts";
import { CompiledQueries } from "./compiled-queries.ts";
import { appendEvents } from "./outbox.ts";
import { takeSeqs } from "./run-counters.ts";
import { pageOfGroups } from "./run-group-page.ts";
import { selectRuns, toRun, type JoinedRunRow } from "./run-rows.ts";
import { RunSearch, type RunSearchOptions } from "./run-search.ts";
import { applyStreamChanges, stateEvent, toStatusColumns } from "./run-stream.ts";
import { countRuns } from "./run-timeline.ts";
import { upsertRun } from "./run-upsert.ts";
import type { MetadataTables } from "./tables.ts";

/** What the store is built from. */
export interface SqlRunStoreParts extends RunSearchOptions {
  readonly db: Kysely<MetadataTables>;
}

/** `RunStore` over any SQL dialect. */
export class SqlRunStore implements RunStore {
  readonly #db: Kysely<MetadataTables>;
  readonly #search: RunSearch;
  readonly #queries: CompiledQueries = new CompiledQueries();

  constructor(parts: SqlRunStoreParts) {
    this.#db = parts.db;
    this.#search = new RunSearch(parts);
  }

  upsert(upsert: RunUpsert): Promise<{ readonly run: Run; readonly inserted: boolean }> {
    return this.#db.transaction().execute((trx) => upsertRun(trx, upsert));
  }

  async find(request: RunSelector): Promise<Run | undefined> {
    const ofProject = selectRuns(this.#db).where("runs.project_id", "=", request.projectId);
    const row = await (
      "runId" in request
        ? ofProject.where("runs.run_id", "=", request.runId)
        : ofProject.where("runs.name", "=", request.name)
    ).executeTakeFirst();
    return row && toRun(row);
  }

  async findMany(request: {
    readonly projectId: number;
    readonly runIds: readonly number[];
  }): Promise<readonly Run[]> {
    const runs = new Map<number, Run>();
    for (let start = 0; start < request.runIds.length; start += 500) {
      const rows = await selectRuns(this.#db)
        .where("runs.project_id", "=", request.projectId)
        .where("runs.run_id", "in", request.runIds.slice(start, start + 500))
        .execute();
      for (const row of rows) runs.set(row.run_id, toRun(row));
    }
    return request.runIds.flatMap((runId) => runs.get(runId) ?? []);
  }

  async query(request: RunQuery): Promise<RunPage> {
    const page = await this.#search.query(request);
    const runIds = page.entries.map((entry) => entry.runId);
    const runs = new Map<number, Run>();
    for (const run of await this.findMany({ projectId: request.projectId, runIds })) runs.set(run.runId, run);
    return {
      runs: page.entries.flatMap(({ runId, cursor }) => {
        const run = runs.get(runId);
        return run === undefined ? [] : [{ run, cursor }];
      }),
      hasNextPage: page.hasNextPage,
      totalCount: page.totalCount,
    };
  }

  async count(request: { readonly projectId: number; readonly filter: string | null }): Promise<number> {
    const { projectId, filter } = request;
    return filter === null ? countRuns(this.#db, projectId) : this.#search.count(projectId, filter);
  }

  async aggregate(query: RunAggregateQuery): Promise<RunGroupPage> {
    const { projectId, filter, after, limit } = query;
    const groups = await this.#search.aggregate(projectId, filter ?? "{}", query);
    return pageOfGroups(this.#db, { projectId, groups, groupBy: query.groupBy, after, limit });
  }

  async applyStream(changes: readonly RunStreamChange[]): Promise<readonly RunStreamResult[]> {
    if (changes.length === 0) return [];
    return this.#db.transaction().execute(async (trx) => {
      const { results, events } = await applyStreamChanges(trx, changes, this.#queries);
      await appendEvents(trx, events, this.#queries);
      return results;
    });
  }

  delete(request: {
    readonly projectId: number;
    readonly runId: number;
    readonly now: string;
  }): Promise<boolean> {
    const { projectId, runId, now } = request;
    return this.#db.transaction().execute(async (trx) => {
      const seq = await takeSeqs(trx, projectId, 1);
      if (seq === undefined) return false;
      const deleted = await trx
        .deleteFrom("runs")
        .where("project_id", "=", projectId)
        .where("run_id", "=", runId)
        .returning("name")
        .executeTakeFirst();
      if (deleted === undefined) return false;
      await trx
        .updateTable("run_counters")
        .set((eb) => ({ run_count: eb("run_count", "-", 1) }))
        .where("project_id", "=", projectId)
        .execute();
      await trx.insertInto("run_deletions").values({ project_id: projectId, seq, run_id: runId }).execute();
      const payload = JSON.stringify({ name: deleted.name });
      await appendEvents(trx, [{ kind: "run.deleted", projectId, runId, payload, createdAt: now }]);
      return true;
    });
  }

  markCrashed(request: { readonly heartbeatBefore: string; readonly now: string }): Promise<readonly Run[]> {
    return this.#db.transaction().execute(async (trx) => {
      const silent = selectRuns(trx)
        .where("runs.state", "in", ["running", "preempting"])
        .where("runs.heartbeat_at", "<", request.heartbeatBefore)
        .orderBy("runs.project_id")
        .orderBy("runs.run_id");
      const runs: Run[] = [];
      for (const [projectId, rows] of Map.groupBy(await silent.execute(), (row) => row.project_id)) {
        const firstSeq = await takeSeqs(trx, projectId, rows.length);
        if (firstSeq === undefined) throw new Error(`project ${projectId} has runs but no counters`);
        // Read again: a heartbeat may have come before the numbers were ours.
        const still = await silent.where("runs.project_id", "=", projectId).execute();
        for (const [index, row] of still.slice(0, rows.length).entries()) {
          runs.push(await crashRun(trx, row, { seq: firstSeq + index, now: request.now }));
        }
      }
      return runs;
    });
  }
}

async function crashRun(
  trx: Transaction<MetadataTables>,
  row: JoinedRunRow,
  change: { readonly seq: number; readonly now: string },
): Promise<Run> {
  const run = toRun(row);
  const status = statusAfterSilence(run);
  await trx
    .updateTable("runs")
    .set({ ...toStatusColumns(status), seq: change.seq, updated_at: change.now })
    .where("project_id", "=", run.projectId)
    .where("run_id", "=", run.runId)
    .execute();
  const { projectId, runId } = run;
  const event = stateEvent(run.state, status.state);
  await appendEvents(trx, [{ ...event, projectId, runId, createdAt: change.now }]);
  return { ...run, state: status.state, updatedAt: change.now, seq: change.seq };
}
