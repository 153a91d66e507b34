import { describe, expect, it } from "vitest";

import { graphqlScript, startScriptedServer } from "../../../test/scripted-server.ts";
import type { ScriptedServer } from "../../../test/scripted-server.ts";
import { testApi } from "../../../test/test-api.ts";
import {
  ArtifactEvent,
  CommError,
  DoNothing,
  NewAutomation,
  NotFoundError,
  OnLinkArtifact,
  OnRunState,
  ProjectScope,
  RunEvent,
  SendNotification,
  SendWebhook,
  TeamScope,
  UnsupportedError,
  UsageError,
  ValueError,
} from "../../index.ts";
import type { JsonObject } from "../../index.ts";

const project = new ProjectScope({ id: "UHJvamVjdDox", name: "p" });
const linked = new OnLinkArtifact({ scope: project, filter: ArtifactEvent.alias.eq("prod") });

function trigger(name: string, more: object = {}): object {
  return {
    id: `Trigger:${name}`,
    createdAt: "2026-11-20T23:40:00",
    updatedAt: null,
    name,
    description: null,
    enabled: true,
    scope: { __typename: "Project", id: "UHJvamVjdDox", name: "p" },
    event: {
      __typename: "FilterEventTriggeringCondition",
      eventType: "LINK_MODEL",
      filter: '{"filter":"{\\"$or\\":[{\\"$and\\":[]}]}"}',
    },
    action: { __typename: "NoOpTriggeredAction", noOp: true },
    ...more,
  };
}

function features(...names: readonly string[]): object {
  return { serverInfo: { features: names.map((name) => ({ name, isEnabled: true })) } };
}

function variablesOf(server: ScriptedServer, operation: string): JsonObject | undefined {
  return server.requests.find((request) => request.operation === operation)?.variables;
}

function page(nodes: readonly object[], endCursor: string | null = null): object {
  return { pageInfo: { endCursor, hasNextPage: endCursor !== null }, edges: nodes.map((node) => ({ node })) };
}

describe("a list of automations", () => {
  it("is an entity's where the server can, by name", async () => {
    await using server = await startScriptedServer(
      graphqlScript({
        ServerFeatures: features("QUERY_AUTOMATIONS_ON_ENTITY", "AUTOMATION_ACTION_NO_OP"),
        GetEntityAutomations: (variables: JsonObject) => ({
          scope: { triggers: page([trigger(variables["filters"] === '{"name":"a"}' ? "a" : "b")]) },
        }),
      }),
    );
    const api = testApi(server);
    expect((await api.automation("a", { entity: "team" })).action).toBeInstanceOf(DoNothing);
    await expect(api.automation("c", { entity: "team" })).rejects.toThrow(NotFoundError);
  });

  it("is that of many projects elsewhere, and a page of projects without any does not end it", async () => {
    const pages = new Map<unknown, object>([
      [null, page([{ triggers: [trigger("a")] }], "1")],
      ["1", page([{ triggers: [] }], "2")],
      ["2", page([{ triggers: [trigger("b"), trigger("a")] }])],
    ]);
    await using server = await startScriptedServer(
      graphqlScript({
        ServerFeatures: features("AUTOMATION_ACTION_NO_OP"),
        GetAutomationsLegacy: ({ cursor }: JsonObject) => ({
          scope: { projects: pages.get(cursor ?? null) },
        }),
      }),
    );
    const api = testApi(server);
    const all = await api.automations().toArray();
    expect(all.map(({ name }) => name)).toEqual(["a", "b", "a"]);
    await expect(api.automation("a")).rejects.toThrow(/There are 2 automations "a"/);
    expect((await api.automation("b")).scope).toEqual(project);
  });

  it("says so when an automation is of a kind that is not known here", async () => {
    const odd = trigger("odd", { action: { __typename: "QueueJobTriggeredAction" } });
    await using server = await startScriptedServer(
      graphqlScript({
        ServerFeatures: features("QUERY_AUTOMATIONS_ON_ENTITY"),
        GetEntityAutomations: { scope: { triggers: page([odd]) } },
      }),
    );
    await expect(testApi(server).automations("team").toArray()).rejects.toThrow(CommError);
  });

  it("reads actions with their integrations, and scopes of every kind", async () => {
    const slack = { __typename: "SlackIntegration", id: "1", teamName: "t", channelName: "c" };
    const webhook = { __typename: "GenericWebhookIntegration", id: "2", name: "w", urlEndpoint: "http://x" };
    const triggers = [
      trigger("a", {
        scope: { __typename: "Entity", id: "3", name: "org", entityType: "organization" },
        action: {
          __typename: "NotificationTriggeredAction",
          integration: slack,
          title: "T",
          message: null,
          severity: "WARN",
        },
      }),
      trigger("b", {
        scope: { __typename: "ArtifactPortfolio", id: "4", name: "models" },
        action: {
          __typename: "GenericWebhookTriggeredAction",
          integration: webhook,
          requestPayload: '{"n":1}',
        },
      }),
      trigger("c", { scope: { __typename: "Project", id: "5", name: "wandb-registry-m" } }),
    ];
    await using server = await startScriptedServer(
      graphqlScript({
        ServerFeatures: features("QUERY_AUTOMATIONS_ON_ENTITY", "AUTOMATION_SCOPE_ENTITY"),
        GetEntityAutomations: { scope: { triggers: page(triggers) } },
      }),
    );
    const [a, b, c] = await testApi(server).automations("team").toArray();
    expect(a).toMatchObject({
      scope: { scopeType: "ENTITY", entityType: "organization" },
      action: { title: "T", message: "", severity: "WARN", integration: { channelName: "c" } },
    });
    expect(b).toMatchObject({
      scope: { scopeType: "ARTIFACT_COLLECTION", name: "models" },
      action: { requestPayload: { n: 1 }, integrationId: "2" },
    });
    expect(c).toMatchObject({ scope: { scopeType: "PROJECT", isRegistry: true } });
  });
});

describe("saving an automation", () => {
  it("sends the event, the scope and the action", async () => {
    await using server = await startScriptedServer(
      graphqlScript({
        ServerFeatures: features("AUTOMATION_ACTION_NO_OP"),
        CreateAutomation: { result: { trigger: trigger("a") } },
        UpdateAutomation: { result: { trigger: trigger("b") } },
        DeleteAutomation: { result: { success: true } },
      }),
    );
    const api = testApi(server);
    const created = await api.createAutomation(linked.then(new DoNothing()), { name: "a" });
    expect(variablesOf(server, "CreateAutomation")).toEqual({
      input: {
        name: "a",
        description: null,
        enabled: true,
        scopeType: "PROJECT",
        scopeID: "UHJvamVjdDox",
        triggeringEventType: "LINK_MODEL",
        eventFilter: '{"$or":[{"$and":[{"alias":{"$eq":"prod"}}]}]}',
        triggeredActionType: "NO_OP",
        triggeredActionConfig: { noOpActionInput: { noOp: true } },
      },
    });
    created.enabled = false;
    const action = new SendWebhook({ integrationId: "2", requestPayload: '{"a": [1.0]}' });
    await api.updateAutomation(created, { name: "b", action });
    expect(variablesOf(server, "UpdateAutomation")).toMatchObject({
      input: {
        id: "Trigger:a",
        name: "b",
        enabled: false,
        eventFilter: '{"$or":[{"$and":[]}]}',
        triggeredActionConfig: { genericWebhookActionInput: { integrationID: "2" } },
      },
    });
    await api.deleteAutomation(created);
  });

  it("refuses what makes no sense before anything is sent", async () => {
    await using server = await startScriptedServer(graphqlScript({ ServerFeatures: features() }));
    const api = testApi(server);
    const nothing = new DoNothing();
    await expect(api.createAutomation(linked.then(nothing))).rejects.toThrow(/needs a name/);
    await expect(api.createAutomation(new NewAutomation(), { name: "a" })).rejects.toThrow(ValueError);
    await expect(api.createAutomation(linked.then(nothing), { name: "a" })).rejects.toThrow(UnsupportedError);
    const team = new TeamScope({ id: "1", name: "t" });
    const finished = new OnRunState({ scope: team, filter: RunEvent.state.eq("finished") });
    await expect(api.createAutomation(finished.then(nothing), { name: "a" })).rejects.toThrow(
      UnsupportedError,
    );
    const moved = finished.then(nothing);
    expect(moved.scope).toBe(team);
    moved.scope = project;
    expect(moved.scope).toBe(project);
    expect(() => {
      new NewAutomation().scope = project;
    }).toThrow(UsageError);
    expect(() => new SendNotification({ integrationId: "1", severity: "fatal" })).toThrow(ValueError);
    expect(new SendNotification({ integrationId: "1", severity: "warn" }).severity).toBe("WARN");
  });

  it("tells by an error that an event is no promise", async () => {
    await expect(Promise.resolve(linked)).rejects.toThrow(/cannot be awaited/);
  });
});
