import fc from "fast-check";
import { expect, it } from "vitest";
import { selectTopRows, type RowOrder } from "./top-rows.ts";

const size = 40_000;

function orderBy(keys: readonly number[]): RowOrder & { compared: number } {
  const order = {
    compared: 0,
    compare: (a: number, b: number) => {
      order.compared += 1;
      return (keys[a] ?? 0) - (keys[b] ?? 0) || a - b;
    },
    rough: (row: number) => keys[row] ?? 0,
  };
  return order;
}

it("finds the first rows as sorting all would, however they lie", () => {
  const rows = Uint32Array.from({ length: size }, (_, row) => row);
  const shapes: readonly ((row: number) => number)[] = [
    (row) => row,
    (row) => -row,
    (row) => row % 3,
    (row) => (row * 7919) % size,
    () => 0,
    (row) => (row < size - 5 ? Infinity : row),
    (row) => Math.abs(row - size / 2),
  ];
  for (const shape of shapes) {
    const keys = Array.from({ length: size }, (_, row) => shape(row));
    const sorted = [...rows].sort(orderBy(keys).compare);
    for (const count of [0, 1, 50, 4000, 5000, size - 1, size, size + 1]) {
      expect(selectTopRows(rows, count, orderBy(keys))).toEqual(sorted.slice(0, count));
    }
  }
});

it("compares few rows even when each is better than all before it", () => {
  const rows = Uint32Array.from({ length: size }, (_, row) => row);
  const order = orderBy(Array.from({ length: size }, (_, row) => -row));
  selectTopRows(rows, 50, order);
  expect(order.compared).toBeLessThan(3 * size);
});

it("finds the first of any rows", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 60 }), fc.nat(60), (keys, count) => {
      const rows = Uint32Array.from(keys.keys());
      const sorted = [...rows].sort(orderBy(keys).compare);
      expect(selectTopRows(rows, count, orderBy(keys))).toEqual(sorted.slice(0, count));
    }),
  );
});
