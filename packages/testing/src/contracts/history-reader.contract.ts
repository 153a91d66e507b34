// What every history reader must do, whatever holds the history.
import { parseJson, printJson } from "@steelyard/protocol";
import type { JsonValue } from "@steelyard/protocol";
import type { HistoryLog, HistoryReader, HistorySpec, RowChanges, RowPosition } from "@steelyard/server";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { HISTORY_KEYS, historyLine } from "../oracle/arbitrary-history.ts";
import { HistoryModel } from "../oracle/history-model.ts";

/** A reader to test, and the log whose lines it reads; both empty. */
export interface HistoryReaderUnderTest {
  readonly log: HistoryLog;
  readonly reader: HistoryReader;
  /** Whether lines keep their spelling; otherwise only their values. @default true */
  readonly keepsSpelling?: boolean;
  close(): Promise<void>;
}

/** Declares the suite; `create` is called before each test. */
export function describeHistoryReader(name: string, create: () => Promise<HistoryReaderUnderTest>): void {
  describe(name, () => {
    let under: HistoryReaderUnderTest;
    let reader: HistoryReader;
    const run = { projectId: 3, runId: 7 };

    beforeEach(async () => {
      under = await create();
      reader = under.reader;
    });

    afterEach(async () => {
      await under.close();
    });

    async function write(offset: number, lines: readonly string[], key = run): Promise<void> {
      await under.log.append([
        { ...key, stream: "history", offset, lines, writer: "", steps: stepsOf(lines, offset) },
      ]);
    }

    async function rows(
      window: { min?: number; max?: number; samples?: number } = {},
    ): Promise<readonly string[]> {
      const { min = null, max = null, samples = null } = window;
      return (await reader.rows({ ...run, minStep: min, maxStep: max, samples })).rows;
    }

    async function select(spec: Partial<HistorySpec>): Promise<readonly string[]> {
      const [selection] = await reader.select({ ...run, specs: [{ ...WHOLE, ...spec }] });
      return selection?.rows ?? [];
    }

    test("tells a reader from which step rows have changed since it looked", async () => {
      const look = async (since: RowPosition | null): Promise<RowChanges> =>
        reader.changes({ ...run, since });
      const step = (value: number): string => `{"_step":${value},"x":1}`;
      const empty = await look(null);
      expect(empty.fromStep).toBeNull();
      await write(0, [step(0), step(2), step(4)]);
      const first = await look(empty.position);
      expect(first.fromStep).toBeLessThanOrEqual(0);
      expect(await look(null)).toEqual({ ...first, fromStep: -Infinity });
      expect(await look(first.position)).toEqual({ ...first, fromStep: null });

      await write(3, [step(6), step(8)]);
      const grown = await look(first.position);
      expect(grown.position.lastStep).toBe(8);
      // A step too low is allowed, but not for rows that were only added to a log.
      expect(grown.fromStep).toBeLessThanOrEqual(6);
      if (under.keepsSpelling !== false) expect(grown.fromStep).toBe(6);

      // The same line again, as a client sends it that heard no answer.
      await write(4, [step(8)]);
      const repeated = await look(grown.position);
      expect(repeated.fromStep).toBeLessThanOrEqual(8);
      if (under.keepsSpelling !== false) expect(repeated.fromStep).toBe(6);

      await under.log.truncate({ ...run, stream: "history", lineCount: 2 });
      await write(2, [step(3), step(9)]);
      const rewound = await look(repeated.position);
      expect(rewound.fromStep).toBeLessThanOrEqual(3);
      if (under.keepsSpelling !== false) expect(rewound.fromStep).toBe(2);
      expect(rewound.position.lastStep).toBe(9);

      // A late line; after it nothing is known of the steps of lines that go.
      await write(4, [step(1)]);
      const late = await look(rewound.position);
      expect(late.fromStep).toBeLessThanOrEqual(1);
      await write(1, [step(7)]);
      expect((await look(late.position)).fromStep).toBe(-Infinity);
    });

    test("a run without history has no rows, no keys and the last step -1", async () => {
      expect(await reader.rows({ ...run, minStep: null, maxStep: null, samples: 5 })).toEqual({
        rows: [],
        isSampled: false,
        totalRows: 0,
      });
      expect(await reader.keys(run)).toEqual({ lastStep: -1, keys: {} });
      expect(await reader.tails(run)).toEqual({
        historyLineCount: 0,
        eventsLineCount: 0,
        logLineCount: 0,
        historyTail: "[]",
        eventsTail: "[]",
      });
      expect(await reader.systemMetrics(run)).toBeNull();
      expect(await reader.events({ ...run, samples: null })).toEqual([]);
    });

    test("a line that states its step comes back letter for letter, or at least value for value", async () => {
      const lines = [
        '{"loss":1.7952133977708776e+09,"_step":0}',
        '{ "id": 9007199254740993 , "_step" : 1 }',
        '{"_step":2,"bad":NaN,"worse":-Infinity}',
      ];
      await write(0, lines);
      if (under.keepsSpelling !== false) expect(await rows()).toEqual(lines);
      expect((await rows()).map((row) => printJson(parseJson(row)))).toEqual(
        lines.map((line) => printJson(parseJson(line))),
      );
    });

    test("rows come in the order of their steps, and lines of one step are one row", async () => {
      await write(0, ['{"_step":5,"a":1,"b":1}', '{"_step":2,"a":0}', '{"_step":5,"a":2}']);
      expect((await rows()).map((row) => parseJson(row))).toEqual([
        { _step: 2, a: 0 },
        { _step: 5, a: 2, b: 1 },
      ]);
    });

    test("a line without a step has its number for one", async () => {
      await write(0, ['{"a":1}', '{"a":2}']);
      expect((await rows()).map((row) => parseJson(row))).toEqual([
        { a: 1, _step: 0 },
        { a: 2, _step: 1 },
      ]);
    });

    test("lines that are no JSON objects are not rows", async () => {
      await write(0, ["nonsense", '{"_step":1}', "{broken}", "[1]"]);
      expect(await rows()).toEqual(['{"_step":1}']);
    });

    test("a window begins with its least step and ends before its greatest", async () => {
      await write(0, ['{"_step":1}', '{"_step":2}', '{"_step":3}', '{"_step":4}']);
      expect(await rows({ min: 2, max: 4 })).toEqual(['{"_step":2}', '{"_step":3}']);
      expect(await rows({ min: 3 })).toEqual(['{"_step":3}', '{"_step":4}']);
      expect(await rows({ max: 2 })).toEqual(['{"_step":1}']);
    });

    test("a sample is even, holds the first and the last row, and says of how many", async () => {
      await write(
        0,
        Array.from({ length: 101 }, (_, step) => `{"_step":${step}}`),
      );
      const page = await reader.rows({ ...run, minStep: null, maxStep: null, samples: 11 });
      expect(page).toMatchObject({ isSampled: true, totalRows: 101 });
      expect(page.rows).toEqual(Array.from({ length: 11 }, (_, index) => `{"_step":${index * 10}}`));
      expect(await rows({ samples: 1 })).toEqual(['{"_step":100}']);
      expect(await rows({ samples: 0 })).toEqual([]);
      expect(await rows({ samples: 101 })).toHaveLength(101);
    });

    test("rows with all keys are those that hold every one, and have no other", async () => {
      await write(0, ['{"_step":0,"a":1,"b":1,"c":1}', '{"_step":1,"a":2}', '{"_step":2,"b":3,"a":null}']);
      expect(await select({ keys: ["_step", "a", "b", "_step"] })).toEqual([
        '{"_step":0,"a":1,"b":1}',
        '{"_step":2,"a":null,"b":3}',
      ]);
    });

    test("rows with the union of keys are those that hold one besides the step", async () => {
      await write(0, ['{"_step":0,"a":1}', '{"_step":1,"c":2}', '{"_step":2,"b":3}']);
      expect(await select({ keys: ["_step", "a", "b"], mode: "union" })).toEqual([
        '{"_step":0,"a":1}',
        '{"_step":2,"b":3}',
      ]);
    });

    test("keys reach into nested objects, an exact key going first", async () => {
      await write(0, ['{"_step":0,"dict":{"val1":1.0}}', '{"_step":1,"dict.val1":2,"dict":{"val1":3}}']);
      expect(await select({ keys: ["dict.val1"] })).toEqual(['{"dict.val1":1}', '{"dict.val1":2}']);
    });

    test("the greatest step of a selection belongs to it", async () => {
      await write(0, ['{"_step":0,"a":0}', '{"_step":1,"a":1}', '{"_step":2,"a":2}']);
      expect(await select({ keys: ["a"], minStep: 1, maxStep: 1 })).toEqual(['{"a":1}']);
    });

    test("several selections are answered in their order", async () => {
      await write(0, ['{"_step":0,"a":1}', '{"_step":1,"b":2}']);
      const specs = [
        { ...WHOLE, keys: ["b"] },
        { ...WHOLE, keys: ["a"] },
        { ...WHOLE, keys: [], samples: 1 },
      ];
      const selections = await reader.select({ ...run, specs });
      expect(selections.map((selection) => selection.rows)).toEqual([
        ['{"b":2}'],
        ['{"a":1}'],
        ['{"_step":1,"b":2}'],
      ]);
    });

    test("keys tell types, the value at the last step, and whether it only grew", async () => {
      await write(0, [
        '{"_step":0,"loss":1,"x":1,"img":{"_type":"image-file","path":"a.png"}}',
        '{"_step":1,"loss":0.5,"x":2,"list":[1,2],"dict":{"val1":1.0,"val2":"v"}}',
      ]);
      const { lastStep, keys } = await reader.keys(run);
      expect(lastStep).toBe(1);
      expect(keys).toEqual({
        _step: { typeCounts: [{ type: "number", count: 2 }], monotonic: true, previousValue: 1 },
        loss: { typeCounts: [{ type: "number", count: 2 }], monotonic: false, previousValue: 0.5 },
        x: { typeCounts: [{ type: "number", count: 2 }], monotonic: true, previousValue: 2 },
        img: {
          typeCounts: [{ type: "image-file", count: 1 }],
          monotonic: false,
          previousValue: { _type: "image-file", path: "a.png" },
        },
        list: { typeCounts: [{ type: "list", count: 1 }], monotonic: false, previousValue: [1, 2] },
        "dict.val1": { typeCounts: [{ type: "number", count: 1 }], monotonic: true, previousValue: 1 },
        "dict.val2": { typeCounts: [{ type: "string", count: 1 }], monotonic: false, previousValue: "v" },
      });
    });

    test("buckets divide the axis evenly and count every row of the window", async () => {
      await write(
        0,
        Array.from({ length: 10 }, (_, step) => `{"_step":${step},"a":${step * 2},"t":${step * step}}`),
      );
      const whole = { ...run, keys: ["a"], xAxis: "_step", count: 3, minStep: null, maxStep: null };
      expect(await reader.buckets(whole)).toEqual({
        minX: 0,
        maxX: 9,
        series: [
          {
            key: "a",
            buckets: [0, 1, 2],
            counts: [3, 3, 4],
            mins: [0, 6, 12],
            maxs: [4, 10, 18],
            means: [2, 8, 15],
          },
        ],
      });
      expect(await reader.buckets({ ...whole, minStep: 4, maxStep: 6, xAxis: "t", count: 2 })).toMatchObject({
        minX: 16,
        maxX: 25,
        series: [{ buckets: [0, 1], mins: [8, 10] }],
      });
      expect(await reader.buckets({ ...whole, keys: ["none"], minStep: 100 })).toEqual({
        minX: null,
        maxX: null,
        series: [{ key: "none", buckets: [], counts: [], mins: [], maxs: [], means: [] }],
      });
    });

    test("what is written after a read is in the next one", async () => {
      await write(0, ['{"_step":0,"a":1}']);
      expect((await reader.keys(run)).lastStep).toBe(0);
      await write(1, ['{"_step":1,"a":2}']);
      expect((await reader.keys(run)).lastStep).toBe(1);
      await write(0, ['{"_step":0,"b":1}']);
      expect(Object.keys((await reader.keys(run)).keys).sort()).toEqual(["_step", "a", "b"]);
      await under.log.truncate({ ...run, stream: "history", lineCount: 1 });
      expect(await rows()).toEqual(['{"_step":0,"b":1}']);
      expect((await reader.keys(run)).lastStep).toBe(0);
    });

    test("one run's history is not another's", async () => {
      const other = { projectId: 3, runId: 8 };
      await write(0, ['{"_step":0}']);
      await write(0, ['{"_step":9}'], other);
      expect((await reader.keys(run)).lastStep).toBe(0);
      expect((await reader.keys(other)).lastStep).toBe(9);
    });

    test("tails hold the last lines as texts, and counts tell where the next ones belong", async () => {
      await write(0, ['{"_step":3,"loss":1}', '{"loss":2}', "broken"]);
      await under.log.append([
        { ...run, stream: "events", offset: 0, lines: ['{"system.cpu":5}'], writer: "", steps: null },
        { ...run, stream: "console", offset: 0, lines: ["a", "b"], writer: "", steps: null },
      ]);
      const tails = await reader.tails(run);
      expect(tails).toMatchObject({ historyLineCount: 3, eventsLineCount: 1, logLineCount: 2 });
      expect(parseJson(tails.historyTail)).toEqual(['{"loss":2,"_step":1}', '{"_step":3,"loss":1}']);
      expect(parseJson(tails.eventsTail)).toEqual(['{"system.cpu":5}']);
      expect(await reader.lineCounts({ runs: [run] })).toEqual([{ history: 3, events: 1, console: 2 }]);
    });

    test("system metrics are the last line that can be read, flattened", async () => {
      const lines = ['{"system.cpu":1}', '{"system":{"gpu":{"0":{"memory":7}}},"_runtime":2.5}', "broken"];
      await under.log.append([{ ...run, stream: "events", offset: 0, lines, writer: "", steps: null }]);
      expect(await reader.systemMetrics(run)).toBe('{"system.gpu.0.memory":7,"_runtime":2.5}');
      expect(await reader.events({ ...run, samples: null })).toEqual(lines.slice(0, 2));
      expect(await reader.events({ ...run, samples: 1 })).toEqual([]);
    });

    test("the line count at a step is the number of the first line after it", async () => {
      await write(0, ['{"_step":0}', '{"_step":2}', '{"_step":4}', "broken"]);
      const at = (step: number): Promise<number> => reader.lineCountAtStep({ ...run, step });
      expect(await Promise.all([-1, 0, 1, 2, 3, 4, 9].map(at))).toEqual([0, 1, 1, 2, 2, 4, 4]);
    });

    test("answers are those of a naive reader, whatever was written and read before", async () => {
      const writes = fc.array(fc.tuple(fc.nat({ max: 14 }), fc.array(historyLine, { maxLength: 6 })), {
        minLength: 1,
        maxLength: 5,
      });
      const question = fc.record({
        min: fc.option(fc.integer({ min: -3, max: 14 }), { nil: undefined }),
        max: fc.option(fc.integer({ min: -3, max: 14 }), { nil: undefined }),
        samples: fc.nat({ max: 6 }),
        keys: fc.subarray([...HISTORY_KEYS]),
        mode: fc.constantFrom("all" as const, "union" as const),
        cut: fc.option(fc.nat({ max: 14 }), { nil: undefined }),
      });
      let runId = 100;
      await fc.assert(
        fc.asyncProperty(fc.array(fc.tuple(writes, question), { maxLength: 3 }), async (turns) => {
          const key = { projectId: 5, runId: (runId += 1) };
          let lines: (string | undefined)[] = [];
          for (const [batch, { min, max, samples, keys, mode, cut }] of turns) {
            for (const [offset, texts] of batch) {
              await write(offset, texts, key);
              for (const [index, text] of texts.entries()) lines[offset + index] = text;
            }
            if (cut !== undefined && cut < lines.length) {
              await under.log.truncate({ ...key, stream: "history", lineCount: cut });
              lines = lines.slice(0, cut);
            }
            const model = new HistoryModel(
              Array.from({ length: lines.length }, (_, number) => lines[number]),
            );
            const window = { minStep: min ?? null, maxStep: max ?? null };
            const page = await reader.rows({ ...key, ...window, samples: null });
            expect(page.rows.map((row) => parseJson(row))).toEqual(model.rows(min, max));
            const sample = await reader.rows({ ...key, ...window, samples });
            expectSample(sample.rows, page.rows, samples);
            const specs = [{ ...window, keys, mode, samples: null }];
            const [selection] = await reader.select({ ...key, specs });
            expect(selection?.rows.map((row) => parseJson(row))).toEqual(model.select(keys, mode, min, max));
            await expectBuckets(reader, { ...key, minStep: min ?? null, maxStep: max ?? null }, model);
            const statistics = await reader.keys(key);
            expect(statistics.lastStep).toBe(model.lastStep);
            expect(statistics.keys).toEqual(printKeys(model));
            const step = max ?? 4;
            const lineCount = await reader.lineCountAtStep({ ...key, step });
            expect(lineCount).toBe(model.firstLineAfter(step) ?? lines.length);
          }
        }),
        { numRuns: 80 },
      );
    });
  });
}

/** Compares buckets over two axes with those of the model. */
export async function expectBuckets(
  reader: HistoryReader,
  window: {
    readonly projectId: number;
    readonly runId: number;
    readonly minStep: number | null;
    readonly maxStep: number | null;
  },
  model: HistoryModel,
): Promise<void> {
  const keys = ["loss", "a.b", "_step"];
  const { minStep, maxStep } = window;
  for (const xAxis of ["_step", "loss"]) {
    const { series } = await reader.buckets({ ...window, keys, xAxis, count: 4 });
    const expected = model.buckets(keys, xAxis, 4, minStep ?? undefined, maxStep ?? undefined);
    for (const [index, numbers] of expected.entries()) {
      const found = series[index];
      const buckets = [...numbers.keys()].sort((a, b) => a - b);
      const of = (bucket: number): readonly number[] => numbers.get(bucket) ?? [];
      expect(found?.buckets).toEqual(buckets);
      expect(found?.counts).toEqual(buckets.map((bucket) => of(bucket).length));
      // Two zeros are one here.
      expect(found?.mins.map((min) => min + 0)).toEqual(buckets.map((bucket) => Math.min(...of(bucket)) + 0));
      expect(found?.maxs.map((max) => max + 0)).toEqual(buckets.map((bucket) => Math.max(...of(bucket)) + 0));
      for (const [at, bucket] of buckets.entries()) {
        const all = of(bucket);
        const mean = all.reduce((sum, value) => sum + value / all.length, 0);
        const tolerance = Math.max(...all.map(Math.abs)) * 1e-12;
        expect(Math.abs((found?.means[at] ?? NaN) - mean)).toBeLessThanOrEqual(tolerance);
      }
    }
  }
}

const WHOLE: HistorySpec = { keys: [], samples: null, minStep: null, maxStep: null, mode: "all" };

/** What an honest writer says of its lines' steps. */
function stepsOf(
  lines: readonly string[],
  offset: number,
): { readonly min: number; readonly max: number } | null {
  const model = new HistoryModel(lines);
  const shifted = new HistoryModel([...Array.from({ length: offset + 100 }, () => undefined), ...lines]);
  const steps = model.rows().map((row) => Number(row["_step"]));
  const isStated =
    JSON.stringify(steps) === JSON.stringify(shifted.rows().map((row) => Number(row["_step"])));
  return isStated && steps.length > 0 ? { min: Math.min(...steps), max: Math.max(...steps) } : null;
}

/** A sample has the right size and ends, keeps the order, and leaves out equally many between any two. */
function expectSample(sample: readonly string[], all: readonly string[], samples: number): void {
  expect(sample).toHaveLength(Math.min(samples, all.length));
  if (sample.length >= 2) expect([sample[0], sample.at(-1)]).toEqual([all[0], all.at(-1)]);
  const positions = sample.map((row) => all.indexOf(row));
  const gaps = positions.slice(1).map((position, index) => position - (positions[index] ?? 0));
  expect(Math.max(0, ...gaps) - Math.min(...gaps, Math.max(0, ...gaps))).toBeLessThanOrEqual(1);
}

function printKeys(model: HistoryModel): Readonly<Record<string, JsonValue>> {
  return Object.fromEntries(
    [...model.keys()].map(([name, { types, isMonotonic, last }]) => [
      name,
      {
        typeCounts: Object.entries(types).map(([type, count]) => ({ type, count })),
        monotonic: isMonotonic,
        previousValue: last,
      },
    ]),
  );
}
