import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FilterError } from "../filter/filter-error.ts";
import { toGroupText } from "./group-key.ts";
import { summarizeNumbers } from "./number-summary.ts";
import { checkAggregateRequest, RunGroups, toMetricNumber } from "./run-aggregates.ts";

const summarize = (numbers: readonly number[], quantiles: readonly number[] = []) =>
  summarizeNumbers(Float64Array.from(numbers), quantiles);

describe("figures over numbers", () => {
  it("are those of the textbook", () => {
    expect(summarize([2, 4, 4, 4, 5, 5, 7, 9], [0, 0.25, 0.5, 0.9, 1])).toEqual({
      count: 8,
      min: 2,
      max: 9,
      mean: 5,
      standardDeviation: Math.sqrt(32 / 7),
      quantiles: [2, 4, 4.5, 7.6, 9],
    });
  });

  it("are null where there are too few numbers", () => {
    const none = { min: null, max: null, mean: null, standardDeviation: null };
    expect(summarize([], [0.5])).toEqual({ count: 0, ...none, quantiles: [null] });
    expect(summarize([3], [0.5])).toMatchObject({ mean: 3, standardDeviation: null, quantiles: [3] });
  });

  it("do not depend on the order in which numbers were found, to the last digit", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true }), { maxLength: 40 }), (numbers) => {
        const plain = numbers.map((number) => number + 0);
        const figures = summarize(plain, [0.1, 0.5, 0.9]);
        expect(summarize([...plain].reverse(), [0.1, 0.5, 0.9])).toEqual(figures);
        const { min, max, mean } = figures;
        const isNaNAllowed = plain.includes(Infinity) && plain.includes(-Infinity);
        if (min === null || max === null || mean === null) expect(plain).toEqual([]);
        else expect((mean >= min && mean <= max) || isNaNAllowed).toBe(true);
      }),
    );
  });

  it("keep what sums would round away, and stay finite where sums would not", () => {
    expect(summarize([1e16, 1, -1e16, 1]).mean).toBe(0.5);
    expect(summarize(Array(10).fill(0.1))).toMatchObject({ mean: 0.1, standardDeviation: 0 });
    expect(summarize([1e308, 1.2e308]).mean).toBe(1.1e308);
    expect(summarize([-1e308, 1.7e308], [0.5]).quantiles[0]).toBeCloseTo(3.5e307, -300);
    expect(summarize([1, Infinity])).toMatchObject({ mean: Infinity, standardDeviation: NaN });
    expect(summarize([-Infinity, Infinity]).mean).toBeNaN();
  });
});

describe("groups", () => {
  it("hold values that are equal as filters compare them", () => {
    const equal = [
      [1, 1],
      [0, -0],
      [2 ** 60, 2n ** 60n],
      [
        { a: 1, b: [2] },
        { b: [2], a: 1 },
      ],
      [null, undefined],
    ] as const;
    for (const [a, b] of equal) expect(toGroupText(a, "value")).toBe(toGroupText(b, "value"));
    expect(toGroupText([], "list")).toBe(toGroupText(null, "list"));
    const different = [1, "1", true, "NaN", NaN, [], "", null, [null]];
    expect(new Set(different.map((value) => toGroupText(value, "value"))).size).toBe(different.length);
  });

  it("come in the order of their keys, none last", () => {
    const groups = new RunGroups({ groupBy: ["config.a"], metrics: [] }, () => false);
    for (const value of [null, "b", 10, 9, true, "a"]) groups.open([toGroupText(value, "value")]).count += 1;
    expect(groups.close().map(({ keys }) => keys[0])).toEqual([true, 9, 10, "a", "b", null]);
  });

  it("are one of all runs, even of none, when nothing makes groups", () => {
    expect(new RunGroups({ groupBy: [], metrics: [] }, () => false).close()).toMatchObject([
      { keys: [], count: 0 },
    ]);
  });

  it("know the best run, of equally good ones the oldest", () => {
    const metric = { field: "config.a", quantiles: [] };
    const metrics = [
      { ...metric, goal: "minimize" },
      { ...metric, goal: "maximize" },
    ] as const;
    const groups = new RunGroups<number>({ groupBy: [], metrics }, (a, b) => a < b);
    const group = groups.open([]);
    for (const [run, number] of [3, 1, 5, 1, 5].entries()) {
      for (const index of metrics.keys()) group.add(index, number, 10 - run);
    }
    expect(group.summarize().map(({ best }) => best)).toEqual([
      { value: 1, run: 7 },
      { value: 5, run: 6 },
    ]);
  });

  it("are refused when there are too many of them", () => {
    const groups = new RunGroups({ groupBy: ["config.a"], metrics: [] }, () => false);
    for (let key = 0; key < 100_000; key += 1) groups.open([String(key)]);
    expect(() => groups.open(["x"])).toThrow(FilterError);
    groups.open(["1"]);
  });
});

it("numbers of both kinds count, and nothing else", () => {
  expect([1, 2n, -0, Infinity].map(toMetricNumber)).toEqual([1, 2, 0, Infinity]);
  expect([NaN, "1", true, null, undefined, [1]].map(toMetricNumber)).toEqual(Array(6).fill(undefined));
});

it("a question is refused that names no field, too many, or a quantile that is none", () => {
  const metric = { field: "config.a", goal: "minimize", quantiles: [] } as const;
  checkAggregateRequest({ groupBy: ["config.a", "state"], metrics: [{ ...metric, quantiles: [0, 0.5, 1] }] });
  for (const request of [
    { groupBy: ["nothing"], metrics: [] },
    { groupBy: Array<string>(9).fill("state"), metrics: [] },
    { groupBy: [], metrics: [{ ...metric, field: "nothing" }] },
    { groupBy: [], metrics: Array<typeof metric>(33).fill(metric) },
    { groupBy: [], metrics: [{ ...metric, quantiles: [1.1] }] },
    { groupBy: [], metrics: [{ ...metric, quantiles: [NaN] }] },
    { groupBy: [], metrics: [{ ...metric, quantiles: Array<number>(33).fill(0) }] },
  ]) {
    expect(() => {
      checkAggregateRequest(request);
    }).toThrow(FilterError);
  }
});
