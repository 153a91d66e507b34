import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { historyScript } from "../../../test/history-server.ts";
import type { HistoryData } from "../../../test/history-server.ts";
import { startScriptedServer } from "../../../test/scripted-server.ts";
import type { ScriptedServer } from "../../../test/scripted-server.ts";
import { testApi } from "../../../test/test-api.ts";
import type { HistoryRow, HistoryScan, HistoryScanOptions, Run } from "../../index.ts";

interface Setup extends AsyncDisposable {
  readonly server: ScriptedServer;
  scan(options?: HistoryScanOptions): HistoryScan<Run>;
}

async function setUp(data: HistoryData): Promise<Setup> {
  const server = await startScriptedServer(historyScript(data));
  const run = await testApi(server).run("r");
  return {
    server,
    scan: (options) => run.scanHistory(options),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** The rows that a selection means, written apart from the code under test. */
function expectedRows(
  rows: readonly HistoryRow[],
  keys: readonly string[],
  mode: "union" | "all-keys",
): unknown[] {
  return rows
    .map((row) => Object.entries(row).filter(([key]) => key === "_step" || keys.includes(key)))
    .filter((entries) => {
      const held = entries.filter(([key]) => key !== "_step").length;
      return mode === "union" ? held > 0 : held === keys.length;
    })
    .map((entries) => Object.fromEntries(entries));
}

const value = fc.oneof(
  // JSON values on the wire have no negative zero, and cannot tell a large whole double from an integer.
  fc.double({ min: -1e9, max: 1e9, noNaN: true }).map((number) => (number === 0 ? 0 : number)),
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
  fc.boolean(),
  fc.constant("text"),
  fc.constant(2n ** 60n),
);
const row = fc.record(
  { _step: fc.nat({ max: 60 }), a: value, b: value, c: value },
  { requiredKeys: ["_step"] },
);

describe("a scan", () => {
  it("gives every row of any history, whatever the page size, keys and abilities of the server", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { maxLength: 40 }),
        fc.integer({ min: 1, max: 12 }),
        fc.subarray(["a", "b", "c"]),
        fc.constantFrom("union" as const, "all-keys" as const),
        fc.boolean(),
        async (history, pageSize, keys, mode, hasUnion) => {
          const rows = history.toSorted((left, right) => left._step - right._step);
          await using test = await setUp({ rows, hasUnion });
          const scanned = await test.scan({ pageSize, keys, rows: mode }).toArray();
          expect(scanned).toEqual(keys.length === 0 ? rows : expectedRows(rows, keys, mode));
        },
      ),
      { numRuns: 60 },
    );
  });

  it("gives all rows of a step that many share, also where a server gives fewer than it may", async () => {
    const rows = [18, 18, 37, 37, 37, 38].map((_step) => ({ _step }));
    await using test = await setUp({ rows });
    expect(await test.scan({ pageSize: 2, minStep: 37 }).toArray()).toEqual(rows.slice(2));
  });

  it("is empty for a run without history", async () => {
    await using test = await setUp({ rows: [] });
    expect(await test.scan().toArray()).toEqual([]);
    expect(test.server.operations).toEqual(["Run", "ServerFeatures", "RunHistoryKeys"]);
  });

  it("keeps to the steps asked for, the last one exclusive", async () => {
    const rows = [0, 1, 2, 3, 4].map((_step) => ({ _step }));
    await using test = await setUp({ rows });
    expect(await test.scan({ minStep: 1, maxStep: 3 }).toArray()).toEqual([{ _step: 1 }, { _step: 2 }]);
    expect(await test.scan({ minStep: 3, maxStep: 99 }).toArray()).toEqual([{ _step: 3 }, { _step: 4 }]);
  });

  it("tells where it is", async () => {
    const rows = [0, 1, 2, 3, 4].map((_step) => ({ _step }));
    await using test = await setUp({ rows });
    const scan = test.scan({ pageSize: 2 });
    expect(scan.maxStep).toBeNull();
    await scan.next();
    expect(scan).toMatchObject({
      maxStep: 4,
      pageOffset: 2,
      scanOffset: 1,
      minStep: 0,
      keys: null,
      pageSize: 2,
    });
    expect(scan.rows).toEqual([{ _step: 0 }, { _step: 1 }]);
    expect((await scan.next()).value).toEqual({ _step: 1 });
  });

  it("starts anew with each walk", async () => {
    await using test = await setUp({ rows: [{ _step: 0, a: 1 }] });
    const scan = test.scan();
    const walks = await Promise.all([scan.toArray(), scan.toArray()]);
    expect(walks).toEqual([[{ _step: 0, a: 1 }], [{ _step: 0, a: 1 }]]);
  });

  it("crosses a long gap in few requests", async () => {
    await using test = await setUp({ rows: [{ _step: 0 }, { _step: 1_000_000 }] });
    expect(await test.scan().toArray()).toHaveLength(2);
    expect(test.server.operations.length).toBeLessThan(30);
  });

  it("finds dotted keys exactly first, then in nested dicts", async () => {
    const rows = [
      { _step: 0, "a.b": 1 },
      { _step: 1, a: { b: 2 } },
      { _step: 2, a: { b: 3 }, "a.b": 4 },
      { _step: 3, a: 5 },
    ];
    await using test = await setUp({ rows });
    expect(await test.scan({ keys: ["a.b"] }).toArray()).toEqual([
      { _step: 0, "a.b": 1 },
      { _step: 1, "a.b": 2 },
      { _step: 2, "a.b": 4 },
    ]);
  });

  it("does not choose rows by the step when that is among the keys", async () => {
    await using test = await setUp({
      rows: [
        { _step: 0, a: 1 },
        { _step: 1, b: 1 },
      ],
    });
    expect(await test.scan({ keys: ["_step", "a"] }).toArray()).toEqual([{ _step: 0, a: 1 }]);
    expect(await test.scan({ keys: ["_step"] }).toArray()).toEqual([{ _step: 0 }, { _step: 1 }]);
  });

  it("stops with its signal", async () => {
    await using test = await setUp({ rows: [{ _step: 0 }] });
    await expect(test.scan({ signal: AbortSignal.abort(new Error("enough")) }).toArray()).rejects.toThrow(
      "enough",
    );
  });

  it.each([{ pageSize: 0 }, { minStep: -1 }, { maxStep: 1.5 }, { pageSize: Number.NaN }])(
    "refuses %j",
    async (options) => {
      await using test = await setUp({ rows: [] });
      expect(() => test.scan(options)).toThrow("expected an integer");
    },
  );
});
