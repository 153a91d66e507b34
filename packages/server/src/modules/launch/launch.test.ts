/** Queues, items and agents as services: who may do what, what agents get, and what becomes of an item. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openTestBench } from "../../presets/embedded/test-bench.ts";
import type { TestBench } from "../../presets/embedded/test-bench.ts";
import type { UserCaller } from "../access/caller.ts";
import type { RunQueue } from "./run-queue.ts";
import type { PushInput } from "./run-queue-item-service.ts";
import type { RunQueueItem } from "./run-queue-item.ts";
import type { LaunchAgent } from "./launch-agent.ts";

let bench: TestBench;
let ann: UserCaller;
let queue: RunQueue;
const home = { entityName: "ann", projectName: "model-registry", queueName: "gpu" };
const target = { entityName: "ann", projectName: "demo" };
const content = {
  resource: "local-process",
  config: '{"resource_args":{"local-process":{"cpu":"{{cpu}}"}}}',
  templateVariables: '{"cpu":{"schema":{"type":"integer","maximum":4,"default":1}}}',
  prioritizationMode: "V0",
  externalLinks: null,
} as const;
const plain = { ...content, config: '{"resource_args":{"local-process":{"a":1}}}', templateVariables: null };

beforeEach(async () => {
  bench = await openTestBench();
  ann = await bench.createCaller("ann");
  ({ queue } = await bench.services.runQueues.upsert(ann, home, plain));
});
afterEach(() => bench.close());

function push(input: Partial<PushInput> = {}, caller = ann): Promise<RunQueueItem | undefined> {
  return bench.services.runQueueItems.push(caller, home, {
    runSpec: '{"entity":"ann","project":"demo","job":"ann/demo/j:latest"}',
    templateVariableValues: null,
    priority: null,
    ...input,
  });
}

async function pushed(input: Partial<PushInput> = {}): Promise<RunQueueItem> {
  const item = await push(input);
  if (item === undefined) throw new Error("there is no such queue");
  return item;
}

function pop(agentId: number | null = null): Promise<RunQueueItem | undefined> {
  return bench.services.runQueueItems.pop(ann, home, agentId);
}

function register(): Promise<LaunchAgent> {
  const agent = { ...home, queueIds: [queue.id], hostname: "box", config: "{}", version: "1" };
  return bench.services.launchAgents.create(ann, agent);
}

function acknowledge(item: RunQueueItem, runName: string, leaseNumber: number | null = null) {
  return bench.services.runQueueItems.acknowledge(ann, { itemId: item.id, leaseNumber }, runName);
}

async function stateOf({ id }: RunQueueItem): Promise<string | undefined> {
  return (await bench.services.runQueueItems.find(queue, id))?.outcome.state;
}

function startRun(runName: string, projectName = "demo") {
  return bench.services.runs.upsert(ann, { ...target, projectName, runName }, {});
}

describe("a queue", () => {
  it("makes the project for queues where the entity has none, and no other", async () => {
    const bob = await bench.createCaller("bob");
    const his = { ...home, entityName: "bob" };
    const create = { access: "PROJECT", prioritizationMode: null, configId: null } as const;
    await bench.services.runQueues.create(bob, his, create);
    expect(await bench.services.projects.find(bob, his)).toBeDefined();
    const elsewhere = { ...his, projectName: "elsewhere" };
    await expect(bench.services.runQueues.create(bob, elsewhere, create)).rejects.toMatchObject({
      code: "not_found",
    });
  });

  it("has a name of 1 to 64 characters and a config of its own entity", async () => {
    const create = { access: "PROJECT", prioritizationMode: null, configId: null } as const;
    for (const queueName of ["", "x".repeat(65), "a\nb"]) {
      await expect(
        bench.services.runQueues.create(ann, { ...home, queueName }, create),
      ).rejects.toMatchObject({
        code: "invalid_argument",
      });
    }
    const bob = await bench.createCaller("bob");
    const { id: configId } = await bench.services.runQueues.createConfig(bob, "bob", plain);
    const foreign = { ...create, configId };
    await expect(
      bench.services.runQueues.create(ann, { ...home, queueName: "q" }, foreign),
    ).rejects.toMatchObject({ code: "not_found" });
  });

  it("takes its items and its agents' work with it", async () => {
    const agent = await register();
    const item = await pushed();
    await pop(agent.id);
    await bench.services.runQueues.delete(ann, [queue.id]);
    expect(await acknowledge(item, "r")).toBe(false);
    const failed = { message: "m", stage: "s", filePaths: [] };
    expect(await bench.services.runQueueItems.fail(ann, { itemId: item.id, leaseNumber: null }, failed)).toBe(
      false,
    );
    expect(await bench.services.runQueueItems.warn(ann, item.id, failed)).toBe(false);
    expect(await pop(agent.id)).toBeUndefined();
    await expect(pop()).rejects.toMatchObject({ code: "not_found" });
    expect(await bench.services.launchAgents.find(ann, agent.id)).toMatchObject({ shouldStop: true });
  });
});

describe("adding an item", () => {
  it("fills in what the queue decides", async () => {
    expect(JSON.parse((await pushed()).runSpec)).toEqual({
      entity: "ann",
      project: "demo",
      job: "ann/demo/j:latest",
      resource: "local-process",
      resource_args: { "local-process": { a: 1 } },
    });
    const own = '{"entity":"ann","resource":"local-container","resource_args":{"local-process":{"b":2}}}';
    expect(JSON.parse((await pushed({ runSpec: own })).runSpec)).toEqual({
      entity: "ann",
      resource: "local-process",
      resource_args: { "local-process": { b: 2 } },
    });
  });

  it("leaves the spec alone in a queue without a config", async () => {
    const create = { access: "PROJECT", prioritizationMode: null, configId: null } as const;
    const bare = { ...home, queueName: "bare" };
    await bench.services.runQueues.create(ann, bare, create);
    const runSpec = '{"entity":"ann","resource":null}';
    const input = { runSpec, templateVariableValues: null, priority: null };
    expect((await bench.services.runQueueItems.push(ann, bare, input))?.runSpec).toBe(runSpec);
  });

  it("puts the chosen values into the config, and says them to whoever adds it again", async () => {
    await bench.services.runQueues.upsert(ann, home, content);
    expect(JSON.parse((await pushed({ templateVariableValues: '{"cpu":3}' })).runSpec)).toMatchObject({
      resource_args: { "local-process": { cpu: 3 } },
      template_variables: { cpu: 3 },
    });
    expect(JSON.parse((await pushed()).runSpec)).toMatchObject({ template_variables: { cpu: 1 } });
  });

  it.each([
    [{ templateVariableValues: '{"cpu":5}' }, "templateVariableValues", /at most 4/],
    [{ templateVariableValues: '{"gpu":1}' }, "templateVariableValues", /no template variable "gpu"/],
    [{ templateVariableValues: "[]" }, "templateVariableValues", /object/],
    [
      { runSpec: '{"entity":"ann","resource_args":{"local-process":{"cpu":9}}}' },
      "runSpec",
      /instead of resource_args/,
    ],
    [{ runSpec: '{"project":"demo"}' }, "runSpec", /no entity/],
    [{ runSpec: '{"entity":["ann"]}' }, "runSpec", /expected a text/],
    [{ priority: 4 }, "priority", /expected 0/],
    [{ priority: -1 }, "priority", /expected 0/],
  ])("refuses %j", async (input, field, message) => {
    await bench.services.runQueues.upsert(ann, home, content);
    const refusal = expect(push(input)).rejects;
    await refusal.toMatchObject({ code: "invalid_argument", field });
    await refusal.toThrow(message);
    expect((await bench.services.runQueueItems.list(queue, { before: null, limit: null })).items).toEqual([]);
  });

  it("refuses arguments for another resource, text that is no spec, and priorities in a queue without", async () => {
    await bench.services.runQueues.upsert(ann, home, { ...plain, prioritizationMode: "DISABLED" });
    for (const input of [
      { runSpec: '{"entity":"ann","resource_args":{"kubernetes":{}}}' },
      { runSpec: "[]" },
      { runSpec: "{" },
      { priority: 0 },
    ]) {
      await expect(push(input)).rejects.toMatchObject({ code: "invalid_argument" });
    }
    expect((await pushed({ priority: 2 })).priority).toBe(2);
  });

  it("answers nothing for a queue that is not there", async () => {
    const nowhere = { ...home, queueName: "nowhere" };
    const input = { runSpec: '{"entity":"ann"}', templateVariableValues: null, priority: null };
    expect(await bench.services.runQueueItems.push(ann, nowhere, input)).toBeUndefined();
  });
});

describe("an item", () => {
  it("goes back when an agent dies before it acknowledged", async () => {
    const [killed, next] = [await register(), await register()];
    const item = await pushed();
    expect(await pop(killed.id)).toMatchObject({ id: item.id, agentId: killed.id });
    expect(await stateOf(item)).toBe("LEASED");
    bench.clock.advance(59);
    expect(await pop(next.id)).toBeUndefined();
    bench.clock.advance(1);
    expect(await stateOf(item)).toBe("PENDING");
    expect(await pop(next.id)).toMatchObject({ id: item.id, agentId: next.id, leaseNumber: 2 });
    // The first one was only slow: what it says now counts for nothing.
    expect(await acknowledge(item, "slow")).toBe(false);
    const failed = { message: "lost the item", stage: "agent", filePaths: [] };
    expect(await bench.services.runQueueItems.fail(ann, { itemId: item.id, leaseNumber: 1 }, failed)).toBe(
      false,
    );
    expect(await acknowledge(item, "quick", 2)).toBe(true);
    expect(await bench.services.runQueueItems.find(queue, item.id)).toMatchObject({ runName: "quick" });
  });

  it("follows its run, which it names once it has started", async () => {
    const item = await pushed();
    await pop();
    await acknowledge(item, "r1");
    const find = () => bench.services.runQueueItems.find(queue, item.id);
    expect(await find()).toMatchObject({ outcome: { state: "CLAIMED", hasRun: false } });
    await startRun("r1");
    expect(await find()).toMatchObject({ outcome: { state: "RUNNING", hasRun: true } });
    const { run } = await startRun("r1");
    const change = { projectId: run.projectId, runId: run.runId, now: bench.clock.now(), hasHistory: false };
    await bench.stores.runs.applyStream([{ ...change, exitCode: 1 }]);
    expect(await find()).toMatchObject({ outcome: { state: "FAILED", hasRun: true, failure: null } });
  });

  it("finds the run of an agent that wrote the project's name in lower case", async () => {
    const item = await pushed({ runSpec: '{"entity":"ann","project":"Demo"}' });
    await pop();
    await acknowledge(item, "r1");
    await startRun("r1", "demo");
    expect(await stateOf(item)).toBe("RUNNING");
  });

  it("does not take a run for its own that ended before it was handed out", async () => {
    const { run } = await startRun("r1");
    const change = { projectId: run.projectId, runId: run.runId, now: bench.clock.now(), hasHistory: false };
    await bench.stores.runs.applyStream([{ ...change, exitCode: 1, isPreempting: true }]);
    bench.clock.advance(10);
    const item = await pushed({ runSpec: '{"entity":"ann","project":"demo","run_id":"r1"}' });
    await pop();
    await acknowledge(item, "r1");
    expect(await stateOf(item)).toBe("CLAIMED");
    bench.clock.advance(1);
    await bench.stores.runs.applyStream([{ ...change, now: bench.clock.now() }]);
    expect(await stateOf(item)).toBe("RUNNING");
  });

  it("fails when its agent has not been heard of for five minutes and there is no run", async () => {
    const agent = await register();
    const item = await pushed();
    await pop(agent.id);
    await acknowledge(item, "r1");
    bench.clock.advance(299);
    expect(await stateOf(item)).toBe("CLAIMED");
    bench.clock.advance(1);
    expect(await bench.services.runQueueItems.find(queue, item.id)).toMatchObject({
      outcome: { state: "FAILED", hasRun: false, failure: { stage: "agent" } },
    });
    // It was only slow.
    await startRun("r1");
    expect(await stateOf(item)).toBe("RUNNING");
  });

  it("says why it failed and what was warned of", async () => {
    const item = await pushed();
    await pop();
    const warning = { message: "low memory", stage: "Kubernetes", filePaths: [] };
    await bench.services.runQueueItems.warn(ann, item.id, warning);
    const failure = { message: "no such image", stage: "agent", filePaths: ["error.log"] };
    await bench.services.runQueueItems.fail(ann, { itemId: item.id, leaseNumber: null }, failure);
    expect(await bench.services.runQueueItems.find(queue, item.id)).toMatchObject({
      outcome: { state: "FAILED", failure },
      warnings: [warning],
    });
  });
});

describe("an agent", () => {
  it("is heard of when it polls, and lost when it is not", async () => {
    const agent = await register();
    const find = () => bench.services.launchAgents.find(ann, agent.id);
    bench.clock.advance(200);
    await pop(agent.id);
    bench.clock.advance(200);
    expect(await find()).toMatchObject({ shownStatus: "POLLING", shouldStop: false });
    bench.clock.advance(100);
    expect(await find()).toMatchObject({ shownStatus: "LOST" });
    await bench.services.launchAgents.update(ann, agent.id, { status: "RUNNING", isStopRequested: null });
    expect(await find()).toMatchObject({ shownStatus: "RUNNING" });
  });

  it("gets nothing more once it is asked to stop", async () => {
    const agent = await register();
    await pushed();
    await bench.services.launchAgents.update(ann, agent.id, { status: null, isStopRequested: true });
    expect(await pop(agent.id)).toBeUndefined();
    expect(await bench.services.launchAgents.find(ann, agent.id)).toMatchObject({ shouldStop: true });
    expect(await pop()).toBeDefined();
  });

  it("polls queues of one project, at least one, and says words", async () => {
    const base = { ...home, hostname: "h", config: null, version: null };
    const { launchAgents } = bench.services;
    await expect(launchAgents.create(ann, { ...base, queueIds: [] })).rejects.toMatchObject({
      code: "invalid_argument",
    });
    await expect(launchAgents.create(ann, { ...base, queueIds: [999] })).rejects.toMatchObject({
      code: "not_found",
    });
    const agent = await register();
    await expect(
      launchAgents.update(ann, agent.id, { status: "<b>", isStopRequested: null }),
    ).rejects.toMatchObject({ code: "invalid_argument" });
  });
});
