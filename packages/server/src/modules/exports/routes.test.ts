import {
  EXPORT_FRAMES_MEDIA_TYPE,
  ExportFrameReader,
  historyExportPath,
  parseJsonObject,
} from "@steelyard/protocol";
import type { HistoryExportBody, JsonObject, ReceivedFrame } from "@steelyard/protocol";
import { tableFromIPC } from "apache-arrow";
import { parquetMetadata, parquetReadObjects } from "hyparquet";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { zstdDecompressSync } from "node:zlib";
import { openTestBench } from "../../presets/embedded/test-bench.ts";
import type { TestBench } from "../../presets/embedded/test-bench.ts";
import type { UserCaller } from "../access/caller.ts";

let bench: TestBench;
let ann: UserCaller;
let authorization: string;

beforeEach(async () => {
  bench = await openTestBench();
  ann = await bench.createCaller("ann");
  authorization = await bench.authorize(ann);
});

afterEach(() => bench.close());

/** Logs lines of history to a run of ann's project `cats`. */
async function log(runName: string, lines: readonly string[], displayName = runName): Promise<void> {
  bench.clock.advance(1);
  const address = { entityName: "ann", projectName: "cats", runName };
  const { run, project } = await bench.services.runs.upsert(ann, address, { displayName });
  const content = { "wandb-history.jsonl": { offset: 0, content: lines } };
  const body = Buffer.from(JSON.stringify({ files: content }));
  await bench.services.history.append(
    ann,
    { project, runName: run.name },
    { body, encoding: "identity", writer: "" },
  );
}

async function send(
  body: HistoryExportBody,
  { project = "cats", headers = {} }: { project?: string; headers?: Record<string, string> } = {},
) {
  return bench.app.inject({
    method: "POST",
    url: historyExportPath({ entity: "ann", project }),
    headers: { authorization, ...headers },
    payload: JSON.stringify(body),
  });
}

function lines(text: string): JsonObject[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => parseJsonObject(line));
}

async function readParquet(bytes: Buffer): Promise<Record<string, unknown>[]> {
  const file = new Uint8Array(bytes).buffer;
  return parquetReadObjects({
    file,
    compressors: { ZSTD: (input) => new Uint8Array(zstdDecompressSync(input)) },
  });
}

function arrowRows(bytes: Buffer): unknown[] {
  const table = tableFromIPC(bytes);
  return Array.from({ length: table.numRows }, (_, at) =>
    Object.fromEntries(
      table.schema.names.map((name): [string, unknown] => [String(name), table.getChild(name)?.get(at)]),
    ),
  );
}

function framesOf(bytes: Buffer): readonly ReceivedFrame[] {
  const reader = new ExportFrameReader();
  const frames = reader.push(bytes);
  reader.finish();
  return frames;
}

describe("the bulk export of histories", () => {
  it("gives every row of every run as it was logged, a JSON line each", async () => {
    await log("a", ['{"_step":0,"loss":0.5}', '{"_step":1,"big":9007199254740993,"in":{"x":NaN}}'], "first");
    await log("b", ['{"_step":0,"loss":"none"}']);
    const answer = await send({ format: "ndjson" });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers["content-type"]).toBe("application/x-ndjson");
    expect(lines(answer.body)).toEqual([
      { run_id: "a", run_name: "first", row: { _step: 0, loss: 0.5 } },
      { run_id: "a", run_name: "first", row: { _step: 1, big: 9007199254740993n, in: { x: Number.NaN } } },
      { run_id: "b", run_name: "b", row: { _step: 0, loss: "none" } },
    ]);
  });

  it("gives tables whose columns are the same whatever the order of the runs, and loses no value", async () => {
    await log("a", [
      '{"_step":0,"loss":0.5,"ok":true,"note":"x","opt":{"lr":0.1},"img":{"_type":"image-file","path":"p"}}',
      '{"_step":1,"loss":9007199254740993,"ok":null,"note":"half \\ud800"}',
    ]);
    await log("b", ['{"_step":0,"loss":"diverged","list":[1,NaN],"run_id":"mine"}'], "second");
    const expected = [
      {
        run_id: "a",
        run_name: "a",
        _step: 0n,
        img: '{"_type":"image-file","path":"p"}',
        list: null,
        loss: 0.5,
        note: "x",
        ok: true,
        "opt.lr": 0.1,
        _other_json: null,
      },
      {
        run_id: "a",
        run_name: "a",
        _step: 1n,
        img: null,
        list: null,
        loss: null,
        note: null,
        ok: null,
        "opt.lr": null,
        _other_json: '{"loss":9007199254740993,"ok":null,"note":"half \\ud800"}',
      },
      {
        run_id: "b",
        run_name: "second",
        _step: 0n,
        img: null,
        list: "[1,NaN]",
        loss: null,
        note: null,
        ok: null,
        "opt.lr": null,
        _other_json: '{"loss":"diverged","run_id":"mine"}',
      },
    ];
    const parquet = await readParquet((await send({ format: "parquet" })).rawPayload);
    expect(parquet).toEqual(expected);
    expect(Object.keys(parquet[0] ?? {})).toEqual(Object.keys(expected[0] ?? {}));
    expect(arrowRows((await send({ format: "arrow" })).rawPayload)).toEqual(expected);
    const turned = await readParquet((await send({ format: "parquet", order: "-created_at" })).rawPayload);
    expect(Object.keys(turned[0] ?? {})).toEqual(Object.keys(expected[0] ?? {}));
    expect(turned.map((row) => row["run_id"])).toEqual(["b", "a", "a"]);
  });

  it("gives whole tables of no rows", async () => {
    await log("a", []);
    const parquet = (await send({ format: "parquet" })).rawPayload;
    expect(parquetMetadata(new Uint8Array(parquet).buffer).num_rows).toBe(0n);
    const arrow = tableFromIPC((await send({ format: "arrow" })).rawPayload);
    expect(arrow.numRows).toBe(0);
    expect(arrow.schema.names).toEqual(["run_id", "run_name", "_step", "_other_json"]);
    expect((await send({ format: "ndjson", runs: [] })).body).toBe("");
  });

  it("chooses runs by filter and order or by their ids, and keys as asked", async () => {
    await log("a", ['{"_step":0,"x":1,"y":1}', '{"_step":1,"y":2}', '{"_step":2,"z":3}']);
    await log("b", ['{"_step":5,"x":7}']);
    const ids = async (body: Partial<HistoryExportBody>): Promise<unknown[]> =>
      lines((await send({ format: "ndjson", ...body })).body).map(({ run_id, row }) => [run_id, row]);
    expect(await ids({ filter: { name: "b" } })).toEqual([["b", { _step: 5, x: 7 }]]);
    expect(await ids({ runs: ["b", "a"], keys: ["y", "x"], mode: "all" })).toEqual([
      ["a", { _step: 0, y: 1, x: 1 }],
    ]);
    expect(await ids({ runs: ["b", "a"], keys: ["x", "z"] })).toEqual([
      ["b", { _step: 5, x: 7 }],
      ["a", { _step: 0, x: 1 }],
      ["a", { _step: 2, z: 3 }],
    ]);
    expect(await ids({ minStep: 1, maxStep: 2 })).toEqual([["a", { _step: 1, y: 2 }]]);
    expect(await ids({ samples: 2, runs: ["a"] })).toEqual([
      ["a", { _step: 0, x: 1, y: 1 }],
      ["a", { _step: 2, z: 3 }],
    ]);
  });

  it("keeps the columns asked for in their order, also those that nobody logged", async () => {
    await log("a", ['{"_step":0,"x":1,"opt":{"b":2,"a":1}}']);
    const rows = await readParquet(
      (await send({ format: "parquet", keys: ["none", "opt", "x"] })).rawPayload,
    );
    expect(rows).toEqual([
      { run_id: "a", run_name: "a", _step: 0n, none: null, "opt.a": 1, "opt.b": 2, x: 1, _other_json: null },
    ]);
    expect(Object.keys(rows[0] ?? {}).slice(3, -1)).toEqual(["none", "opt.a", "opt.b", "x"]);
  });

  it("tells in frames how far it is, which runs are whole, and that it is over", async () => {
    await log("a", ['{"_step":0,"x":1}', '{"_step":1,"x":2}']);
    await log("b", ['{"_step":0,"x":3}']);
    const answer = await send(
      { format: "ndjson", samples: 1 },
      { headers: { accept: EXPORT_FRAMES_MEDIA_TYPE } },
    );
    expect(answer.headers["content-type"]).toBe(EXPORT_FRAMES_MEDIA_TYPE);
    const frames = framesOf(answer.rawPayload);
    const values = (kind: string): unknown[] =>
      frames.flatMap((frame) => (frame.kind === kind && "value" in frame ? [frame.value] : []));
    expect(values("run")).toEqual([
      { id: "a", rows: 1, totalRows: 2 },
      { id: "b", rows: 1, totalRows: 1 },
    ]);
    const bytes = Buffer.concat(frames.flatMap((frame) => (frame.kind === "data" ? [frame.bytes] : [])));
    expect(values("end")).toEqual([{ runsDone: 2, runsTotal: 2, rows: 2, bytes: bytes.length }]);
    expect(frames.at(-1)?.kind).toBe("end");
    expect(lines(bytes.toString()).map(({ row }) => row)).toEqual([
      { _step: 1, x: 2 },
      { _step: 0, x: 3 },
    ]);
  });

  it("reads sparse and long histories whole", async () => {
    const steps = [-5, 0, 999, 1000, 1001, 40_000, 1_000_000, 2_500_000];
    await log(
      "a",
      steps.map((step) => `{"_step":${step},"text":"${"x".repeat(500_000)}"}`),
    );
    const rows = lines((await send({ format: "ndjson" })).body).map(({ row }) => row);
    expect(rows).toEqual(steps.map((step) => ({ _step: step, text: "x".repeat(500_000) })));
  });

  it("refuses what it cannot do before anything is sent", async () => {
    await log("a", ['{"_step":0}']);
    const status = async (body: unknown): Promise<unknown[]> => {
      const answer = await bench.app.inject({
        method: "POST",
        url: historyExportPath({ entity: "ann", project: "cats" }),
        headers: { authorization },
        payload: JSON.stringify(body),
      });
      const { error } = answer.json<{ error: { code: string; field?: string } }>();
      return [answer.statusCode, error.code, error.field];
    };
    expect(await status({ format: "csv" })).toEqual([400, "invalid_argument", "format"]);
    expect(await status({ format: "ndjson", key: ["x"] })).toEqual([400, "invalid_argument", "body"]);
    expect(await status({ format: "ndjson", filter: { $nope: 1 } })).toEqual([
      400,
      "invalid_argument",
      "$nope",
    ]);
    expect(await status({ format: "ndjson", runs: ["a"], filter: {} })).toEqual([
      400,
      "invalid_argument",
      "runs",
    ]);
    expect(await status({ format: "ndjson", runs: ["a", "gone"] })).toEqual([404, "not_found", "run"]);
    expect(await status({ format: "ndjson", samples: 1_000_000 })).toEqual([
      400,
      "invalid_argument",
      "samples",
    ]);
  });

  it("is for those who may see the project", async () => {
    await log("a", ['{"_step":0}']);
    const bob = await bench.authorize(await bench.createCaller("bob"));
    expect((await send({ format: "ndjson" }, { headers: { authorization: bob } })).statusCode).toBe(404);
    expect((await send({ format: "ndjson" }, { headers: { authorization: "Basic x" } })).statusCode).toBe(
      401,
    );
  });

  it("that fails half way is never taken for a whole one", async () => {
    const bob = await bench.authorize(await bench.createCaller("bob"));
    const large = `{"_step":0,"text":"${"x".repeat(200_000)}"}`;
    for (let run = 0; run < 150; run += 1) await log(`r${run}`, [large]);
    const { project } = await setAccess("USER_READ");
    const url = `${await bench.app.listen({ port: 0, host: "127.0.0.1" })}${historyExportPath({ entity: "ann", project: project.name })}`;
    const begin = async (accept: string): Promise<Response> =>
      fetch(url, {
        method: "POST",
        headers: { authorization: bob, accept },
        body: JSON.stringify({ format: "ndjson" }),
      });
    const bare = await begin("*/*");
    const framed = await begin(EXPORT_FRAMES_MEDIA_TYPE);
    expect([bare.status, framed.status]).toEqual([200, 200]);
    // Both wait for their reader now, in the middle of the first hundred runs.
    await setAccess("PRIVATE");
    await expect(bare.arrayBuffer()).rejects.toThrow("terminated");
    const frames = framesOf(Buffer.from(await framed.arrayBuffer()));
    expect(frames.at(-1)).toMatchObject({ kind: "error", value: { code: "not_found" } });
    expect(frames.filter(({ kind }) => kind === "run")).toHaveLength(100);
  });

  it("stops when nobody reads it any more", async () => {
    const large = `{"_step":0,"text":"${"x".repeat(200_000)}"}`;
    for (let run = 0; run < 100; run += 1) await log(`r${run}`, [large]);
    const url = `${await bench.app.listen({ port: 0, host: "127.0.0.1" })}${historyExportPath({ entity: "ann", project: "cats" })}`;
    const send = (signal?: AbortSignal): Promise<Response> =>
      fetch(url, {
        method: "POST",
        headers: { authorization },
        body: JSON.stringify({ format: "ndjson" }),
        ...(signal !== undefined && { signal }),
      });
    // More than may go on at once: the last one gets its turn only because those before it have stopped.
    for (let attempt = 0; attempt < 6; attempt += 1) {
      const leave = new AbortController();
      const answer = await send(leave.signal);
      expect(answer.status).toBe(200);
      leave.abort();
    }
    expect((await (await send()).text()).split("\n")).toHaveLength(101);
  });
});

function setAccess(access: "USER_READ" | "PRIVATE") {
  return bench.services.projects.upsert(ann, { entityName: "ann", projectName: "cats" }, { access });
}
