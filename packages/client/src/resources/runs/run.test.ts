import { describe, expect, it } from "vitest";

import { runAnswer, runData, runsPage } from "../../../test/run-data.ts";
import { graphqlScript, startScriptedServer } from "../../../test/scripted-server.ts";
import type { ScriptedServer } from "../../../test/scripted-server.ts";
import { instantClock, testApi } from "../../../test/test-api.ts";
import { CommError, NotFoundError, Run, UsageError } from "../../index.ts";

interface Setup extends AsyncDisposable {
  readonly server: ScriptedServer;
  readonly run: Run;
}

async function setUp(
  fields: Record<string, unknown> = {},
  answers: Record<string, unknown> = {},
): Promise<Setup> {
  const script = graphqlScript({ Run: runAnswer(runData("r", fields)), ...answers });
  const server = await startScriptedServer(script);
  const run = await testApi(server).run("my team/a b/r");
  return { server, run, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

describe("a loaded run", () => {
  it("has its fields as properties", async () => {
    await using test = await setUp();
    expect(test.run.toJSON()).toMatchObject({
      id: "r",
      storageId: "Run:r",
      name: "run r",
      entity: "my team",
      project: "a b",
      state: "finished",
      tags: ["a", "b"],
      createdAt: "2026-11-20T23:40:00.123Z",
    });
    expect(test.run.user?.username).toBe("ada");
    expect(test.run.createdAt.toISOString()).toBe("2026-11-20T23:40:00.123Z");
    expect(test.run.heartbeatAt?.toISOString()).toBe("2026-11-20T23:50:00.000Z");
    expect(test.run.heartbeatAtText).toBe("2026-11-20T23:50:00");
    expect(test.run.historyKeys).toEqual({ lastStep: 2, keys: {} });
    expect(test.server.requests).toHaveLength(1);
  });

  it("has the user's config without the internal keys", async () => {
    await using test = await setUp();
    expect(test.run.config).toEqual({ lr: 0.1 });
    expect(test.run.rawConfig).toEqual({ lr: 0.1, _wandb: { t: 1 }, wandb_version: 1 });
    expect(JSON.parse(test.run.jsonConfig)).toEqual({
      lr: { value: 0.1, desc: "rate" },
      _wandb: { value: { t: 1 } },
      wandb_version: 1,
    });
  });

  it("keeps NaN and big integers of its summary", async () => {
    await using test = await setUp();
    expect(test.run.summary.get("big")).toBe(1152921504606846976n);
    expect(test.run.summary.get("loss")).toBeNaN();
    expect(test.run.summary.get(["nested", "a", "b"])).toBe(1);
    expect(test.run.summaryMetrics["big"]).toBe(1152921504606846976n);
  });

  it("has an encoded path and page", async () => {
    await using test = await setUp();
    expect(test.run.path).toEqual(["my%20team", "a%20b", "r"]);
    expect(test.run.url).toBe(`${test.server.url}/my%20team/a%20b/runs/r`);
    expect(test.run.toHtml({ height: 100 })).toContain(`src="${test.run.url}?jupyter=true"`);
    expect(test.run.toHtml({ hidden: true })).toContain("<details>");
  });

  it("may have no user, no config and no summary", async () => {
    await using test = await setUp({ user: null, config: null, summaryMetrics: null, tags: null });
    expect([test.run.user, test.run.config, test.run.summary.size, test.run.tags]).toEqual([null, {}, 0, []]);
  });

  it("names the field that holds broken JSON", async () => {
    await using server = await startScriptedServer(
      graphqlScript({ Run: runAnswer(runData("r", { config: "{" })) }),
    );
    await expect(testApi(server).run("r")).rejects.toThrow("run.config: unexpected answer");
  });

  it("takes __proto__ for a key like any other", async () => {
    await using test = await setUp({ config: '{"__proto__":{"value":1}}' });
    expect(Object.keys(test.run.config)).toEqual(["__proto__"]);
    expect(test.run.jsonConfig).toBe('{"__proto__":{"value":1}}');
  });
});

describe("a run of a lazy list", () => {
  async function lazyRun(server: ScriptedServer): Promise<Run> {
    const run = await testApi(server).runs("e/p", { lazy: true }).at(0);
    if (run === undefined) throw new Error("Expected a run");
    return run;
  }

  const answers = {
    RunsLight: runsPage([{ ...runData("r"), name: "r" }], null, 50),
    Run: runAnswer(runData("r")),
    UpdateRun: { upsertBucket: { bucket: runData("r") } },
  };

  it("says what to do when something is not loaded", async () => {
    await using server = await startScriptedServer(graphqlScript(answers));
    const run = await lazyRun(server);
    expect([run.isFull, run.state, run.name]).toEqual([false, "finished", "run r"]);
    for (const read of [() => run.config, () => run.summary, () => run.systemMetrics, () => run.jsonConfig]) {
      expect(read).toThrow(UsageError);
    }
    expect(() => run.config).toThrow("await run.load()");
    await run.load();
    expect(run.config).toEqual({ lr: 0.1 });
    await run.loadFullData();
    expect(server.operations).toEqual(["RunsLight", "Run"]);
  });

  it("can be updated without loading its config", async () => {
    await using server = await startScriptedServer(graphqlScript(answers));
    const run = await lazyRun(server);
    run.notes = "new";
    await run.update();
    expect(server.requests[1]?.variables).toMatchObject({ notes: "new", config: null });
  });
});

describe("update", () => {
  it("sends what was changed and nothing else", async () => {
    await using test = await setUp(
      { notes: "old" },
      { UpdateRun: { upsertBucket: { bucket: runData("r") } } },
    );
    test.run.name = "renamed";
    test.run.tags = ["c"];
    test.run.notes = null;
    test.run.config["lr"] = 0.2;
    test.run.config["new"] = { deep: [1, 2n ** 60n] };
    await test.run.update();
    expect(test.server.requests[1]?.variables).toEqual({
      id: "Run:r",
      description: null,
      displayName: "renamed",
      notes: "",
      tags: ["c"],
      config:
        '{"lr":{"value":0.2,"desc":"rate"},"_wandb":{"value":{"t":1}},"wandb_version":1,' +
        '"new":{"value":{"deep":[1,1152921504606846976]},"desc":null}}',
      groupName: null,
      jobType: null,
    });
    expect(test.run.name).toBe("run r");
  });

  it("writes a changed summary as a whole, before the rest", async () => {
    const answers = {
      UpdateRunSummary: { upsertBucket: { bucket: { id: "Run:r" } } },
      UpdateRun: { upsertBucket: { bucket: runData("r") } },
    };
    await using test = await setUp({}, answers);
    test.run.summary.set("acc", 1).set(["nested", "a", "c"], 2);
    expect(test.run.summary.delete("big")).toBe(true);
    expect(test.run.summary.delete("big")).toBe(false);
    await test.run.save();
    expect(test.server.operations).toEqual(["Run", "UpdateRunSummary", "UpdateRun"]);
    expect(test.server.requests[1]?.variables["summaryMetrics"]).toBe(
      '{"loss":NaN,"nested":{"a":{"b":1,"c":2}},"acc":1}',
    );
  });

  it("sees tags that were added in place", async () => {
    await using test = await setUp({}, { UpdateRun: { upsertBucket: { bucket: runData("r") } } });
    test.run.tags.push("c");
    await test.run.update();
    expect(test.server.requests[1]?.variables["tags"]).toEqual(["a", "b", "c"]);
  });

  it("leaves an unchanged summary alone", async () => {
    await using test = await setUp({}, { UpdateRun: { upsertBucket: { bucket: runData("r") } } });
    await test.run.update();
    expect(test.server.operations).toEqual(["Run", "UpdateRun"]);
    expect(test.server.requests[1]?.variables).toMatchObject({ config: null, tags: null, displayName: null });
  });
});

describe("a summary", () => {
  it("reads like a map", async () => {
    await using test = await setUp({ summaryMetrics: '{"a":1,"b":{"c":null}}' });
    const { summary } = test.run;
    expect([summary.size, summary.keys(), summary.has("a"), summary.has("x")]).toEqual([
      2,
      ["a", "b"],
      true,
      false,
    ]);
    expect([summary.get("x"), summary.get("x", 7), summary.get(["b", "c"], 7)]).toEqual([undefined, 7, null]);
    expect([...summary]).toEqual(summary.entries());
    expect(JSON.stringify(summary)).toBe('{"a":1,"b":{"c":null}}');
  });

  it("updates given values, over present ones or not", async () => {
    const answers = { UpdateRunSummary: { upsertBucket: { bucket: { id: "Run:r" } } } };
    await using test = await setUp({ summaryMetrics: '{"a":1}' }, answers);
    await test.run.summary.update({ a: 2, b: 3 }, { overwrite: false });
    await test.run.summary.update({ a: 4 });
    const sent = test.server.requests.slice(1).map(({ variables }) => variables["summaryMetrics"]);
    expect(sent).toEqual(['{"a":1,"b":3}', '{"a":4,"b":3}']);
  });
});

describe("what can be done with a run", () => {
  it("waits until its state is a last one, whichever", async () => {
    for (const last of ["finished", "crashed", "failed", "killed", "preempted"]) {
      const states = ["pending", "running", "preempting", last];
      const clock = instantClock();
      await using server = await startScriptedServer(
        graphqlScript({
          Run: runAnswer(runData("r", { state: "running" })),
          RunState: () => runAnswer({ state: states.shift() }),
        }),
      );
      const run = await testApi(server, { clock }).run("r");
      expect(await run.waitUntilFinished({ pollMs: 10 })).toBe(last);
      expect(run.state).toBe(last);
      expect(clock.waits).toEqual([10, 10, 10]);
    }
  });

  it("stops waiting with the signal, or when the run is gone", async () => {
    await using test = await setUp({}, { RunState: { project: { run: null } } });
    await expect(test.run.waitUntilFinished()).rejects.toThrow(NotFoundError);
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(test.run.waitUntilFinished({ signal })).rejects.toThrow("enough");
  });

  it("sets a state, stops, and deletes", async () => {
    await using test = await setUp(
      {},
      {
        UpdateRunState: { updateRunState: { success: true } },
        StopRun: { stopRun: { success: true } },
        DeleteRun: { deleteRun: { clientMutationId: null } },
        DeleteRunWithArtifacts: { deleteRun: { clientMutationId: null } },
      },
    );
    expect(await test.run.updateState("failed")).toBe(true);
    expect(test.run.state).toBe("failed");
    await test.run.stop();
    await test.run.delete();
    await test.run.delete({ deleteArtifacts: true });
    expect(test.server.requests.slice(1).map(({ variables }) => variables)).toEqual([
      { input: { id: "Run:r", state: "failed" } },
      { id: "Run:r" },
      { id: "Run:r" },
      { id: "Run:r", deleteArtifacts: true },
    ]);
  });

  it("says when the server did not stop it", async () => {
    await using test = await setUp({}, { StopRun: { stopRun: { success: false } } });
    await expect(test.run.stop()).rejects.toThrow(CommError);
  });

  it("creates runs with the state asked for", async () => {
    const bucket = { project: { name: "p", entity: { name: "e" } }, id: "Run:1", name: "x" };
    await using server = await startScriptedServer(
      graphqlScript({
        CreateRun: { upsertBucket: { bucket, inserted: true } },
        Run: runAnswer(runData("x")),
      }),
    );
    await Run.create(testApi(server), { runId: "x", entity: "e", project: "p", state: "pending" });
    expect(server.requests[0]?.variables).toEqual({ name: "x", entity: "e", project: "p", state: "pending" });
  });

  it("knows its last step", async () => {
    await using test = await setUp({}, { RunHistoryKeys: runAnswer({ historyKeys: { lastStep: 41 } }) });
    expect(await test.run.lastHistoryStep()).toBe(41);
  });
});
