import { expect, it } from "vitest";
import { decodeColumnSegment, encodeColumnSegment } from "./column-segment.ts";
import { RunColumn } from "./run-column.ts";

it("gives back every value as it was set, and nothing where nothing was", () => {
  const column = new RunColumn("value");
  const values = [0, -0, NaN, Infinity, "", "a", true, false, null, 2n ** 70n, [1, "a"], { a: { b: null } }];
  for (const [row, value] of values.entries()) column.set(row * 100, value);
  for (const [row, value] of values.entries()) expect(column.get(row * 100)).toStrictEqual(value);
  expect(column.get(1)).toBeUndefined();
  expect(column.get(1_000_000)).toBeUndefined();
});

it("keeps dates exactly, also those that are written in another way", () => {
  const column = new RunColumn("date");
  const dates = ["2026-11-20T10:00:00.001Z", "2026-11-20T10:00:00Z", "2026-02-30T10:00:00.001Z", "soon"];
  for (const [row, date] of dates.entries()) column.set(row, date);
  expect(dates.map((_, row) => column.get(row))).toEqual(dates);
  expect(column.numberCount).toBe(1);
});

it("takes no more memory when values come and go", () => {
  const column = new RunColumn("value");
  const set = (round: number): void => {
    for (let row = 0; row < 6000; row += 1) {
      column.set(row, row % 2 === 0 ? `text ${row} of ${round}` : [row, round]);
    }
  };
  set(100);
  const { bytes } = column;
  for (let round = 101; round < 110; round += 1) set(round);
  expect(column.bytes).toBe(bytes);
  expect(column.dictionary.size).toBeLessThan(6100);
  for (let row = 0; row < 6000; row += 1) column.set(row, 1);
  expect(column.dictionary.count).toBe(0);
  expect(column.numberCount).toBe(6000);
});

it("stores equal values once", () => {
  const column = new RunColumn("list");
  for (let row = 0; row < 1000; row += 1) column.set(row, row % 2 === 0 ? ["a", "b"] : []);
  expect(column.dictionary.size).toBe(2);
});

it("forgets texts of a segment one by one, and takes values in their places", () => {
  const rows = [0, 1, 2, 3, 4];
  const segment = decodeColumnSegment(
    encodeColumnSegment("value", { rows, values: ["a", "b", "a", "c", "d"] }),
    0,
  );
  if (segment === undefined) throw new Error("the segment cannot be read");
  const column = new RunColumn("value");
  column.load(10, segment);
  column.load(20, segment);
  expect(column.dictionary.count).toBe(8);
  column.set(10, "new");
  expect(column.dictionary.count).toBe(9);
  column.set(12, undefined);
  column.set(13, undefined);
  expect(column.dictionary.count).toBe(7);
  column.set(13, true);
  expect(column.dictionary.size).toBe(9);
  expect(Array.from({ length: 5 }, (_, row) => column.get(10 + row))).toEqual([
    "new",
    "b",
    undefined,
    true,
    "d",
  ]);
  expect(Array.from({ length: 5 }, (_, row) => column.get(20 + row))).toEqual(["a", "b", "a", "c", "d"]);
});
