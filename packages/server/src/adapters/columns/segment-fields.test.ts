import { parseJsonObject, printJson, resolveRunField, type JsonValue } from "@steelyard/protocol";
import { arbitraryField, arbitraryRun, arbitraryValue } from "@steelyard/testing";
import fc from "fast-check";
import { expect, it } from "vitest";
import { decodeColumnSegment, encodeColumnSegment } from "./column-segment.ts";
import { RunColumn } from "./run-column.ts";
import { createAbsenceTest, SegmentFields } from "./segment-fields.ts";

/** Texts, because keys such as `constructor` mislead comparisons of objects. */
function print(values: readonly (JsonValue | undefined)[]): readonly (string | undefined)[] {
  return values.map((found) => (found === undefined ? undefined : printJson(found)));
}

it("keeps of a field what is read from the documents, or leaves it to them", () => {
  const keyed = arbitraryField.filter((field) => /^(config|summary_metrics)\./.test(field));
  fc.assert(
    fc.property(
      fc.array(arbitraryRun, { minLength: 1, maxLength: 5 }),
      fc.array(keyed, { minLength: 5, maxLength: 20 }),
      (runs, asked) => {
        const fields = new SegmentFields();
        for (const [row, run] of runs.entries()) fields.addDocuments(row, run);
        const kept = new Map(fields.columns());
        const isAbsent = createAbsenceTest(fields.gaps());
        for (const field of [...asked, ...kept.keys()]) {
          const read = runs.map((run) => resolveRunField(field).read(run));
          const values = kept.get(field);
          if (values !== undefined) {
            expect(print(runs.map((_, row) => values.values[values.rows.indexOf(row)]))).toEqual(print(read));
          } else if (isAbsent(field)) {
            expect(read).toEqual(runs.map(() => undefined));
          }
        }
      },
    ),
    { numRuns: 2000 },
  );
});

it("knows that a key is absent, and does not claim it of items, wrappers and objects", () => {
  const fields = new SegmentFields();
  const config = parseJsonObject('{"lr":{"value":1},"model":{"value":{"name":"a"}},"list":{"value":[1]}}');
  fields.addDocuments(0, { config, summary: { loss: 1 } });
  const isAbsent = createAbsenceTest(fields.gaps());
  for (const field of ["config.none", "summary_metrics.lr", "config.model.size", "config.list.x"])
    expect(isAbsent(field)).toBe(true);
  for (const field of ["config.lr.value", "config.model", "config.list.0", "tags", "state"])
    expect(isAbsent(field)).toBe(false);
  expect([...fields.columns()].map(([field]) => field)).toEqual([
    "config.lr",
    "config.model.name",
    "config.list",
    "summary_metrics.loss",
  ]);
});

it("keeps no more than so many fields, and then claims nothing", () => {
  const fields = new SegmentFields();
  const summary = Object.fromEntries(Array.from({ length: 3000 }, (_, key) => [`k${key}`, key]));
  fields.addDocuments(0, { config: {}, summary });
  expect([...fields.columns()]).toHaveLength(1000);
  expect(createAbsenceTest(fields.gaps())("config.none")).toBe(false);
});

const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom("\u0000", "\u00001", "é", "2026-11-20T10:00:00.000Z", "2026-11-20T10:00:00Z"),
);

it.each([
  ["value", fc.oneof(arbitraryValue, text)],
  ["date", text],
  ["list", fc.array(text, { maxLength: 2 })],
] as const)("reads a column of %s back from bytes", (kind, value) => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(value, fc.constant(undefined)), { maxLength: 30 }),
      fc.nat(3),
      (all, maxShared) => {
        const rows = [...all.keys()].filter((row) => all[row] !== undefined);
        const values = all.filter((found): found is Exclude<typeof found, undefined> => found !== undefined);
        const bytes = encodeColumnSegment(kind, { rows, values });
        const segment = decodeColumnSegment(bytes, maxShared);
        if (segment === undefined) throw new Error("not decoded");
        const column = new RunColumn(kind);
        column.load(100, segment);
        const set = new RunColumn(kind);
        for (const [row, found] of all.entries()) set.set(100 + row, found);
        const read = (from: RunColumn): readonly (JsonValue | undefined)[] =>
          all.map((_, row) => from.get(100 + row));
        expect(print(read(column))).toEqual(print(all));
        expect(column.numberCount).toBe(set.numberCount);
        // Values that come and go afterwards leave the counts right.
        for (const row of all.keys()) column.set(100 + row, undefined);
        expect(column.dictionary.count).toBe(0);
      },
    ),
    { numRuns: 500 },
  );
});

it("refuses bytes that were damaged", () => {
  const bytes = encodeColumnSegment("value", { rows: [0, 5, 6], values: [1, "a", [1, 2n ** 70n]] });
  const values = decodeColumnSegment(bytes)?.values;
  expect(Array.isArray(values) && print(values)).toEqual(['"a"', `[1,${2n ** 70n}]`]);
  for (let at = 0; at < bytes.length; at += 1) {
    const damaged = Uint8Array.from(bytes, (byte, index) => (index === at ? byte ^ 1 : byte));
    expect(decodeColumnSegment(damaged)).toBeUndefined();
  }
  expect(decodeColumnSegment(bytes.subarray(0, 40))).toBeUndefined();
  expect(decodeColumnSegment(bytes.subarray(0, 3))).toBeUndefined();
});
