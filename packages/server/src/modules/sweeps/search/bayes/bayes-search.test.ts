import { isJsonObject } from "@steelyard/protocol";
import type { JsonObject, JsonValue } from "@steelyard/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseSweepConfig } from "../../sweep-config.ts";
import type { SweepConfig } from "../../sweep-config.ts";
import { nextParameters } from "../next-parameters.ts";
import { samplePoint } from "../random-search.ts";
import { createSeededRandom } from "../seeded-random.ts";
import type { Trial } from "../trial.ts";

function sweep(parameters: JsonObject, goal = "minimize"): SweepConfig {
  return parseSweepConfig({ method: "bayes", metric: { name: "loss", goal }, parameters }).config;
}

function ask(config: SweepConfig, trials: readonly Trial[], seed: number): JsonObject {
  const next = nextParameters({ config, trials, random: createSeededRandom(seed) });
  if ("exhausted" in next) throw new Error("expected a search without an end");
  return next.parameters;
}

function finished(parameters: JsonObject, metric: number | null): Trial {
  return { parameters, metric, state: "finished" };
}

function search(config: SweepConfig, cost: (point: JsonObject) => number, count: number, seed = 1): Trial[] {
  const trials: Trial[] = [];
  while (trials.length < count) {
    const point = ask(config, trials, seed * 1000 + trials.length);
    trials.push(finished(point, cost(point)));
  }
  return trials;
}

const best = (trials: readonly Trial[]): number =>
  Math.min(...trials.map(({ metric }) => metric ?? Infinity));

const wide: JsonObject = {
  x: { distribution: "uniform", min: -5, max: 5 },
  y: { distribution: "uniform", min: -5, max: 5 },
};
const bowl = ({ x, y }: JsonObject): number => (Number(x) - 1.5) ** 2 + (Number(y) + 2) ** 2;

const mixed: JsonObject = {
  lr: { distribution: "log_uniform_values", min: 1e-5, max: 1 },
  kind: { values: ["a", "b", null] },
  net: {
    parameters: { depth: { min: 1, max: 6 }, drop: { distribution: "q_uniform", min: 0, max: 0.5, q: 0.1 } },
  },
  width: { values: [16, 32, 64] },
  seed: { value: 42 },
  shift: { distribution: "normal", mu: 0, sigma: 2 },
};

describe("Bayesian search", () => {
  it("closes in on the minimum far beyond what random search finds", () => {
    for (const seed of [1, 2, 3]) expect(best(search(sweep(wide), bowl, 25, seed))).toBeLessThan(0.01);
  });

  it("maximizes when that is the goal", () => {
    const trials = search(sweep(wide, "maximize"), (point) => -bowl(point), 25);
    expect(Math.max(...trials.map(({ metric }) => metric ?? -Infinity))).toBeGreaterThan(-0.01);
  });

  it("finds the best of logarithms, lists, integers and steps at once", () => {
    const cost = ({ lr, kind, net, width }: JsonObject): number => {
      const { depth, drop } = readObject(net);
      return (
        (Math.log10(Number(lr)) + 3) ** 2 +
        (kind === "b" ? 0 : 1) +
        0.2 * Math.abs(Number(depth) - 4) +
        Math.abs(Number(drop) - 0.3) +
        (width === 32 ? 0 : 0.5)
      );
    };
    const trials = search(sweep(mixed), cost, 45);
    expect(best(trials)).toBeLessThan(0.1);
  });

  it("sends agents that ask at the same time to different places", () => {
    const config = sweep(wide);
    const trials: Trial[] = search(config, bowl, 6);
    const asked: JsonObject[] = [];
    for (let agent = 0; agent < 6; agent += 1) {
      const point = ask(config, trials, 99);
      asked.push(point);
      trials.push({ parameters: point, metric: null, state: "running" });
    }
    for (const [index, one] of asked.entries())
      for (const other of asked.slice(index + 1))
        expect(
          Math.hypot(Number(one["x"]) - Number(other["x"]), Number(one["y"]) - Number(other["y"])),
        ).toBeGreaterThan(1e-3);
  });

  it("does not repeat a point before a finite space is used up", () => {
    const parameters = { a: { min: 1, max: 4 }, b: { values: ["x", "y", "z"] } };
    const trials = search(sweep(parameters), ({ a }) => Number(a), 12);
    expect(new Set(trials.map(({ parameters: point }) => JSON.stringify(point))).size).toBe(12);
    expect(ask(sweep(parameters), trials, 5)).toHaveProperty("a");
  });

  it("stays away from where runs fail", () => {
    const config = sweep({ x: { distribution: "uniform", min: 0, max: 1 } });
    const trials: Trial[] = [];
    for (let index = 0; index < 30; index += 1) {
      const point = ask(config, trials, index);
      const isFine = Number(point["x"]) < 0.5;
      trials.push({
        parameters: point,
        metric: isFine ? -Number(point["x"]) : null,
        state: isFine ? "finished" : "failed",
      });
    }
    expect(trials.slice(15).filter(({ state }) => state === "failed").length).toBeLessThan(10);
    expect(best(trials)).toBeLessThan(-0.45);
  });

  it("chooses the same with the same random numbers", () => {
    const config = sweep(mixed);
    const trials = search(config, ({ lr, shift }) => Math.sin(50 * Number(lr)) + Math.cos(Number(shift)), 12);
    expect(ask(config, trials, 7)).toEqual(ask(config, trials, 7));
    const few = trials.slice(0, 3);
    expect(ask(config, few, 7)).toEqual(ask(config, few, 7));
    expect(ask(config, few, 7)).not.toEqual(ask(config, few, 8));
  });

  it("never proposes a value of probability 0", () => {
    const config = sweep({
      a: { values: [1, 2, 3, 4], probabilities: [0.5, 0, 0.25, 0.25] },
      b: { min: 0.5, max: 2 },
    });
    const trials = search(config, ({ a }) => Math.abs(Number(a) - 2), 20);
    expect(trials.filter(({ parameters }) => parameters["a"] === 2)).toEqual([]);
  });

  it("answers with values of the space whatever runs reported", () => {
    const config = sweep(mixed);
    const metrics = fc.constantFrom(null, NaN, Infinity, -Infinity, 0, 1, 1, 1e308, -1e308, 1e-300, 0.1);
    const states = fc.constantFrom(
      "finished" as const,
      "running" as const,
      "crashed" as const,
      "killed" as const,
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(metrics, states), { maxLength: 40 }), fc.nat(), (reports, seed) => {
        const random = createSeededRandom(seed);
        const trials = reports.map(([metric, state], index): Trial => {
          const odd = index % 5 === 0 ? { lr: "much", kind: 7 } : samplePoint(config.parameters, random);
          const repeated = index % 3 === 0 ? { ...readObject(mixedPoint), shift: index % 2 } : odd;
          return { parameters: repeated, metric, state };
        });
        const point = ask(config, trials, seed);
        const { depth, drop } = readObject(point["net"]);
        expect(Number(point["lr"])).toBeGreaterThanOrEqual(1e-5 * (1 - 1e-9));
        expect(Number(point["lr"])).toBeLessThanOrEqual(1 + 1e-9);
        expect(["a", "b", null]).toContain(point["kind"]);
        expect([1, 2, 3, 4, 5, 6]).toContain(depth);
        expect([0, 0.1, 0.2, 0.3, 0.4, 0.5]).toContain(drop);
        expect([16, 32, 64]).toContain(point["width"]);
        expect(point["seed"]).toBe(42);
        expect(Number.isFinite(point["shift"])).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  it("has an answer when nothing can vary", () => {
    const config = sweep({ a: { value: 1 } });
    expect(ask(config, [finished({ a: 1 }, 1), finished({ a: 1 }, 2)], 1)).toEqual({ a: 1 });
  });

  it("still answers after a thousand runs", () => {
    const config = sweep(wide);
    const random = createSeededRandom(3);
    const trials = Array.from({ length: 1000 }, () => {
      const point = samplePoint(config.parameters, random);
      return finished(point, bowl(point));
    });
    expect(bowl(ask(config, trials, 1))).toBeLessThan(1);
  });
});

const mixedPoint: JsonObject = {
  lr: 0.01,
  kind: "a",
  net: { depth: 3, drop: 0.1 },
  width: 16,
  seed: 42,
  shift: 0,
};

function readObject(value: JsonValue | undefined): JsonObject {
  if (!isJsonObject(value)) throw new TypeError("expected an object");
  return value;
}
