import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expectedImprovement } from "./expected-improvement.ts";

/** The improvement by its definition: summed over what the cost may be. */
function summed(best: number, mean: number, deviation: number): number {
  const steps = 20_000;
  let sum = 0;
  for (let index = 0; index < steps; index += 1) {
    const z = -12 + (24 * (index + 0.5)) / steps;
    const gain = best - (mean + z * deviation);
    if (gain > 0) sum += gain * Math.exp(-0.5 * z * z);
  }
  return (sum * 24) / steps / Math.sqrt(2 * Math.PI);
}

describe("expected improvement", () => {
  it.each([
    [0, 0, 1],
    [1, 0, 0.5],
    [-1, 0, 0.4],
    [-2, 1, 0.99],
    [-2, 1, 1.01],
    [5, 0, 1],
    [-5, 0, 1],
  ])("is what its definition says (best %d, mean %d, deviation %d)", (best, mean, deviation) => {
    const { log } = expectedImprovement(best, mean, deviation);
    expect(log).toBeCloseTo(Math.log(summed(best, mean, deviation)), 3);
  });

  it("has the slopes that differences show, far out in the tail too", () => {
    const input = fc.record({
      z: fc.oneof(
        fc.double({ min: -6, max: 6, noNaN: true }),
        fc.double({ min: -2000, max: -6, noNaN: true }),
      ),
      deviation: fc.double({ min: 0.01, max: 10, noNaN: true }),
    });
    fc.assert(
      fc.property(input, ({ z, deviation }) => {
        const step = 1e-5;
        const at = (mean: number, spread: number): number => expectedImprovement(0, mean, spread).log;
        const mean = -z * deviation;
        const { byMean, byDeviation } = expectedImprovement(0, mean, deviation);
        const meanStep = step * deviation;
        const meanSlope = (at(mean + meanStep, deviation) - at(mean - meanStep, deviation)) / (2 * meanStep);
        const spreadSlope =
          (at(mean, deviation + meanStep) - at(mean, deviation - meanStep)) / (2 * meanStep);
        const scale = (1 + z * z) / deviation;
        expect(Math.abs(byMean - meanSlope)).toBeLessThan(1e-3 * scale);
        expect(Math.abs(byDeviation - spreadSlope)).toBeLessThan(1e-3 * scale);
      }),
    );
  });

  it("is finite and falls off without end", () => {
    const logs = [10, 100, 1e4, 1e6, 1e8].map((mean) => expectedImprovement(0, mean, 1).log);
    expect(logs.every(Number.isFinite)).toBe(true);
    expect([...logs].sort((a, b) => b - a)).toEqual(logs);
  });
});
