import fc from "fast-check";
import { expect, it } from "vitest";
import { selectTopRows, type RowOrder } from "./top-rows.ts";

const size = 40_000;

function orderBy(keys: readonly number[], after?: number): RowOrder {
  const compare = (a: number, b: number): number => (keys[a] ?? 0) - (keys[b] ?? 0) || a - b;
  const fillRoughs = (rows: Uint32Array, roughs: Float64Array): void => {
    roughs.set(Array.from(rows, (row) => keys[row] ?? 0));
  };
  return {
    compare,
    keys: [{ fillRoughs, isExact: () => true }],
    after:
      after === undefined
        ? undefined
        : { rough: keys[after] ?? 0, isFollowedBy: (row) => compare(row, after) > 0 },
  };
}

const allOf = (keys: readonly number[]): Uint32Array => Uint32Array.from(keys.keys());

it("finds the first rows as sorting all would, however they lie", () => {
  const shapes: readonly ((row: number) => number)[] = [
    (row) => row,
    (row) => -row,
    (row) => row % 3,
    (row) => (row * 7919) % size,
    () => 0,
    (row) => (row < size - 5 ? 1e9 : row),
    (row) => Math.abs(row - size / 2),
  ];
  for (const shape of shapes) {
    const keys = Array.from({ length: size }, (_, row) => shape(row));
    const sorted = [...keys.keys()].sort(orderBy(keys).compare);
    for (const count of [0, 1, 50, 4000, 5000, size - 1, size, size + 1]) {
      expect(selectTopRows(allOf(keys), count, orderBy(keys))).toEqual({
        rows: sorted.slice(0, count),
        hasMore: count < size,
      });
    }
    const rest = selectTopRows(allOf(keys), 50, orderBy(keys, sorted[30_000]));
    expect(rest).toEqual({ rows: sorted.slice(30_001, 30_051), hasMore: true });
  }
});

it("compares few rows even when each is better than all before it", () => {
  const keys = Array.from({ length: size }, (_, row) => -row);
  let compared = 0;
  const order = orderBy(keys);
  const compare: RowOrder["compare"] = (a, b) => {
    compared += 1;
    return order.compare(a, b);
  };
  selectTopRows(allOf(keys), 50, { ...order, compare });
  expect(compared).toBeLessThan(2 * size);
});

it("goes on with the next key where rows are equal by one, and compares where that is not known", () => {
  const thousands = { min: 0, max: 3000 };
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 3, maxLength: 3 }),
      fc.integer(thousands),
      fc.nat(size - 1),
      fc.nat(3),
      (steps, count, place, inexact) => {
        const valueOf = (row: number, key: number): number => ((row * 7919) % size) % (steps[key] ?? 1);
        // A number that two neighbouring values share does not tell them apart.
        const roughOf = (row: number, key: number): number =>
          key === inexact ? valueOf(row, key) >> 1 : valueOf(row, key);
        const compare = (a: number, b: number): number => {
          for (const key of steps.keys()) {
            const difference = valueOf(a, key) - valueOf(b, key);
            if (difference !== 0) return difference;
          }
          return a - b;
        };
        const keys = [...steps.keys()].map((key) => ({
          fillRoughs: (rows: Uint32Array, roughs: Float64Array) => {
            for (const [index, row] of rows.entries()) roughs[index] = roughOf(row, key);
          },
          isExact: () => key !== inexact,
        }));
        const rows = Uint32Array.from(Array(size).keys());
        const sorted = [...rows].sort(compare);
        const after = sorted[place] ?? 0;
        const isFollowedBy = (row: number): boolean => compare(row, after) > 0;
        const order = { compare, keys, after: { rough: roughOf(after, 0), isFollowedBy } };
        expect(selectTopRows(rows, count, order)).toEqual({
          rows: sorted.slice(place + 1, place + 1 + count),
          hasMore: place + 1 + count < size,
        });
        expect(selectTopRows(rows, count, { ...order, after: undefined }).rows).toEqual(
          sorted.slice(0, count),
        );
      },
    ),
    { numRuns: 15 },
  );
});

it("finds the first of any rows", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 60 }), fc.nat(60), (keys, count) => {
      const sorted = [...keys.keys()].sort(orderBy(keys).compare);
      expect(selectTopRows(allOf(keys), count, orderBy(keys)).rows).toEqual(sorted.slice(0, count));
    }),
  );
});
