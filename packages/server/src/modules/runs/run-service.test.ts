import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openTestBench } from "../../presets/embedded/test-bench.ts";
import type { TestBench } from "../../presets/embedded/test-bench.ts";
import type { UserCaller } from "../access/caller.ts";
import type { RunInput } from "./run-input.ts";
import type { Run } from "./run.ts";
import type { RunService, UpsertedRun } from "./run-service.ts";

let bench: TestBench;
let runs: RunService;
let ann: UserCaller;
const address = { entityName: "ann", projectName: "cats", runName: "r1" };

beforeEach(async () => {
  bench = await openTestBench();
  runs = bench.services.runs;
  ann = await bench.createCaller("ann");
});

afterEach(() => bench.close());

function upsert(input: RunInput = {}, caller = ann, target = address): Promise<UpsertedRun> {
  return runs.upsert(caller, target, input);
}

function edit(run: Run, input: RunInput): Promise<UpsertedRun> {
  return runs.upsert(ann, { key: run, isOwnProcess: false }, input);
}

async function finish(run: Run, exitCode: number): Promise<void> {
  await bench.stores.runs.applyStream([
    { projectId: run.projectId, runId: run.runId, now: bench.clock.now(), hasHistory: false, exitCode },
  ]);
}

describe("creating a run", () => {
  it("creates its project in the caller's own entity and under the default name", async () => {
    const { run, project, inserted } = await runs.upsert(
      ann,
      { entityName: null, projectName: null, runName: "r1" },
      {},
    );
    expect(inserted).toBe(true);
    expect(project).toMatchObject({ entityName: "ann", name: "uncategorized" });
    expect(run).toMatchObject({ name: "r1", state: "running", config: "{}", summary: "{}", username: "ann" });
  });

  it("invents an id and a name to show that counts the project's runs", async () => {
    await upsert();
    const { run } = await runs.upsert(ann, { ...address, runName: null }, {});
    expect(run.name).toMatch(/^[a-z0-9]{8}$/);
    expect(run.displayName).toMatch(/^[a-z]+-[a-z]+-2$/);
  });

  it("is the same call again when the answer was lost", async () => {
    const first = await upsert({ displayName: "mine" });
    const second = await upsert({ displayName: "mine" });
    expect(second.inserted).toBe(false);
    expect(second.run).toMatchObject({ runId: first.run.runId, displayName: "mine" });
    expect(await runs.count(ann, first.project, null)).toBe(1);
  });

  it("keeps the texts of config and summary letter for letter", async () => {
    const config = '{ "b":{"value":9007199254740993},\n"a":{"value":NaN} }';
    const { run } = await upsert({ config, summary: '{"x":1.0}' });
    expect(run).toMatchObject({ config, summary: '{"x":1.0}' });
  });

  it.each([
    [{ config: "[1]" }, "config"],
    [{ config: "{" }, "config"],
    [{ summary: "null" }, "summaryMetrics"],
    [{ state: "sleeping" }, "state"],
    [{ tags: ["ok", " "] }, "tags"],
    [{ tags: ["x".repeat(65)] }, "tags"],
  ])("refuses %j and names the field", async (input, field) => {
    await expect(upsert(input)).rejects.toMatchObject({ code: "invalid_argument", field });
    expect(await runs.find(ann, address)).toBeUndefined();
  });

  it("refuses an id that could not stand in an address", async () => {
    await expect(upsert({}, ann, { ...address, runName: "a/b" })).rejects.toMatchObject({
      code: "invalid_argument",
    });
  });

  it("asks for credentials, and answers like missing in another's entity", async () => {
    await expect(runs.upsert({ kind: "anonymous" }, address, {})).rejects.toMatchObject({
      code: "unauthenticated",
    });
    const bob = await bench.createCaller("bob");
    await expect(upsert({}, bob)).rejects.toMatchObject({ code: "not_found" });
    await upsert();
    await expect(upsert({}, bob)).rejects.toMatchObject({ code: "not_found" });
  });

  it("is allowed with a key that may only append, where the project exists", async () => {
    const key: UserCaller = { ...ann, scope: "append" };
    await expect(upsert({}, key)).rejects.toMatchObject({ code: "permission_denied" });
    await upsert();
    expect((await upsert({}, key, { ...address, runName: "r2" })).inserted).toBe(true);
  });
});

describe("changing a run", () => {
  it("leaves alone what is null or absent, and sets what is empty", async () => {
    const { run } = await upsert({ notes: "n", tags: ["a"], group: "g", config: '{"a":{"value":1}}' });
    const { run: same } = await edit(run, { notes: null, tags: null, group: undefined, config: null });
    expect(same).toMatchObject({ notes: "n", tags: ["a"], group: "g", config: '{"a":{"value":1}}' });
    const { run: emptied } = await edit(run, { notes: "", tags: [], displayName: "" });
    expect(emptied).toMatchObject({ notes: "", tags: [], displayName: run.displayName });
  });

  it("does not bring a run back that had ended", async () => {
    const { run } = await upsert();
    await finish(run, 0);
    expect((await edit(run, { notes: "later" })).run).toMatchObject({ state: "finished", exitCode: 0 });
  });

  it("answers like missing for a run that is not there or not to be seen", async () => {
    const { run } = await upsert();
    const bob = await bench.createCaller("bob");
    const target = { key: run, isOwnProcess: false };
    await expect(runs.upsert(bob, target, {})).rejects.toMatchObject({ code: "not_found" });
    await expect(edit({ ...run, runId: 99 }, {})).rejects.toMatchObject({ code: "not_found" });
    expect(await runs.findByKey(bob, run)).toBeUndefined();
    expect(await runs.find(bob, address)).toBeUndefined();
  });

  it("is denied to those who may see the project and not change it", async () => {
    const { run, project } = await upsert();
    await bench.services.projects.upsert(
      ann,
      { entityName: "ann", projectName: project.name },
      { access: "USER_READ" },
    );
    const bob = await bench.createCaller("bob");
    expect(await runs.find(bob, address)).toMatchObject({ name: "r1" });
    const target = { key: run, isOwnProcess: false };
    await expect(runs.upsert(bob, target, {})).rejects.toMatchObject({ code: "permission_denied" });
    await expect(runs.stop(bob, run)).rejects.toMatchObject({ code: "permission_denied" });
    await expect(runs.delete(bob, run)).rejects.toMatchObject({ code: "permission_denied" });
  });
});

describe("the states of a run", () => {
  it("runs again when its process comes back, and the stop asked of the former one is forgotten", async () => {
    const { run } = await upsert();
    await runs.stop(ann, run);
    await finish(run, 1);
    const { run: resumed } = await upsert();
    expect(resumed).toMatchObject({ state: "running", exitCode: null, isStopRequested: false });
  });

  it("keeps a stop that was asked while it runs", async () => {
    const { run } = await upsert();
    expect((await runs.stop(ann, run)).isStopRequested).toBe(true);
    expect((await upsert({ config: '{"a":{"value":1}}' })).run.isStopRequested).toBe(true);
  });

  it("is pending when it is created ahead of its process, and runs with it", async () => {
    expect((await upsert({ state: "pending" })).run.state).toBe("pending");
    expect((await upsert()).run.state).toBe("running");
  });

  it("can be set to pending and failed, and to nothing else", async () => {
    const { run } = await upsert();
    expect((await runs.updateState(ann, run, "failed")).state).toBe("failed");
    expect((await runs.updateState(ann, run, "pending")).state).toBe("pending");
    await expect(runs.updateState(ann, run, "finished")).rejects.toMatchObject({
      code: "invalid_argument",
      field: "state",
    });
  });
});

describe("taking a run back", () => {
  async function log(run: Run, lines: readonly string[]): Promise<void> {
    const stream = "history";
    await bench.stores.log.append([{ ...run, stream, offset: 0, lines, writer: "", steps: null }]);
  }

  it("drops the steps after the one given and lets the run go on", async () => {
    const { run } = await upsert({ summary: '{"a":3}' });
    await log(run, ['{"_step":0,"a":1}', '{"_step":2,"a":2}', '{"_step":5,"a":3}']);
    await finish(run, 0);
    const { run: back } = await runs.rewind(ann, address, { metricName: "_step", value: 2 });
    expect(back).toMatchObject({ state: "running", summary: '{"a":3}', exitCode: null });
    const { rows } = await bench.services.history.rows(ann, run, {
      minStep: null,
      maxStep: null,
      samples: null,
    });
    expect(rows).toEqual(['{"_step":0,"a":1}', '{"_step":2,"a":2}']);
    expect((await bench.services.history.keys(ann, run)).lastStep).toBe(2);
  });

  it.each([
    ["loss", 1, "metricName"],
    ["_step", 1.5, "metricValue"],
    ["_step", -1, "metricValue"],
    ["_step", NaN, "metricValue"],
  ])("refuses %s at %d", async (metricName, value, field) => {
    await upsert();
    await expect(runs.rewind(ann, address, { metricName, value })).rejects.toMatchObject({
      code: "invalid_argument",
      field,
    });
  });
});

describe("listing runs", () => {
  it("gives pages in order and counts what matches", async () => {
    const { project } = await upsert();
    for (const runName of ["r2", "r3"]) {
      bench.clock.advance(1);
      await upsert({ config: '{"lr":{"value":1}}' }, ann, { ...address, runName });
    }
    const request = { filter: null, order: "-created_at", after: null, first: 2 };
    const page = await runs.list(ann, project, request);
    expect(page.runs.map(({ run }) => run.name)).toEqual(["r3", "r2"]);
    expect(page).toMatchObject({ hasNextPage: true, totalCount: 3 });
    const next = await runs.list(ann, project, { ...request, after: page.runs[1]?.cursor ?? null });
    expect(next.runs.map(({ run }) => run.name)).toEqual(["r1"]);
    expect(await runs.count(ann, project, '{"config.lr":1}')).toBe(2);
    await expect(runs.list(ann, project, { ...request, first: -1 })).rejects.toMatchObject({
      field: "first",
    });
  });
});

describe("deleting a run", () => {
  it("removes it at once, and only once", async () => {
    const { run, project } = await upsert();
    await runs.delete(ann, run);
    expect(await runs.find(ann, address)).toBeUndefined();
    expect(await runs.count(ann, project, null)).toBe(0);
    await expect(runs.delete(ann, run)).rejects.toMatchObject({ code: "not_found" });
  });
});
