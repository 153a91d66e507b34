/** What sweeps hand out, in SQL tables: a decision is stored together with the revision that it was made on, or not at all. */
import type { Kysely, Transaction } from "kysely";
import type { RunState } from "@steelyard/protocol";
import type {
  BegunRun,
  ForgottenRuns,
  NewSweepRun,
  PendingEnd,
  RunDecision,
  StandingRequest,
  SweepRunStore,
  SweepStanding,
  SweepTrials,
  TrialsRequest,
} from "../../modules/sweeps/sweep-run-store.ts";
import type { Sweep } from "../../modules/sweeps/sweep.ts";
import { upsertRun } from "./run-upsert.ts";
import { selectSweeps, toSweep } from "./sweep-rows.ts";
import { selectSweepRuns, toSweepRun } from "./sweep-run-rows.ts";
import { readTrials } from "./sweep-trials.ts";
import type { MetadataTables } from "./tables.ts";

type Db = Kysely<MetadataTables>;
type Trx = Transaction<MetadataTables>;

/** States of runs that have a process. */
const liveStates: readonly RunState[] = ["running", "preempting"];

/** `SweepRunStore` over any SQL dialect. */
export class SqlSweepRunStore implements SweepRunStore {
  readonly #db: Db;

  constructor(parts: { readonly db: Db }) {
    this.#db = parts.db;
  }

  async standing({ sweepId, runNames }: StandingRequest): Promise<SweepStanding | undefined> {
    const sweep = await findSweep(this.#db, sweepId);
    if (sweep === undefined) return undefined;
    const runs = selectSweepRuns(this.#db, sweep);
    const pending = await runs.where("runs.state", "=", "pending").orderBy("runs.run_id").execute();
    const reported = runNames.length === 0 ? [] : await runs.where("runs.name", "in", runNames).execute();
    const counts = await this.#db
      .selectFrom("runs")
      .select("state")
      .select((eb) => eb.fn.countAll().as("count"))
      .where("project_id", "=", sweep.projectId)
      .where("sweep_name", "=", sweep.name)
      .groupBy("state")
      .execute();
    const sum = (rows: typeof counts): number => rows.reduce((total, { count }) => total + Number(count), 0);
    return {
      sweep,
      pending: pending.map(toSweepRun),
      reported: reported.map(toSweepRun),
      runCount: sum(counts),
      liveCount: sum(counts.filter(({ state }) => liveStates.includes(state))),
    };
  }

  async trials(request: TrialsRequest): Promise<SweepTrials | undefined> {
    // First, so that what is made meanwhile gives the sweep another revision than this one.
    const sweep = await findSweep(this.#db, request.sweepId);
    return sweep && { sweep, trials: await readTrials(this.#db, sweep, request) };
  }

  begin(run: NewSweepRun): Promise<BegunRun | undefined> {
    return this.#db.transaction().execute(async (trx) => {
      const sweep = await takeRevision(trx, run);
      if (sweep === undefined) return undefined;
      const { projectId } = sweep;
      const { name, displayName, config, userId, now } = run;
      const made = await upsertRun(trx, {
        projectId,
        name,
        displayName,
        defaultDisplayName: displayName,
        config,
        userId,
        now,
        state: "pending",
        sweepName: sweep.name,
      });
      const { runId } = made.run;
      await trx
        .insertInto("sweep_runs")
        .values({
          project_id: projectId,
          run_id: runId,
          sweep_id: sweep.id,
          agent_id: run.agentId,
          hand_outs: run.agentId === null ? 0 : 1,
          parameters: run.parameters,
        })
        .execute();
      return { runId };
    });
  }

  hand(request: RunDecision & { readonly agentId: number }): Promise<boolean> {
    return this.#db.transaction().execute(async (trx) => {
      const sweep = await takeRevision(trx, request);
      if (sweep === undefined) return false;
      const handed = await trx
        .updateTable("sweep_runs")
        .set((eb) => ({ agent_id: request.agentId, is_seen: 0, hand_outs: eb("hand_outs", "+", 1) }))
        .where("sweep_id", "=", sweep.id)
        .where("run_id", "=", request.runId)
        .where((eb) =>
          eb.exists(
            eb
              .selectFrom("runs")
              .select("runs.run_id")
              .whereRef("runs.project_id", "=", "sweep_runs.project_id")
              .whereRef("runs.run_id", "=", "sweep_runs.run_id")
              .where("runs.state", "=", "pending"),
          ),
        )
        .returning("run_id")
        .executeTakeFirst();
      return handed !== undefined;
    });
  }

  async markSeen(request: { readonly sweepId: number; readonly runIds: readonly number[] }): Promise<void> {
    if (request.runIds.length === 0) return;
    await this.#db
      .updateTable("sweep_runs")
      .set({ is_seen: 1 })
      .where("sweep_id", "=", request.sweepId)
      .where("run_id", "in", request.runIds)
      .execute();
  }

  endPending({ sweepId, runIds, state, now }: PendingEnd): Promise<readonly number[]> {
    return this.#db.transaction().execute(async (trx) => {
      const sweep = await takeRevision(trx, { sweepId, now });
      if (sweep === undefined) return [];
      let pending = trx
        .selectFrom("runs")
        .select(["run_id", "name", "user_id", "display_name"])
        .where("project_id", "=", sweep.projectId)
        .where("sweep_name", "=", sweep.name)
        .where("state", "=", "pending");
      if (runIds !== null) pending = pending.where("run_id", "in", runIds);
      const rows = await pending.execute();
      for (const { name, user_id: userId, display_name: defaultDisplayName } of rows) {
        await upsertRun(trx, { projectId: sweep.projectId, name, userId, defaultDisplayName, state, now });
      }
      return rows.map((row) => row.run_id);
    });
  }

  endStopped({ heartbeatBefore, now }: { heartbeatBefore: string; now: string }): Promise<void> {
    return this.#db.transaction().execute(async (trx) => {
      const rows = await trx
        .selectFrom("runs")
        .innerJoin("sweep_runs", (join) =>
          join
            .onRef("sweep_runs.project_id", "=", "runs.project_id")
            .onRef("sweep_runs.run_id", "=", "runs.run_id"),
        )
        .select(["runs.project_id", "runs.name", "runs.user_id", "runs.display_name"])
        .where("runs.state", "in", liveStates)
        .where("runs.is_stop_requested", "=", 1)
        .where("runs.heartbeat_at", "<", heartbeatBefore)
        .execute();
      for (const { project_id: projectId, name, user_id: userId, display_name } of rows) {
        const run = { projectId, name, userId, defaultDisplayName: display_name, now };
        await upsertRun(trx, { ...run, state: "killed" });
      }
    });
  }

  async listForgotten(request: { readonly lostBefore: string }): Promise<readonly ForgottenRuns[]> {
    const rows = await this.#db
      .selectFrom("runs")
      .innerJoin("sweep_runs", (join) =>
        join
          .onRef("sweep_runs.project_id", "=", "runs.project_id")
          .onRef("sweep_runs.run_id", "=", "runs.run_id"),
      )
      .innerJoin("sweeps", "sweeps.id", "sweep_runs.sweep_id")
      .leftJoin("sweep_agents", (join) =>
        join.onRef("sweep_agents.id", "=", "sweep_runs.agent_id").on("sweep_agents.is_finished", "=", 0),
      )
      .select(["sweep_runs.sweep_id", "sweep_runs.run_id"])
      .where("runs.state", "=", "pending")
      .where("sweeps.state", "in", ["FINISHED", "CANCELED"])
      .where((eb) =>
        eb.or([eb("sweep_agents.id", "is", null), eb("sweep_agents.heartbeat_at", "<", request.lostBefore)]),
      )
      .execute();
    return [...Map.groupBy(rows, (row) => row.sweep_id)].map(([sweepId, ofSweep]) => ({
      sweepId,
      runIds: ofSweep.map((row) => row.run_id),
    }));
  }
}

async function findSweep(db: Db, sweepId: number): Promise<Sweep | undefined> {
  const row = await selectSweeps(db).where("sweeps.id", "=", sweepId).executeTakeFirst();
  return row && toSweep(row);
}

interface Decision {
  readonly sweepId: number;
  readonly now: string;
  /** Absent for what holds whatever happened meanwhile. */
  readonly revision?: number;
  readonly scheduler?: string;
}

/** The sweep, one revision on; undefined when it has another than the one decided on, or is gone. */
async function takeRevision(trx: Trx, decision: Decision): Promise<Sweep | undefined> {
  const { sweepId, revision, scheduler, now } = decision;
  let update = trx
    .updateTable("sweeps")
    .set((eb) => ({
      revision: eb("revision", "+", 1),
      updated_at: now,
      ...(scheduler !== undefined && { scheduler }),
    }))
    .where("id", "=", sweepId);
  if (revision !== undefined) update = update.where("revision", "=", revision);
  const taken = await update.returning("id").executeTakeFirst();
  return taken && findSweep(trx, sweepId);
}
