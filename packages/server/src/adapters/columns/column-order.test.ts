import { arbitraryValue } from "@steelyard/testing";
import type { FieldKind, JsonValue } from "@steelyard/protocol";
import fc from "fast-check";
import { expect, it } from "vitest";
import { ColumnOrder } from "./column-order.ts";
import { RunColumn } from "./run-column.ts";
import { createValueOrder } from "./value-order.ts";

const dates = fc.constantFrom(
  "2026-11-20T10:00:00.000Z",
  "2026-11-20T10:00:00.001Z",
  "2026-11-20T10:00:00Z",
  "soon",
  "",
);

const worlds: readonly (readonly [FieldKind, fc.Arbitrary<JsonValue | undefined>])[] = [
  ["value", fc.option(arbitraryValue, { nil: undefined })],
  ["value", fc.option(fc.oneof(fc.string({ unit: "binary" }), fc.bigInt(), fc.boolean()), { nil: null })],
  ["value", fc.option(fc.double(), { nil: undefined })],
  ["value", fc.tuple(fc.constantFrom(998, 999, 1000, 1001), fc.constantFrom("a", "b")).map(toLongText)],
  ["date", fc.option(dates, { nil: undefined })],
  ["list", fc.array(fc.constantFrom("a", "b"), { maxLength: 2 })],
];

it.each(worlds)("a column of %s orders rows as protocol orders their values", (kind, value) => {
  fc.assert(
    fc.property(fc.array(value, { maxLength: 12 }), fc.boolean(), (values, isDescending) => {
      const column = new RunColumn(kind);
      for (const [row, found] of values.entries()) column.set(row, found);
      const order = new ColumnOrder(column, isDescending);
      const { compare, toOrderValue } = createValueOrder(kind, isDescending);
      const orderValues = values.map(toOrderValue);
      const roughs = new Float64Array(values.length);
      order.fillRoughs(Uint32Array.from(values.keys()), roughs);
      for (const [a, first] of orderValues.entries()) {
        expect(order.valueOf(a)).toStrictEqual(first);
        for (const [b, second] of orderValues.entries()) {
          const expected = Math.sign(compare(first, second));
          expect(Math.sign(order.compare(a, b))).toBe(expected);
          expect(Math.sign(order.comparerWith(second)(a))).toBe(expected);
          if (expected < 0) expect(roughs[a]).toBeLessThanOrEqual(roughs[b] ?? NaN);
          if (roughs[a] === roughs[b] && order.isExact(roughs[a] ?? NaN)) expect(expected).toBe(0);
          const roughPlace = order.roughOf(second);
          if (expected < 0) expect(roughs[a]).not.toBeGreaterThan(roughPlace);
          if (expected > 0) expect(roughs[a]).not.toBeLessThan(roughPlace);
          if (expected === 0 && !Number.isNaN(roughPlace)) expect(roughs[a] === roughPlace).toBe(true);
        }
      }
    }),
    { numRuns: 500 },
  );
});

it("orders rows of very many distinct values the same way", () => {
  const column = new RunColumn("value");
  for (let row = 0; row < 10_000; row += 1)
    column.set(row, row % 100 === 0 ? row : `t${(row * 7919) % 10_000}`);
  for (const isDescending of [false, true]) {
    const order = new ColumnOrder(column, isDescending);
    const { compare, toOrderValue } = createValueOrder("value", isDescending);
    const rows = Array.from({ length: 10_000 }, (_, row) => row);
    const sorted = rows.toSorted((a, b) => order.compare(a, b) || a - b);
    const values = rows.map((row) => toOrderValue(column.get(row)));
    expect(sorted).toEqual(rows.toSorted((a, b) => compare(values[a] ?? null, values[b] ?? null) || a - b));
    const afterRow = order.comparerWith(values[sorted[5000] ?? 0] ?? null);
    expect(rows.filter((row) => afterRow(row) > 0).length).toBe(4999);
  }
});

function toLongText([length, end]: readonly [number, string]): string {
  return end.padStart(length, "x");
}
