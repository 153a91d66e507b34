import { describe, expect, it } from "vitest";

import { runAnswer, runData, runsPage } from "../../../test/run-data.ts";
import { graphqlScript, startScriptedServer } from "../../../test/scripted-server.ts";
import type { ScriptedServer } from "../../../test/scripted-server.ts";
import { testApi } from "../../../test/test-api.ts";
import { NotFoundError, Sweep, UnsupportedError, ValueError } from "../../index.ts";
import type { JsonObject } from "../../index.ts";

function sweepData(name: string, changes: JsonObject = {}): JsonObject {
  return {
    id: `Sweep:${name}`,
    name,
    displayName: null,
    method: "bayes",
    state: "RUNNING",
    description: null,
    bestLoss: 0.25,
    config: "method: bayes\nmetric:\n  goal: maximize\n  name: val.acc\nname: tune\n",
    createdAt: "2026-11-20T23:40:00",
    updatedAt: null,
    runCount: 2,
    runCountExpected: null,
    ...changes,
  };
}

const agent: JsonObject = {
  id: "Agent:1",
  name: "a1",
  host: "node",
  state: "RUNNING",
  totalRuns: 3,
  createdAt: "2026-11-20T23:40:00",
  heartbeatAt: "2026-11-20T23:41:00",
};

const runs = ["r0", "r1", "r2"].map((name) => ({ ...runData(name), name }));

function start(answers: Readonly<Record<string, unknown>> = {}): Promise<ScriptedServer> {
  return startScriptedServer(
    graphqlScript({
      GetSweep: ({ name }: JsonObject) => ({ project: { sweep: name === "s1" ? sweepData("s1") : null } }),
      GetSweeps: ({ cursor }: JsonObject) => ({
        project: {
          totalSweeps: 3,
          sweeps: {
            pageInfo: { endCursor: cursor === null ? "2" : "3", hasNextPage: cursor === null },
            edges: (cursor === null ? ["s1", "s2"] : ["s3"]).map((name) => ({ node: sweepData(name) })),
          },
        },
      }),
      GetSweepAgents: { project: { sweep: { agents: { edges: [{ node: agent }] } } } },
      GetSweepAgent: ({ agentID }: JsonObject) => ({
        project: { sweep: { agent: agentID === "a1" ? agent : null } },
      }),
      GetAgentRuns: ({ cursor }: JsonObject) => ({
        project: {
          sweep: {
            agent: {
              runs: {
                pageInfo: { endCursor: null, hasNextPage: cursor === null },
                edges: (cursor === null ? runs.slice(0, 2) : runs.slice(2)).map((node) => ({
                  cursor: node.name,
                  node,
                })),
              },
            },
          },
        },
      }),
      RunsFull: ({ cursor, perPage }: JsonObject) => runsPage(runs, cursor, perPage),
      Run: runAnswer({ ...runData("r0"), sweepName: "s1" }),
      EnqueueSweepRun: { enqueueSweepRun: { id: "r9", runQueueItemId: null } },
      ServerFeatures: {
        serverInfo: {
          features: ["SWEEPS_LOCAL_SCHEDULER", "SWEEPS_QUERY_FILTERING"].map((name) => ({
            name,
            isEnabled: true,
          })),
        },
      },
      ...answers,
    }),
  );
}

describe("a sweep", () => {
  it("is found by its path, with all that is known of it", async () => {
    await using server = await start();
    const api = testApi(server);
    const sweep = await api.sweep("s1");
    expect(server.requests.at(-1)?.variables).toEqual({ entity: "team", project: "shop", name: "s1" });
    expect(sweep).toMatchObject({
      id: "s1",
      storageId: "Sweep:s1",
      entity: "team",
      username: "team",
      project: "shop",
      name: "tune",
      displayName: null,
      method: "bayes",
      state: "RUNNING",
      bestLoss: 0.25,
      runCount: 2,
      expectedRunCount: null,
      updatedAt: null,
      order: "-summary_metrics.val.acc",
      path: ["team", "shop", "s1"],
      url: `${server.url}/team/shop/sweeps/s1`,
    });
    expect(sweep.createdAt.toISOString()).toBe("2026-11-20T23:40:00.000Z");
    expect(sweep.config).toEqual({
      method: "bayes",
      metric: { goal: "maximize", name: "val.acc" },
      name: "tune",
    });
    expect(sweep.toHtml({ height: 100 })).toContain("/sweeps/s1?jupyter=true");
    expect(JSON.parse(JSON.stringify(sweep))).toMatchObject({ id: "s1", config: { name: "tune" } });
    expect(await api.fromPath("team/shop/sweeps/s1")).toBeInstanceOf(Sweep);
  });

  it("has a name of its own before that of its configuration", async () => {
    await using server = await start({
      GetSweep: { project: { sweep: sweepData("s1", { displayName: "mine", config: "method: grid" }) } },
    });
    const sweep = await testApi(server).sweep("s1");
    expect([sweep.name, sweep.order]).toEqual(["mine", null]);
  });

  it("may not exist", async () => {
    await using server = await start();
    const api = testApi(server);
    await expect(api.sweep("other/p/s2")).rejects.toThrow(NotFoundError);
    await expect(api.sweep("")).rejects.toThrow(ValueError);
    expect(await Sweep.get(api, { entity: "team", project: "shop", id: "s2" })).toBeNull();
    expect(await Sweep.get(api, { entity: "team", project: "shop", id: "s1" })).toBeInstanceOf(Sweep);
  });

  it("is brought up to date when that is forced", async () => {
    let runCount = 0;
    await using server = await start({
      GetSweep: () => ({
        project: { sweep: runCount < 2 ? sweepData("s1", { runCount: ++runCount }) : null },
      }),
    });
    const sweep = await testApi(server).sweep("s1");
    expect((await sweep.load()).runCount).toBe(1);
    expect((await sweep.load({ force: true })).runCount).toBe(2);
    await expect(sweep.load({ force: true })).rejects.toThrow(NotFoundError);
    expect(sweep.runCount).toBe(2);
  });

  it("has its runs, and the best of them", async () => {
    await using server = await start();
    const sweep = await testApi(server).sweep("s1");
    expect((await sweep.runs.toArray()).map(({ id }) => id)).toEqual(["r0", "r1", "r2"]);
    expect(server.requests.at(-1)?.variables).toMatchObject({
      filters: '{"$and":[{"sweep":"s1"}]}',
      order: "+created_at",
      perPage: 10,
    });
    expect((await sweep.bestRun())?.id).toBe("r0");
    expect(server.requests.at(-1)?.variables).toMatchObject({
      order: "-summary_metrics.val.acc",
      perPage: 1,
    });
    await sweep.bestRun("+loss");
    expect(server.requests.at(-1)?.variables).toMatchObject({ order: "+summary_metrics.loss" });
  });

  it("has no best run while it has none", async () => {
    await using server = await start({ RunsFull: runsPage([], null, 1) });
    expect(await (await testApi(server).sweep("s1")).bestRun()).toBeNull();
  });

  it("is what its runs lead to", async () => {
    await using server = await start();
    const api = testApi(server);
    const run = await api.run("r0");
    expect((await run.sweep())?.id).toBe("s1");
  });

  it("is null for a run of no sweep, and nothing is asked", async () => {
    await using server = await start({ Run: runAnswer({ ...runData("r0"), sweepName: null }) });
    const run = await testApi(server).run("r0");
    expect(await run.sweep()).toBeNull();
    expect(server.operations).not.toContain("GetSweep");
  });

  it("takes a run from outside where the server does", async () => {
    await using server = await start();
    const sweep = await testApi(server).sweep("s1");
    expect(await sweep.enqueueRun({ lr: 0.1 }, { displayName: "mine" })).toBe("r9");
    expect(server.requests.at(-1)?.variables).toEqual({
      id: "Sweep:s1",
      config: '{"lr":0.1}',
      displayName: "mine",
    });
  });

  it("says that a server takes no runs from outside", async () => {
    await using server = await start({ ServerFeatures: { serverInfo: { features: [] } } });
    const sweep = await testApi(server).sweep("s1");
    await expect(sweep.enqueueRun({})).rejects.toThrow(UnsupportedError);
    expect(server.operations).not.toContain("EnqueueSweepRun");
  });
});

describe("agents", () => {
  it("are listed and found, with the runs that they were handed", async () => {
    await using server = await start();
    const sweep = await testApi(server).sweep("s1");
    expect((await sweep.agents()).map(({ name }) => name)).toEqual(["a1"]);
    const found = await sweep.agent("a1");
    expect(found).toMatchObject({ id: "Agent:1", host: "node", state: "RUNNING", totalRuns: 3 });
    expect(found.heartbeatAt?.toISOString()).toBe("2026-11-20T23:41:00.000Z");
    const agentRuns = found.runs({ perPage: 2 });
    expect(await agentRuns.length()).toBe(3);
    expect(server.operations).not.toContain("GetAgentRuns");
    expect((await agentRuns.toArray()).map(({ id, isFull }) => [id, isFull])).toEqual([
      ["r0", false],
      ["r1", false],
      ["r2", false],
    ]);
    expect(server.requests.at(-1)?.variables).toMatchObject({
      agentID: "a1",
      sweep: "s1",
      order: "+created_at",
    });
    await expect(sweep.agent("a2")).rejects.toThrow(NotFoundError);
  });
});

describe("sweeps", () => {
  it("come page after page, whole, with the server's total", async () => {
    await using server = await start();
    const project = await testApi(server).project("shop");
    const sweeps = project.sweeps({ perPage: 2 });
    expect(server.requests).toHaveLength(0);
    expect(await sweeps.length()).toBe(3);
    expect((await sweeps.toArray()).map(({ id, name }) => [id, name])).toEqual([
      ["s1", "tune"],
      ["s2", "tune"],
      ["s3", "tune"],
    ]);
    expect(server.operations).toEqual(["GetSweeps", "GetSweeps"]);
    expect(sweeps).toMatchObject({ entity: "team", project: "shop", more: false, cursor: "3" });
  });

  it("are counted one by one where a filter leaves some out", async () => {
    await using server = await start();
    const sweeps = (await testApi(server).project("shop")).sweeps({ filters: { state: "RUNNING" } });
    expect(await sweeps.length()).toBe(3);
    expect(server.requests.at(-1)?.variables).toMatchObject({ filters: '{"state":"RUNNING"}' });
  });

  it("are not filtered where the server would not", async () => {
    await using server = await start({ ServerFeatures: { serverInfo: { features: [] } } });
    const project = await testApi(server).project("shop");
    await expect(project.sweeps({ filters: { state: "RUNNING" } }).toArray()).rejects.toThrow(
      UnsupportedError,
    );
    expect(await project.sweeps().toArray()).toHaveLength(3);
  });

  it("of a project that is not there are an error", async () => {
    await using server = await start({ GetSweeps: { project: null } });
    await expect((await testApi(server).project("p")).sweeps().toArray()).rejects.toThrow(NotFoundError);
  });
});
