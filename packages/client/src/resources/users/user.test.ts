import { describe, expect, it } from "vitest";

import { graphqlScript, startScriptedServer } from "../../../test/scripted-server.ts";
import type { ScriptedServer } from "../../../test/scripted-server.ts";
import { TEST_KEY, testApi } from "../../../test/test-api.ts";
import { Api, CommError, User, ValueError } from "../../index.ts";

const KEY = { id: "ApiKey:2", name: `local-${"n".repeat(40)}`, description: "laptop" };

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
});
