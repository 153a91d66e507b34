// Automations on the whole server but for its loops: rules, and what the engine makes of changes.
import { encodeGlobalId } from "@steelyard/protocol";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { compileRe2 } from "../../adapters/re2/regex.ts";
import { openTestBench } from "../../presets/embedded/test-bench.ts";
import type { TestBench } from "../../presets/embedded/test-bench.ts";
import type { UserCaller } from "../access/caller.ts";
import type { Entity } from "../entities/entity.ts";
import type { Execution } from "../executions/execution.ts";
import type { Run } from "../runs/run.ts";
import type { AutomationInput } from "./automation-service.ts";
import { AutomationEngine } from "./engine/automation-engine.ts";

let bench: TestBench;
let ann: UserCaller;
let engine: AutomationEngine;
let projectId: number;

beforeEach(async () => {
  bench = await openTestBench();
  ann = await bench.createCaller("ann");
  await addRun("first");
  const project = await bench.services.projects.require(ann, { entityName: "ann", projectName: "p" });
  projectId = project.id;
  engine = createEngine();
});
afterEach(() => bench.close());

/** As after a restart: nothing is remembered but what was stored. */
function createEngine(): AutomationEngine {
  return new AutomationEngine({ ...bench.stores, clock: bench.clock, regex: compileRe2 });
}

async function addRun(runName: string): Promise<Run> {
  const address = { entityName: "ann", projectName: "p", runName };
  return (await bench.services.runs.upsert(ann, address, {})).run;
}

function metricAutomation(changes: Partial<AutomationInput> = {}): AutomationInput {
  const threshold = { name: "loss", agg_op: "MAX", window_size: 2, cmp_op: "$gt", threshold: 5 };
  return {
    name: "loss is high",
    description: null,
    isEnabled: true,
    scope: { type: "PROJECT", id: projectId },
    eventType: "RUN_METRIC",
    eventFilter: JSON.stringify({ run_metric_filter: { threshold_filter: threshold } }),
    action: { type: "NO_OP" },
    ...changes,
  };
}

async function log(run: Run, offset: number, values: readonly unknown[]): Promise<void> {
  const content = values.map((loss, index) => JSON.stringify({ _step: offset + index, loss }));
  const body = { files: { "wandb-history.jsonl": { offset, content } } };
  await bench.stores.ingest.append({
    projectId: run.projectId,
    runName: run.name,
    body: new TextEncoder().encode(JSON.stringify(body)),
    encoding: "identity",
    writer: "",
    receivedAt: bench.clock.now(),
  });
}

async function judge(): Promise<readonly Execution[]> {
  while (await engine.readOn());
  const all = await bench.stores.executions.list({ of: "all", limit: 100 });
  return [...all].reverse();
}

describe("the engine", () => {
  it("fires for rows that come after the automation, once for each run", async () => {
    await bench.services.automations.create(ann, metricAutomation());
    const run = await addRun("second");
    await log(run, 0, [1, "text", null, 9, 9, 1, 1, 9]);
    const [execution, ...others] = await judge();
    expect(others).toEqual([]);
    expect(execution).toMatchObject({
      state: "FINISHED",
      eventType: "RUN_METRIC",
      variables: { run_id: "second", metric_name: "loss", metric_value: "9", metric_line: "3" },
    });
    await log(await addRun("third"), 0, [7, 7]);
    expect(await judge()).toHaveLength(2);
  });

  it("does not count lines again that are sent again, also after a restart", async () => {
    await bench.services.automations.create(ann, metricAutomation());
    const run = await addRun("second");
    await log(run, 0, [1, 9]);
    expect(await judge()).toHaveLength(1);
    engine = createEngine();
    await log(run, 0, [1, 9]);
    await log(run, 2, [1, 1, 9]);
    expect(await judge()).toHaveLength(1);
  });

  it("fires again in a run a day later, and looks at rows that were written anew", async () => {
    await bench.services.automations.create(ann, metricAutomation());
    const run = await addRun("second");
    await log(run, 0, [1, 9]);
    expect(await judge()).toHaveLength(1);
    bench.clock.advance(24 * 60 * 60);
    await log(run, 1, [2, 3]);
    expect(await judge()).toHaveLength(1);
    await log(run, 3, [8]);
    expect(await judge()).toHaveLength(2);
  });

  it("judges only the last value of a run that is older than the automation, with its window", async () => {
    const run = await addRun("second");
    await log(run, 0, [9, 9, 1]);
    await judge();
    bench.clock.advance(1);
    await bench.services.automations.create(ann, metricAutomation());
    await log(run, 3, [1]);
    expect(await judge()).toEqual([]);
    await log(run, 4, [6]);
    expect(await judge()).toMatchObject([{ variables: { metric_value: "6" } }]);
  });

  it("keeps to filters of runs, states and what happened after it was enabled", async () => {
    const eventFilter = JSON.stringify({
      run_filter: '{"$and":[{"name":{"$contains":"good"}}]}',
      run_state_filter: { states: ["FAILED", "RUNNING", "CRASHED"] },
    });
    const state = metricAutomation({ eventType: "RUN_STATE", eventFilter, isEnabled: false });
    const automation = await bench.services.automations.create(ann, state);
    await addRun("good-early");
    await judge();
    await bench.services.automations.update(ann, { automationId: automation.id, isEnabled: true });
    await addRun("bad");
    const good = await addRun("good");
    await bench.services.runs.updateState(ann, good, "failed");
    const fired = await judge();
    expect(fired.map(({ variables }) => [variables["run_id"], variables["run_state"]])).toEqual([
      ["good", "running"],
      ["good", "failed"],
    ]);
  });

  it("passes over the feed without reading while there are no automations", async () => {
    await addRun("second");
    expect(await engine.readOn()).toBe(false);
    const { last } = await bench.stores.feed.span();
    expect(await bench.stores.feed.position({ consumer: "automations" })).toBe(last);
  });

  it("does nothing for an automation that was deleted, and forgets runs that were", async () => {
    const automation = await bench.services.automations.create(ann, metricAutomation());
    const run = await addRun("second");
    await log(run, 0, [1]);
    await judge();
    const key = { projectId, runId: run.runId, automationIds: [automation.id] };
    expect(await bench.stores.automations.progressOf(key)).toHaveLength(1);
    await bench.services.runs.delete(ann, run);
    await judge();
    expect(await bench.stores.automations.progressOf(key)).toEqual([]);
    await log(await addRun("third"), 0, [9, 9]);
    await bench.services.automations.delete(ann, automation.id);
    expect(await judge()).toEqual([]);
  });
});

describe("an automation", () => {
  it("has a name of its own in its entity, a scope, an event and an action that go together", async () => {
    const { automations } = bench.services;
    await automations.create(ann, metricAutomation());
    const refused: readonly (readonly [Partial<AutomationInput>, string])[] = [
      [{ name: "loss is high" }, "already_exists"],
      [{ name: "" }, "invalid_argument"],
      [{ eventType: "UPDATE_ARTIFACT_ALIAS" }, "unsupported"],
      [{ eventType: "RUN_METRIC_CHANGE" }, "invalid_argument"],
      [{ eventFilter: "{" }, "invalid_argument"],
      [{ eventFilter: '{"run_metric_filter":{}}' }, "invalid_argument"],
      [{ eventType: "LINK_MODEL", eventFilter: '{"colour":"red"}' }, "invalid_argument"],
      [{ eventType: "LINK_MODEL", eventFilter: '{"alias":{"$regex":"("}}' }, "invalid_argument"],
      [{ scope: { type: "PROJECT", id: 999 } }, "not_found"],
      [{ scope: { type: "ENTITY", id: ann.user.entityId } }, "unsupported"],
      [{ action: { type: "GENERIC_WEBHOOK", integrationId: 999, payload: null } }, "not_found"],
    ];
    for (const [changes, code] of refused) {
      const input = metricAutomation({ name: "another", ...changes });
      await expect(automations.create(ann, input), JSON.stringify(changes)).rejects.toMatchObject({ code });
    }
  });

  it("is for those who may change what it watches, and is not there for strangers", async () => {
    const { automations, entities } = bench.services;
    const automation = await automations.create(ann, metricAutomation());
    const bob = await bench.createCaller("bob");
    const entity: Entity = await entities.require(ann, "ann");
    const request = { filter: null, after: 0, limit: 10 };
    expect((await automations.list(ann, entity, request)).automations).toHaveLength(1);
    expect((await automations.list(bob, entity, request)).automations).toEqual([]);
    expect(await automations.find(bob, automation.id)).toBeUndefined();
    const notFound = { code: "not_found" };
    await expect(automations.create(bob, metricAutomation({ name: "b" }))).rejects.toMatchObject(notFound);
    await expect(automations.update(bob, { automationId: automation.id })).rejects.toMatchObject(notFound);
    await expect(automations.delete(bob, automation.id)).rejects.toMatchObject(notFound);
    const reader: UserCaller = { ...ann, scope: "read" };
    const denied = { code: "permission_denied" };
    await expect(automations.create(reader, metricAutomation({ name: "r" }))).rejects.toMatchObject(denied);
    await expect(automations.delete(reader, automation.id)).rejects.toMatchObject(denied);
  });
});

describe("integrations and secrets", () => {
  const webhook = {
    name: "hook",
    url: "https://hooks.example.org/x",
    accessTokenRef: null,
    secretRef: null,
    sendsRunAlerts: false,
  };

  it("are decided by administrators of the entity, and no secret is ever shown", async () => {
    const { integrations, entities } = bench.services;
    const bob = await bench.createCaller("bob");
    await expect(integrations.createWebhook(bob, "ann", webhook)).rejects.toMatchObject({
      code: "not_found",
    });
    const member: UserCaller = { ...ann, scope: "write" };
    await expect(integrations.createWebhook(member, "ann", webhook)).rejects.toMatchObject({
      code: "permission_denied",
    });
    await expect(
      integrations.createWebhook(ann, "ann", { ...webhook, secretRef: "ABSENT" }),
    ).rejects.toMatchObject({ code: "invalid_argument", field: "secretRef" });
    await integrations.putSecret(ann, "ann", { name: "KEY", value: "very secret" });
    await integrations.createWebhook(ann, "ann", { ...webhook, secretRef: "KEY" });
    const slack = {
      teamName: "t",
      channelName: "c",
      url: "https://hooks.slack.example/very-secret",
      sendsRunAlerts: true,
    };
    await integrations.createSlack(ann, "ann", slack);
    const authorization = await bench.authorize(ann);
    const answer = await bench.app.inject({
      method: "POST",
      url: "/graphql",
      headers: { authorization, "content-type": "application/json" },
      payload: JSON.stringify({
        query: `{ entity(name: "ann") { secrets { id name } integrations(first: 1) { pageInfo { hasNextPage endCursor }
          edges { node { __typename ... on GenericWebhookIntegration { id name urlEndpoint secretRef } } } } } }`,
      }),
    });
    expect(answer.json()).toMatchObject({
      data: {
        entity: {
          secrets: [{ name: "KEY" }],
          integrations: {
            pageInfo: { hasNextPage: true },
            edges: [{ node: { id: encodeGlobalId("GenericWebhookIntegration", 1), secretRef: "KEY" } }],
          },
        },
      },
    });
    const entity = await entities.require(ann, "ann");
    expect((await integrations.list(bob, entity, { after: 0, limit: 9 })).integrations).toEqual([]);
    const stored = await bench.stores.secrets.findSealed({ entityId: entity.id, name: "KEY" });
    expect(stored).not.toContain("very secret");
    const all = await bench.stores.integrations.list({ entityId: entity.id, after: 0, limit: 9 });
    expect(JSON.stringify(all)).not.toContain("very-secret");
  });

  it("stay while an automation uses them", async () => {
    const { integrations, automations } = bench.services;
    const { id } = await integrations.createWebhook(ann, "ann", webhook);
    const action = { type: "GENERIC_WEBHOOK", integrationId: id, payload: "{}" } as const;
    const automation = await automations.create(ann, metricAutomation({ action }));
    await expect(integrations.delete(ann, id)).rejects.toMatchObject({ code: "conflict" });
    const slack = {
      type: "NOTIFICATION",
      integrationId: id,
      title: "",
      message: "",
      severity: "INFO",
    } as const;
    await expect(
      automations.update(ann, { automationId: automation.id, action: slack }),
    ).rejects.toMatchObject({ code: "invalid_argument" });
    await automations.delete(ann, automation.id);
    await integrations.delete(ann, id);
    await expect(integrations.test(ann, id, null)).rejects.toMatchObject({ code: "not_found" });
  });
});
