import { parseJsonObject, printJson } from "@steelyard/protocol";
import type { JsonObject } from "@steelyard/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseSweepConfig } from "../sweep-config.ts";
import type { SweepConfig } from "../sweep-config.ts";
import { expectedRunCount } from "./expected-run-count.ts";
import { nextParameters } from "./next-parameters.ts";
import { createSeededRandom } from "./seeded-random.ts";
import type { Trial } from "./trial.ts";

function sweep(config: JsonObject): SweepConfig {
  return parseSweepConfig({ metric: { name: "loss" }, ...config }).config;
}

/** Runs a sweep to its end, or for so many runs. */
function runAll(config: SweepConfig, { limit = 500, prior = [] }: { limit?: number; prior?: Trial[] } = {}) {
  const random = createSeededRandom(1);
  const trials = [...prior];
  while (trials.length < limit) {
    const next = nextParameters({ config, trials, random });
    if ("exhausted" in next) break;
    trials.push({ parameters: next.parameters, metric: null, state: "running" });
  }
  return trials.slice(prior.length).map(({ parameters }) => parameters);
}

const grid = {
  method: "grid",
  parameters: {
    a: { values: ["x", null] },
    b: { min: 0, max: 2 },
    net: { parameters: { c: { distribution: "q_uniform", min: 0, max: 0.2, q: 0.1 }, d: { value: true } } },
  },
};

describe("a grid", () => {
  it("has every point once, the last parameter changing fastest", () => {
    const points = runAll(sweep(grid));
    expect(points.slice(0, 4)).toEqual([
      { a: "x", b: 0, net: { c: 0, d: true } },
      { a: "x", b: 0, net: { c: 0.1, d: true } },
      { a: "x", b: 0, net: { c: 0.2, d: true } },
      { a: "x", b: 1, net: { c: 0, d: true } },
    ]);
    expect(new Set(points.map((point) => JSON.stringify(point))).size).toBe(18);
    expect(points).toHaveLength(18);
  });

  it("leaves out what prior runs have tried, and does not mind values that are not of it", () => {
    const prior: Trial[] = [
      { parameters: { a: "x", b: 0, net: { c: 0, d: true }, other: 1 }, metric: NaN, state: "crashed" },
      { parameters: { a: "y", b: 0, net: { c: 0, d: true } }, metric: 1, state: "finished" },
      { parameters: { a: "x" }, metric: 1, state: "finished" },
    ];
    const points = runAll(sweep(grid), { prior });
    expect(points).toHaveLength(17);
    expect(points[0]).toEqual({ a: "x", b: 0, net: { c: 0.1, d: true } });
  });

  it("need not be small", () => {
    const config = sweep({
      method: "grid",
      parameters: { a: { min: 0, max: 9e15 }, b: { min: 0, max: 9e15 } },
    });
    expect(runAll(config, { limit: 2 })).toEqual([
      { a: 0, b: 0 },
      { a: 0, b: 1 },
    ]);
  });

  it("of any lists is gone through whole", () => {
    const lists = fc.array(
      fc.uniqueArray(fc.jsonValue(), { minLength: 1, maxLength: 4, selector: JSON.stringify }),
      {
        minLength: 1,
        maxLength: 3,
      },
    );
    fc.assert(
      fc.property(lists, (values) => {
        const parameters = Object.fromEntries(values.map((list, index) => [`p${index}`, { values: list }]));
        const config = sweep(parseJsonObject(JSON.stringify({ method: "grid", parameters })));
        const points = runAll(config).map(printJson);
        expect(new Set(points).size).toBe(points.length);
        expect(points.length).toBe(expectedRunCount(config));
      }),
      { numRuns: 50 },
    );
  });
});

describe("the number of runs to expect", () => {
  it("is the grid's size, or the cap where that is less", () => {
    expect(expectedRunCount(sweep(grid))).toBe(18);
    expect(expectedRunCount(sweep({ ...grid, run_cap: 5 }))).toBe(5);
    expect(expectedRunCount(sweep({ ...grid, run_cap: 50 }))).toBe(18);
  });

  it("is the cap or nothing for a search that does not end", () => {
    expect(expectedRunCount(sweep({ ...grid, method: "random" }))).toBeNull();
    expect(expectedRunCount(sweep({ ...grid, method: "random", run_cap: 9 }))).toBe(9);
  });
});

describe("a sweep", () => {
  it("ends when a run has reached the metric's target", () => {
    const parameters = { a: { min: 0, max: 9 } };
    const config = sweep({
      method: "random",
      metric: { name: "acc", goal: "maximize", target: 0.9 },
      parameters,
    });
    const trial = (metric: number | null): Trial => ({ parameters: { a: 1 }, metric, state: "finished" });
    const ask = (metric: number | null) =>
      nextParameters({ config, trials: [trial(null), trial(metric)], random: createSeededRandom(1) });
    expect(ask(0.9)).toEqual({ exhausted: true });
    expect(ask(0.89)).toHaveProperty("parameters");
    expect(ask(NaN)).toHaveProperty("parameters");
  });

  it("chooses the same with the same random numbers", () => {
    const config = sweep({
      method: "random",
      parameters: { a: { min: 0.5, max: 9 }, b: { values: [1, 2, 3] } },
    });
    expect(runAll(config, { limit: 20 })).toEqual(runAll(config, { limit: 20 }));
  });

  it("that is custom is not for us to continue", () => {
    const config = sweep({ method: "custom" });
    expect(() => nextParameters({ config, trials: [], random: Math.random })).toThrow(
      expect.objectContaining({ code: "invalid_argument", field: "method" }),
    );
  });
});
