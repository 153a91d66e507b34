// Deliveries through everything that goes wrong: errors, a side that hangs, a closed port, and a server that is killed.
import { startTestServer, type TestServer } from "@steelyard/testing";
import { expect, it } from "vitest";
import { eventually } from "../eventually.ts";
import { pick, pickList, pickString, Wire, type RunAddress } from "../wire/wire.ts";
import { Receiver, type Received } from "./receiver.ts";

const env = { STEELYARD_ALLOW_PRIVATE_WEBHOOKS: "1" };

/** A server with a webhook of its user's own entity. */
async function startWatched(
  receiver: Receiver,
): Promise<AsyncDisposable & { readonly server: TestServer; readonly wire: Wire; readonly admin: Wire }> {
  const server = await startTestServer({ env });
  const wire = new Wire(server);
  const admin = new Wire({ url: server.url, apiKey: server.adminKey });
  const answer = await admin.request("/api/admin/integrations/tester/webhooks/hook", {
    method: "PUT",
    body: JSON.stringify({ url: receiver.url() }),
  });
  expect(answer.status).toBe(201);
  // So that there is a project to watch.
  await wire.upsertRun("watched", "before");
  return { server, wire, admin, [Symbol.asyncDispose]: () => server.stop() };
}

async function watch(wire: Wire, eventType: string, eventFilter: object): Promise<void> {
  const data = await wire.query(
    `query { project(name: "watched", entityName: "tester") { id }
      entity(name: "tester") { integrations { edges { node { ... on GenericWebhookIntegration { id } } } } } }`,
    {},
  );
  const integrationID = pickString(data, "entity", "integrations", "edges", 0, "node", "id");
  const input = {
    name: eventType,
    enabled: true,
    scopeType: "PROJECT",
    scopeID: pickString(data, "project", "id"),
    triggeringEventType: eventType,
    eventFilter: JSON.stringify(eventFilter),
    triggeredActionType: "GENERIC_WEBHOOK",
    triggeredActionConfig: {
      genericWebhookActionInput: {
        integrationID,
        requestPayload: '{"run":"${run_id}","v":"${metric_value}"}',
      },
    },
  };
  await wire.query(
    `mutation Create($input: CreateFilterTriggerInput!) { createFilterTrigger(input: $input) { trigger { id } } }`,
    { input },
  );
}

function runsOf(received: readonly Received[]): readonly string[] {
  return received.map(({ body }) => pickString(JSON.parse(body), "run"));
}

async function executionsOf(admin: Wire): Promise<readonly unknown[]> {
  return pickList((await admin.request("/api/admin/automations/executions")).json, "executions");
}

it("delivers everything through errors, a hang, a closed port and a killed server", async () => {
  const receiver = await Receiver.listen();
  await using watched = await startWatched(receiver);
  const { server, wire, admin } = watched;
  await watch(wire, "RUN_STATE", { run_filter: '{"$and":[]}', run_state_filter: { states: ["RUNNING"] } });

  receiver.answer = () => 500;
  await wire.upsertRun("watched", "refused");
  await eventually(
    () => Promise.resolve(receiver.received.length),
    (count) => count >= 2,
  );

  receiver.answer = (message) => (message.body.includes("hanging") ? "hang" : 500);
  await wire.upsertRun("watched", "hanging");
  await eventually(
    () => Promise.resolve(runsOf(receiver.received)),
    (runs) => runs.includes("hanging"),
  );
  await server.kill();

  const { port } = receiver;
  await receiver.close();
  await server.restart();
  await wire.upsertRun("watched", "unreached");
  await eventually(
    () => executionsOf(admin),
    (all) => all.some((one) => JSON.stringify(one).includes("could not be reached")),
  );

  await using again = await Receiver.listen(port);
  await eventually(
    () => executionsOf(admin),
    (all) => all.length === 3 && all.every((one) => pick(one, "state") === "FINISHED"),
    { timeoutMs: 60_000 },
  );
  // Each at least once, and none twice that was taken.
  expect([...runsOf(again.received)].sort()).toEqual(["hanging", "refused", "unreached"]);
});

it("keeps what nobody takes in a list, and delivers it once more when asked to", async () => {
  await using receiver = await Receiver.listen();
  await using watched = await startWatched(receiver);
  const { wire, admin } = watched;
  await watch(wire, "RUN_STATE", { run_state_filter: { states: ["RUNNING"] } });
  receiver.answer = () => 404;
  await wire.upsertRun("watched", "unwanted");
  const failed = await eventually(
    () => admin.request("/api/admin/automations/executions?state=FAILED"),
    ({ json }) => pickList(json, "executions").length === 1,
  );
  const dead = pick(failed.json, "executions", 0);
  expect(dead).toMatchObject({ attempts: 1, responseStatus: 404, variables: { run_id: "unwanted" } });
  receiver.answer = () => 200;
  const path = `/api/admin/automations/executions/${String(pick(dead, "id"))}/redeliver`;
  expect((await admin.request(path, { method: "POST" })).json).toMatchObject({ state: "PENDING" });
  await eventually(
    () => executionsOf(admin),
    (all) => all.every((one) => pick(one, "state") === "FINISHED"),
  );
  expect((await admin.request(path, { method: "POST" })).status).toBe(409);
  expect(runsOf(receiver.received)).toEqual(["unwanted", "unwanted"]);
});

it("fires once for a metric, whatever is sent again and however often the server dies", async () => {
  await using receiver = await Receiver.listen();
  await using watched = await startWatched(receiver);
  const { server, wire, admin } = watched;
  await watch(wire, "RUN_METRIC", {
    run_filter: '{"$and":[]}',
    run_metric_filter: {
      threshold_filter: { name: "loss", agg_op: "MAX", window_size: 2, cmp_op: "$gt", threshold: 5 },
    },
  });
  const run = await wire.upsertRun("watched", "trained");
  const send = async (offset: number, values: readonly number[]): Promise<void> => {
    const content = values.map((loss, index) => JSON.stringify({ _step: offset + index, loss }));
    const answer = await wire.fileStream(run, { files: { "wandb-history.jsonl": { offset, content } } });
    expect(answer.status).toBe(200);
  };
  await send(0, [1, 2, 3]);
  await send(3, [9]);
  await eventually(
    () => Promise.resolve(receiver.received.length),
    (count) => count >= 1,
  );
  await server.kill();
  await server.restart();
  await send(3, [9]);
  await send(4, [1, 1, 9, 9]);
  await server.kill();
  await server.restart();
  await send(4, [1, 1, 9, 9]);
  // Another run tells that the lines above were judged.
  const later: RunAddress = await wire.upsertRun("watched", "later");
  const content = [0, 7].map((loss, _step) => JSON.stringify({ _step, loss }));
  await wire.fileStream(later, { files: { "wandb-history.jsonl": { offset: 0, content } } });
  await eventually(
    () => executionsOf(admin),
    (all) => all.length >= 2 && all.every((one) => pick(one, "state") === "FINISHED"),
  );
  expect(receiver.received.map(({ body }) => JSON.parse(body) as unknown)).toEqual([
    { run: "trained", v: "9" },
    { run: "later", v: "7" },
  ]);
});

it("refuses private addresses unless the operator allows them", async () => {
  await using server = await startTestServer();
  const admin = new Wire({ url: server.url, apiKey: server.adminKey });
  const answer = await admin.request("/api/admin/integrations/tester/webhooks/hook", {
    method: "PUT",
    body: JSON.stringify({ url: "http://127.0.0.1:9/hook" }),
  });
  expect([answer.status, answer.text]).toEqual([400, expect.stringContaining("private network")]);
});
