import { describe, expect, it } from "vitest";

import { graphqlScript, startScriptedServer } from "../../../test/scripted-server.ts";
import type { ScriptedServer } from "../../../test/scripted-server.ts";
import { TEST_KEY, testApi } from "../../../test/test-api.ts";
import { Api, CommError, UnsupportedError, User, ValueError } from "../../index.ts";

const KEY = { id: "ApiKey:2", name: `local-${"n".repeat(40)}`, description: "laptop" };

const BARE = {
  name: "Bob",
  email: null,
  admin: false,
  flags: null,
  entity: "bob",
  deletedAt: null,
  apiKeys: null,
  teams: null,
};

function start(answers: Record<string, unknown> = {}): Promise<ScriptedServer> {
  const viewer = {
    id: "User:1",
    name: "Ada",
    username: "ada",
    email: null,
    admin: true,
    flags: null,
    entity: "ada",
    deletedAt: "2026-11-20T23:40:00Z",
    apiKeys: { edges: [{ node: { id: "ApiKey:1", name: "mask", description: null } }, { node: null }] },
    teams: { edges: [{ node: { name: "team" } }, { node: null }] },
  };
  return startScriptedServer(
    graphqlScript({
      GetViewer: { viewer },
      GenerateApiKey: { generateApiKey: { apiKey: KEY } },
      DeleteApiKey: { deleteApiKey: { success: true } },
      ...answers,
    }),
  );
}

describe("a user", () => {
  it("has what the answer said", async () => {
    await using server = await start();
    const user = await testApi(server).viewer();
    expect(user).toMatchObject({
      username: "ada",
      teams: ["team"],
      apiKeys: ["mask"],
      deletedAtText: "2026-11-20T23:40:00Z",
    });
    expect(user.deletedAt?.getUTCFullYear()).toBe(2026);
  });

  it("has an Api with the caller's key", async () => {
    await using server = await start();
    const api = (await testApi(server).viewer()).userApi;
    expect(api).toBeInstanceOf(Api);
    expect(await api?.apiKey()).toBe(TEST_KEY);
  });

  it("generates a key and deletes it again", async () => {
    await using server = await start();
    const user = await testApi(server).viewer();
    expect(await user.generateApiKey("laptop")).toBe(KEY.name);
    expect(user.apiKeys).toEqual(["mask", KEY.name]);
    expect(await user.deleteApiKey(KEY.name)).toBe(true);
    expect(user.apiKeys).toEqual(["mask"]);
    expect(server.requests.slice(1).map(({ variables }) => variables)).toEqual([
      { description: "laptop" },
      { id: "ApiKey:2" },
    ]);
  });

  it("does not generate a second key when the answer to the first is lost", async () => {
    const script = graphqlScript({ GetViewer: { viewer: null } });
    await using server = await startScriptedServer((request) =>
      request.operation === "GenerateApiKey" ? { hangUp: "at once" } : script(request),
    );
    const user = new User(
      await import("../../core/session.ts").then(({ sessionOf }) => sessionOf(testApi(server)).service()),
      { id: "User:1", name: "Ada" },
      { isCaller: true },
    );
    await expect(user.generateApiKey()).rejects.toMatchObject({ code: "connection_failed" });
    expect(server.operations).toEqual(["GenerateApiKey"]);
  });

  it("says which key is unknown, and when the server did not delete one", async () => {
    await using server = await start({ DeleteApiKey: { deleteApiKey: { success: false } } });
    const user = await testApi(server).viewer();
    await expect(user.deleteApiKey("other")).rejects.toThrow(ValueError);
    expect(await user.deleteApiKey("mask")).toBe(false);
    expect(user.apiKeys).toEqual(["mask"]);
  });

  it("is created by an administrator", async () => {
    const user = { id: "User:2", name: "Bob", username: "bob", email: "bob@example.org", admin: false };
    await using server = await start({ CreateUserFromAdmin: { createUser: { user } } });
    const created = await User.create(testApi(server), "bob@example.org", { admin: true });
    expect(created).toMatchObject({ username: "bob", apiKeys: [], teams: [] });
    expect(server.requests[0]?.variables).toEqual({ email: "bob@example.org", admin: true });
  });

  it("is an error when the server creates none", async () => {
    await using server = await start({ CreateUserFromAdmin: { createUser: null } });
    await expect(User.create(testApi(server), "bob@example.org")).rejects.toThrow(CommError);
  });

  it("has a key made with limits, or for another user, where the server can", async () => {
    const features = [{ name: "STEELYARD_API_KEY_LIMITS", isEnabled: true }];
    const inputs: unknown[] = [];
    await using server = await start({
      ServerFeatures: { serverInfo: { features } },
      SearchUsers: { users: { edges: [{ node: { ...BARE, id: "User:2", username: "bob" } }] } },
      GenerateLimitedApiKey: (variables: { input: unknown }) => {
        inputs.push(variables.input);
        return { generateApiKey: { apiKey: KEY } };
      },
    });
    const api = testApi(server);
    const expiresAt = new Date("2027-01-01T00:00:00Z");
    await (await api.viewer()).generateApiKey("ci", { scope: "append", expiresAt, project: "team/p" });
    await (await api.user("bob"))?.generateApiKey();
    expect(inputs).toEqual([
      {
        description: "ci",
        username: null,
        scope: "append",
        expiresAt: "2027-01-01T00:00:00.000Z",
        entityName: "team",
        projectName: "p",
      },
      {
        description: null,
        username: "bob",
        scope: null,
        expiresAt: null,
        entityName: null,
        projectName: null,
      },
    ]);
  });

  it("never has a key made that is another than asked for", async () => {
    await using server = await start({
      ServerFeatures: { serverInfo: { features: [] } },
      SearchUsers: { users: { edges: [{ node: { ...BARE, id: "User:2", username: "bob" } }] } },
    });
    const api = testApi(server);
    const viewer = await api.viewer();
    await expect(viewer.generateApiKey("x", { scope: "read" })).rejects.toThrow(UnsupportedError);
    await expect((await api.user("bob"))?.generateApiKey()).rejects.toThrow(UnsupportedError);
    await expect(viewer.keys()).rejects.toThrow(UnsupportedError);
    expect(server.operations).not.toContain("GenerateApiKey");
  });

  it("lists keys with what they may do", async () => {
    const node = {
      ...KEY,
      scope: "append",
      expiresAt: "2027-01-01T00:00:00.000Z",
      createdAt: "2026-01-01T00:00:00.000Z",
      isLimitedToProject: true,
      project: { name: "p", entityName: "team" },
    };
    await using server = await start({
      ServerFeatures: { serverInfo: { features: [{ name: "STEELYARD_API_KEY_LIMITS", isEnabled: true }] } },
      ListApiKeys: { users: { edges: [{ node: { id: "User:1", apiKeys: { edges: [{ node }] } } }] } },
    });
    const [key] = await (await testApi(server).viewer()).keys();
    expect(key).toEqual({
      id: KEY.id,
      name: KEY.name,
      description: "laptop",
      scope: "append",
      expiresAt: new Date("2027-01-01T00:00:00Z"),
      createdAt: new Date("2026-01-01T00:00:00Z"),
      isLimitedToProject: true,
      project: "team/p",
    });
  });
});
