import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { levelCosts } from "./level-costs.ts";

describe("levelled costs", () => {
  it("have mean 0 and variance 1, are finite, and stay in order", () => {
    const costs = fc.array(fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer()), {
      minLength: 1,
      maxLength: 30,
    });
    fc.assert(
      fc.property(costs, (values) => {
        const levelled = levelCosts(values);
        const mean = levelled.reduce((sum, value) => sum + value, 0) / levelled.length;
        const variance = levelled.reduce((sum, value) => sum + value * value, 0) / levelled.length;
        expect(mean).toBeCloseTo(0, 6);
        expect(Math.min(Math.abs(variance), Math.abs(variance - 1))).toBeLessThan(1e-6);
        for (const [index, value] of values.entries())
          for (const [other, against] of values.entries())
            if (value < against) expect(levelled[index]).toBeLessThanOrEqual((levelled[other] ?? NaN) + 1e-9);
      }),
    );
  });

  it("are 0 where all costs are the same", () => {
    expect(levelCosts([3, 3, 3])).toEqual([0, 0, 0]);
    expect(levelCosts([])).toEqual([]);
  });

  it("leave room between the good ones next to an outlier", () => {
    const [first = 0, second = 0] = levelCosts([1, 2, 3, 4, 5, 1e30]);
    expect(second - first).toBeGreaterThan(0.1);
  });
});
