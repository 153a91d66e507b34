import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { advanceMetric, COOLDOWN_MS, isRepeated, NO_PROGRESS } from "./engine/metric-progress.ts";
import { judgeMetric, valuesNeeded } from "./metric-condition.ts";
import type { ChangeDirection, MetricCondition } from "./metric-condition.ts";

const NOW = "2026-03-01T10:00:00.000Z";

const size = fc.integer({ min: 1, max: 6 });
const aggregation = fc.constantFrom("AVERAGE" as const, "MIN" as const, "MAX" as const, null);
const direction = fc.constantFrom<ChangeDirection>("INCREASE", "DECREASE", "ANY");
const condition: fc.Arbitrary<MetricCondition> = fc.oneof(
  fc.record({
    kind: fc.constant("threshold" as const),
    metric: fc.constant("loss"),
    aggregation,
    windowSize: size,
    comparison: fc.constantFrom("$gt" as const, "$gte" as const, "$lt" as const, "$lte" as const),
    threshold: fc.integer({ min: -3, max: 3 }),
  }),
  fc.record({
    kind: fc.constant("change" as const),
    metric: fc.constant("loss"),
    aggregation,
    currentSize: size,
    priorSize: size,
    amount: fc.constantFrom(0.5, 1, 2),
    isRelative: fc.boolean(),
    direction,
  }),
  fc.record({
    kind: fc.constant("zscore" as const),
    metric: fc.constant("loss"),
    windowSize: size,
    threshold: fc.constantFrom(0.5, 1, 2),
    direction,
  }),
);
const number = fc.oneof(
  { weight: 20, arbitrary: fc.integer({ min: -4, max: 4 }) },
  { weight: 1, arbitrary: fc.constantFrom(Infinity, -Infinity, Number.NaN) },
);

/** What the guide says, word by word, over all values up to a moment. */
function holdsNaively(of: MetricCondition, values: readonly number[]): boolean {
  const far = (by: number, amount: number, way: ChangeDirection): boolean =>
    (way !== "DECREASE" && by >= amount) || (way !== "INCREASE" && -by >= amount);
  const average = (some: readonly number[]): number => {
    let sum = 0;
    for (const each of some) sum += each;
    return sum / some.length;
  };
  const one = (some: readonly number[], how: string | null): number => {
    if (how === "AVERAGE") return average(some);
    if (how === "MIN") return Math.min(...some);
    return how === "MAX" ? Math.max(...some) : (some[some.length - 1] ?? Number.NaN);
  };
  if (of.kind === "threshold") {
    const window = of.aggregation === null ? 1 : of.windowSize;
    if (values.length < window) return false;
    const value = one(values.slice(values.length - window), of.aggregation);
    const { threshold } = of;
    return {
      $gt: value > threshold,
      $gte: value >= threshold,
      $lt: value < threshold,
      $lte: value <= threshold,
    }[of.comparison];
  }
  if (of.kind === "change") {
    const current = of.aggregation === null ? 1 : of.currentSize;
    const prior = of.aggregation === null ? 1 : of.priorSize;
    if (values.length < current + prior) return false;
    const now = one(values.slice(values.length - current), of.aggregation);
    const then = one(values.slice(values.length - current - prior, values.length - current), of.aggregation);
    if (!of.isRelative || now === then) return far(now - then, of.amount, of.direction);
    return far((now - then) / Math.abs(then), of.amount, of.direction);
  }
  if (values.length < of.windowSize + 1) return false;
  const last = values[values.length - 1] ?? Number.NaN;
  const window = values.slice(values.length - 1 - of.windowSize, values.length - 1);
  const middle = average(window);
  const spread = Math.sqrt(average(window.map((value) => (value - middle) * (value - middle))));
  return spread > 0 && far((last - middle) / spread, of.threshold, of.direction);
}

/** Lines at which the condition becomes true, and the first of them of each day. */
function firingsNaively(of: MetricCondition, values: readonly number[]): readonly number[] {
  const seen: number[] = [];
  let before = false;
  for (const [line, value] of values.entries()) {
    if (Number.isNaN(value)) continue;
    seen.push(value);
    const now = holdsNaively(of, seen);
    if (now && !before) return [line];
    before = now;
  }
  return [];
}

describe("a condition over a metric", () => {
  it("holds when a naive computation over all values says so", () => {
    fc.assert(
      fc.property(condition, fc.array(number, { maxLength: 20 }), (of, all) => {
        const values = all.filter((value) => !Number.isNaN(value));
        expect(judgeMetric(of, values)?.isMet ?? false).toBe(holdsNaively(of, values));
      }),
    );
  });

  it("says nothing before its windows are full", () => {
    const of: MetricCondition = {
      kind: "threshold",
      metric: "loss",
      aggregation: "AVERAGE",
      windowSize: 3,
      comparison: "$gt",
      threshold: 0,
    };
    expect(valuesNeeded(of)).toBe(3);
    expect(judgeMetric(of, [9, 9])).toBeUndefined();
    expect(judgeMetric(of, [9, 9, 9])?.isMet).toBe(true);
  });
});

describe("watching a metric", () => {
  it("fires where a naive computation does, however the values are cut into portions", () => {
    fc.assert(
      fc.property(
        condition,
        fc.array(number, { maxLength: 40 }),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 40, maxLength: 40 }),
        (of, values, cuts) => {
          let progress = NO_PROGRESS;
          const fired: number[] = [];
          for (let start = 0, cut = 0; start < values.length; cut += 1) {
            const end = Math.min(values.length, start + (cuts[cut] ?? 1));
            const portion = values.slice(start, end);
            const points = { lines: portion.map((_value, index) => start + index), values: portion };
            const advance = advanceMetric(progress, of, points, { judgeFrom: 0, now: NOW });
            ({ progress } = advance);
            fired.push(...advance.firings.map(({ line }) => line));
            start = end;
          }
          expect(fired).toEqual(firingsNaively(of, values));
        },
      ),
    );
  });

  const above: MetricCondition = {
    kind: "threshold",
    metric: "loss",
    aggregation: null,
    windowSize: 1,
    comparison: "$gt",
    threshold: 0,
  };

  it("fires again after a day, when the condition became false and true again", () => {
    const points = (values: readonly number[], from: number) => ({
      lines: values.map((_v, i) => from + i),
      values,
    });
    const first = advanceMetric(NO_PROGRESS, above, points([1, 0, 1], 0), { judgeFrom: 0, now: NOW });
    expect(first.firings.map(({ line }) => line)).toEqual([0]);
    const later = new Date(Date.parse(NOW) + COOLDOWN_MS).toISOString();
    const still = advanceMetric(first.progress, above, points([1], 3), { judgeFrom: 0, now: later });
    expect(still.firings).toEqual([]);
    const again = advanceMetric(still.progress, above, points([0, 1], 4), { judgeFrom: 0, now: later });
    expect(again.firings).toMatchObject([{ line: 5, number: 2 }]);
  });

  it("tells values that came again from others", () => {
    const { progress } = advanceMetric(
      { ...NO_PROGRESS, lineCount: 3 },
      { ...above, aggregation: "MAX", windowSize: 2 },
      { lines: [0, 1, 2], values: [5, 6, 7] },
      { judgeFrom: 0, now: NOW },
    );
    expect(isRepeated(progress, 0, { lines: [0, 1, 2], values: [5, 6, 7] })).toBe(true);
    expect(isRepeated(progress, 2, { lines: [2], values: [7] })).toBe(true);
    expect(isRepeated(progress, 1, { lines: [1, 2], values: [6, 8] })).toBe(false);
    expect(isRepeated(progress, 1, { lines: [2], values: [7] })).toBe(false);
  });
});
