import { describe, expect, it } from "vitest";
import { parseConsoleLine } from "./console-line.ts";
import { planPage } from "./console-page.ts";

const time = "2026-11-20T21:51:35.549510";

describe("a console line", () => {
  it.each([
    [`${time} hello`, { timestamp: time, level: "", label: "", line: "hello" }],
    [`ERROR ${time} oh no`, { timestamp: time, level: "error", label: "", line: "oh no" }],
    [`${time} [worker 1] hello`, { timestamp: time, level: "", label: "worker 1", line: "hello" }],
    [`ERROR ${time} [w] oh`, { timestamp: time, level: "error", label: "w", line: "oh" }],
    [`${time} `, { timestamp: time, level: "", label: "", line: "" }],
    [time, { timestamp: time, level: "", label: "", line: "" }],
    [`${time}Z  indented`, { timestamp: `${time}Z`, level: "", label: "", line: " indented" }],
    ["no time at all", { timestamp: null, level: "", label: "", line: "no time at all" }],
    ["ERROR without a time", { timestamp: null, level: "", label: "", line: "ERROR without a time" }],
    ["", { timestamp: null, level: "", label: "", line: "" }],
    [
      `{"level":"error","ts":"${time}","label":"w","content":"oh [no]"}`,
      { timestamp: time, level: "error", label: "w", line: "oh [no]" },
    ],
    [`{"ts":"${time}","content":""}`, { timestamp: time, level: "", label: "", line: "" }],
    ['{"content":"x"}', { timestamp: null, level: "", label: "", line: "x" }],
    ['{"loss":1}', { timestamp: null, level: "", label: "", line: '{"loss":1}' }],
    ["{broken", { timestamp: null, level: "", label: "", line: "{broken" }],
  ])("%j is read", (text, expected) => {
    expect(parseConsoleLine(4, text)).toEqual({ number: 4, ...expected });
  });
});

describe("a page of console lines", () => {
  const none = { last: null, first: null, after: null };

  it("is the last lines, or all when there are fewer", () => {
    expect(planPage({ ...none, last: 3 }, 10)).toEqual({ from: 7, to: 10 });
    expect(planPage({ ...none, last: 30 }, 10)).toEqual({ from: 0, to: 10 });
  });

  it("begins at the start or after a cursor, and has a size when none is asked for", () => {
    expect(planPage(none, 5_000)).toEqual({ from: 0, to: 1_000 });
    expect(planPage({ ...none, first: 4 }, 10)).toEqual({ from: 0, to: 4 });
    const after = Buffer.from("line:7").toString("base64url");
    expect(planPage({ ...none, first: 4, after }, 10)).toEqual({ from: 8, to: 10 });
    expect(planPage({ ...none, after }, 3)).toEqual({ from: 3, to: 3 });
  });

  it("has a bound", () => {
    expect(planPage({ ...none, last: 2 ** 31 - 1 }, 1_000_000)).toEqual({ from: 990_000, to: 1_000_000 });
  });

  it.each([
    [{ ...none, last: -1 }, "last"],
    [{ ...none, first: -1 }, "first"],
    [{ ...none, after: "nonsense" }, "after"],
  ])("%j is refused", (request, field) => {
    expect(() => planPage(request, 10)).toThrow(expect.objectContaining({ code: "invalid_argument", field }));
  });
});
