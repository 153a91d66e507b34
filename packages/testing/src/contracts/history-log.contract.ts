// What every history log must do, whatever holds its lines.
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { HistoryLog, Line, LineStream, LineWrite } from "@steelyard/server";
import { LineModel } from "../oracle/line-model.ts";

/** A log to test, empty. */
export interface HistoryLogUnderTest {
  readonly log: HistoryLog;
  close(): Promise<void>;
}

const run = { projectId: 3, runId: 7 };
const history = { ...run, stream: "history" } as const;
const everything = { from: 0, to: 1_000_000_000 };

/** Declares the suite; `create` is called before each test. */
export function describeHistoryLog(name: string, create: () => Promise<HistoryLogUnderTest>): void {
  describe(name, () => {
    let under: HistoryLogUnderTest;
    let log: HistoryLog;

    beforeEach(async () => {
      under = await create();
      log = under.log;
    });

    afterEach(async () => {
      await under.close();
    });

    async function texts(
      from = 0,
      to = 1_000_000_000,
      stream: LineStream = "history",
    ): Promise<readonly string[]> {
      return (await log.readLines({ ...run, stream, from, to })).map((line) => line.text);
    }

    test("a run that was never written has no lines", async () => {
      expect(await log.counts(run)).toEqual({ history: 0, events: 0, console: 0 });
      expect(await texts()).toEqual([]);
      expect(await log.changes({ ...history, since: 0 })).toEqual({ version: 0, lineCount: 0, from: null });
    });

    test("lines come back under their numbers, byte for byte", async () => {
      const odd = [
        "",
        " ",
        "é日本😀",
        "a\nb",
        "\n",
        "a\r\n\tb",
        '{"a":NaN}',
        "\ud800 alone",
        "\0",
        "x".repeat(5000),
      ];
      await log.append([write(0, odd)]);
      expect(await log.readLines({ ...history, ...everything })).toEqual(
        odd.map((text, number): Line => ({ number, text })),
      );
    });

    test("a range begins with its first line and ends before its last", async () => {
      await log.append([write(0, ["a", "b", "c"]), write(3, ["d", "e"])]);
      expect(await texts(1, 4)).toEqual(["b", "c", "d"]);
      expect(await texts(2, 2)).toEqual([]);
      expect(await texts(4, 2)).toEqual([]);
      expect(await texts(5, 9)).toEqual([]);
    });

    test("a later write replaces the lines under its numbers, also within one call", async () => {
      await log.append([write(0, ["a", "b", "c", "d"]), write(1, ["B"]), write(2, ["C", "D", "E"])]);
      await log.append([write(0, ["A"])]);
      expect(await texts()).toEqual(["A", "B", "C", "D", "E"]);
      expect((await log.counts(run)).history).toBe(5);
    });

    test("the same write again changes nothing that can be read", async () => {
      await log.append([write(0, ["a", "b"])]);
      await log.append([write(0, ["a", "b"])]);
      expect(await texts()).toEqual(["a", "b"]);
    });

    test("a write past the end leaves absent lines, which count", async () => {
      await log.append([write(0, ["a"]), write(5, ["f"])]);
      expect((await log.counts(run)).history).toBe(6);
      expect(await log.readLines({ ...history, ...everything })).toEqual([
        { number: 0, text: "a" },
        { number: 5, text: "f" },
      ]);
      await log.append([write(2, ["c"])]);
      expect(await texts()).toEqual(["a", "c", "f"]);
    });

    test("an offset that is no line number is refused, and nothing of the call is kept", async () => {
      for (const offset of [-1, 1.5, Number.MAX_SAFE_INTEGER]) {
        await expect(log.append([write(0, ["a"]), write(offset, ["b"])])).rejects.toMatchObject({
          code: "invalid_argument",
        });
      }
      expect(await texts()).toEqual([]);
    });

    test("writes without lines and calls without writes do nothing", async () => {
      await log.append([]);
      await log.append([write(9, [])]);
      expect((await log.counts(run)).history).toBe(0);
    });

    test("streams and runs do not mix", async () => {
      await log.append([
        write(0, ["h"]),
        { ...write(0, ["e", "e2"]), stream: "events" },
        { ...write(0, ["c"]), stream: "console" },
        { ...write(0, ["other run"]), runId: 8 },
        { ...write(0, ["other project"]), projectId: 4 },
      ]);
      expect(await log.counts(run)).toEqual({ history: 1, events: 2, console: 1 });
      expect(await texts()).toEqual(["h"]);
      expect(await texts(0, 9, "events")).toEqual(["e", "e2"]);
    });

    test("more lines than a batch holds come back whole", async () => {
      const many = Array.from({ length: 10_000 }, (_, index) => `line ${index}`);
      await log.append([write(0, many)]);
      expect(await texts()).toEqual(many);
      expect(await texts(4090, 4100)).toEqual(many.slice(4090, 4100));
    });

    test("lines larger than a batch come back whole", async () => {
      const big = ["a", "b", "c"].map((letter) => letter.repeat(3_000_000));
      await log.append([write(0, big)]);
      expect(await texts()).toEqual(big);
    });

    test("cutting off leaves what was before, and later lines go on from there", async () => {
      await log.append([write(0, ["a", "b", "c"]), write(3, ["d"]), write(4, ["e"])]);
      await log.truncate({ ...history, lineCount: 2 });
      expect(await texts()).toEqual(["a", "b"]);
      expect((await log.counts(run)).history).toBe(2);
      await log.append([write(2, ["C"])]);
      expect(await texts()).toEqual(["a", "b", "C"]);
      await log.append([write(5, ["F"])]);
      expect(await texts()).toEqual(["a", "b", "C", "F"]);
    });

    test("cutting off at or after the end does nothing", async () => {
      await log.append([write(0, ["a"])]);
      const before = await log.changes({ ...history, since: 0 });
      await log.truncate({ ...history, lineCount: 1 });
      await log.truncate({ ...history, lineCount: 10 });
      expect(await log.changes({ ...history, since: before.version })).toEqual({ ...before, from: null });
    });

    test("cutting off to nothing leaves nothing", async () => {
      await log.append([write(0, ["a", "b"])]);
      await log.truncate({ ...history, lineCount: 0 });
      expect(await texts()).toEqual([]);
      expect((await log.counts(run)).history).toBe(0);
    });

    test("changes tell the first line that is not as it was", async () => {
      await log.append([write(0, ["a", "b", "c"])]);
      const first = await log.changes({ ...history, since: 0 });
      expect(first).toMatchObject({ lineCount: 3, from: 0 });
      expect(await log.changes({ ...history, since: first.version })).toEqual({ ...first, from: null });

      await log.append([write(3, ["d"])]);
      const second = await log.changes({ ...history, since: first.version });
      expect(second.version).toBeGreaterThan(first.version);
      expect(second).toMatchObject({ lineCount: 4, from: 3 });

      await log.append([write(4, ["e"]), write(1, ["B"])]);
      expect(await log.changes({ ...history, since: second.version })).toMatchObject({
        lineCount: 5,
        from: 1,
      });

      const third = await log.changes({ ...history, since: second.version });
      await log.truncate({ ...history, lineCount: 2 });
      expect(await log.changes({ ...history, since: third.version })).toMatchObject({
        lineCount: 2,
        from: 2,
      });
      expect(await log.changes({ ...run, stream: "events", since: 0 })).toMatchObject({ version: 0 });
    });

    test("a window of steps finds its lines, and lines without steps, at whatever cost", async () => {
      await log.append([
        stepped(0, [0, 1, 2]),
        stepped(3, [3, 4, 5]),
        stepped(6, [10, 11]),
        { ...write(8, ["no step"]), steps: null },
      ]);
      expect(await stepLines(3, 5)).toEqual(expect.arrayContaining(["3", "4", "no step"]));
      expect(await stepLines(6, 10)).toEqual(expect.arrayContaining(["no step"]));
      expect(await stepLines(11, 1000)).toEqual(expect.arrayContaining(["11", "no step"]));
      expect(await stepLines(2, 4)).toEqual(expect.arrayContaining(["2", "3", "no step"]));
    });

    test("a line that was overwritten with another step is not found under the old one", async () => {
      await log.append([stepped(0, [0, 1, 2, 3])]);
      await log.append([stepped(1, [50])]);
      expect(await stepLines(0, 4)).toEqual(["0", "2", "3"]);
      expect(await stepLines(50, 51)).toEqual(["50"]);
    });

    test("a line that was cut off is not found under its step", async () => {
      await log.append([stepped(0, [0, 1, 2, 3])]);
      await log.truncate({ ...history, lineCount: 2 });
      await log.append([stepped(2, [9])]);
      expect(await stepLines(0, 4)).toEqual(["0", "1"]);
    });

    test("each of several writers adds after what is there, and repeats itself in place", async () => {
      const a = (offset: number, lines: readonly string[]): LineWrite => ({
        ...write(offset, lines),
        writer: "a",
      });
      const b = (offset: number, lines: readonly string[]): LineWrite => ({
        ...write(offset, lines),
        writer: "b",
      });
      await log.append([a(0, ["a0", "a1"]), b(0, ["b0"]), a(2, ["a2"]), b(1, ["b1"])]);
      expect(await texts()).toEqual(["a0", "a1", "b0", "a2", "b1"]);
      await log.append([a(1, ["a1'", "a2'", "a3"])]);
      expect(await texts()).toEqual(["a0", "a1'", "b0", "a2'", "b1", "a3"]);
      await log.append([b(0, ["b0", "b1"]), a(0, ["A0"])]);
      expect(await texts()).toEqual(["A0", "a1'", "b0", "a2'", "b1", "a3"]);
    });

    test("a writer that begins with a high number leaves no absent lines", async () => {
      await log.append([write(0, ["x"]), { ...write(40, ["a40", "a41"]), writer: "a" }]);
      await log.append([{ ...write(10, ["a10"]), writer: "a" }]);
      expect((await log.counts(run)).history).toBe(4);
      expect(await texts()).toEqual(["x", "a40", "a41", "a10"]);
    });

    test("what a writer sends again after a cut is new", async () => {
      await log.append([{ ...write(0, ["a0", "a1", "a2"]), writer: "a" }]);
      await log.truncate({ ...history, lineCount: 1 });
      await log.append([{ ...write(0, ["a0'", "a1'"]), writer: "a" }]);
      expect(await texts()).toEqual(["a0'", "a1'"]);
    });

    test("a deleted run has no lines, and others keep theirs", async () => {
      await log.append([write(0, ["a"]), { ...write(0, ["kept"]), runId: 8 }]);
      await log.append([{ ...write(0, ["w"]), writer: "a", stream: "console" }]);
      await log.deleteRun(run);
      expect(await log.counts(run)).toEqual({ history: 0, events: 0, console: 0 });
      expect(await texts()).toEqual([]);
      expect(await log.readLines({ ...history, runId: 8, ...everything })).toEqual([
        { number: 0, text: "kept" },
      ]);
      await log.deleteRun(run);
    });

    test("any sequence of writes, overwrites, writers and cuts reads as the model says", async () => {
      let runId = 100;
      await fc.assert(
        fc.asyncProperty(fc.array(arbitraryAction, { maxLength: 25 }), async (actions) => {
          runId += 1;
          await playActions(log, runId, actions);
        }),
        { numRuns: 100 },
      );
    });

    async function stepLines(minStep: number, maxStep: number): Promise<readonly string[]> {
      return (await log.readSteps({ ...run, minStep, maxStep })).map((line) => line.text);
    }
  });
}

type Action =
  | { readonly kind: "append"; readonly writes: readonly ActionWrite[] }
  | { readonly kind: "truncate"; readonly lineCount: number };

interface ActionWrite {
  readonly writer: string;
  readonly offset: number;
  readonly steps: readonly number[];
  readonly isWithoutSteps: boolean;
}

const arbitraryWrite: fc.Arbitrary<ActionWrite> = fc.record({
  writer: fc.constantFrom("", "", "", "a", "b"),
  offset: fc.nat(12),
  steps: fc.array(fc.nat(20), { maxLength: 6 }),
  isWithoutSteps: fc.integer({ min: 0, max: 9 }).map((die) => die === 0),
});

const arbitraryAction: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant("append"), writes: fc.array(arbitraryWrite, { maxLength: 4 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("truncate"), lineCount: fc.nat(15) }) },
);

async function playActions(log: HistoryLog, runId: number, actions: readonly Action[]): Promise<void> {
  const stream = { projectId: 1, runId, stream: "history" } as const;
  const model = new LineModel();
  let serial = 0;
  let version = 0;
  for (const action of actions) {
    const before = model.readLines(0, Infinity);
    if (action.kind === "append") {
      const writes = action.writes.map(({ writer, offset, steps, isWithoutSteps }): LineWrite => {
        const lines = steps.map((step) => `${step}:${++serial}`);
        const range = { min: Math.min(...steps), max: Math.max(...steps) };
        return { ...stream, writer, offset, lines, steps: isWithoutSteps ? null : range };
      });
      await log.append(writes);
      for (const write of writes) model.append(write);
    } else {
      await log.truncate({ ...stream, lineCount: action.lineCount });
      model.truncate(action.lineCount);
    }
    version = await checkChanges(log, { stream, since: version, before, model });
    for (const [from, to] of [
      [0, 1000],
      [0, 5],
      [3, 9],
    ] as const) {
      expect(await log.readLines({ ...stream, from, to })).toEqual(model.readLines(from, to));
    }
    for (const [minStep, maxStep] of [
      [0, 6],
      [5, 12],
      [11, 1000],
    ] as const) {
      const found = await log.readSteps({ projectId: 1, runId, minStep, maxStep });
      expect(model.readLines(0, Infinity)).toEqual(expect.arrayContaining([...found]));
      const numbers = found.map((line) => line.number);
      expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
      expect(numbers).toEqual(expect.arrayContaining([...model.linesWithSteps(minStep, maxStep, stepOf)]));
    }
  }
}

async function checkChanges(
  log: HistoryLog,
  check: {
    readonly stream: { readonly projectId: number; readonly runId: number; readonly stream: LineStream };
    readonly since: number;
    readonly before: readonly Line[];
    readonly model: LineModel;
  },
): Promise<number> {
  const changes = await log.changes({ ...check.stream, since: check.since });
  const after = check.model.readLines(0, Infinity);
  const from = changes.from ?? Infinity;
  expect(changes.lineCount).toBe(check.model.lineCount);
  expect(changes.version).toBeGreaterThanOrEqual(check.since);
  expect(changes.version === check.since).toBe(changes.from === null);
  expect(after.filter((line) => line.number < from)).toEqual(
    check.before.filter((line) => line.number < from),
  );
  return changes.version;
}

function stepOf(text: string): number {
  return Number(text.split(":")[0]);
}

function write(offset: number, lines: readonly string[]): LineWrite {
  return { ...history, offset, lines, writer: "", steps: { min: 0, max: 0 } };
}

function stepped(offset: number, steps: readonly number[]): LineWrite {
  return {
    ...write(offset, steps.map(String)),
    steps: { min: Math.min(...steps), max: Math.max(...steps) },
  };
}
