// What every store of runs must do.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Run, RunStore, RunStreamChange, RunStreamResult } from "@steelyard/server";
import { NOW } from "./identity-under-test.ts";
import { describeRunAggregates } from "./run-aggregates.contract.ts";
import { describeRunQueries } from "./run-query.contract.ts";
import { RunFixture, type RunStoreUnderTest } from "./run-store-under-test.ts";

const LATER = "2026-03-01T10:05:00.000Z";
const MUCH_LATER = "2026-03-01T11:00:00.000Z";

/** Declares the suite; `create` is called before each test. */
export function describeRunStore(name: string, create: () => Promise<RunStoreUnderTest>): void {
  describe(name, () => {
    let under: RunStoreUnderTest;
    let fixture: RunFixture;
    let runs: RunStore;

    beforeEach(async () => {
      under = await create();
      fixture = await RunFixture.create(under);
      runs = under.runs;
    });
    afterEach(() => under.close());

    const reload = async (run: Run): Promise<Run> => {
      const found = await runs.find(run);
      if (found === undefined) throw new Error(`run ${run.name} is gone`);
      return found;
    };
    const stream = async (run: Run, changes: Partial<RunStreamChange> = {}): Promise<RunStreamResult> => {
      const { projectId, runId } = run;
      const [result] = await runs.applyStream([
        { projectId, runId, now: LATER, hasHistory: false, ...changes },
      ]);
      if (result === undefined) throw new Error("no answer");
      return result;
    };

    it("creates a run with defaults", async () => {
      const upserted = await runs.upsert(fixture.upsertOf("a"));
      expect(upserted).toEqual({
        inserted: true,
        run: {
          projectId: fixture.project.id,
          runId: upserted.run.runId,
          name: "a",
          displayName: "a shown",
          state: "running",
          config: "{}",
          summary: "{}",
          tags: [],
          group: null,
          jobType: null,
          notes: null,
          description: null,
          commit: null,
          host: null,
          program: null,
          repo: null,
          sweepName: null,
          exitCode: null,
          isStopRequested: false,
          userId: fixture.userId,
          username: "ada",
          createdAt: NOW,
          updatedAt: NOW,
          heartbeatAt: NOW,
          seq: upserted.run.seq,
        },
      });
      expect(await runs.find({ projectId: fixture.project.id, name: "a" })).toEqual(upserted.run);
      expect(await runs.find(upserted.run)).toEqual(upserted.run);
    });

    it("creates a run with everything that is given", async () => {
      const given = {
        displayName: "shown",
        state: "pending",
        config: '{"b": {"value": NaN},  "a":{"value":12345678901234567890}}',
        summary: '{"x":1e400}',
        tags: ["t", 'é, "日本"'],
        group: "g",
        jobType: "train",
        notes: "",
        description: "d",
        commit: "c0ffee",
        host: "h",
        program: "train.py",
        repo: "r",
        sweepName: "s1",
        isStopRequested: true,
      } as const;
      expect(await fixture.put("a", given)).toMatchObject(given);
    });

    it("finds the run that is there, and tells it from a new one", async () => {
      const first = await fixture.put("a");
      const again = await runs.upsert(
        fixture.upsertOf("a", { now: LATER, userId: 999, defaultDisplayName: "no" }),
      );
      expect(again.inserted).toBe(false);
      expect(again.run).toEqual({ ...first, updatedAt: LATER, seq: again.run.seq });
    });

    it("keeps one run when the same one is made many times at once", async () => {
      const upserts = await Promise.all(Array.from({ length: 10 }, () => runs.upsert(fixture.upsertOf("a"))));
      expect(upserts.filter((upsert) => upsert.inserted)).toHaveLength(1);
      expect(new Set(upserts.map((upsert) => upsert.run.runId)).size).toBe(1);
      expect(await runs.count({ projectId: fixture.project.id, filter: null })).toBe(1);
    });

    it("changes what is given, sets to nothing what is null, and leaves the rest alone", async () => {
      await fixture.put("a", {
        group: "g",
        notes: "n",
        tags: ["t"],
        config: '{"a":{"value":1}}',
        summary: '{"s":1}',
      });
      const changed = await fixture.put("a", {
        group: null,
        displayName: "new",
        summary: '{"s":2}',
        now: LATER,
      });
      expect(changed).toMatchObject({
        group: null,
        displayName: "new",
        notes: "n",
        tags: ["t"],
        config: '{"a":{"value":1}}',
        summary: '{"s":2}',
        createdAt: NOW,
        updatedAt: LATER,
        heartbeatAt: NOW,
      });
      expect(await fixture.put("a", { config: "{}", isHeartbeat: true, now: LATER })).toMatchObject({
        config: "{}",
        heartbeatAt: LATER,
      });
    });

    it("gives names within a project only, with case and as they are", async () => {
      const one = await fixture.put("a");
      const other = await fixture.put("a", { projectId: fixture.other.id });
      const upper = await fixture.put("A");
      expect(await runs.find({ projectId: fixture.other.id, name: "a" })).toEqual(other);
      expect(upper.runId).not.toBe(one.runId);
      expect(await runs.find({ projectId: fixture.other.id, name: "A" })).toBeUndefined();
      expect(await runs.find({ projectId: fixture.project.id, runId: 999 })).toBeUndefined();
    });

    it("finds several in the order asked for, without those that are not there", async () => {
      const a = await fixture.put("a");
      const b = await fixture.put("b");
      const found = await runs.findMany({ projectId: fixture.project.id, runIds: [b.runId, 999, a.runId] });
      expect(found).toEqual([b, a]);
      expect(await runs.findMany({ projectId: fixture.project.id, runIds: [] })).toEqual([]);
      expect(await runs.findMany({ projectId: fixture.other.id, runIds: [999] })).toEqual([]);
    });

    it("gives every change of a project's runs a greater number", async () => {
      const a = await fixture.put("a");
      const b = await fixture.put("b");
      const changed = await fixture.put("a", { notes: "n" });
      await stream(b);
      const beaten = await reload(b);
      const seqs = [a.seq, b.seq, changed.seq, beaten.seq];
      expect(seqs).toEqual([...new Set(seqs)].sort((x, y) => x - y));
    });

    it("takes the summary, the heartbeat and the time of change from the run's process", async () => {
      const run = await fixture.put("a");
      expect(await stream(run, { summary: '{"loss":NaN}' })).toEqual({
        exists: true,
        isStopRequested: false,
      });
      expect(await reload(run)).toMatchObject({
        summary: '{"loss":NaN}',
        heartbeatAt: LATER,
        updatedAt: LATER,
      });
      await stream(run, { now: MUCH_LATER });
      expect(await reload(run)).toMatchObject({
        summary: '{"loss":NaN}',
        heartbeatAt: MUCH_LATER,
        updatedAt: LATER,
      });
      await stream(run, { now: MUCH_LATER, hasHistory: true });
      expect(await reload(run)).toMatchObject({ updatedAt: MUCH_LATER });
    });

    it("takes a run through its states as its process says", async () => {
      const run = await fixture.put("a", { state: "pending" });
      await stream(run);
      expect((await reload(run)).state).toBe("running");
      await stream(run, { isPreempting: true });
      expect((await reload(run)).state).toBe("preempting");
      await stream(run, { exitCode: 1 });
      expect(await reload(run)).toMatchObject({ state: "preempted", exitCode: 1 });
      await stream(run);
      expect(await reload(run)).toMatchObject({ state: "running", exitCode: null });
      await stream(run, { exitCode: 0 });
      expect(await reload(run)).toMatchObject({ state: "finished", exitCode: 0 });
      await stream(run, { isShared: true });
      expect((await reload(run)).state).toBe("finished");
    });

    it("tells a process to stop until the next one runs", async () => {
      const run = await fixture.put("a");
      await fixture.put("a", { isStopRequested: true });
      expect(await stream(run)).toEqual({ exists: true, isStopRequested: true });
      await stream(run, { exitCode: 255 });
      expect((await reload(run)).state).toBe("killed");
      await fixture.put("a", { state: "running", isStopRequested: false });
      expect(await reload(run)).toMatchObject({ state: "running", exitCode: null });
      expect(await stream(run)).toEqual({ exists: true, isStopRequested: false });
    });

    it("leaves what a process announced meanwhile when that process calls again", async () => {
      const run = await fixture.put("a");
      // The caller still thinks that the run is running: its state is judged where it is changed.
      await stream(run, { isPreempting: true });
      await fixture.put("a", { isHeartbeat: true, summary: "{}" });
      expect((await reload(run)).state).toBe("preempting");
      await stream(run, { exitCode: 1 });
      expect((await reload(run)).state).toBe("preempted");
      await fixture.put("a", { isHeartbeat: true });
      expect(await reload(run)).toMatchObject({ state: "running", exitCode: null });
    });

    it("applies many changes in their order and answers each", async () => {
      const a = await fixture.put("a");
      const b = await fixture.put("b", { projectId: fixture.other.id, isStopRequested: true });
      const gone = await fixture.put("gone");
      await runs.delete({ ...gone, now: NOW });
      const change = (run: Run, more: Partial<RunStreamChange>): RunStreamChange => ({
        projectId: run.projectId,
        runId: run.runId,
        now: LATER,
        hasHistory: true,
        ...more,
      });
      const results = await runs.applyStream([
        change(a, { summary: '{"n":1}' }),
        change(gone, { summary: "{}" }),
        change(b, {}),
        change(a, { summary: '{"n":2}', exitCode: 0 }),
        change({ ...a, projectId: 999 }, {}),
      ]);
      expect(results.map((result) => result.exists)).toEqual([true, false, true, true, false]);
      expect(results[2]?.isStopRequested).toBe(true);
      expect(await reload(a)).toMatchObject({ summary: '{"n":2}', state: "finished" });
      expect(await runs.applyStream([])).toEqual([]);
    });

    it("deletes a run for good", async () => {
      const run = await fixture.put("a", { config: '{"a":{"value":1}}' });
      expect(await runs.delete({ ...run, now: LATER })).toBe(true);
      expect(await runs.delete({ ...run, now: LATER })).toBe(false);
      expect(await runs.delete({ projectId: fixture.other.id, runId: 1, now: LATER })).toBe(false);
      expect(await runs.find(run)).toBeUndefined();
      expect(await runs.count({ projectId: fixture.project.id, filter: null })).toBe(0);
      const again = await runs.upsert(fixture.upsertOf("a"));
      expect(again.inserted).toBe(true);
      expect(again.run.runId).not.toBe(run.runId);
      expect(again.run.config).toBe("{}");
    });

    it("marks silent runs as crashed, and those that announced their preemption as preempted", async () => {
      const silent = await fixture.put("silent");
      const preempting = await fixture.put("preempting", {
        state: "preempting",
        projectId: fixture.other.id,
      });
      const alive = await fixture.put("alive", { isHeartbeat: true, now: MUCH_LATER });
      const finished = await fixture.put("finished", { state: "finished" });
      const pending = await fixture.put("pending", { state: "pending" });
      const crashed = await runs.markCrashed({ heartbeatBefore: LATER, now: MUCH_LATER });
      expect(crashed.map((run) => run.name)).toEqual(["silent", "preempting"]);
      const expected = [
        [silent, "crashed"],
        [preempting, "preempted"],
        [alive, "running"],
        [finished, "finished"],
        [pending, "pending"],
      ] as const;
      for (const [run, state] of expected) expect((await reload(run)).state).toBe(state);
      expect(crashed).toEqual([await reload(silent), await reload(preempting)]);
      expect(await reload(silent)).toMatchObject({ heartbeatAt: NOW, updatedAt: MUCH_LATER });
      expect(await runs.markCrashed({ heartbeatBefore: LATER, now: MUCH_LATER })).toEqual([]);
      await stream(silent, { now: MUCH_LATER });
      expect((await reload(silent)).state).toBe("running");
    });

    describeRunQueries(() => fixture);
    describeRunAggregates(() => fixture);
  });
}
