import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { StreamAppend } from "./stream-ingest.ts";
import { planStream } from "./stream-plan.ts";
import type { StreamPlan } from "./stream-plan.ts";

function plan(body: unknown, request: Partial<StreamAppend> = {}): StreamPlan {
  const all = {
    projectId: 1,
    runName: "r",
    body: Buffer.from(typeof body === "string" ? body : JSON.stringify(body)),
    encoding: "identity" as const,
    writer: "",
    receivedAt: "2026-01-01T00:00:00.000Z",
    ...request,
  };
  return planStream(all, { projectId: 1, runId: 2 });
}

function history(...content: readonly string[]): StreamPlan {
  return plan({ files: { "wandb-history.jsonl": { offset: 3, content } } });
}

describe("a file_stream request", () => {
  it("may be empty: a heartbeat", () => {
    expect(plan({})).toEqual({
      writes: [],
      change: { projectId: 1, runId: 2, now: "2026-01-01T00:00:00.000Z", hasHistory: false },
      problems: [],
    });
  });

  it("puts the lines of its files into their streams", () => {
    const files = {
      "output.log": { offset: 7, content: ["printed"] },
      "wandb-events.jsonl": { offset: 1, content: ['{"system.cpu":1}'] },
      "wandb-history.jsonl": { offset: 0, content: ['{"_step":4}', '{"_step":9,"a":NaN}'] },
    };
    const key = { projectId: 1, runId: 2, writer: "" };
    expect(plan({ files })).toMatchObject({
      writes: [
        {
          ...key,
          stream: "history",
          offset: 0,
          lines: ['{"_step":4}', '{"_step":9,"a":NaN}'],
          steps: { min: 4, max: 9 },
        },
        { ...key, stream: "events", offset: 1, lines: ['{"system.cpu":1}'], steps: null },
        { ...key, stream: "console", offset: 7, lines: ["printed"], steps: null },
      ],
      change: { hasHistory: true },
      problems: [],
    });
  });

  it("brings the last line of the summary as the whole summary, letter for letter", () => {
    const summary = '{ "id": 9007199254740993, "bad": NaN }';
    const files = { "wandb-summary.json": { offset: 0, content: ["{}", summary] } };
    expect(plan({ files }).change.summary).toBe(summary);
  });

  it("reports a summary that cannot be read and stores none", () => {
    const { change, problems } = plan({ files: { "wandb-summary.json": { offset: 0, content: ["[1]"] } } });
    expect(change).not.toHaveProperty("summary");
    expect(problems).toMatchObject([{ file: "wandb-summary.json", line: 0 }]);
  });

  it.each([
    [{ complete: true, exitcode: 3 }, { exitCode: 3 }],
    [{ complete: true }, { exitCode: 0 }],
    [{ preempting: true }, { isPreempting: true }],
  ])("%j means %j", (body, change) => {
    expect(plan(body).change).toMatchObject(change);
  });

  it("that is not complete does not end the run, whatever older clients add", () => {
    const { change, problems } = plan({
      complete: false,
      exitcode: 1,
      failed: false,
      dropped: 2,
      uploaded: [],
    });
    expect(change).not.toHaveProperty("exitCode");
    expect(problems).toEqual([]);
  });

  it("of one of several writers says so", () => {
    expect(plan({}, { writer: "w1" }).change.isShared).toBe(true);
    const files = { "output.log": { offset: 0, content: ["x"] } };
    expect(plan({ files }, { writer: "w1" }).writes).toMatchObject([{ writer: "w1" }]);
  });

  it("may be packed, may hold bare NaN outside of texts, and may begin with a byte order mark", () => {
    expect(plan({}, { body: gzipSync('{"preempting":true}'), encoding: "gzip" }).change.isPreempting).toBe(
      true,
    );
    expect(plan('\uFEFF{"preempting":true,"later":NaN}').change.isPreempting).toBe(true);
  });

  it("keeps bad lines and reports them by number", () => {
    const { writes, problems } = history('{"_step":1}', "nonsense", "");
    expect(writes).toMatchObject([{ lines: ['{"_step":1}', "nonsense", ""], steps: { min: 1, max: 1 } }]);
    expect(problems.map(({ file, line }) => [file, line])).toEqual([
      ["wandb-history.jsonl", 4],
      ["wandb-history.jsonl", 5],
    ]);
  });

  it("reports the first hundred problems, and how many more there are", () => {
    const { problems } = history(...Array.from({ length: 130 }, () => "nonsense"));
    expect(problems).toHaveLength(101);
    expect(problems.at(-1)?.message).toBe("And 30 more problems");
  });

  it("reports fields and files that it does not know", () => {
    const { problems } = plan({ speed: 1, files: { "other.txt": "anything" } });
    expect(problems).toEqual([
      { file: "", line: null, message: 'Unknown field "speed"' },
      { file: "other.txt", line: null, message: "Unknown file; it is not stored" },
    ]);
  });

  it.each([
    ["", "body"],
    ["[]", "body"],
    ['{"files":', "body"],
    [{ files: [] }, "files"],
    [{ files: { "output.log": [] } }, "files.output.log"],
    [{ files: { "output.log": { content: [] } } }, "files.output.log.offset"],
    [{ files: { "output.log": { offset: -1, content: [] } } }, "files.output.log.offset"],
    [{ files: { "output.log": { offset: 1.5, content: [] } } }, "files.output.log.offset"],
    [{ files: { "output.log": { offset: "1", content: [] } } }, "files.output.log.offset"],
    [{ files: { "output.log": { offset: 2 ** 31, content: ["x"] } } }, "files.output.log.offset"],
    [{ files: { "output.log": { offset: 0, content: "x" } } }, "files.output.log.content"],
    [{ files: { "output.log": { offset: 0, content: ["x", 1] } } }, "files.output.log.content[1]"],
    [{ uploaded: [1] }, "uploaded"],
    [{ complete: "yes" }, "complete"],
    [{ complete: true, exitcode: 1.5 }, "exitcode"],
  ])("%j is refused with the name of the field", (body, field) => {
    expect(() => plan(body)).toThrow(expect.objectContaining({ code: "invalid_argument", field }));
  });

  it("that is not packed as it says is refused", () => {
    expect(() => plan({}, { encoding: "gzip" })).toThrow(
      expect.objectContaining({ code: "invalid_argument" }),
    );
  });

  it("that grows beyond all measure when it is unpacked is refused", () => {
    const bomb = gzipSync(Buffer.alloc(129 * 1024 * 1024));
    expect(() => plan({}, { body: bomb, encoding: "gzip" })).toThrow(
      expect.objectContaining({ code: "payload_too_large" }),
    );
  });
});

describe("the steps of a request's lines", () => {
  it.each([
    [['{"_step":3}', '{"a":1,"_step":1}'], { min: 1, max: 3 }],
    [['{"a":{"_step":9},"_step":1}'], { min: 1, max: 1 }],
    [['{"text":"\\"_step\\":9,","_step":1}'], { min: 1, max: 1 }],
    [['{"x\\"_step":9,"_step":1}'], { min: 1, max: 1 }],
    [['{"_step":2,"_step":5}'], { min: 5, max: 5 }],
    [['{"_step": 2 , "a":1}'], { min: 2, max: 2 }],
    [['{"_step":-2}'], { min: -2, max: -2 }],
    [['{"_step":3.0}'], { min: 3, max: 3 }],
    [['{"_step":1e2}'], { min: 100, max: 100 }],
    [['{"a":{"_step":9}}'], null],
    [['{"_step":1}', '{"a":1}'], null],
    [['{"_step":1.5}'], null],
    [['{"_step":"1"}'], null],
    [['{"_step":9007199254740993}'], null],
    [["nonsense"], null],
  ])("of %j are %j", (lines, steps) => {
    expect(history(...lines).writes).toMatchObject([{ steps }]);
  });
});
