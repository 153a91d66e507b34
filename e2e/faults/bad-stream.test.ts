// Bodies that no client should send to file_stream: each is refused or taken as far as it makes sense, never a
// server error (the client would repeat it for seven days), and what was there before stays.
import { gzipSync } from "node:zlib";
import { startTestServer, type TestServer } from "@steelyard/testing";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { Wire, type RunAddress, type WireAnswer } from "../wire/wire.ts";

const mebibyte = 1024 * 1024;
let server: TestServer;
let wire: Wire;
let kept: RunAddress;
let keptLines: string[];
let made = 0;

beforeAll(async () => {
  server = await startTestServer();
  wire = new Wire(server);
  kept = await wire.upsertRun("bad-input", "kept");
  keptLines = Array.from({ length: 20 }, (_, step) => `{"_step":${step},"loss":${step}.25}`);
  await wire.fileStream(kept, { files: { "wandb-history.jsonl": { offset: 0, content: keptLines } } });
});

afterEach(async () => {
  expect((await wire.request("/health")).status).toBe(200);
  expect(await wire.historyLines(kept)).toEqual(keptLines);
});

afterAll(async () => {
  await server.stop();
});

async function newRun(): Promise<RunAddress> {
  return wire.upsertRun("bad-input", `run-${made++}`);
}

function history(content: unknown, offset: unknown = 0): unknown {
  return { files: { "wandb-history.jsonl": { offset, content } } };
}

/** 200, or a refusal that the client does not repeat. */
function expectSettled(answer: WireAnswer): void {
  expect([200, 400, 404, 413, 422], answer.text).toContain(answer.status);
}

describe("a body that is not what it should be", () => {
  it.each([
    ["nothing", ""],
    ["half an object", '{"files":{"wandb-history.jsonl":'],
    ["a list", "[]"],
    ["text", '"text"'],
    ["null", "null"],
    ["a number", "5"],
    ["not JSON", "<html>"],
    ["bytes that are not UTF-8", Uint8Array.of(0x7b, 0xff, 0xfe, 0x7d)],
  ])("is refused with 400 when it is %s", async (_, body) => {
    const answer = await wire.fileStream(kept, body);
    expect(answer.status, answer.text).toBe(400);
    expect(answer.text.length).toBeGreaterThan(0);
  });

  it.each([
    ["files is a list", { files: [] }],
    ["files is text", { files: "x" }],
    ["files is null", { files: null }],
    ["a file is null", { files: { "wandb-history.jsonl": null } }],
    ["a file is a list", { files: { "wandb-history.jsonl": [] } }],
    ["content is text", history("x")],
    ["content is missing", { files: { "wandb-history.jsonl": { offset: 0 } } }],
    ["content holds numbers", history([1, 2])],
    ["content holds null", history([null])],
    ["content holds objects", history([{ _step: 1 }])],
    ["offset is negative", history(["{}"], -1)],
    ["offset is text", history(["{}"], "0")],
    ["offset is a fraction", history(["{}"], 0.5)],
    ["offset is null", history(["{}"], null)],
    ["offset is missing", { files: { "wandb-history.jsonl": { content: ["{}"] } } }],
    ["offset is enormous", history(["{}"], 1e15)],
    ["offset is beyond every integer", '{"files":{"wandb-history.jsonl":{"offset":1e400,"content":["{}"]}}}'],
    ["exitcode is text", { complete: true, exitcode: "zero" }],
    ["complete is text", { complete: "yes" }],
    ["uploaded is a number", { uploaded: 5 }],
    ["preempting is an object", { preempting: {} }],
  ])("is settled at once when %s", async (_, body) => {
    const run = await newRun();
    expectSettled(await wire.fileStream(run, body));
    // Whatever was decided, the run goes on to take what is right.
    expect((await wire.fileStream(run, history(['{"_step":0,"a":1}']))).status).toBe(200);
    expect(await wire.historyLines(run)).toContain('{"_step":0,"a":1}');
  });

  it("is refused when it claims to be gzip and is not", async () => {
    const answer = await wire.fileStream(kept, "{}", { "content-encoding": "gzip" });
    expect(answer.status).toBe(400);
  });

  it("is refused when it unpacks to far more than it may hold", async () => {
    const bomb = gzipSync(Buffer.alloc(400 * mebibyte, " "), { level: 1 });
    expectSettled(await wire.fileStream(kept, bomb, { "content-encoding": "gzip" }));
  });
});

describe("keys and lines that nobody knows", () => {
  it("ignores unknown keys and files and keeps what it knows", async () => {
    const run = await newRun();
    const answer = await wire.fileStream(run, {
      surprise: { deep: [1] },
      dropped: 3,
      failed: false,
      files: {
        "wandb-history.jsonl": { offset: 0, content: ['{"_step":0,"a":1}'], more: true },
        "unknown.bin": { offset: 0, content: ["x"] },
        "../../escape": { offset: 0, content: ["x"] },
      },
    });
    expect(answer.status).toBe(200);
    expect(await wire.historyLines(run)).toEqual(['{"_step":0,"a":1}']);
  });

  it("keeps the good lines beside one that is not JSON, or takes none of them", async () => {
    const run = await newRun();
    const content = ['{"_step":0,"a":0}', "not json", '{"_step":2,"a":2}', "[1]", '{"_step":4,"a":4}'];
    const answer = await wire.fileStream(run, history(content));
    expectSettled(answer);
    const good = ['{"_step":0,"a":0}', '{"_step":2,"a":2}', '{"_step":4,"a":4}'];
    const lines = await wire.historyLines(run);
    expect(lines.filter((line) => good.includes(line))).toEqual(answer.status === 200 ? good : []);
    await wire.run(run, "historyKeys historyLineCount summaryMetrics events(samples: 5)");
  });

  it("pads when an offset lies beyond the end, and fills the gap later", async () => {
    const run = await newRun();
    expect((await wire.fileStream(run, history(['{"_step":5,"a":5}'], 5))).status).toBe(200);
    expect(await wire.historyLines(run)).toEqual(['{"_step":5,"a":5}']);
    const first = Array.from({ length: 5 }, (_, step) => `{"_step":${step},"a":${step}}`);
    expect((await wire.fileStream(run, history(first))).status).toBe(200);
    expect(await wire.historyLines(run)).toEqual([...first, '{"_step":5,"a":5}']);
    expect(await wire.run(run, "historyLineCount")).toEqual({ historyLineCount: 6 });
  });

  it("overwrites by offset, so that a repeated request changes nothing", async () => {
    const run = await newRun();
    const body = history(['{"_step":0,"a":0}', '{"_step":1,"a":1}']);
    for (let i = 0; i < 3; i++) expect((await wire.fileStream(run, body)).status).toBe(200);
    expect(await wire.historyLines(run)).toHaveLength(2);
    await wire.fileStream(run, history(['{"_step":1,"a":"again"}'], 1));
    expect(await wire.historyLines(run)).toEqual(['{"_step":0,"a":0}', '{"_step":1,"a":"again"}']);
  });

  it("keeps odd values as they are", async () => {
    const run = await newRun();
    const content = [
      '{"_step":0,"nan":NaN,"inf":Infinity,"neg":-Infinity}',
      '{"_step":1,"big":123456789012345678901234567890,"exp":1.7952133977708776e+09}',
      '{"_step":2,"__proto__":{"polluted":1},"constructor":2,"toString":3,"":4}',
      '{"_step":3,"nul":"a\\u0000b","lone":"\\ud800","emoji":"😀"}',
      '{"_step":4,"same":1,"same":2}',
    ];
    expect((await wire.fileStream(run, history(content))).status).toBe(200);
    expect(await wire.historyLines(run)).toEqual(content);
    const keys = await wire.run(run, "historyKeys");
    expect(JSON.stringify(keys)).toContain("constructor");
  });

  it("survives a line that is nested very deeply", async () => {
    const run = await newRun();
    const deep = `{"_step":0,"a":${"[".repeat(20_000)}${"]".repeat(20_000)}}`;
    expectSettled(await wire.fileStream(run, history([deep])));
    const answer = await wire.graphql(
      `{ project(name: "bad-input", entityName: "${run.entity}") { run(name: "${run.id}") { history(samples: 5) historyKeys } } }`,
    );
    expect(answer.status).toBe(200);
  });
});

describe("a large body", () => {
  it("is taken up to 25 MiB, plain or packed", async () => {
    const line = (step: number): string => `{"_step":${step},"text":"${"x".repeat(mebibyte - 100)}"}`;
    const content = Array.from({ length: 25 }, (_, step) => line(step));
    const plain = await newRun();
    expect((await wire.fileStream(plain, history(content))).status).toBe(200);
    expect(await wire.run(plain, "historyLineCount")).toEqual({ historyLineCount: 25 });
    const packed = await newRun();
    const body = gzipSync(JSON.stringify(history(content)), { level: 1 });
    expect((await wire.fileStream(packed, body, { "content-encoding": "gzip" })).status).toBe(200);
    expect(await wire.historyLines(packed)).toEqual(content);
  });

  it("may be a GraphQL document with a 25 MiB variable", async () => {
    const text = "y".repeat(25 * mebibyte);
    const run = await wire.upsertRun("bad-input", "large", { notes: text });
    expect(await wire.run(run, "notes")).toEqual({ notes: text });
  });

  it("is refused with 413 when it is far larger than any client sends", async () => {
    const answer = await wire
      .fileStream(kept, `{"pad":"${"z".repeat(300 * mebibyte)}"}`)
      .catch((error: unknown) => error);
    // The server may answer, or answer and close while the body is still being sent.
    if (answer instanceof Error)
      expect(answer).toHaveProperty("code", expect.stringMatching(/ECONNRESET|EPIPE/u));
    else expect(answer).toHaveProperty("status", 413);
  });
});

describe("a caller who may not write", () => {
  it("is answered 401 without a key and with a wrong one", async () => {
    const path = `/files/${kept.entity}/${kept.project}/${kept.id}/file_stream`;
    const post = { method: "POST", body: "{}", headers: { "content-type": "application/json" } };
    expect((await wire.request(path, { ...post, authorized: false })).status).toBe(401);
    const stranger = new Wire({ url: server.url, apiKey: "f".repeat(40) });
    expect((await stranger.request(path, post)).status).toBe(401);
  });

  it("is refused for a run that does not exist", async () => {
    const answer = await wire.fileStream({ ...kept, id: "nowhere" }, {});
    expect([400, 403, 404]).toContain(answer.status);
  });
});
