import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SweepUpkeep } from "./sweep-upkeep.ts";
import { ADDRESS, SweepsUnderTest } from "../../presets/embedded/sweeps-under-test.ts";

const GRID =
  "method: grid\nprogram: train.py\nparameters:\n  x: {values: [1, 2, 3]}\n  y: {values: [a, b]}\n";
const RANDOM = "method: random\nparameters:\n  x: {min: 0.0, max: 1.0}\n";
const BAYES = "method: bayes\nmetric: {name: loss, goal: minimize}\nparameters:\n  x: {min: 0.0, max: 1.0}\n";
const POINTS = ["1a", "1b", "2a", "2b", "3a", "3b"];

let under: SweepsUnderTest;
beforeEach(async () => {
  under = await SweepsUnderTest.open();
});
afterEach(() => under.bench.close());

function pointOf({ x, y }: Readonly<Record<string, unknown>>): string {
  return `${String(x)}${String(y)}`;
}

describe("a sweep", () => {
  it("waits for its first run, runs, and is finished when everything was tried", async () => {
    const sweep = await under.create(GRID);
    expect(sweep).toMatchObject({ state: "PENDING", method: "grid" });
    const agent = await under.agent(sweep);
    const told = await agent.begin();
    expect(told).toMatchObject({ type: "run", args: { x: { value: 1 }, y: { value: "a" } } });
    expect((await under.reload(sweep)).state).toBe("RUNNING");
    await under.setRun(told?.runName ?? "", { state: "finished" });
    expect((await agent.work()).map(pointOf)).toEqual(POINTS.slice(1));
    expect((await under.reload(sweep)).state).toBe("FINISHED");
  });

  it("makes its runs before their process is there, without what would let one resume them", async () => {
    const sweep = await under.create(GRID);
    const told = await (await under.agent(sweep)).call();
    const run = await under.run(told?.runName ?? "");
    expect(run).toMatchObject({ state: "pending", sweepName: sweep.name, summary: "{}" });
    expect(JSON.parse(run.config)).toEqual({ x: { value: 1 }, y: { value: "a" } });
    expect(run.displayName).toMatch(/^[a-z]+-sweep-1$/);
  });

  it("has no more runs than its cap", async () => {
    const sweep = await under.create(`${RANDOM}run_cap: 3\n`);
    expect(await (await under.agent(sweep)).work()).toHaveLength(3);
    expect((await under.reload(sweep)).state).toBe("FINISHED");
    expect(under.bench.services.sweeps.expectedRunCount(sweep)).toBe(3);
  });

  it("searches towards the best by what its runs say", async () => {
    const sweep = await under.create(`${BAYES}run_cap: 16\n`);
    const tried = await (await under.agent(sweep)).work(Infinity, ({ x }) => (Number(x) - 0.7) ** 2);
    const late = tried.slice(10).map(({ x }) => Math.abs(Number(x) - 0.7));
    expect(Math.min(...late)).toBeLessThan(0.1);
    expect(await under.bench.services.sweeps.bestLoss(under.caller, sweep)).toBeLessThan(0.05);
  });

  it("counts runs of before it as tried", async () => {
    for (const [name, x] of [
      ["old", 1],
      ["older", 3],
    ] as const) {
      await under.setRun(name, { config: `{"x":{"value":${x}},"y":{"value":"a"},"z":{"value":0}}` });
    }
    const sweep = await under.create(GRID, { priorRunsFilter: '{"$or":[{"name":"old"},{"name":"older"}]}' });
    expect((await (await under.agent(sweep)).work()).map(pointOf)).toEqual(["1b", "2a", "2b", "3b"]);
    const prior = await under.bench.services.sweeps.listPriorRuns(under.caller, sweep, {
      order: null,
      after: null,
      first: null,
    });
    expect(prior.runs.map(({ run }) => run.name)).toEqual(["old", "older"]);
  });

  it("is refused whole when anything about it is wrong, and leaves nothing behind", async () => {
    const wrong = [
      { config: "method: [" },
      { config: "- 1\n- 2" },
      { config: "method: magic\nparameters: {x: {value: 1}}" },
      { config: "method: grid\nparameters: {x: {min: 2.0, max: 1.0}}" },
      { config: GRID, state: "ASLEEP" },
      { config: GRID, controller: "[1]" },
      { config: GRID, priorRunsFilter: '{"a":{"$odd":1}}' },
      {},
    ];
    for (const input of wrong) {
      await expect(under.upsert(ADDRESS, input)).rejects.toMatchObject({ code: "invalid_argument" });
    }
    const project = await under.bench.services.projects.ensure(under.caller, ADDRESS);
    expect(await under.bench.services.sweeps.count(under.caller, project)).toBe(0);
  });

  it("may be given another config only while it has no runs", async () => {
    const sweep = await under.create(GRID);
    const target = { sweepId: sweep.id };
    expect((await under.upsert(target, { config: RANDOM })).sweep.method).toBe("random");
    await (await under.agent(sweep)).call();
    await expect(under.upsert(target, { config: GRID })).rejects.toMatchObject({ code: "conflict" });
    const same = "parameters: {x: {max: 1.0, min: 0.0}}\nmethod: random";
    expect((await under.upsert(target, { config: same })).sweep.config).toBe(RANDOM);
  });

  it("does a point again when its run was deleted and the sweep is resumed", async () => {
    const sweep = await under.create(GRID);
    await (await under.agent(sweep)).work();
    const page = await under.bench.services.sweeps.listRuns(under.caller, sweep, {
      filter: null,
      order: null,
      after: null,
      first: null,
    });
    const [, second] = page.runs;
    if (second === undefined) throw new Error("there are six runs");
    await under.bench.services.runs.delete(under.caller, second.run);
    await under.upsert({ sweepId: sweep.id }, { state: "RUNNING" });
    expect((await (await under.agent(sweep)).work()).map(pointOf)).toEqual(["1b"]);
  });

  it("is found by filters, newest first", async () => {
    const first = await under.create(GRID);
    under.bench.clock.advance(1);
    const second = await under.create(RANDOM, { displayName: "wide" });
    const project = await under.bench.services.projects.require(under.caller, ADDRESS);
    const list = async (filter: string | null): Promise<readonly string[]> => {
      const request = { filter, after: null, first: null };
      const page = await under.bench.services.sweeps.list(under.caller, project, request);
      return page.sweeps.map(({ sweep }) => sweep.name);
    };
    expect(await list("{}")).toEqual([second.name, first.name]);
    expect(await list('{"method":"grid"}')).toEqual([first.name]);
    expect(await list('{"displayName":{"$regex":"^wi"}}')).toEqual([second.name]);
    await expect(list('{"size":1}')).rejects.toMatchObject({ code: "invalid_argument" });
  });
});

describe("agents", () => {
  it("that ask at once get every point of a grid exactly once", async () => {
    const sweep = await under.create(GRID);
    const agents = await Promise.all(Array.from({ length: 9 }, () => under.agent(sweep)));
    const told = await Promise.all(agents.map((agent) => agent.call()));
    const points = told.flatMap((each) => (each?.type === "run" ? [each] : []));
    expect(points.map(({ args }) => JSON.stringify(args)).toSorted()).toEqual(
      POINTS.map(([x = "", y = ""]) => `{"x":{"value":${x}},"y":{"value":"${y}"}}`),
    );
    // The others wait: should a run never begin, one of them gets it.
    expect(told.filter((each) => each === undefined)).toHaveLength(3);
  });

  it("that ask another node at the same time are refused what the first was given", async () => {
    const sweep = await under.create(GRID);
    const agent = await under.agent(sweep);
    const run = {
      sweepId: sweep.id,
      revision: sweep.revision,
      agentId: agent.record.id,
      displayName: "d",
      parameters: "{}",
      config: "{}",
      userId: 1,
      now: under.bench.clock.now(),
    };
    const begun = await Promise.all([
      under.bench.stores.sweepRuns.begin({ ...run, name: "one" }),
      under.bench.stores.sweepRuns.begin({ ...run, name: "two" }),
    ]);
    expect(begun.filter((each) => each !== undefined)).toHaveLength(1);
  });

  it("are told the same again when they never heard it", async () => {
    const sweep = await under.create(GRID);
    const agent = await under.agent(sweep);
    const told = await agent.call();
    expect(await agent.call()).toEqual(told);
  });

  it("hear of nothing new while they have a run", async () => {
    const sweep = await under.create(GRID);
    const agent = await under.agent(sweep);
    const told = await agent.begin();
    expect(await agent.call(told?.runName ?? "")).toBeUndefined();
  });

  it("that let a run go before it began have failed it", async () => {
    const sweep = await under.create(GRID);
    const agent = await under.agent(sweep);
    const first = await agent.call();
    await agent.call(first?.runName ?? "");
    const second = await agent.call();
    expect(second?.runName).not.toBe(first?.runName);
    expect((await under.run(first?.runName ?? "")).state).toBe("failed");
  });

  it("that cannot begin a run however often they are told fail it", async () => {
    const sweep = await under.create(GRID);
    const agent = await under.agent(sweep);
    const told = [await agent.call(), await agent.call(), await agent.call(), await agent.call()];
    const names = told.map((each) => each?.runName);
    expect(new Set(names.slice(0, 3)).size).toBe(1);
    expect(names[3]).not.toBe(names[0]);
    expect((await under.run(names[0] ?? "")).state).toBe("failed");
  });

  it("that are lost give the run that they did not begin to another, and come back to be stopped", async () => {
    const sweep = await under.create(GRID);
    const [lost, other] = [await under.agent(sweep), await under.agent(sweep)];
    const told = await lost.call();
    under.bench.clock.advance(30);
    expect((await other.call())?.runName).not.toBe(told?.runName);
    const third = await under.agent(sweep);
    under.bench.clock.advance(100);
    expect((await third.call())?.runName).toBe(told?.runName);
    expect(await lost.call(told?.runName ?? "")).toMatchObject({ type: "stop", runName: told?.runName });
  });

  it("say how they stand and what they did", async () => {
    const sweep = await under.create(GRID);
    const agent = await under.agent(sweep);
    await agent.work();
    const { sweepAgents } = under.bench.services;
    const [record] = await sweepAgents.list(under.caller, sweep);
    if (record === undefined) throw new Error("there is an agent");
    expect(sweepAgents.stateOf(record)).toBe("FINISHED");
    expect(record.runCount).toBe(6);
    const request = { afterRunId: null, isNewestFirst: false, first: 4 };
    const page = await sweepAgents.listRuns(under.caller, record, request);
    expect(page).toMatchObject({ hasNextPage: true });
    const last = page.runs.at(-1)?.runId ?? null;
    const rest = await sweepAgents.listRuns(under.caller, record, { ...request, afterRunId: last });
    expect([page.runs.length, rest.runs.length]).toEqual([4, 2]);
  });

  it("of others may not call", async () => {
    const sweep = await under.create(GRID);
    const { record } = await under.agent(sweep);
    const stranger = await under.bench.createCaller("bob");
    const call = under.bench.services.sweepAgents.heartbeat(stranger, { agentId: record.id, runState: null });
    await expect(call).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("stopping", () => {
  it("pauses and goes on", async () => {
    const sweep = await under.create(GRID);
    const agent = await under.agent(sweep);
    const [first] = await agent.work(1);
    await under.upsert({ sweepId: sweep.id }, { state: "PAUSED" });
    expect(await agent.call()).toBeUndefined();
    await under.upsert({ sweepId: sweep.id }, { state: "RUNNING" });
    expect([first, ...(await agent.work())].map((each) => pointOf(each ?? {}))).toEqual(POINTS);
  });

  it("lets the runs that are at it finish when a sweep is stopped", async () => {
    const sweep = await under.create(GRID);
    const agent = await under.agent(sweep);
    const told = await agent.begin();
    await under.upsert({ sweepId: sweep.id }, { state: "FINISHED" });
    expect(await agent.call(told?.runName ?? "")).toBeUndefined();
    await under.setRun(told?.runName ?? "", { state: "finished" });
    expect(await agent.call()).toMatchObject({ type: "exit" });
  });

  it("stops the runs that are at it when a sweep is canceled, and those that nobody began end at once", async () => {
    const sweep = await under.create(GRID);
    const [busy, idle] = [await under.agent(sweep), await under.agent(sweep)];
    const told = await busy.begin();
    const pending = await idle.call();
    await under.upsert({ sweepId: sweep.id }, { state: "CANCELED" });
    expect((await under.run(pending?.runName ?? "")).state).toBe("killed");
    expect((await under.run(told?.runName ?? "")).isStopRequested).toBe(true);
    expect(await busy.call(told?.runName ?? "")).toMatchObject({ type: "stop", runName: told?.runName });
    expect(await busy.call()).toMatchObject({ type: "exit" });
    expect(await idle.call()).toMatchObject({ type: "exit" });
  });

  it("tells an agent to stop a run that was asked to stop or was deleted", async () => {
    const sweep = await under.create(GRID);
    const agent = await under.agent(sweep);
    const told = await agent.begin();
    const name = told?.runName ?? "";
    await under.bench.services.runs.stop(under.caller, await under.run(name));
    expect(await agent.call(name)).toMatchObject({ type: "stop", runName: name });
    await under.bench.services.runs.delete(under.caller, await under.run(name));
    expect(await agent.call(name)).toMatchObject({ type: "stop", runName: name });
  });

  it("ends runs early that do worse than others did", async () => {
    const sweep = await under.create(`${BAYES}early_terminate: {type: hyperband, min_iter: 2, eta: 2}\n`);
    const agents = await Promise.all(Array.from({ length: 3 }, () => under.agent(sweep)));
    const names: string[] = [];
    for (const [index, agent] of agents.entries()) {
      const name = (await agent.begin())?.runName ?? "";
      names.push(name);
      await under.log(name, "loss", [index + 1, index + 1, index + 1]);
    }
    under.bench.clock.advance(5);
    const told = [];
    for (const [index, agent] of agents.entries()) told.push(await agent.call(names[index] ?? ""));
    expect(told[0]).toBeUndefined();
    expect(told[2]).toMatchObject({ type: "stop", runName: names[2] });
    expect((await under.run(names[2] ?? "")).isStopRequested).toBe(true);
  });

  it("answers agents of a deleted sweep with the status 404, and keeps its runs", async () => {
    const authorization = await under.bench.authorize(under.caller);
    const sweep = await under.create(GRID);
    const agent = await under.agent(sweep);
    const begun = await agent.begin();
    const pending = await (await under.agent(sweep)).call();
    await under.bench.services.sweeps.delete(under.caller, sweep.id, { withRuns: false });
    const query = `mutation { agentHeartbeat(input: {id: "${btoa(`Agent:${agent.record.id}`)}"}) { commands } }`;
    const response = await under.bench.app.inject({
      method: "POST",
      url: "/graphql",
      headers: { authorization, "content-type": "application/json" },
      payload: JSON.stringify({ query }),
    });
    expect(response.statusCode).toBe(404);
    expect(response.json()).toMatchObject({ errors: [{ extensions: { code: "not_found" } }] });
    expect((await under.run(begun?.runName ?? "")).state).toBe("running");
    expect((await under.run(pending?.runName ?? "")).state).toBe("killed");
  });

  it("deletes the runs too when it is to", async () => {
    const sweep = await under.create(GRID);
    await (await under.agent(sweep)).work();
    await under.bench.services.sweeps.delete(under.caller, sweep.id, { withRuns: true });
    const project = await under.bench.services.projects.require(under.caller, ADDRESS);
    expect(await under.bench.services.runs.count(under.caller, project, null)).toBe(0);
  });
});

describe("without agents", () => {
  it("a sweep whose last run ended after its agents left is finished", async () => {
    const sweep = await under.create("method: grid\nparameters: {x: {values: [1]}}");
    const told = await (await under.agent(sweep)).begin();
    expect(await (await under.agent(sweep)).call()).toMatchObject({ type: "exit" });
    const upkeep = upkeepOf(under);
    await upkeep.round();
    expect((await under.reload(sweep)).state).toBe("RUNNING");
    await under.setRun(told?.runName ?? "", { state: "crashed" });
    await upkeep.round();
    expect((await under.reload(sweep)).state).toBe("FINISHED");
  });

  it("runs of a sweep that ended are not left to wait for one", async () => {
    const sweep = await under.create(GRID);
    const told = await (await under.agent(sweep)).call();
    await under.upsert({ sweepId: sweep.id }, { state: "FINISHED" });
    const upkeep = upkeepOf(under);
    await upkeep.round();
    expect((await under.run(told?.runName ?? "")).state).toBe("pending");
    under.bench.clock.advance(300);
    await upkeep.round();
    expect((await under.run(told?.runName ?? "")).state).toBe("killed");
  });
});

describe("a sweep that queues carry out", () => {
  it("puts its scheduler into the queue under its own id, and is not made without that queue", async () => {
    const { caller, bench } = under;
    const scheduler = (queue: string): string =>
      JSON.stringify({
        queue,
        run_queue_project: "model-registry",
        run_spec: JSON.stringify({
          entity: "ann",
          project: "p",
          run_id: "WANDB_SWEEP_ID",
          resource: "local-process",
        }),
      });
    const input = { config: GRID, state: "PENDING", templateVariableValues: "null" };
    const missing = under.upsert(ADDRESS, { ...input, launchScheduler: scheduler("none") });
    await expect(missing).rejects.toMatchObject({ code: "not_found" });
    const project = await bench.services.projects.require(caller, ADDRESS);
    expect(await bench.services.sweeps.count(caller, project)).toBe(0);

    const place = { entityName: "ann", projectName: "model-registry", queueName: "q" };
    const queue = { access: "PROJECT", prioritizationMode: null, configId: null } as const;
    await bench.services.runQueues.create(caller, place, queue);
    const { sweep } = await under.upsert(ADDRESS, { ...input, launchScheduler: scheduler("q") });
    const item = await bench.services.runQueueItems.pop(caller, place, null);
    expect(JSON.parse(item?.runSpec ?? "{}")).toMatchObject({ run_id: sweep.name });
  });
});

describe("a run that was asked to stop", () => {
  it("was killed when its agent ended its process before that could say a word", async () => {
    const sweep = await under.create(GRID);
    const told = await (await under.agent(sweep)).begin();
    const name = told?.runName ?? "";
    const upkeep = upkeepOf(under);
    under.bench.clock.advance(50);
    await under.bench.services.runs.stop(under.caller, await under.run(name));
    await upkeep.round();
    expect((await under.run(name)).state).toBe("running");
    under.bench.clock.advance(50);
    await upkeep.round();
    expect((await under.run(name)).state).toBe("killed");
  });
});

describe("runs that others choose", () => {
  it("are handed out before anything that is searched", async () => {
    const sweep = await under.create(GRID);
    const { sweepAgents } = under.bench.services;
    const name = await sweepAgents.enqueue(under.caller, sweep.id, {
      parameters: '{"x":9,"y":"z"}',
      displayName: "mine",
    });
    expect(await under.run(name)).toMatchObject({ state: "pending", displayName: "mine" });
    const agent = await under.agent(sweep);
    expect(await agent.begin()).toEqual({
      type: "run",
      runName: name,
      args: { x: { value: 9 }, y: { value: "z" } },
    });
    await under.upsert({ sweepId: sweep.id }, { state: "FINISHED" });
    const late = sweepAgents.enqueue(under.caller, sweep.id, { parameters: "{}", displayName: null });
    await expect(late).rejects.toMatchObject({ code: "conflict" });
  });

  it("come from a controller beside the user's program, which is told what became of them", async () => {
    const config = "method: random\ncontroller: {type: local}\nparameters: {x: {min: 0.0, max: 1.0}}";
    const sweep = await under.create(config);
    const agent = await under.agent(sweep);
    expect(await agent.call()).toBeUndefined();
    const schedule = (args: unknown): string =>
      JSON.stringify({ schedule: [{ id: `s-${JSON.stringify(args)}`, data: { args } }] });
    await under.upsert({ sweepId: sweep.id }, { config, controller: schedule({ x: { value: 0.25 } }) });
    const told = await agent.begin();
    expect(told).toMatchObject({ type: "run", args: { x: { value: 0.25 } } });
    const { scheduler } = await under.reload(sweep);
    expect(JSON.parse(scheduler ?? "")).toMatchObject({ scheduled: [{ runid: told?.runName }] });

    const stop = JSON.stringify({ earlystop: [told?.runName] });
    await under.upsert({ sweepId: sweep.id }, { controller: stop });
    under.bench.clock.advance(5);
    expect(await agent.call(told?.runName ?? "")).toMatchObject({ type: "stop" });
    await under.setRun(told?.runName ?? "", { state: "killed" });
    await under.upsert({ sweepId: sweep.id }, { controller: schedule(null) });
    expect(await agent.call()).toMatchObject({ type: "exit" });
    expect((await under.reload(sweep)).state).toBe("FINISHED");
  });
});

function upkeepOf({ bench }: SweepsUnderTest): SweepUpkeep {
  const lostBefore = (): string => bench.services.sweepAgents.lostBefore();
  return new SweepUpkeep({ ...bench.stores, clock: bench.clock, lostBefore });
}
