// Sealing must not be noticed: whatever was written, overwritten and cut off, sealed at any moment and read by a reader
// that knows all or nothing, the answers are those of a naive reader over the lines.
import { Readable } from "node:stream";
import { parseJson, printJson } from "@steelyard/protocol";
import type { JsonValue } from "@steelyard/protocol";
import {
  expectBuckets,
  HISTORY_KEYS,
  HistoryModel,
  historyLine,
  LineModel,
} from "@steelyard/testing/contracts";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openTemporarySealing, SMALL_PARTS } from "../../adapters/sqlite/temporary-sealing.ts";
import type { TemporarySealing } from "../../adapters/sqlite/temporary-sealing.ts";
import { HistoryIndexes } from "./history-index.ts";
import type { LineWrite } from "./history-log.ts";
import type { HistoryReader } from "./history-reader.ts";
import { parsingCounter } from "./line-counter.ts";

let sealing: TemporarySealing;

beforeEach(async () => {
  sealing = await openTemporarySealing();
});

afterEach(() => sealing.close());

type Action =
  | {
      readonly kind: "write";
      readonly writer: string;
      readonly offset: number;
      readonly lines: readonly string[];
    }
  | { readonly kind: "cut"; readonly lineCount: number }
  | { readonly kind: "seal"; readonly isFinished: boolean }
  | { readonly kind: "restart" }
  | { readonly kind: "ask"; readonly question: Question };

interface Question {
  readonly min: number | undefined;
  readonly max: number | undefined;
  readonly keys: readonly string[];
  readonly mode: "all" | "union";
}

const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("write"),
      writer: fc.constantFrom("", "", "", "a", "b"),
      offset: fc.nat({ max: 20 }),
      lines: fc.array(historyLine, { minLength: 1, maxLength: 8 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("cut"), lineCount: fc.nat({ max: 24 }) }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("seal"), isFinished: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("restart") }) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("ask"),
      question: fc.record({
        min: fc.option(fc.integer({ min: -3, max: 16 }), { nil: undefined }),
        max: fc.option(fc.integer({ min: -3, max: 16 }), { nil: undefined }),
        keys: fc.subarray([...HISTORY_KEYS]),
        mode: fc.constantFrom("all" as const, "union" as const),
      }),
    }),
  },
);

const values = (rows: readonly string[]): readonly JsonValue[] => rows.map((row) => parseJson(row));

describe("sealed lines", () => {
  it("read as if they had never been sealed, in any order of events", async () => {
    let runId = 0;
    let sealed = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 24 }), async (actions) => {
        runId += 1;
        const run = { projectId: 1, runId };
        const stream = { ...run, stream: "history" } as const;
        const model = new LineModel();
        let reader = sealing.openReader();
        const lastQuestion = { min: undefined, max: undefined, keys: [], mode: "all" } as const;
        for (const event of [...actions, { kind: "ask", question: lastQuestion } as const]) {
          switch (event.kind) {
            case "write": {
              const write: LineWrite = { ...stream, ...event, steps: null };
              await sealing.log.append([write]);
              model.append(write);
              break;
            }
            case "cut":
              await sealing.log.truncate({ ...stream, lineCount: event.lineCount });
              model.truncate(event.lineCount);
              break;
            case "seal":
              if ((await sealing.sealer.seal(stream, () => Promise.resolve(event.isFinished))) === "sealed")
                sealed += 1;
              break;
            case "restart":
              reader = sealing.openReader();
              break;
            case "ask":
              await expectSameAnswers(reader, run, model, event.question);
          }
        }
      }),
      { numRuns: 150 },
    );
    expect(sealed).toBeGreaterThan(50);
  });
});

async function expectSameAnswers(
  reader: HistoryReader,
  run: { readonly projectId: number; readonly runId: number },
  lines: LineModel,
  { min, max, keys, mode }: Question,
): Promise<void> {
  const texts = new Map(lines.readLines(0, Infinity).map(({ number, text }) => [number, text]));
  const model = new HistoryModel(Array.from({ length: lines.lineCount }, (_, number) => texts.get(number)));
  const window = { minStep: min ?? null, maxStep: max ?? null };
  const page = await reader.rows({ ...run, ...window, samples: null });
  expect(values(page.rows)).toEqual(model.rows(min, max));
  const sample = await reader.rows({ ...run, ...window, samples: 3 });
  expect(sample.totalRows).toBe(page.rows.length);
  expect(page.rows.map((row) => printJson(parseJson(row)))).toEqual(
    expect.arrayContaining(sample.rows.map((row) => printJson(parseJson(row)))),
  );
  const specs = [
    { ...window, keys, mode, samples: null },
    { ...window, keys: [], mode, samples: 2 },
  ];
  const [selection] = await reader.select({ ...run, specs });
  expect(values(selection?.rows ?? [])).toEqual(model.select(keys, mode, min, max));
  await expectBuckets(reader, { ...run, ...window }, model);
  const statistics = await reader.keys(run);
  expect(statistics.lastStep).toBe(model.lastStep);
  expect(Object.keys(statistics.keys).sort()).toEqual([...model.keys().keys()].sort());
  for (const [name, expected] of model.keys()) {
    expect(statistics.keys[name]).toEqual({
      typeCounts: Object.entries(expected.types).map(([type, count]) => ({ type, count })),
      monotonic: expected.isMonotonic,
      previousValue: expected.last,
    });
  }
  const step = max ?? 4;
  expect(await reader.lineCountAtStep({ ...run, step })).toBe(model.firstLineAfter(step) ?? lines.lineCount);
}

describe("the sealer", () => {
  const run = { projectId: 1, runId: 1 };
  const stream = { ...run, stream: "history" } as const;
  const whole = { ...stream, from: 0, to: Infinity };
  const finished = (): Promise<boolean> => Promise.resolve(true);

  function write(offset: number, count: number, name = "a"): LineWrite {
    const lines = Array.from({ length: count }, (_, index) => `{"_step":${offset + index},"by":"${name}"}`);
    return { ...stream, writer: "", offset, lines, steps: { min: offset, max: offset + count - 1 } };
  }

  async function blobCount(): Promise<number> {
    const rows = await sealing.db.selectFrom("sealed_parts").select(["table_key", "beside_key"]).execute();
    const found = await Promise.all(
      rows.flatMap((row) => [row.table_key, row.beside_key]).map((key) => sealing.blobs.find({ key })),
    );
    expect(found).not.toContain(undefined);
    return found.length;
  }

  async function batchCount(): Promise<number> {
    return (await sealing.db.selectFrom("line_batches").select("batch_no").execute()).length;
  }

  it("takes the lines of a growing run out of the log when there are enough, and those of a finished one", async () => {
    const growing = (): Promise<boolean> => Promise.resolve(false);
    await sealing.log.append([write(0, SMALL_PARTS.growingLines - 1)]);
    expect(await sealing.sealer.seal(stream, growing)).toBe("waiting");
    await sealing.log.append([write(2, 1)]);
    expect(await sealing.sealer.seal(stream, growing)).toBe("sealed");
    expect(await sealing.sealer.seal(stream, growing)).toBe("nothing");
    expect([await batchCount(), await blobCount()]).toEqual([0, 2]);
    await sealing.log.append([write(3, 1)]);
    expect(await sealing.sealer.seal(stream, finished)).toBe("sealed");
    // The short last part took up what followed.
    expect([await batchCount(), await blobCount()]).toEqual([0, 2]);
    expect((await sealing.log.readLines(whole)).map((line) => line.text)).toEqual(write(0, 4).lines);
  });

  it("leaves lines that were overwritten since in the log, where they win", async () => {
    await sealing.log.append([write(0, 6)]);
    await sealing.sealer.seal(stream, finished);
    await sealing.log.append([write(2, 1, "b")]);
    expect(await sealing.sealer.seal(stream, finished)).toBe("nothing");
    const texts = async (): Promise<readonly string[]> =>
      (await sealing.log.readLines(whole)).map((line) => line.text);
    const expected = [...write(0, 2).lines, ...write(2, 1, "b").lines, ...write(3, 3).lines];
    expect(await texts()).toEqual(expected);
    await sealing.log.append([write(3, 1, "b")]);
    expect(await sealing.sealer.seal(stream, finished)).toBe("sealed");
    expect(await texts()).toEqual([...write(0, 2).lines, ...write(2, 2, "b").lines, ...write(4, 2).lines]);
    expect([await batchCount(), await blobCount()]).toEqual([0, 2]);
  });

  it("puts nothing in place of a run that was deleted meanwhile, and frees the blobs of one that is deleted", async () => {
    await sealing.log.append([write(0, 6)]);
    const commit = sealing.store.commit.bind(sealing.store);
    sealing.store.commit = async (request) => {
      await sealing.log.deleteRun(run);
      return commit(request);
    };
    expect(await sealing.sealer.seal(stream, finished)).toBe("nothing");
    expect(await sealing.db.selectFrom("sealed_leftovers").selectAll().execute()).toEqual([]);
    sealing.store.commit = commit;
    await sealing.log.append([write(0, 6)]);
    expect(await sealing.sealer.seal(stream, finished)).toBe("sealed");
    await sealing.log.deleteRun(run);
    const now = "2026-01-01T00:00:00.000Z";
    expect(await sealing.store.leftovers({ now })).toHaveLength(2);
    expect(await sealing.log.readLines(whole)).toEqual([]);
  });

  it("keeps blobs of replaced parts for a while, and gives up those that were reserved by a process that died", async () => {
    await sealing.log.append([write(0, 3)]);
    await sealing.sealer.seal(stream, finished);
    await sealing.log.append([write(3, 3)]);
    await sealing.sealer.seal(stream, finished);
    expect(await sealing.store.leftovers({ now: new Date().toISOString() })).toEqual([]);
    expect(await sealing.store.leftovers({ now: "9999" })).toHaveLength(2);
    await sealing.store.reserve({ blobKeys: ["half-done"] });
    expect(await sealing.store.leftovers({ now: "9999" })).not.toContain("half-done");
    await sealing.store.abandonAll();
    expect(await sealing.store.leftovers({ now: "" })).toEqual(["half-done"]);
    expect(await sealing.store.abandon({ blobKeys: ["half-done"] })).toBe(false);
  });

  it("lets who counted lines go on from there, though lines were sealed that were not counted yet", async () => {
    const counted: number[] = [];
    const indexes = new HistoryIndexes({
      log: sealing.log,
      parts: { steps: () => Promise.reject(new Error("nobody asks for steps")) },
      store: sealing.statistics,
      counter: {
        count(statistics, line, number) {
          counted.push(number);
          return parsingCounter.count(statistics, line, number);
        },
      },
    });
    await sealing.log.append([write(0, 4)]);
    expect((await indexes.statistics(run)).rowCount).toBe(4);
    await sealing.log.append([write(4, 2)]);
    await sealing.sealer.seal(stream, finished);
    expect((await indexes.statistics(run)).rowCount).toBe(6);
    expect(counted).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it("does not put a part in place whose blobs are damaged", async () => {
    await sealing.log.append([write(0, 6)]);
    const put = sealing.blobs.put.bind(sealing.blobs);
    sealing.blobs.put = async (request) => {
      const chunks: Uint8Array[] = [];
      for await (const chunk of request.body) chunks.push(chunk);
      const bytes = Buffer.concat(chunks);
      const middle = Math.floor(bytes.length / 2);
      bytes.writeUInt8(bytes.readUInt8(middle) ^ 0xff, middle);
      return put({ key: request.key, body: Readable.from([bytes]) });
    };
    await expect(sealing.sealer.seal(stream, finished)).rejects.toThrow();
    expect(await sealing.db.selectFrom("sealed_leftovers").selectAll().execute()).toEqual([]);
    expect((await sealing.log.readLines(whole)).map((line) => line.text)).toEqual(write(0, 6).lines);
  });

  it("finds every stream with lines to seal, page by page", async () => {
    const keys = Array.from({ length: 7 }, (_, runId) => ({ projectId: 1 + (runId % 2), runId }));
    await sealing.log.append(keys.map((key) => ({ ...write(0, 1 + key.runId), ...key })));
    await sealing.sealer.seal({ projectId: 1, runId: 6, stream: "history" }, finished);
    const found: number[] = [];
    let after: Parameters<typeof sealing.store.listUnsealed>[0]["after"] = null;
    do {
      const page = await sealing.store.listUnsealed({ minLines: 3, after, limit: 2 });
      found.push(...page.streams.map((each) => each.runId));
      after = page.next;
    } while (after !== null);
    expect(found).toEqual([2, 4, 3, 5]);
  });
});
