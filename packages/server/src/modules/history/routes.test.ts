import { gzipSync } from "node:zlib";
import { parseJson } from "@steelyard/protocol";
import type { JsonValue } from "@steelyard/protocol";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openTestBench } from "../../presets/embedded/test-bench.ts";
import type { TestBench } from "../../presets/embedded/test-bench.ts";
import type { UserCaller } from "../access/caller.ts";
import type { Run } from "../runs/run.ts";

let bench: TestBench;
let ann: UserCaller;
let run: Run;
let authorization: string;

beforeEach(async () => {
  bench = await openTestBench();
  ann = await bench.createCaller("ann");
  authorization = await bench.authorize(ann);
  const address = { entityName: "ann", projectName: "my cats", runName: "r ü" };
  ({ run } = await bench.services.runs.upsert(ann, address, {}));
});

afterEach(() => bench.close());

interface Answer {
  readonly status: number;
  readonly body: JsonValue;
}

async function post(
  payload: string | Buffer,
  { url = "/files/ann/my%20cats/r%20%C3%BC/file_stream", headers = {} } = {},
): Promise<Answer> {
  const response = await bench.app.inject({
    method: "POST",
    url,
    headers: { authorization, "content-type": "application/json", ...headers },
    payload,
  });
  return { status: response.statusCode, body: parseJson(response.body) };
}

describe("the file_stream route", () => {
  it("answers a heartbeat", async () => {
    expect(await post("{}")).toEqual({ status: 200, body: { exitcode: null, limits: {} } });
  });

  it("tells the run's process to stop when that was asked", async () => {
    await bench.services.runs.stop(ann, run);
    expect(await post("{}")).toEqual({ status: 200, body: { exitcode: null, limits: {}, stopped: true } });
  });

  it("tells what it could not understand", async () => {
    const { body } = await post('{"files":{"wandb-history.jsonl":{"offset":0,"content":["?"]}}}');
    expect(body).toMatchObject({ problems: [{ file: "wandb-history.jsonl", line: 0 }] });
  });

  it("reads names that were put into the path without care", async () => {
    expect((await post("{}", { url: "/files/ann/my%20cats/r ü/file_stream" })).status).toBe(200);
  });

  it("reads packed bodies", async () => {
    const payload = gzipSync('{"complete":true,"exitcode":1}');
    expect((await post(payload, { headers: { "content-encoding": "gzip" } })).status).toBe(200);
    expect((await bench.stores.runs.find(run))?.state).toBe("failed");
  });

  it("takes bodies of 25 MiB", async () => {
    const content = Array.from(
      { length: 25 },
      (_, step) => `{"_step":${step},"x":"${"x".repeat(1024 * 1024)}"}`,
    );
    const body = JSON.stringify({ files: { "wandb-history.jsonl": { offset: 0, content } } });
    expect((await post(body)).status).toBe(200);
    expect((await bench.services.history.tails(ann, run)).historyLineCount).toBe(25);
  });

  it("takes texts of any letters, and never fails on them", async () => {
    const lines = ["a\nb", "nul \u0000", "half \ud800", "😀", "\r", '{"ts":"x","content":"\\ud800"}'];
    const history = ['{"_step":0,"half":"\\ud800","nul":"\\u0000"}', "\u0000", "\ud800{}"];
    const files = {
      "output.log": { offset: 0, content: lines },
      "wandb-history.jsonl": { offset: 0, content: history },
      "wandb-summary.json": { offset: 0, content: ['{"half":"\\ud800","__proto__":1}'] },
    };
    expect((await post(JSON.stringify({ files }))).status).toBe(200);
    const page = await bench.services.history.console(ann, run, { last: 10, first: null, after: null });
    expect(page.lines.map(({ line }) => line)).toEqual([
      "a\nb",
      "nul \u0000",
      "half \ud800",
      "😀",
      "\r",
      "\ud800",
    ]);
    expect((await bench.services.history.keys(ann, run)).lastStep).toBe(0);
    expect((await bench.stores.runs.find(run))?.summary).toBe('{"half":"\\ud800","__proto__":1}');
  });

  it("keeps the lines of several writers apart by their header", async () => {
    const body = '{"files":{"wandb-history.jsonl":{"offset":0,"content":["{}"]}}}';
    for (const id of ["w1", "w2", "w2"]) await post(body, { headers: { "x-wandb-async-client-id": id } });
    expect((await bench.services.history.tails(ann, run)).historyLineCount).toBe(2);
  });

  it.each([
    ["no JSON", "nonsense", {}],
    ["no body", "", {}],
    ["another packing", "{}", { "content-encoding": "br" }],
    ["not packed as it says", "{}", { "content-encoding": "gzip" }],
  ])("refuses for good what is %s", async (_what, payload, headers) => {
    expect(await post(payload, { headers })).toMatchObject({
      status: 400,
      body: { error: { code: "invalid_argument" } },
    });
  });

  it("refuses for good who has no key, a wrong one or one that may only read", async () => {
    const status = async (header: Readonly<Record<string, string>>): Promise<number> =>
      (await post("{}", { headers: header })).status;
    expect(await status({ authorization: "" })).toBe(401);
    expect(await status({ authorization: `Basic ${btoa(`api:${"0".repeat(40)}`)}` })).toBe(401);
    expect(await status({ authorization: await bench.authorize(ann, "read") })).toBe(403);
    expect(await status({ authorization: await bench.authorize(ann, "append") })).toBe(200);
    const bob = await bench.createCaller("bob");
    expect(await status({ authorization: await bench.authorize(bob) })).toBe(404);
  });

  it("refuses for good a run that is not there, also one that was deleted just now", async () => {
    expect((await post("{}", { url: "/files/ann/none/r/file_stream" })).status).toBe(404);
    expect((await post("{}")).status).toBe(200);
    await bench.services.runs.delete(ann, run);
    expect((await post("{}")).status).toBe(404);
    const address = { entityName: "ann", projectName: "my cats", runName: "r ü" };
    await bench.services.runs.upsert(ann, address, {});
    expect((await post("{}")).status).toBe(200);
  });
});
