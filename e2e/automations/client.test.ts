// Automations with the TypeScript client: what it makes fires for a real receiver, and both clients read each other's.
import {
  Api,
  ArtifactEvent,
  Automation,
  ConflictError,
  DoNothing,
  NotFoundError,
  OnAddArtifactAlias,
  OnRunMetric,
  OnRunState,
  RunEvent,
  SendNotification,
  SendWebhook,
  ValueError,
} from "@steelyard/client";
import type { WebhookIntegration } from "@steelyard/client";
import { startTestServer } from "@steelyard/testing";
import type { TestServer } from "@steelyard/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { z } from "zod";
import { eventually } from "../eventually.ts";
import { PythonClient } from "../python/run-python.ts";
import { Wire } from "../wire/wire.ts";
import { Receiver } from "./receiver.ts";

const entity = "weighers";
let server: TestServer;
let receiver: Receiver;
let api: Api;
let webhook: WebhookIntegration;

beforeAll(async () => {
  receiver = await Receiver.listen();
  server = await startTestServer({ env: { STEELYARD_ALLOW_PRIVATE_WEBHOOKS: "1" } });
  api = new Api({ apiKey: server.apiKey, overrides: { baseUrl: server.url } });
  const admin = new Wire({ url: server.url, apiKey: server.adminKey });
  const body = JSON.stringify({
    organization: "steelyard",
    members: [{ username: "tester", role: "admin" }],
  });
  expect((await admin.request(`/api/admin/teams/${entity}`, { method: "PUT", body })).status).toBeLessThan(
    300,
  );
  await api.createProject("scale", entity);
  await api.secrets(entity).set("TOKEN", "not-to-be-shown");
  webhook = await api
    .integrations(entity)
    .createWebhook({ name: "receiver", urlEndpoint: receiver.url(), accessTokenRef: "TOKEN" });
}, 120_000);

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await receiver.close();
});

it("integrations and secrets are made, tested, changed and deleted", async () => {
  const integrations = api.integrations(entity);
  const slack = await integrations.createSlack({
    teamName: "Weighers",
    channelName: "alerts",
    webhookUrl: receiver.url("/slack"),
  });
  await expect(integrations.createWebhook({ name: "receiver", urlEndpoint: "http://x" })).rejects.toThrow(
    ConflictError,
  );
  expect((await integrations.toArray()).map(({ kind }) => kind)).toEqual(["webhook", "slack"]);
  expect((await api.slackIntegrations({ entity, perPage: 1 }).toArray()).map(({ id }) => id)).toEqual([
    slack.id,
  ]);
  expect(await api.webhookIntegrations(entity, { perPage: 1 }).toArray()).toMatchObject([
    { name: "receiver", urlEndpoint: receiver.url() },
  ]);
  expect(await webhook.test({ payload: { hello: "there" } })).toEqual({
    success: true,
    responseStatus: 200,
    error: null,
  });
  expect(receiver.received.at(-1)).toMatchObject({
    headers: { authorization: "Bearer not-to-be-shown" },
    body: '{"hello":"there"}',
  });
  expect(await slack.update({ channelName: "news" })).toMatchObject({ channelName: "news" });
  await slack.delete();
  await expect(slack.delete()).rejects.toThrow(NotFoundError);
  const secrets = api.secrets(entity);
  await secrets.set("OTHER", "x");
  expect((await secrets.list()).map(({ name }) => name)).toEqual(["OTHER", "TOKEN"]);
  await secrets.delete("OTHER");
  await expect(secrets.delete("OTHER")).rejects.toThrow(NotFoundError);
}, 60_000);

it("an automation is made, found, changed, fired and deleted", async () => {
  const scope = await api.project("scale", { entity });
  const event = new OnRunState({
    scope,
    filter: RunEvent.state.eq("finished").and(RunEvent.name.eq("heavy")),
  });
  const action = SendWebhook.fromIntegration(webhook, { payload: { run: "${run_name}", always: 1 } });
  const created = await api.createAutomation(event.then(action), { name: "finished", description: "d" });
  expect(created).toBeInstanceOf(Automation);
  await expect(api.createAutomation(event.then(action), { name: "finished" })).rejects.toThrow(ConflictError);
  const existing = await api.createAutomation(event.then(action), { name: "finished", fetchExisting: true });
  expect(existing.id).toBe(created.id);
  const metric = new OnRunMetric({
    scope: await api.team(entity),
    filter: RunEvent.metric("kg").max(2).gte(7),
  });
  await api.createAutomation(metric.then(new DoNothing()), { name: "heavy", enabled: false });
  const found = await api.automations(entity, { perPage: 1 }).toArray();
  expect(found.map(({ name, enabled }) => [name, enabled])).toEqual([
    ["finished", true],
    ["heavy", false],
  ]);
  expect(found[1]).toMatchObject({
    scope: { scopeType: "ENTITY", name: entity, entityType: "team" },
    event: { eventType: "RUN_METRIC", filter: { name: "kg", aggOp: "MAX", windowSize: 2, threshold: 7 } },
    action: { actionType: "NO_OP" },
  });
  const changed = await api.updateAutomation(created, { name: "done", description: "e" });
  expect(changed).toMatchObject({ id: created.id, name: "done", description: "e", enabled: true });
  const run = await api.createRun({ entity, project: "scale", runId: "first" });
  run.name = "heavy";
  await run.update();
  await finish("first");
  const [message] = await eventually(
    () => Promise.resolve(receiver.received.filter(({ body }) => body.includes("always"))),
    (messages) => messages.length > 0,
  );
  expect(JSON.parse(message?.body ?? "")).toEqual({ run: "heavy", always: 1 });
  const executions = await eventually(
    () => api.automationExecutions(entity, { automation: changed }).toArray(),
    (list) => list[0]?.state === "FINISHED",
  );
  expect(executions).toHaveLength(1);
  expect(executions[0]).toMatchObject({ automation: "done", eventType: "RUN_STATE", attempts: 1 });
  expect(await api.automationExecutions(entity, { automation: changed, state: "FAILED" }).toArray()).toEqual(
    [],
  );
  await api.deleteAutomation(changed);
  await expect(api.updateAutomation(changed, {})).rejects.toThrow(NotFoundError);
  const again = await api.updateAutomation(changed, { createMissing: true });
  await api.deleteAutomation(again.id);
  await expect(api.automation("done", { entity })).rejects.toThrow(NotFoundError);
}, 120_000);

it("what makes no sense is refused with a reason", async () => {
  const scope = await api.project("scale", { entity });
  const action = new DoNothing();
  const alias = new OnAddArtifactAlias({ scope, filter: ArtifactEvent.alias.matchesRegex("(") });
  await expect(api.createAutomation(alias.then(action), { name: "bad" })).rejects.toThrow(/regex|pattern/iu);
  const nobody = new SendNotification({ integrationId: "U2xhY2tJbnRlZ3JhdGlvbjo5OTk=", title: "t" });
  const event = new OnRunState({ scope, filter: RunEvent.state.eq("failed") });
  await expect(api.createAutomation(event.then(nobody), { name: "bad" })).rejects.toThrow(/integration/iu);
  await expect(api.createAutomation(event.then(action), { name: "" })).rejects.toThrow(ValueError);
  await expect(api.automations("nobody-there").toArray()).rejects.toThrow(NotFoundError);
});

it("each client reads what the other made", async () => {
  const scope = await api.project("scale", { entity });
  const filter = ArtifactEvent.alias.eq("prod").or(ArtifactEvent.tag.contains("x").not());
  await api.createAutomation(new OnAddArtifactAlias({ scope, filter }).then(new DoNothing()), {
    name: "by typescript",
  });
  await using client = await PythonClient.create(server);
  const { value } = await client.run("share_automations.py", { args: { entity, project: "scale" } });
  const python = z.record(z.string(), z.record(z.string(), z.unknown())).parse(value);
  const all = await api.automations(entity).toArray();
  expect(Object.keys(python).toSorted()).toEqual(all.map(({ name }) => name).toSorted());
  for (const { name, event, scope: place, action, id, createdAt } of all) {
    expect(python[name]).toEqual({
      id,
      event: event.eventType,
      scope: [place.name, "scopeType" in place ? place.scopeType : null],
      action: action.actionType,
      created: createdAt.toISOString(),
      filter: filterOf(event.wireFilter()),
    });
  }
}, 120_000);

/** The condition without its wrappings, the one on runs as a value. */
function filterOf(json: object): unknown {
  const text = (value: unknown): unknown => (typeof value === "string" ? JSON.parse(value) : value);
  return Object.fromEntries(
    Object.entries(json).map(([key, value]: [string, unknown]) => [
      key,
      key === "run_filter" ? text(value) : value,
    ]),
  );
}

async function finish(id: string): Promise<void> {
  const path = `/files/${entity}/scale/${id}/file_stream`;
  const body = JSON.stringify({ complete: true, exitcode: 0 });
  const wire = new Wire(server);
  const answer = await wire.request(path, {
    method: "POST",
    body,
    headers: { "content-type": "application/json" },
  });
  expect(answer.status).toBe(200);
}
