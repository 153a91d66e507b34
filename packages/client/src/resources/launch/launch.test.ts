import { describe, expect, it } from "vitest";

import type { JsonObject } from "@steelyard/protocol";

import { runAnswer, runData } from "../../../test/run-data.ts";
import { graphqlScript, startScriptedServer } from "../../../test/scripted-server.ts";
import type { ScriptedServer } from "../../../test/scripted-server.ts";
import { testApi } from "../../../test/test-api.ts";
import { CommError, LaunchError, NotFoundError, UnsupportedError, ValueError } from "../../index.ts";
import { findMisfits } from "./input-types.ts";

const features = (...names: readonly string[]) => ({
  serverInfo: { features: names.map((name) => ({ name, isEnabled: true })) },
});
const inQueue = (queue: unknown) => ({ project: { runQueue: queue } });

function start(answers: Readonly<Record<string, unknown>>): Promise<ScriptedServer> {
  return startScriptedServer(graphqlScript({ ServerFeatures: features(), ...answers }));
}

/** The item as it is at each look; the last one stays. */
function items(...looks: readonly { readonly state: string; readonly run?: string }[]): () => unknown {
  const left = [...looks];
  return () => {
    const look = left.length > 1 ? left.shift() : left[0];
    return inQueue({
      runQueueItem: look && { id: "i", state: look.state, associatedRunId: look.run ?? null },
    });
  };
}

describe("a queued run", () => {
  it("waits for its run to start and to end, and tells what it sees", async () => {
    await using server = await start({
      GetRunQueueItem: items(
        { state: "PENDING" },
        { state: "CLAIMED" },
        { state: "RUNNING", run: "r1" },
        { state: "FINISHED", run: "r1" },
      ),
      Run: () => runAnswer({ ...runData("r1"), name: "r1" }),
      RunState: { project: { run: { state: "finished" } } },
    });
    const queued = await testApi(server).queuedRun("e", "p", "q", "i");
    const seen: string[] = [];
    const run = await queued.waitUntilFinished({ pollMs: 1, onProgress: ({ state }) => seen.push(state) });
    expect([run.id, seen]).toEqual(["r1", ["pending", "claimed", "running"]]);
    expect(server.requests.find(({ operation }) => operation === "GetRunQueueItem")?.variables).toEqual({
      entity: "e",
      project: "model-registry",
      queue: "q",
      id: "i",
    });
  });

  it("ends its wait with an error when the item fails without a run", async () => {
    const outcome = {
      id: "i",
      state: "FAILED",
      associatedRunId: null,
      run: null,
      error: { message: "no such image", stage: "agent", filePaths: ["error.log"] },
      warnings: [],
    };
    await using server = await start({
      ServerFeatures: features("STEELYARD_LAUNCH_OUTCOMES"),
      GetRunQueueItemOutcome: inQueue({ runQueueItem: outcome }),
    });
    const queued = await testApi(server).queuedRun("e", "p", "q", "i");
    const error: unknown = await queued.waitUntilFinished().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(LaunchError);
    expect(error).toMatchObject({
      message: "Item i of run queue e/model-registry/q failed: no such image",
      outcome: { state: "failed", error: { stage: "agent" } },
    });
  });

  it("finds a run that was logged to the project's name in lower case", async () => {
    await using server = await start({
      GetRunQueueItem: items({ state: "RUNNING", run: "r1" }),
      Run: ({ project }: { readonly project: string }) =>
        project === "demo" ? runAnswer({ ...runData("r1"), name: "r1" }) : { project: null },
    });
    const queued = await testApi(server).queuedRun("e", "Demo", "q", "i");
    expect((await queued.waitUntilRunning()).project).toBe("demo");
  });

  it("stops waiting when it is told to", async () => {
    await using server = await start({ GetRunQueueItem: items({ state: "PENDING" }) });
    const queued = await testApi(server).queuedRun("e", "p", "q", "i");
    const stop = new AbortController();
    const wait = queued.waitUntilRunning({
      signal: stop.signal,
      onProgress: () => stop.abort(new Error("enough")),
    });
    await expect(wait).rejects.toThrow("enough");
  });

  it("says what is missing", async () => {
    await using server = await start({ GetRunQueueItem: inQueue({ runQueueItem: null }) });
    const queued = await testApi(server).queuedRun("e", "p", "q", "i");
    await expect(queued.state()).rejects.toThrow("Run queue e/model-registry/q has no item i");
    await using without = await start({
      GetRunQueueItem: inQueue(null),
      GetRunQueueMetadata: inQueue(null),
    });
    const lost = await testApi(without).queuedRun("e", "p", "q", "i");
    await expect(lost.state()).rejects.toThrow(NotFoundError);
    await expect(lost.delete()).rejects.toThrow(NotFoundError);
  });
});

describe("a run queue", () => {
  const metadata = { id: "Q", access: "PROJECT", prioritizationMode: null, externalLinks: null };

  it("loads what it is asked for once, and nothing before", async () => {
    await using server = await start({
      GetRunQueueMetadata: inQueue({ ...metadata, defaultResourceConfigID: "C" }),
      GetDefaultResourceConfig: {
        entity: {
          defaultResourceConfig: {
            config: { resource_args: {} },
            resource: "kubernetes",
            templateVariables: [{ name: "cpu", schema: '{"type":"integer"}' }],
          },
        },
      },
    });
    const queue = await testApi(server).runQueue("e", "q");
    expect(server.operations).toEqual([]);
    expect([await queue.type(), await queue.id(), await queue.access()]).toEqual([
      "kubernetes",
      "Q",
      "PROJECT",
    ]);
    expect(await queue.templateVariables()).toEqual([{ name: "cpu", schema: { type: "integer" } }]);
    expect(server.operations).toEqual(["GetRunQueueMetadata", "GetDefaultResourceConfig"]);
  });

  it("without a config has neither type nor variables", async () => {
    await using server = await start({
      GetRunQueueMetadata: inQueue({ ...metadata, defaultResourceConfigID: null }),
    });
    const queue = await testApi(server).runQueue("e", "q");
    expect([
      await queue.type(),
      await queue.defaultResourceConfig(),
      await queue.templateVariables(),
    ]).toEqual([null, {}, []]);
  });

  it("against another server lists the first hundred items, and no agents", async () => {
    await using server = await start({
      GetRunQueueItems: inQueue({ runQueueItems: { edges: [{ node: { id: "a" } }, { node: { id: "b" } }] } }),
    });
    const queue = await testApi(server).runQueue("e", "q");
    expect((await queue.queuedRuns().toArray()).map(({ id }) => id)).toEqual(["a", "b"]);
    await expect(queue.agents()).rejects.toThrow(UnsupportedError);
  });

  it("is not asked for with a bad name, resource or mode", async () => {
    await using server = await start({});
    const api = testApi(server);
    await expect(api.createRunQueue("", "kubernetes", { entity: "e" })).rejects.toThrow(ValueError);
    await expect(api.createRunQueue("x".repeat(65), "kubernetes", { entity: "e" })).rejects.toThrow(
      ValueError,
    );
    for (const bad of [
      ["q", "laptop", { entity: "e" }],
      ["q", "kubernetes", { entity: "e", prioritizationMode: "V9" }],
    ]) {
      const made: unknown = Reflect.apply(api.createRunQueue.bind(api), undefined, bad);
      await expect(Promise.resolve(made)).rejects.toThrow(ValueError);
    }
    expect(server.operations).toEqual([]);
  });

  it("is an error when the server does not delete it", async () => {
    await using server = await start({
      GetRunQueueMetadata: inQueue({ ...metadata, defaultResourceConfigID: null }),
      DeleteRunQueue: { deleteRunQueues: { success: false } },
    });
    const queue = await testApi(server).runQueue("e", "q");
    await expect(queue.delete()).rejects.toThrow(CommError);
  });
});

describe("the inputs of a job", () => {
  const dict = (types: JsonObject): JsonObject => ({ wb_type: "typedDict", params: { type_map: types } });
  const number = { wb_type: "number" };

  it.each<[JsonObject, JsonObject]>([
    [{ lr: 0.1 }, { lr: number, epochs: number }],
    [{ lr: 9007199254740993n }, { lr: number }],
    [{ x: null }, { x: { wb_type: "union", params: { allowed_types: [number, { wb_type: "none" }] } } }],
    [{ x: [1, 2] }, { x: { wb_type: "list", params: { element_type: number, length: 3 } } }],
    [{ x: { a: 1 } }, { x: dict({ a: number }) }],
    [{ x: "s" }, { x: { wb_type: "const", params: { val: "s" } } }],
    [{ x: { any: "thing" } }, { x: { wb_type: "somethingNew" } }],
  ])("fit %o", (config, types) => {
    expect(findMisfits(config, dict(types))).toEqual([]);
  });

  it.each<[JsonObject, JsonObject, string]>([
    [{ lr: "high" }, { lr: number }, '"lr" is "high"; expected a number'],
    [{ depth: 1 }, { lr: number }, '"depth" is no input of the job; expected one of lr'],
    [{ depth: 1 }, {}, '"depth" is no input of the job; it has none'],
    [{ x: null }, { x: { wb_type: "any" } }, '"x" is null; expected a value'],
    [
      { x: [1, "2"] },
      { x: { wb_type: "list", params: { element_type: number } } },
      '"x" is [1,"2"]; expected a list of a number',
    ],
    [{ x: {} }, { x: dict({ a: number }) }, '"x" is {}; expected an object of a'],
  ])("do not fit %o", (config, types, message) => {
    expect(findMisfits(config, dict(types))).toEqual([message]);
  });

  it("are free when the job states no types", () => {
    expect(findMisfits({ a: 1 }, undefined)).toEqual([]);
    expect(findMisfits({ a: 1 }, { wb_type: "unknown" })).toEqual([]);
  });
});
