// Columns are judged by the naive oracle, with rows that change in between.
import {
  parseFilter,
  parseOrder,
  printJson,
  resolveRunField,
  type Filter,
  type JsonValue,
  type RunDocument,
} from "@steelyard/protocol";
import {
  arbitraryFilter,
  arbitraryOrder,
  arbitraryRun,
  compareRuns,
  matchesRunFilter,
} from "@steelyard/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileRe2 } from "../re2/regex.ts";
import { pageOfRows, selectRows, type ColumnTable } from "./column-question.ts";
import { decodeColumnSegment, encodeColumnSegment } from "./column-segment.ts";
import { RunColumn } from "./run-column.ts";

/** Runs of a segment in these tests. */
const rowsAtOnce = 60;

/** Runs in columns; a row may be written more than once. */
class Runs implements ColumnTable {
  /** Whether columns begin as what was kept of them, with texts that were not read one by one. */
  readonly #isKept: boolean;
  readonly documents: Map<number, RunDocument> = new Map();
  readonly isThere: Uint8Array = new Uint8Array(200);
  readonly scratch: Uint32Array = new Uint32Array(200);
  readonly #columns: Map<string, RunColumn> = new Map();

  constructor(isKept = false) {
    this.#isKept = isKept;
  }

  columnOf = (field: string): RunColumn => {
    const known = this.#columns.get(field);
    if (known !== undefined) return known;
    const column = new RunColumn(resolveRunField(field).kind);
    if (this.#isKept) this.#load(column, field);
    else for (const run of this.documents.values()) column.set(run.id, resolveRunField(field).read(run));
    this.#columns.set(field, column);
    return column;
  };

  #load(column: RunColumn, field: string): void {
    for (let from = 0; from < this.isThere.length; from += rowsAtOnce) {
      const rows: number[] = [];
      const values: JsonValue[] = [];
      for (let row = 0; row < rowsAtOnce; row += 1) {
        const run = this.documents.get(from + row);
        const value = run && resolveRunField(field).read(run);
        if (value === undefined) continue;
        rows.push(row);
        values.push(value);
      }
      const segment = decodeColumnSegment(encodeColumnSegment(column.kind, { rows, values }), 0);
      if (segment === undefined) throw new Error("a segment cannot be read");
      column.load(from, segment);
    }
  }

  put(run: RunDocument): void {
    this.documents.set(run.id, run);
    this.isThere[run.id] = 1;
    for (const [field, column] of this.#columns) column.set(run.id, resolveRunField(field).read(run));
  }

  delete(id: number): void {
    this.documents.delete(id);
    this.isThere[id] = 0;
    for (const column of this.#columns.values()) column.set(id, undefined);
  }
}

const regex = compileRe2;
const runs = fc.array(arbitraryRun, { minLength: 1, maxLength: 30 });

describe("questions to columns", () => {
  it.each([
    ["read from runs", false],
    ["read from what was kept", true],
  ])("are answered as the oracle does from columns %s, while runs change and go", async (_, isKept) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(runs, fc.array(fc.nat(100), { maxLength: 5 })), { minLength: 1, maxLength: 3 }),
        arbitraryFilter,
        arbitraryOrder,
        fc.nat(8),
        async (rounds, filter, order, limit) => {
          const table = new Runs(isKept);
          for (const [made, gone] of rounds) {
            for (const run of made) table.put(run);
            for (const id of gone) table.delete(id);
            const expected = [...table.documents.values()]
              .filter((run) => matchesRunFilter(filter, run))
              .sort((a, b) => compareRuns(order, a, b) || a.id - b.id)
              .map((run) => run.id);
            const rows = await selectRows(table, { filter: parse(filter), regex });
            expect([...rows].sort()).toEqual([...expected].sort());
            const question = { columnOf: table.columnOf, order: parseOrder(order, "") };
            const all = pageOfRows(rows, { ...question, after: undefined, limit: 200 });
            expect(all.places.map((place) => place.row)).toEqual(expected);
            const [after] = all.places.slice(limit, limit + 1);
            if (after === undefined) continue;
            const page = pageOfRows(rows, { ...question, after, limit });
            expect(page.places.map((place) => place.row)).toEqual(expected.slice(limit + 1, 2 * limit + 1));
            expect(page.hasNextPage).toBe(expected.length > 2 * limit + 1);
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it("go on from a place whose run and value are gone, of whatever type the value was", () => {
    const table = new Runs();
    const values = [true, -1, 2, NaN, 2n ** 60n, "a", "b", null, [1]];
    const [base] = fc.sample(arbitraryRun, 1);
    if (base === undefined) throw new Error("no sample");
    for (const [id, v] of values.entries()) table.put({ ...base, id: id * 2 + 1, summary: { v } });
    const rows = Uint32Array.from(table.documents.keys());
    for (const sign of ["+", "-"]) {
      const order = parseOrder(`${sign}summary_metrics.v`, "");
      const question = { columnOf: table.columnOf, order };
      const all = pageOfRows(rows, { ...question, after: undefined, limit: 20 }).places;
      for (const [index, place] of all.entries()) {
        const rest = rows.filter((row) => row !== place.row);
        const page = pageOfRows(rest, { ...question, after: place, limit: 20 });
        expect(page.places).toEqual(all.slice(index + 1));
        const begun = pageOfRows(rows, { ...question, after: { ...place, row: place.row - 1 }, limit: 20 });
        expect(begun.places).toEqual(all.slice(index));
      }
    }
  });

  it("find dates by the millisecond", async () => {
    const table = new Runs();
    const [base] = fc.sample(arbitraryRun, 1);
    if (base === undefined) throw new Error("no sample");
    for (let id = 0; id < 5; id += 1) {
      table.put({ ...base, id, createdAt: new Date(Date.UTC(2026, 1, 1) + id).toISOString() });
    }
    const find = async (test: object): Promise<readonly number[]> => [
      ...(await selectRows(table, { filter: parse({ createdAt: test }), regex })),
    ];
    expect(await find({ $gt: "2026-02-01T00:00:00.001Z" })).toEqual([2, 3, 4]);
    expect(await find({ $gte: "2026-02-01T01:00:00.001+01:00", $lt: "2026-02-01T00:00:00.0035" })).toEqual([
      1, 2, 3,
    ]);
    expect(await find({ $lte: "2026-02-01" })).toEqual([0]);
    expect(await find({ $gt: "2026-02-02" })).toEqual([]);
    expect(await find({ $ne: Date.UTC(2026, 1, 1) })).toEqual([1, 2, 3, 4]);
    expect(await find({ $regex: "[23]Z$" })).toEqual([2, 3]);
  });
});

function parse(filter: object): Filter {
  return parseFilter(printJson({ ...filter }));
}
