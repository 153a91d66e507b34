import { describe, expect, it } from "vitest";
import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { exportFrameHead, exportFramePayload } from "@steelyard/protocol";
import type { ExportFrame, JsonObject } from "@steelyard/protocol";

import { runAnswer, runData, runsPage, textOf } from "../../../test/run-data.ts";
import { graphqlScript, jsonBody, startScriptedServer } from "../../../test/scripted-server.ts";
import type { ScriptedAnswer, ScriptedServer } from "../../../test/scripted-server.ts";
import { testApi } from "../../../test/test-api.ts";
import type { ExportProgress } from "../../index.ts";
import { createNodePlatform } from "../../node/platform.ts";

const RUNS = ["r0", "r1"].map((name) => ({ ...runData(name), name }));
const PATH = "/api/exports/e/p/histories";

/** A server whose answer to the bulk request is given; without one it has no bulk export. */
function start(bulk?: () => ScriptedAnswer): Promise<ScriptedServer> {
  const graphql = graphqlScript({
    RunsFull: ({ cursor, perPage }: JsonObject) => runsPage(RUNS, cursor, perPage),
    RunHistoryKeys: runAnswer({ historyKeys: { lastStep: 1 } }),
    HistoryPage: ({ run }: JsonObject) =>
      runAnswer({ history: [`{"_step":0,"x":NaN}`, `{"_step":1,"y":"${textOf(run)}"}`] }),
    ServerFeatures: {
      serverInfo: { features: [{ name: "STEELYARD_BULK_EXPORT", isEnabled: bulk !== undefined }] },
    },
  });
  return startScriptedServer((request) => {
    if (request.path !== PATH) return graphql(request);
    return bulk?.() ?? { status: 404 };
  });
}

function bytesOf(frames: readonly ExportFrame[]): Buffer {
  return Buffer.concat(
    frames.flatMap((frame) => {
      const payload = exportFramePayload(frame);
      return [exportFrameHead(frame.kind, payload.length), payload];
    }),
  );
}

const data = (text: string): ExportFrame => ({ kind: "data", bytes: new TextEncoder().encode(text) });
const END: ExportFrame = { kind: "end", value: { runsDone: 2, runsTotal: 2, rows: 3, bytes: 8 } };

async function textOfStream(stream: ReadableStream<Uint8Array>): Promise<string> {
  return new Response(stream).text();
}

describe("an export of histories", () => {
  it("asks once and gives the file as it comes, telling how far it is", async () => {
    const run: ExportFrame = { kind: "run", value: { id: "r0", rows: 2, totalRows: null } };
    const body = bytesOf([data("half"), run, data("half"), END]);
    await using server = await start(() => ({ body }));
    const seen: ExportProgress[] = [];
    const stream = await testApi(server)
      .runs("e/p", { filters: { state: "finished" }, order: "-created_at" })
      .export({
        format: "parquet",
        keys: ["x"],
        rows: "all-keys",
        samples: 5,
        onProgress: (progress) => seen.push(progress),
      });
    expect(await textOfStream(stream)).toBe("halfhalf");
    expect(server.operations).toEqual(["ServerFeatures"]);
    expect(jsonBody(server.requests.at(-1))).toEqual({
      filter: '{"state":"finished"}',
      order: "-created_at",
      format: "parquet",
      keys: ["x"],
      mode: "all",
      samples: 5,
    });
    expect(seen).toEqual([
      { runsDone: 0, runsTotal: null, rows: 0, bytes: 4 },
      { runsDone: 1, runsTotal: null, rows: 2, bytes: 4 },
      { runsDone: 1, runsTotal: null, rows: 2, bytes: 8 },
      { runsDone: 2, runsTotal: 2, rows: 3, bytes: 8 },
    ]);
  });

  it("asks for the runs that are loaded, when some are", async () => {
    await using server = await start(() => ({ body: bytesOf([END]) }));
    const runs = testApi(server).runs("e/p");
    await runs.at(0);
    await textOfStream(await runs.export({ format: "arrow" }));
    expect(jsonBody(server.requests.at(-1))).toEqual({ runs: ["r0", "r1"], format: "arrow" });
  });

  it("that breaks off, fails half way or makes no sense is an error, and leaves no file", async () => {
    const folder = await mkdtemp(join(tmpdir(), "steelyard-export-"));
    const platform = createNodePlatform({ environment: {}, home: folder, workingDirectory: folder });
    const failed: ExportFrame = {
      kind: "error",
      value: { code: "not_found", message: "Project gone", requestId: "q1" },
    };
    const answers: readonly (readonly [ScriptedAnswer, object])[] = [
      [{ body: bytesOf([data("some"), failed]) }, { code: "not_found", requestId: "q1" }],
      [{ body: bytesOf([data("some")]) }, { code: "invalid_response" }],
      [{ body: bytesOf([data("some"), END]).subarray(0, -3) }, { code: "invalid_response" }],
      [{ body: "<html>" }, { code: "invalid_response" }],
      [{ body: bytesOf([data("some")]), hangUp: "after body" }, { code: "connection_failed" }],
      [
        { status: 400, body: { error: { code: "invalid_argument", message: "bad" } } },
        { code: "invalid_argument" },
      ],
    ];
    for (const [answer, error] of answers) {
      await using server = await start(() => answer);
      const runs = testApi(server, { platform }).runs("e/p");
      const path = join(folder, "out", "x.parquet");
      await expect(runs.export({ format: "parquet", path })).rejects.toMatchObject(error);
      expect(await readdir(join(folder, "out"))).toEqual([]);
    }
    await rm(folder, { recursive: true });
  });

  it("is put together from each run where the server has none, in lines only", async () => {
    const folder = await mkdtemp(join(tmpdir(), "steelyard-export-"));
    const platform = createNodePlatform({ environment: {}, home: folder, workingDirectory: folder });
    await using server = await start();
    const runs = testApi(server, { platform }).runs("e/p");
    const path = join(folder, "x.ndjson");
    const seen: number[] = [];
    const summary = await runs.export({
      format: "ndjson",
      path,
      onProgress: ({ runsDone }) => seen.push(runsDone),
    });
    const text = [
      '{"run_id":"r0","run_name":"run r0","row":{"_step":0,"x":NaN}}',
      '{"run_id":"r0","run_name":"run r0","row":{"_step":1,"y":"r0"}}',
      '{"run_id":"r1","run_name":"run r1","row":{"_step":0,"x":NaN}}',
      '{"run_id":"r1","run_name":"run r1","row":{"_step":1,"y":"r1"}}',
      "",
    ].join("\n");
    expect(await readFile(path, "utf8")).toBe(text);
    expect(summary).toEqual({ path, runs: 2, rows: 4, bytes: text.length });
    expect(seen).toEqual([1, 2]);
    await expect(runs.export({ format: "arrow" })).rejects.toMatchObject({ code: "unsupported" });
    await rm(folder, { recursive: true });
  });

  it("needs a disk for a path, and sound options", async () => {
    await using server = await start(() => ({ body: bytesOf([END]) }));
    const runs = testApi(server).runs("e/p");
    await expect(runs.export({ format: "ndjson", path: "x" })).rejects.toMatchObject({ code: "unsupported" });
    await expect(runs.export({ format: "ndjson", samples: 0 })).rejects.toThrow("Invalid samples");
    expect(server.requests.some(({ path }) => path === PATH)).toBe(false);
  });

  it("that is no longer wanted ends the request", async () => {
    const large = data("x".repeat(10_000_000));
    await using server = await start(() => ({ body: bytesOf([large, large, END]) }));
    const leave = new AbortController();
    const stream = await testApi(server).runs("e/p").export({ format: "ndjson", signal: leave.signal });
    const reader = stream.getReader();
    await reader.read();
    leave.abort(new Error("enough"));
    await expect(reader.read()).rejects.toThrow("enough");
  });
});
