import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Distribution } from "./distribution.ts";
import { levelsOf } from "./levels.ts";
import { sample } from "./sample.ts";
import { createSeededRandom } from "./seeded-random.ts";

function draw(distribution: Distribution, count = 4000): number[] {
  const random = createSeededRandom(7);
  return Array.from({ length: count }, () => Number(sample(distribution, random)));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function deviation(values: readonly number[]): number {
  return Math.sqrt(mean(values.map((value) => (value - mean(values)) ** 2)));
}

describe("a drawn value", () => {
  it("is spread as its distribution says", () => {
    expect(mean(draw({ kind: "uniform", min: -2, max: 4, q: null }))).toBeCloseTo(1, 0);
    expect(mean(draw({ kind: "log", min: 1e-4, max: 1, q: null }).map(Math.log10))).toBeCloseTo(-2, 0);
    const normal = draw({ kind: "normal", mu: 5, sigma: 2, q: null });
    expect(mean(normal)).toBeCloseTo(5, 0);
    expect(deviation(normal)).toBeCloseTo(2, 0);
    expect(mean(draw({ kind: "log_normal", mu: 1, sigma: 0.5, q: null }).map(Math.log))).toBeCloseTo(1, 0);
    expect(mean(draw({ kind: "beta", a: 2, b: 6, q: null }))).toBeCloseTo(0.25, 1);
    expect(mean(draw({ kind: "beta", a: 0.5, b: 0.5, q: null }))).toBeCloseTo(0.5, 1);
  });

  it("is each value of a list as often as its probability says, and never one of probability 0", () => {
    const values = draw({ kind: "categorical", values: [0, 1, 2], probabilities: [0.2, 0, 0.8] });
    expect(values.filter((value) => value === 1)).toEqual([]);
    expect(values.filter((value) => value === 0).length / values.length).toBeCloseTo(0.2, 1);
  });

  it("is every integer between the limits", () => {
    expect(new Set(draw({ kind: "integer", min: -1, max: 2 }, 200))).toEqual(new Set([-1, 0, 1, 2]));
  });

  it("keeps its limits and its steps", () => {
    const bounds = fc.record({
      kind: fc.constantFrom("uniform" as const, "log" as const),
      min: fc.double({ min: 0.01, max: 10, noNaN: true }),
      width: fc.double({ min: 1, max: 100, noNaN: true }),
      q: fc.constantFrom(null, 0.1, 0.25, 1),
      seed: fc.nat(),
    });
    fc.assert(
      fc.property(bounds, ({ kind, min, width, q, seed }) => {
        const distribution = { kind, min, max: min + width, q };
        const value = sample(distribution, createSeededRandom(seed));
        const slack = 1e-9 * (1 + width);
        expect(value).toBeGreaterThanOrEqual(min - slack);
        expect(value).toBeLessThanOrEqual(min + width + slack);
        if (q !== null) expect(levelsOf(distribution)?.indexOf(value)).toBeDefined();
      }),
    );
  });

  it("has no digits of binary fractions", () => {
    const values = new Set(draw({ kind: "uniform", min: 0, max: 0.5, q: 0.1 }));
    expect([...values].sort((a, b) => a - b)).toEqual([0, 0.1, 0.2, 0.3, 0.4, 0.5]);
  });
});
