import { describe, expect, it } from "vitest";

import { runAnswer, runData, runsPage } from "../test/run-data.ts";
import { graphqlErrors, graphqlScript, startScriptedServer } from "../test/scripted-server.ts";
import { TEST_KEY, testApi } from "../test/test-api.ts";
import {
  BetaReport,
  Api,
  AuthenticationError,
  NotFoundError,
  PORTABLE_PLATFORM,
  Project,
  Run,
  UsageError,
  ValueError,
} from "./index.ts";

const VIEWER = {
  id: "User:1",
  name: "Ada",
  username: "ada",
  email: "ada@example.org",
  admin: true,
  flags: "{}",
  entity: "ada",
  deletedAt: null,
  apiKeys: { edges: [{ node: { id: "ApiKey:1", name: "local-…abcd", description: null } }] },
  teams: { edges: [{ node: { name: "team" } }] },
};

describe("construction", () => {
  it("sends nothing and needs nothing", async () => {
    await using server = await startScriptedServer(() => ({}));
    const api = new Api({ overrides: { baseUrl: server.url }, platform: PORTABLE_PLATFORM });
    api.runs("team/shop");
    api.projects();
    expect(server.requests).toHaveLength(0);
    await expect(api.viewer()).rejects.toThrow(UsageError);
  });

  it("refuses a malformed key at once", () => {
    expect(() => new Api({ apiKey: "short" })).toThrow(AuthenticationError);
  });

  it("finds a repaired set-up on the next call", async () => {
    await using server = await startScriptedServer(graphqlScript({ GetViewer: { viewer: VIEWER } }));
    const environment: Record<string, string> = {};
    const platform = { ...PORTABLE_PLATFORM, environment: () => environment };
    const api = new Api({ overrides: { baseUrl: server.url }, platform });
    await expect(api.viewer()).rejects.toThrow(UsageError);
    environment["WANDB_API_KEY"] = TEST_KEY;
    expect((await api.viewer()).username).toBe("ada");
  });
});

describe("requests", () => {
  it("carry the key, the client's name and the operation's name", async () => {
    await using server = await startScriptedServer(graphqlScript({ GetViewer: { viewer: VIEWER } }));
    await testApi(server, { headers: { "x-proxy": "yes" } }).viewer();
    const [request] = server.requests;
    expect(request?.headers).toMatchObject({
      authorization: `Basic ${btoa(`api:${TEST_KEY}`)}`,
      "user-agent": "steelyard-client/0.1.0",
      "use-admin-privileges": "true",
      "x-proxy": "yes",
    });
    expect(server.operations).toEqual(["GetViewer"]);
  });

  it("carry no credentials when the key is null", async () => {
    await using server = await startScriptedServer(graphqlScript({ GetViewer: { viewer: VIEWER } }));
    const api = testApi(server, { apiKey: null });
    expect(await api.apiKey()).toBeNull();
    expect((await api.viewer()).userApi).toBeNull();
    expect(server.requests[0]?.headers).not.toHaveProperty("authorization");
  });

  it("fail with the GraphQL message and code", async () => {
    await using server = await startScriptedServer(() => ({
      body: {
        data: { viewer: null },
        errors: [{ message: "no such thing", extensions: { code: "NOT_FOUND" } }],
      },
      headers: { "x-request-id": "r-1" },
    }));
    const error: unknown = await testApi(server)
      .viewer()
      .catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(NotFoundError);
    expect(error).toMatchObject({ code: "not_found", status: 200, requestId: "r-1" });
    expect(String(error)).toContain("no such thing");
  });

  it("name the field of an unexpected answer", async () => {
    await using server = await startScriptedServer(
      graphqlScript({ GetViewer: { viewer: { ...VIEWER, id: {} } } }),
    );
    await expect(testApi(server).viewer()).rejects.toMatchObject({
      code: "invalid_response",
      message: "GetViewer: unexpected answer: viewer.id: expected a text, found an object",
    });
  });

  it("refuse an answer that is no GraphQL", async () => {
    await using server = await startScriptedServer(() => ({ body: "<html>proxy</html>" }));
    await expect(testApi(server).viewer()).rejects.toMatchObject({ code: "invalid_response" });
  });
});

describe("who calls", () => {
  it("is asked once", async () => {
    await using server = await startScriptedServer(graphqlScript({ GetViewer: { viewer: VIEWER } }));
    const api = testApi(server, { overrides: { entity: undefined } });
    const viewer = await api.viewer();
    expect(viewer).toMatchObject({ id: "User:1", teams: ["team"], apiKeys: ["local-…abcd"], admin: true });
    expect(await api.defaultEntity()).toBe("ada");
    await api.viewer();
    expect(server.operations).toEqual(["GetViewer"]);
  });

  it("is nobody when the server does not know the key", async () => {
    await using server = await startScriptedServer(graphqlScript({ GetViewer: { viewer: null } }));
    await expect(testApi(server).viewer()).rejects.toThrow(AuthenticationError);
  });

  it("stands for a missing default entity until there is one", async () => {
    let entity: string | null = null;
    await using server = await startScriptedServer(
      graphqlScript({ GetDefaultEntity: () => ({ viewer: { id: "User:1", entity } }) }),
    );
    const api = testApi(server);
    expect(await api.defaultEntity()).toBeNull();
    entity = "ada";
    expect(await api.defaultEntity()).toBe("ada");
  });
});

describe("settings", () => {
  it("show what is in force", async () => {
    const api = new Api({ overrides: { baseUrl: "http://h:8080/", run: "r" }, platform: PORTABLE_PLATFORM });
    expect(await api.settings()).toEqual({
      baseUrl: "http://h:8080",
      appUrl: "http://h:8080/",
      entity: null,
      project: null,
      organization: null,
      run: "r",
    });
  });
});

describe("raw GraphQL", () => {
  it("runs any document, with exact integers both ways", async () => {
    await using server = await startScriptedServer(() => ({ body: '{"data":{"n":9007199254740993}}' }));
    const api = testApi(server);
    const data = await api.client.execute("query N($n: Int64) { n }", {
      n: 9007199254740993n,
      absent: undefined,
    });
    expect(data).toEqual({ n: 9007199254740993n });
    expect(server.requests[0]?.body.toString()).toContain('"variables":{"n":9007199254740993}');
    expect(server.operations).toEqual(["N"]);
  });

  it("repeats queries, and mutations only when told that it may", async () => {
    await using server = await startScriptedServer((_, count) =>
      count % 2 === 0 ? { status: 502 } : { body: { data: {} } },
    );
    const api = testApi(server);
    await api.graphql("query { a }");
    await expect(api.graphql("mutation { a }")).rejects.toMatchObject({ status: 502 });
    await api.graphql("query { a }");
    await api.graphql("mutation { a }", {}, { isIdempotent: true });
    expect(server.requests).toHaveLength(6);
  });

  it("has the documents of older pages as constants", () => {
    expect(Api.VIEWER_QUERY).toContain("viewer {");
    expect(Api.DEFAULT_ENTITY_QUERY).toContain("viewer {");
    expect(Api.CREATE_PROJECT).toContain("upsertModel(");
    expect(Api.USERS_QUERY).toContain("users(query: $query)");
  });
});

describe("run", () => {
  it.each([
    ["e/p/r", "e", "p", "r"],
    ["e/p/runs/r", "e", "p", "r"],
    ["p/r", "team", "p", "r"],
    ["r", "team", "shop", "r"],
    ["/runs/r", "team", "shop", "r"],
  ])("reads the path %s", async (path, entity, project, name) => {
    await using server = await startScriptedServer(graphqlScript({ Run: runAnswer(runData(name)) }));
    const run = await testApi(server).run(path);
    expect(server.requests[0]?.variables).toEqual({ entity, project, name });
    expect([run.entity, run.project, run.id]).toEqual([entity, project, name]);
  });

  it("asks for the default entity only when the path leaves it out", async () => {
    const answers = {
      Run: runAnswer(runData("r")),
      GetDefaultEntity: { viewer: { id: "User:1", entity: "ada" } },
    };
    await using server = await startScriptedServer(graphqlScript(answers));
    const api = testApi(server, { overrides: { entity: undefined } });
    await api.run("e/p/r");
    await api.run("p/r");
    expect(server.operations).toEqual(["Run", "GetDefaultEntity", "Run"]);
  });

  it("takes the run of the settings without a path", async () => {
    await using server = await startScriptedServer(graphqlScript({ Run: runAnswer(runData("mine")) }));
    expect((await testApi(server, { overrides: { run: "mine" } }).run()).id).toBe("mine");
  });

  it("throws the documented error for a bad path and a missing run", async () => {
    await using server = await startScriptedServer(graphqlScript({ Run: { project: null } }));
    const api = testApi(server);
    await expect(api.run("a/b/c/d")).rejects.toThrow(ValueError);
    await expect(api.run("")).rejects.toThrow(ValueError);
    await expect(api.run("e/p/gone")).rejects.toThrow(NotFoundError);
  });

  it("is remembered until flush", async () => {
    await using server = await startScriptedServer(graphqlScript({ Run: runAnswer(runData("r")) }));
    const api = testApi(server);
    const first = await api.run("team/shop/r");
    expect(await api.run("shop/runs/r")).toBe(first);
    api.flush();
    expect(await api.run("r")).not.toBe(first);
    expect(server.requests).toHaveLength(2);
  });
});

describe("runs", () => {
  it("sends filter and order as they are, and defaults otherwise", async () => {
    await using server = await startScriptedServer(graphqlScript({ RunsFull: runsPage([], null, 50) }));
    const api = testApi(server);
    const since = new Date("2026-01-01T00:00:00Z");
    await api
      .runs("e/p/x", { filters: { createdAt: { $gt: since }, n: 2n ** 60n }, order: "-config.lr.value" })
      .toArray();
    await api.runs().toArray();
    expect(server.requests.map(({ variables }) => variables)).toEqual([
      {
        entity: "e",
        project: "p/x",
        cursor: null,
        perPage: 50,
        order: "-config.lr.value",
        filters: '{"createdAt":{"$gt":"2026-01-01T00:00:00.000Z"},"n":1152921504606846976}',
      },
      { entity: "team", project: "shop", cursor: null, perPage: 50, order: "+created_at", filters: "{}" },
    ]);
  });

  it("are remembered by all that decides their content", async () => {
    await using server = await startScriptedServer(() => ({}));
    const api = testApi(server);
    const one = api.runs("e/p", { filters: { state: "running" } });
    expect(api.runs("e/p", { filters: { state: "running" } })).toBe(one);
    expect(api.runs("e/p", { filters: { state: "running" }, perPage: 10 })).not.toBe(one);
    expect(api.runs("e/p", { filters: { state: "running" }, lazy: true })).not.toBe(one);
    const signal = new AbortController().signal;
    expect(api.runs("e/p", { filters: { state: "running" }, signal })).not.toBe(one);
    api.flush();
    expect(api.runs("e/p", { filters: { state: "running" } })).not.toBe(one);
  });

  it("use the project uncategorized when none is set", async () => {
    await using server = await startScriptedServer(graphqlScript({ RunsFull: runsPage([], null, 50) }));
    const runs = testApi(server, { overrides: { project: undefined } }).runs();
    expect(runs.project).toBeUndefined();
    await runs.length();
    expect([runs.entity, runs.project]).toEqual(["team", "uncategorized"]);
  });

  it("throw when the project does not exist", async () => {
    await using server = await startScriptedServer(graphqlScript({ RunsFull: { project: null } }));
    await expect(testApi(server).runs("e/p").toArray()).rejects.toThrow(NotFoundError);
  });
});

describe("fromPath", () => {
  it("gives a project, a run or a report", async () => {
    await using server = await startScriptedServer(graphqlScript({ Run: runAnswer(runData("r")) }));
    const api = testApi(server);
    expect(await api.fromPath("p")).toMatchObject({ entity: "team", name: "p" });
    expect(await api.fromPath("e/p")).toBeInstanceOf(Project);
    expect(await api.fromPath("e/p/r")).toBeInstanceOf(Run);
    expect(await api.fromPath("e/p/runs/r")).toBeInstanceOf(Run);
    expect(await api.fromPath("e/p/reports/s--1")).toBeInstanceOf(BetaReport);
    await expect(api.fromPath("e/p/other/s")).rejects.toThrow(ValueError);
  });
});

describe("createRun", () => {
  it("uses the entity and project of the settings and reads the run back", async () => {
    const bucket = { project: { name: "shop", entity: { name: "team" } }, id: "Run:1", name: "new" };
    await using server = await startScriptedServer(
      graphqlScript({
        CreateRun: { upsertBucket: { bucket, inserted: true } },
        Run: runAnswer(runData("new")),
      }),
    );
    const run = await testApi(server).createRun();
    expect(server.requests[0]?.variables).toMatchObject({
      entity: "team",
      project: "shop",
      state: "running",
    });
    expect(server.requests[0]?.variables["name"]).toMatch(/^[a-z0-9]{8}$/);
    expect(run.id).toBe("new");
  });

  it("repeats the creation, which finds the same run", async () => {
    const bucket = { project: { name: "shop", entity: { name: "team" } }, id: "Run:1", name: "new" };
    const script = graphqlScript({
      CreateRun: { upsertBucket: { bucket, inserted: true } },
      Run: runAnswer(runData("new")),
    });
    await using server = await startScriptedServer((request, count) =>
      count === 0 ? { hangUp: "at once" } : script(request),
    );
    await testApi(server).createRun({ runId: "new" });
    expect(server.operations).toEqual(["CreateRun", "CreateRun", "Run"]);
  });
});

describe("features", () => {
  it("are off on a server that does not know the question", async () => {
    await using server = await startScriptedServer((request) =>
      request.operation === "ServerFeatures"
        ? graphqlErrors('Cannot query field "features" on type "ServerInfo".')
        : graphqlScript({
            Run: runAnswer(runData("r")),
            RunHistoryKeys: { project: { run: { historyKeys: { lastStep: 0 } } } },
            HistoryPage: { project: { run: { history: ['{"_step":0,"a":1}'] } } },
          })(request),
    );
    const run = await testApi(server).run("r");
    const { rows } = await run.history({ keys: ["a"] });
    expect(rows).toEqual([{ _step: 0, a: 1 }]);
  });
});
