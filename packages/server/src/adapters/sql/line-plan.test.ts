import { expect, test } from "vitest";
import { planLines, type BatchSpan } from "./line-plan.ts";

function batch(batchNo: number, firstLine: number, lineCount: number): BatchSpan {
  return { batchNo, firstLine, lineCount };
}

test("a page of a long run needs the batches that it lies in and no others", () => {
  const batches = Array.from({ length: 10_000 }, (_, index) => batch(index + 1, index * 100, 100));
  const pieces = planLines({ batches, cuts: [] }, 500_050, 501_050);
  expect(pieces).toHaveLength(11);
  expect(pieces[0]).toEqual({ batchNo: 5001, firstLine: 500_000, from: 500_050, to: 500_100 });
  expect(pieces.at(-1)).toEqual({ batchNo: 5011, firstLine: 501_000, from: 501_000, to: 501_050 });
});

test("a batch that later ones cover is not read", () => {
  const batches = [batch(1, 0, 4), batch(2, 0, 2), batch(3, 2, 2)];
  expect(planLines({ batches, cuts: [] }, 0, 10).map((piece) => piece.batchNo)).toEqual([2, 3]);
});

test("a line rewritten a thousand times is read once", () => {
  const batches = Array.from({ length: 1000 }, (_, index) => batch(index + 1, 5, 1));
  expect(planLines({ batches, cuts: [] }, 0, 10)).toEqual([{ batchNo: 1000, firstLine: 5, from: 5, to: 6 }]);
});

test("a later batch in the middle leaves both ends of an earlier one", () => {
  expect(planLines({ batches: [batch(1, 0, 10), batch(2, 3, 2)], cuts: [] }, 1, 9)).toEqual([
    { batchNo: 1, firstLine: 0, from: 1, to: 3 },
    { batchNo: 2, firstLine: 3, from: 3, to: 5 },
    { batchNo: 1, firstLine: 0, from: 5, to: 9 },
  ]);
});

test("a cut hides the lines of batches before it, not of those after it", () => {
  const batches = [batch(1, 0, 4), batch(2, 4, 4), batch(4, 6, 2)];
  expect(planLines({ batches, cuts: [{ batchNo: 3, lineCount: 2 }] }, 0, 10)).toEqual([
    { batchNo: 1, firstLine: 0, from: 0, to: 2 },
    { batchNo: 4, firstLine: 6, from: 6, to: 8 },
  ]);
});
