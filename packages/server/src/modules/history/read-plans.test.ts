import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { planRanges } from "./read-numbered.ts";
import { samplePositions } from "./sample.ts";
import { StepTable } from "./step-table.ts";

describe("the ranges to read", () => {
  it("join numbers that are near and leave out the rest", () => {
    expect(planRanges([5, 0, 1, 2, 1000])).toEqual([
      { from: 0, to: 6 },
      { from: 1000, to: 1001 },
    ]);
    expect(planRanges([])).toEqual([]);
  });

  it("hold every number once, ascending, and are not too long", () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 20_000 }), { maxLength: 300 }), (numbers) => {
        const ranges = planRanges(numbers);
        for (const number of numbers) {
          expect(ranges.filter(({ from, to }) => number >= from && number < to)).toHaveLength(1);
        }
        for (const [index, { from, to }] of ranges.entries()) {
          expect(from).toBeGreaterThanOrEqual(ranges[index - 1]?.to ?? 0);
          expect(to - from).toBeLessThanOrEqual(2_000);
        }
      }),
    );
  });
});

describe("the positions of a sample", () => {
  it("are distinct, ascending and evenly apart, with both ends", () => {
    fc.assert(
      fc.property(fc.nat({ max: 10_000 }), fc.integer({ min: 2, max: 600 }), (count, samples) => {
        const positions = samplePositions(count, samples);
        expect(positions).toHaveLength(Math.min(count, samples));
        if (count > 0) expect([positions[0], positions.at(-1)]).toEqual([0, count - 1]);
        const gaps = positions.slice(1).map((position, index) => position - (positions[index] ?? 0));
        if (gaps.length > 0) expect(Math.max(...gaps) - Math.min(...gaps)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it("are all without a bound, none for none, and the last for one", () => {
    expect(samplePositions(3, null)).toEqual([0, 1, 2]);
    expect(samplePositions(3, 0)).toEqual([]);
    expect(samplePositions(3, 1)).toEqual([2]);
  });
});

describe("a table of steps", () => {
  it("shows rows as they were when they were asked for", () => {
    const table = new StepTable();
    table.add(0, 5);
    table.add(1, 7);
    const before = table.rows();
    table.add(2, 7);
    table.add(3, 6);
    const after = table.rows();
    expect([before.count, before.at(1)]).toEqual([2, { step: 7, lines: [1] }]);
    expect([after.at(0), after.at(1), after.at(2)]).toEqual([
      { step: 5, lines: [0] },
      { step: 6, lines: [3] },
      { step: 7, lines: [1, 2] },
    ]);
    expect(() => before.at(2)).toThrow(RangeError);
    expect(after.lowestLineFrom(after.positionOf(6))).toBe(1);
    expect(after.lowestLineFrom(3)).toBeUndefined();
  });
});
