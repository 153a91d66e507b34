import { describe, expect, it } from "vitest";

import type { JsonObject } from "@steelyard/protocol";

import { runAnswer, runData, runsPage, textOf } from "../../../test/run-data.ts";
import { graphqlScript, startScriptedServer } from "../../../test/scripted-server.ts";
import type { ReceivedRequest, ScriptedAnswer, ScriptedServer } from "../../../test/scripted-server.ts";
import { testApi } from "../../../test/test-api.ts";
import type { Run, RunWatchEvent, RunsWatchEvent } from "../../index.ts";

const features = (...names: readonly string[]) => ({
  serverInfo: { features: names.map((name) => ({ name, isEnabled: true })) },
});
const message = (event: string, data: unknown, id = ""): string =>
  `${id === "" ? "" : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;

/** A server with live events: each connection gets the next of the answers. */
function startLive(
  answers: readonly ScriptedAnswer[],
  graphql: Readonly<Record<string, unknown>>,
): Promise<ScriptedServer> {
  const script = graphqlScript({ ServerFeatures: features("STEELYARD_WATCH"), ...graphql });
  const left = [...answers];
  return startScriptedServer((request) =>
    request.path.startsWith("/api/live/") ? (left.shift() ?? { status: 404 }) : script(request),
  );
}

const connections = (server: ScriptedServer): readonly ReceivedRequest[] =>
  server.requests.filter(({ path }) => path.startsWith("/api/live/"));

/** An event without the run object. */
function plain(event: RunWatchEvent<Run> | RunsWatchEvent<Run>): unknown {
  return "run" in event ? { ...event, run: event.run.id } : event;
}

async function collect(events: AsyncIterable<RunWatchEvent<Run>>): Promise<unknown[]> {
  const seen: unknown[] = [];
  for await (const event of events) seen.push(plain(event));
  return seen;
}

describe("watching a run", () => {
  it("goes on where a connection broke, and ends with the run", async () => {
    const states = ["running", "running", "running", "finished"];
    await using server = await startLive(
      [
        {
          body: message("run", {}, "1") + message("rows", { rows: ['{"_step":0,"x":NaN}'] }, "2"),
          hangUp: "after body",
        },
        { body: message("rows", { rows: ['{"_step":1}'] }, "3") + message("reset", { fromStep: 1 }, "4") },
        { status: 503, body: { error: "busy" } },
        {
          body:
            message("reset", { fromStep: null }, "5") +
            message("run", {}, "6") +
            message("end", { state: "finished" }),
        },
      ],
      { Run: () => runAnswer(runData("r", { state: states.shift() ?? "finished" })) },
    );
    const run = await testApi(server).run("e/p/r");
    expect(await collect(run.watch({ keys: ["x"], fromStep: 3 }))).toEqual([
      { type: "run", run: "r", fields: [] },
      { type: "rows", rows: [{ _step: 0, x: Number.NaN }] },
      { type: "rows", rows: [{ _step: 1 }] },
      { type: "reset", fromStep: 1 },
      { type: "reset", fromStep: null },
      { type: "run", run: "r", fields: ["state"] },
      { type: "end", state: "finished" },
    ]);
    expect(connections(server).map(({ headers }) => headers["last-event-id"])).toEqual([
      undefined,
      "2",
      "4",
      "4",
    ]);
    expect(connections(server)[0]?.path).toBe("/api/live/e/p/runs/r?fromStep=3&keys=%5B%22x%22%5D");
  });

  it("is an error when the server refuses, tells of one, or is gone", async () => {
    const graphql = { Run: runAnswer(runData("r", { state: "running" })) };
    const cases: readonly (readonly [readonly ScriptedAnswer[], string])[] = [
      [[{ status: 403, body: { error: { code: "permission_denied", message: "no" } } }], "permission_denied"],
      [[{ body: message("error", { code: "not_found", message: "gone" }) }], "not_found"],
      [[{ body: message("rows", [1]).replace("[1]", "[1") }], "invalid_response"],
      [Array.from({ length: 40 }, () => ({ hangUp: "at once" }) as const), "connection_failed"],
      [Array.from({ length: 40 }, () => ({ body: "" })), "unavailable"],
    ];
    for (const [answers, code] of cases) {
      await using server = await startLive(answers, graphql);
      const run = await testApi(server).run("e/p/r");
      await expect(collect(run.watch())).rejects.toMatchObject({ code });
    }
  });

  it("asks again and again where the server has no live events, and tells the same", async () => {
    const looks: readonly {
      readonly state: string;
      readonly rows: readonly string[];
      readonly summary?: string;
    }[] = [
      { state: "running", rows: ['{"_step":0,"x":0}', '{"_step":1,"x":1}'] },
      {
        state: "running",
        rows: ['{"_step":0,"x":0}', '{"_step":1,"x":1}', '{"_step":4,"x":4}'],
        summary: '{"x":4}',
      },
      { state: "running", rows: ['{"_step":0,"x":0}'], summary: '{"x":4}' },
      { state: "running", rows: ['{"_step":0,"x":0}', '{"_step":1,"x":10}'], summary: '{"x":4}' },
      { state: "finished", rows: ['{"_step":0,"x":7}', '{"_step":1,"x":11}'], summary: '{"x":4}' },
    ];
    let look = -2;
    const now = () => looks[Math.max(0, Math.min(look, looks.length - 1))] ?? { state: "finished", rows: [] };
    const stepOf = (row: string): number => Number(/\d+/.exec(row)?.[0]);
    await using server = await startScriptedServer(
      graphqlScript({
        ServerFeatures: features(),
        Run: () => {
          look += 1;
          return runAnswer(runData("r", { state: now().state, summaryMetrics: now().summary ?? "{}" }));
        },
        RunHistoryKeys: () => runAnswer({ historyKeys: { lastStep: stepOf(now().rows.at(-1) ?? "") } }),
        HistoryPage: ({ minStep, maxStep }: JsonObject) =>
          runAnswer({
            history: now().rows.filter(
              (row) => stepOf(row) >= Number(minStep) && stepOf(row) < Number(maxStep),
            ),
          }),
      }),
    );
    const run = await testApi(server).run("e/p/r");
    expect(await collect(run.watch())).toEqual([
      { type: "run", run: "r", fields: [] },
      {
        type: "rows",
        rows: [
          { _step: 0, x: 0 },
          { _step: 1, x: 1 },
        ],
      },
      { type: "run", run: "r", fields: ["summary"] },
      { type: "rows", rows: [{ _step: 4, x: 4 }] },
      { type: "reset", fromStep: 1 },
      { type: "rows", rows: [{ _step: 1, x: 10 }] },
      { type: "run", run: "r", fields: ["state"] },
      { type: "reset", fromStep: 0 },
      {
        type: "rows",
        rows: [
          { _step: 0, x: 7 },
          { _step: 1, x: 11 },
        ],
      },
      { type: "end", state: "finished" },
    ]);
  });

  it("ends when its signal is aborted or the loop is left", async () => {
    await using server = await startLive([{ body: message("run", {}), delayMs: 60_000 }], {
      Run: runAnswer(runData("r", { state: "running" })),
    });
    const run = await testApi(server).run("e/p/r");
    const leave = new AbortController();
    const events = run.watch({ signal: leave.signal });
    await events.next();
    setTimeout(() => leave.abort(new Error("enough")), 20);
    await expect(events.next()).rejects.toThrow("enough");
  });
});

describe("watching runs", () => {
  it("tells what is there, then what is added, changed and removed, by looking at what the server names", async () => {
    const all = new Map(["a", "b"].map((name) => [name, { ...runData(name), name }]));
    await using server = await startLive(
      [
        {
          body:
            message("ready", {}, "1") +
            message("runs", { created: ["c"], updated: { a: ["tags"] }, states: {}, deleted: ["b"] }, "2"),
        },
        { body: message("ready", {}, "2") + message("resync", {}, "9") },
      ],
      {
        RunsFull: ({ filters, cursor, perPage }: JsonObject) => {
          const text = textOf(filters);
          if (text.includes("$in")) {
            all.delete("b");
            all.set("a", { ...runData("a", { tags: ["new"] }), name: "a" });
            all.set("c", { ...runData("c"), name: "c" });
            expect(text).toBe('{"$and":[{"group":"g"},{"name":{"$in":["c","a","b"]}}]}');
          } else if (all.has("c")) all.delete("a");
          return runsPage([...all.values()], cursor, perPage);
        },
      },
    );
    const seen: unknown[] = [];
    for await (const event of testApi(server)
      .runs("e/p", { filters: { group: "g" } })
      .watch()) {
      seen.push(plain(event));
      if (seen.length === 7) break;
    }
    expect(seen).toEqual([
      { type: "added", run: "a" },
      { type: "added", run: "b" },
      { type: "ready" },
      { type: "changed", run: "a", fields: ["tags"] },
      { type: "added", run: "c" },
      { type: "removed", id: "b" },
      { type: "removed", id: "a" },
    ]);
  });
});
