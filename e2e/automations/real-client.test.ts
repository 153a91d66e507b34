// Automations and integrations with the real client: one script that creates, changes and lists them, and then does what
// sets them off; a real HTTP server receives what they send.
import { createHmac } from "node:crypto";
import { startTestServer } from "@steelyard/testing";
import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { eventually } from "../eventually.ts";
import { PythonClient } from "../python/run-python.ts";
import { Wire } from "../wire/wire.ts";
import { Receiver, type Received } from "./receiver.ts";

const TOKEN = "the-token-1234";
const SIGNING_KEY = "the-key-5678";
const entity = "watchers";
const project = "watched";

let found: Readonly<Record<string, unknown>>;
let received: readonly Received[];
let executions: unknown;

beforeAll(async () => {
  await using receiver = await Receiver.listen();
  await using server = await startTestServer({ env: { STEELYARD_ALLOW_PRIVATE_WEBHOOKS: "1" } });
  await using client = await PythonClient.create(server);
  const admin = new Wire({ url: server.url, apiKey: server.adminKey });
  const put = async (path: string, body: object): Promise<void> => {
    const answer = await admin.request(`/api/admin/${path}`, { method: "PUT", body: JSON.stringify(body) });
    expect([path, answer.status, answer.text]).toEqual([path, expect.toBeOneOf([200, 201]), answer.text]);
  };
  await put(`teams/${entity}`, {
    organization: "steelyard",
    members: [{ username: "tester", role: "admin" }],
  });
  await put(`secrets/${entity}/TOKEN`, { value: TOKEN });
  await put(`secrets/${entity}/SIGNING_KEY`, { value: SIGNING_KEY });
  await put(`integrations/${entity}/webhooks/receiver`, {
    url: receiver.url(),
    accessTokenRef: "TOKEN",
    secretRef: "SIGNING_KEY",
    sendsRunAlerts: true,
  });
  await put(`integrations/${entity}/slack/alerts`, { teamName: "Weighers", url: receiver.url("/slack") });
  const { value } = await client.run("use_automations.py", { args: { entity, project }, expectQuiet: false });
  found = z.record(z.string(), z.unknown()).parse(value);
  await eventually(
    () => Promise.resolve(receiver.received.length),
    (count) => count >= expectedWebhooks.length + 3,
  );
  received = [...receiver.received];
  const answer = await new Wire(server).graphql(
    `query ($entity: String) { entity(name: $entity) { automationExecutions(first: 100) {
      edges { node { eventType state attempts responseStatus error trigger { name } } } } } }`,
    { entity },
  );
  executions = answer.json;
}, 240_000);

/** What the webhook has to be told, whatever the order. */
const expectedWebhooks = [
  "threshold",
  "change",
  "zscore",
  "state",
  "create",
  "link",
  "unlink",
  "alias",
  "tag",
  "untag",
  "collection-tag",
  "collection-untag",
];

function webhookBodies(): readonly Readonly<Record<string, unknown>>[] {
  return received
    .filter(({ path }) => path === "/hook")
    .map(({ body }) => z.record(z.string(), z.unknown()).parse(JSON.parse(body)));
}

function bodyOf(automation: string): Readonly<Record<string, unknown>> | undefined {
  return webhookBodies().find((body) => body["automation_name"] === automation);
}

describe("the real client", () => {
  it("lists integrations of both kinds", () => {
    expect(found).toMatchObject({
      webhook: ["receiver", expect.stringContaining("/hook")],
      slack: ["Weighers", "alerts"],
      integrations: ["SlackIntegration", "WebhookIntegration"],
    });
  });

  it("creates automations for every event and reads them back as it made them", () => {
    expect(found["created"]).toMatchObject({
      threshold: {
        event: "RUN_METRIC",
        scope: ["PROJECT", project],
        action: "GENERIC_WEBHOOK",
        enabled: true,
      },
      change: { event: "RUN_METRIC_CHANGE" },
      zscore: { event: "RUN_METRIC_ZSCORE" },
      state: { event: "RUN_STATE" },
      create: { event: "CREATE_ARTIFACT", scope: ["ARTIFACT_COLLECTION", "weights"] },
      link: { event: "LINK_MODEL", scope: ["ARTIFACT_COLLECTION", "shelf"] },
      alias: { event: "ADD_ARTIFACT_ALIAS" },
    });
    expect(found["team"]).toMatchObject({ scope: ["ENTITY", entity], event: "RUN_STATE" });
    expect(found["slackAutomation"]).toMatchObject({ action: "NOTIFICATION" });
    expect(found["nothing"]).toMatchObject({ action: "NO_OP", enabled: false, description: "d" });
  });

  it("lists, finds, changes and deletes them", () => {
    const names = [
      ...expectedWebhooks.slice(0, 1),
      "only-named",
      ...expectedWebhooks.slice(1),
      "of the team",
      "to slack",
      "nothing",
    ];
    expect(found["listed"]).toEqual(names);
    expect(found["legacy"]).toEqual(names.filter((name) => name !== "of the team").sort());
    expect(found).toMatchObject({
      existing: "state",
      named: "state",
      unnamed: { error: "ValueError", message: "No automations found" },
      updated: { name: "nothing", description: "changed", enabled: false },
      refilled: { name: "renamed", event: "RUN_METRIC", action: "GENERIC_WEBHOOK" },
      deleted: true,
    });
  });

  it("is told of duplicates, of what is missing and of nonsense", () => {
    expect(found).toMatchObject({
      duplicate: { message: expect.stringContaining("'state' exists") as string },
      updateMissing: { message: expect.stringContaining("not found") as string },
      deleteMissing: { message: expect.stringContaining("no such automation") as string },
      nonsense: { message: expect.stringContaining('Unknown field "color"') as string },
      badRegex: { message: expect.stringContaining("is not RE2 syntax") as string },
    });
  });

  it("sets off each automation once", () => {
    const fired = webhookBodies().flatMap((body) => body["automation_name"] ?? []);
    expect(fired.sort()).toEqual([...expectedWebhooks, "of the team"].sort());
  });
});

describe("a webhook", () => {
  it("is told of what happened", () => {
    expect(bodyOf("threshold")).toMatchObject({
      event_type: "RUN_METRIC",
      event_author: "tester",
      entity_name: entity,
      project_name: project,
      run_id: "second",
      run_name: "the second",
      metric_name: "loss",
      metric_value: "5.005",
      alias: "",
    });
    expect(bodyOf("state")).toMatchObject({ run_state: "finished" });
    expect(bodyOf("alias")).toMatchObject({
      event_type: "ADD_ARTIFACT_ALIAS",
      alias: "production",
      artifact_collection_name: "weights",
      artifact_version_string: `${entity}/${project}/weights:production`,
      artifact_version: expect.stringMatching(/^wandb-artifact:\/\/_id\//) as string,
      "artifact_metadata.accuracy": "0.5",
    });
    expect(bodyOf("link")).toMatchObject({
      event_type: "LINK_ARTIFACT",
      artifact_version_string: `${entity}/${project}/shelf:v1`,
    });
    expect(bodyOf("tag")).toMatchObject({ tag: "good" });
    expect(bodyOf("collection-untag")).toMatchObject({ tag: "kept", artifact_version: "" });
  });

  it("gets token, signature and the secrets that its body names", () => {
    const message = received.find(({ body }) => body.includes('"threshold"'));
    expect(message?.headers).toMatchObject({
      authorization: `Bearer ${TOKEN}`,
      "x-wandb-signature": createHmac("sha256", SIGNING_KEY)
        .update(message?.body ?? "")
        .digest("hex"),
      "content-type": "application/json",
    });
    expect(bodyOf("threshold")).toMatchObject({ SIGNING_KEY });
  });

  it("gets alerts of runs where it is told to", () => {
    const alert = webhookBodies().find((body) => body["event_type"] === "RUN_ALERT");
    expect(alert).toMatchObject({
      title: "Careful",
      text: "the loss is high",
      severity: "WARN",
      run_id: "second",
    });
  });
});

it("posts to Slack what a notification says", () => {
  const texts = received.filter(({ path }) => path === "/slack").map(({ body }) => body);
  expect(texts.join()).toContain("WARN: *second*\\nis finished");
});

it("keeps a history of what was done", () => {
  const nodes = z
    .object({
      data: z.object({
        entity: z.object({
          automationExecutions: z.object({
            edges: z.array(z.object({ node: z.record(z.string(), z.unknown()) })),
          }),
        }),
      }),
    })
    .parse(executions)
    .data.entity.automationExecutions.edges.map(({ node }) => node);
  expect(nodes).toHaveLength(received.length);
  expect(nodes).toContainEqual({
    eventType: "RUN_METRIC",
    state: "FINISHED",
    attempts: 1,
    responseStatus: 200,
    error: null,
    trigger: { name: "threshold" },
  });
});
