import type { JsonObject } from "@steelyard/protocol";
import { describe, expect, it } from "vitest";
import { ServerError } from "../../errors.ts";
import { parseSweepConfig } from "./sweep-config.ts";

const parameters: JsonObject = { lr: { min: 0.1, max: 0.5 } };

function fieldOf(config: JsonObject): string | undefined {
  try {
    parseSweepConfig(config);
  } catch (error) {
    if (error instanceof ServerError && error.code === "invalid_argument") return error.field;
    throw error;
  }
  return undefined;
}

describe("a sweep's configuration", () => {
  it("is read with its defaults", () => {
    const { config, warnings } = parseSweepConfig({ method: "random", parameters });
    expect(config).toEqual({
      method: "random",
      metric: null,
      parameters: [{ path: ["lr"], distribution: { kind: "uniform", min: 0.1, max: 0.5, q: null } }],
      earlyTerminate: null,
      runCap: null,
      name: null,
      description: null,
      program: null,
      controller: "cloud",
    });
    expect(warnings).toEqual([]);
  });

  it("is read whole", () => {
    const { config } = parseSweepConfig({
      method: "bayes",
      name: "tune",
      description: "d",
      program: "train.py",
      metric: { name: "loss", goal: "maximize", target: 0.9 },
      run_cap: 12n,
      controller: { type: "local" },
      early_terminate: { type: "hyperband", min_iter: 3, max_iter: 30, strict: true },
      parameters,
    });
    expect(config).toMatchObject({
      method: "bayes",
      name: "tune",
      description: "d",
      program: "train.py",
      metric: { name: "loss", goal: "maximize", target: 0.9 },
      runCap: 12,
      controller: "local",
      earlyTerminate: { type: "hyperband", brackets: [3, 9, 27], eta: 3, strict: true },
    });
  });

  it("has Hyperband's brackets counted down from max_iter", () => {
    const early = { type: "hyperband", max_iter: 27, s: 2 };
    const { config } = parseSweepConfig({
      method: "random",
      metric: { name: "loss" },
      early_terminate: early,
      parameters,
    });
    expect(config.earlyTerminate).toEqual({ type: "hyperband", brackets: [3, 9], eta: 3, strict: false });
  });

  it("warns of what has no meaning", () => {
    const { warnings } = parseSweepConfig({
      method: "random",
      metric: { name: "loss", impute: "best" },
      colour: "red",
      parameters: { lr: { min: 0, max: 1, q: 2 } },
    });
    expect(warnings).toEqual([
      "colour is not a known key and is not used.",
      "metric.impute is not used.",
      "parameters.lr.q has no meaning here and is not used.",
    ]);
  });

  it("may be without parameters only when the method is custom", () => {
    expect(parseSweepConfig({ method: "custom" }).config.parameters).toEqual([]);
    expect(fieldOf({ method: "random" })).toBe("parameters");
    expect(fieldOf({ method: "random", parameters: {} })).toBe("parameters");
  });

  const metric = { name: "loss" };
  it.each<[string, JsonObject]>([
    ["method", {}],
    ["method", { method: "annealing", parameters }],
    ["metric", { method: "bayes", parameters }],
    ["metric.name", { method: "bayes", metric: {}, parameters }],
    ["metric.goal", { method: "bayes", metric: { name: "loss", goal: "up" }, parameters }],
    ["metric.target", { method: "bayes", metric: { name: "loss", target: "low" }, parameters }],
    ["run_cap", { method: "random", run_cap: 0, parameters }],
    ["run_cap", { method: "random", run_cap: 1.5, parameters }],
    ["name", { method: "random", name: 3, parameters }],
    ["controller.type", { method: "random", controller: { type: "remote" }, parameters }],
    ["early_terminate.type", { method: "random", metric, early_terminate: { type: "asha" }, parameters }],
    [
      "early_terminate.min_iter",
      { method: "random", metric, early_terminate: { type: "hyperband" }, parameters },
    ],
    [
      "early_terminate.s",
      { method: "random", metric, early_terminate: { type: "hyperband", max_iter: 9 }, parameters },
    ],
    [
      "early_terminate.eta",
      { method: "random", metric, early_terminate: { type: "hyperband", min_iter: 9, eta: 1 }, parameters },
    ],
    ["metric", { method: "random", early_terminate: { type: "hyperband", min_iter: 9 }, parameters }],
    ["parameters.lr", { method: "grid", parameters }],
    ["parameters.net.lr", { method: "grid", parameters: { net: { parameters } } }],
  ])("names the field at fault: %s", (field, config) => {
    expect(fieldOf(config)).toBe(field);
  });
});
