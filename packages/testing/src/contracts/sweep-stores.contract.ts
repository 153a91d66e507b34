// What every store of sweeps, of their agents and of what they hand out must do, with the store of runs over the same
// database.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type {
  NewSweep,
  NewSweepRun,
  RunStore,
  Sweep,
  SweepAgent,
  SweepAgentStore,
  SweepRunStore,
  SweepStore,
} from "@steelyard/server";

/** Empty stores over one database with a project 1 and a user 1, and how to throw it away. */
export interface SweepStoresUnderTest {
  readonly sweeps: SweepStore;
  readonly agents: SweepAgentStore;
  readonly sweepRuns: SweepRunStore;
  readonly runs: RunStore;
  close(): Promise<void>;
}

const NOW = "2026-03-01T10:00:00.000Z";
const LATER = "2026-03-01T11:00:00.000Z";

/** Runs the suite against the stores that `create` makes. */
export function describeSweepStores(name: string, create: () => Promise<SweepStoresUnderTest>): void {
  describe(name, () => {
    let under: SweepStoresUnderTest;
    beforeEach(async () => {
      under = await create();
    });
    afterEach(() => under.close());

    const createSweep = (changes: Partial<NewSweep> = {}): Promise<Sweep> =>
      under.sweeps.create({ ...newSweep, ...changes });
    const createAgent = ({ id: sweepId }: Sweep, agentName = "a"): Promise<SweepAgent> =>
      under.agents.create({ sweepId, name: agentName, host: "h", userId: 1, now: NOW });
    const begin = async (sweep: Sweep, changes: Partial<NewSweepRun> = {}): Promise<number> => {
      const { revision } = (await under.sweeps.find({ sweepId: sweep.id })) ?? sweep;
      const begun = await under.sweepRuns.begin({ ...newRun, sweepId: sweep.id, revision, ...changes });
      if (begun === undefined) throw new Error("the run was not made");
      return begun.runId;
    };
    const stateOf = async (runId: number): Promise<string | undefined> =>
      (await under.runs.find({ projectId: 1, runId }))?.state;

    it("keeps sweeps by name, one of each in a project", async () => {
      const sweep = await createSweep();
      expect(sweep).toMatchObject({ ...fieldsOf(newSweep), isExhausted: false, heartbeatAt: null });
      await expect(createSweep()).rejects.toMatchObject({ code: "already_exists" });
      expect(await under.sweeps.find({ projectId: 1, name: "s" })).toEqual(sweep);
      expect(await under.sweeps.find({ sweepId: sweep.id + 1 })).toBeUndefined();
      const named = await under.sweeps.findMany({ projectId: 1, names: ["s", "t"] });
      expect(named).toEqual([sweep]);
    });

    it("changes what is given, and nothing once something else was changed", async () => {
      const { id: sweepId, revision } = await createSweep();
      const changed = await under.sweeps.update({
        sweepId,
        state: "RUNNING",
        ifRevision: revision,
        now: LATER,
      });
      expect(changed).toMatchObject({ state: "RUNNING", config: newSweep.config, updatedAt: LATER });
      expect(changed?.revision).toBeGreaterThan(revision);
      const late = { sweepId, state: "PAUSED", ifRevision: revision, now: LATER } as const;
      expect(await under.sweeps.update(late)).toBeUndefined();
      expect(await under.sweeps.update({ sweepId: 99, now: LATER })).toBeUndefined();
    });

    it("lists sweeps newest first, in pages, by filters", async () => {
      for (const [index, sweepName] of ["a", "b", "c"].entries()) {
        await createSweep({ name: sweepName, now: `2026-03-01T10:00:0${index}.000Z` });
      }
      const query = { projectId: 1, filter: null, limit: 2 };
      const first = await under.sweeps.list({ ...query, after: null });
      expect(first.sweeps.map(({ sweep }) => sweep.name)).toEqual(["c", "b"]);
      expect(first).toMatchObject({ hasNextPage: true, totalCount: 3 });
      const rest = await under.sweeps.list({ ...query, after: first.sweeps[1]?.cursor ?? null });
      expect(rest.sweeps.map(({ sweep }) => sweep.name)).toEqual(["a"]);
      const named = await under.sweeps.list({ ...query, filter: '{"name":{"$ne":"b"}}', after: null });
      expect(named.sweeps.map(({ sweep }) => sweep.name)).toEqual(["c", "a"]);
      expect(await under.sweeps.count({ projectId: 1 })).toBe(3);
    });

    it("keeps agents with when they called and what they were handed", async () => {
      const sweep = await createSweep();
      const { id: agentId } = await createAgent(sweep);
      const runIds = [
        await begin(sweep, { name: "r1", agentId }),
        await begin(sweep, { name: "r2", agentId }),
      ];
      await under.agents.finish({ agentId });
      expect(await under.agents.find({ agentId })).toMatchObject({ isFinished: true, runCount: 2 });
      const called = await under.agents.touch({ agentId, now: LATER });
      expect(called).toMatchObject({ isFinished: false, heartbeatAt: LATER });
      expect((await under.sweeps.find({ sweepId: sweep.id }))?.heartbeatAt).toBe(LATER);
      const page = { agentId, afterRunId: null, isNewestFirst: true, limit: 1 };
      expect(await under.agents.listRunIds(page)).toEqual([runIds[1]]);
      expect(await under.agents.listRunIds({ ...page, afterRunId: runIds[1] ?? 0 })).toEqual([runIds[0]]);
      expect(await under.agents.touch({ agentId: 99, now: NOW })).toBeUndefined();
    });

    it("makes and hands out a run only on the revision that was decided on", async () => {
      const sweep = await createSweep();
      const { id: agentId } = await createAgent(sweep);
      const decided = { ...newRun, sweepId: sweep.id, revision: sweep.revision };
      const both = await Promise.all([
        under.sweepRuns.begin({ ...decided, name: "r1" }),
        under.sweepRuns.begin({ ...decided, name: "r2" }),
      ]);
      const [begun, ...others] = both.filter((each) => each !== undefined);
      expect(others).toEqual([]);
      const hand = { sweepId: sweep.id, runId: begun?.runId ?? 0, agentId, now: NOW };
      expect(await under.sweepRuns.hand({ ...hand, revision: sweep.revision })).toBe(false);
      expect(await under.sweepRuns.hand({ ...hand, revision: sweep.revision + 1 })).toBe(true);
      const standing = await under.sweepRuns.standing({ sweepId: sweep.id, runNames: ["r1", "other"] });
      expect(standing).toMatchObject({
        runCount: 1,
        liveCount: 0,
        pending: [{ agentId, handOuts: 1, isSeen: false, agentHeartbeatAt: NOW, parameters: '{"x":1}' }],
      });
    });

    it("shows the search what was tried, in the order of creation, with the metric that it asks for", async () => {
      const sweep = await createSweep();
      await under.runs.upsert({ ...aRun("old"), config: '{"x":{"value":7},"_wandb":{"value":{}}}' });
      const runId = await begin(sweep);
      await under.runs.upsert({ ...aRun("r"), summary: '{"val":{"loss":0.5}}', state: "finished" });
      await under.runs.upsert({ ...aRun("joined"), config: '{"x":{"value":9}}', sweepName: "s" });
      const request = { sweepId: sweep.id, priorRunIds: [1, runId] };
      const found = await under.sweepRuns.trials({
        ...request,
        metric: { name: "val.loss", goal: "minimize" },
      });
      expect(found?.trials).toMatchObject([
        { name: "old", parameters: { x: 7 }, metric: null, isPrior: true },
        { name: "r", parameters: { x: 1 }, metric: 0.5, state: "finished", isPrior: false },
        { name: "joined", parameters: { x: 9 }, metric: null, isPrior: false },
      ]);
      const bare = await under.sweepRuns.trials({ ...request, metric: null });
      expect(bare?.trials.map(({ metric }) => metric)).toEqual([null, null, null]);
    });

    it("forgets a run that is deleted, and keeps the runs of a sweep that is", async () => {
      const sweep = await createSweep();
      const first = await begin(sweep, { name: "r1" });
      const second = await begin(sweep, { name: "r2" });
      await under.runs.delete({ projectId: 1, runId: first, now: NOW });
      const found = await under.sweepRuns.trials({ sweepId: sweep.id, priorRunIds: [], metric: null });
      expect(found?.trials.map(({ runId }) => runId)).toEqual([second]);
      await createAgent(sweep);
      expect(await under.sweeps.delete({ sweepId: sweep.id })).toBe(true);
      expect(await under.sweeps.delete({ sweepId: sweep.id })).toBe(false);
      expect(await stateOf(second)).toBe("pending");
      expect(await under.agents.list({ sweepId: sweep.id })).toEqual([]);
      expect(await under.sweepRuns.standing({ sweepId: sweep.id, runNames: [] })).toBeUndefined();
      await expect(createAgent(sweep)).rejects.toMatchObject({ code: "not_found" });
    });

    it("ends what no process has begun, and leaves alone what one has", async () => {
      const sweep = await createSweep({ state: "FINISHED" });
      const waiting = await begin(sweep, { name: "waiting" });
      const begun = await begin(sweep, { name: "begun" });
      await under.runs.upsert({ ...aRun("begun"), state: "running" });
      const forgotten = await under.sweepRuns.listForgotten({ lostBefore: NOW });
      expect(forgotten).toEqual([{ sweepId: sweep.id, runIds: [waiting] }]);
      const end = { sweepId: sweep.id, state: "killed", now: LATER } as const;
      expect(await under.sweepRuns.endPending({ ...end, runIds: [waiting, begun] })).toEqual([waiting]);
      expect([await stateOf(waiting), await stateOf(begun)]).toEqual(["killed", "running"]);
      await under.runs.upsert({ ...aRun("begun"), isStopRequested: true });
      await under.sweepRuns.endStopped({ heartbeatBefore: NOW, now: LATER });
      expect(await stateOf(begun)).toBe("running");
      await under.sweepRuns.endStopped({ heartbeatBefore: LATER, now: LATER });
      expect(await stateOf(begun)).toBe("killed");
    });

    it("finds sweeps that are through", async () => {
      const sweep = await createSweep({ state: "RUNNING" });
      const runId = await begin(sweep);
      const through = await under.sweeps.update({ sweepId: sweep.id, isExhausted: true, now: NOW });
      expect(await under.sweeps.listDone()).toEqual([]);
      await under.runs.upsert({ ...aRun("r"), state: "failed" });
      expect(await stateOf(runId)).toBe("failed");
      expect(await under.sweeps.listDone()).toEqual([through]);
    });
  });
}

const newSweep: NewSweep = {
  projectId: 1,
  name: "s",
  displayName: null,
  state: "PENDING",
  description: null,
  config: "method: random",
  method: "random",
  controller: null,
  scheduler: null,
  launchScheduler: null,
  priorRunsFilter: null,
  userId: 1,
  now: NOW,
};

function fieldsOf({ now: createdAt, ...fields }: NewSweep): Partial<Sweep> {
  return { ...fields, createdAt };
}

const newRun = {
  agentId: null,
  name: "r",
  displayName: "d",
  parameters: '{"x":1}',
  config: '{"x":{"value":1}}',
  userId: 1,
  now: NOW,
};

function aRun(name: string): Parameters<RunStore["upsert"]>[0] {
  return { projectId: 1, name, userId: 1, now: NOW, defaultDisplayName: name };
}
