import type { JsonObject } from "@steelyard/protocol";
import { describe, expect, it } from "vitest";
import { ServerError } from "../../../errors.ts";
import type { Distribution } from "./distribution.ts";
import { parseParameters } from "./parse-parameters.ts";
import { SpecReader } from "./spec-reader.ts";

function read(spec: JsonObject): {
  readonly distribution: Distribution | undefined;
  readonly warnings: string[];
} {
  const warnings: string[] = [];
  const [parameter] = parseParameters(new SpecReader({ p: spec }, "parameters"), (text) =>
    warnings.push(text),
  );
  return { distribution: parameter?.distribution, warnings };
}

function failureOf(spec: JsonObject): string {
  try {
    read(spec);
  } catch (error) {
    if (error instanceof ServerError && error.code === "invalid_argument") return error.message;
    throw error;
  }
  return "";
}

describe("a parameter", () => {
  it.each<[JsonObject, Distribution]>([
    [{ value: null }, { kind: "categorical", values: [null], probabilities: null }],
    [
      { distribution: "constant", value: 3 },
      { kind: "categorical", values: [3], probabilities: null },
    ],
    [{ values: ["a", 1] }, { kind: "categorical", values: ["a", 1], probabilities: null }],
    [
      { values: ["a", "b"], probabilities: [0.25, 0.75] },
      { kind: "categorical", values: ["a", "b"], probabilities: [0.25, 0.75] },
    ],
    [
      { min: 1, max: 4 },
      { kind: "integer", min: 1, max: 4 },
    ],
    [
      { min: 1, max: 4.5 },
      { kind: "uniform", min: 1, max: 4.5, q: null },
    ],
    [
      { distribution: "uniform", min: 0, max: 1 },
      { kind: "uniform", min: 0, max: 1, q: null },
    ],
    [
      { distribution: "q_uniform", min: 0, max: 9 },
      { kind: "uniform", min: 0, max: 9, q: 1 },
    ],
    [
      { distribution: "log_uniform", min: -2, max: 0 },
      { kind: "log", min: Math.exp(-2), max: 1, q: null },
    ],
    [
      { distribution: "log_uniform_values", min: 0.5, max: 2 },
      { kind: "log", min: 0.5, max: 2, q: null },
    ],
    [
      { distribution: "q_log_uniform", min: 0, max: 3, q: 2 },
      { kind: "log", min: 1, max: Math.exp(3), q: 2 },
    ],
    [
      { distribution: "q_log_uniform_values", min: 1, max: 9, q: 2 },
      { kind: "log", min: 1, max: 9, q: 2 },
    ],
    [
      { distribution: "inv_log_uniform", min: 0, max: 2 },
      { kind: "log", min: Math.exp(-2), max: 1, q: null },
    ],
    [
      { distribution: "inv_log_uniform_values", min: 0.5, max: 2 },
      { kind: "log", min: 0.5, max: 2, q: null },
    ],
    [{ distribution: "normal" }, { kind: "normal", mu: 0, sigma: 1, q: null }],
    [
      { mu: 2, sigma: 3 },
      { kind: "normal", mu: 2, sigma: 3, q: null },
    ],
    [
      { distribution: "q_normal", mu: 2, q: 0.5 },
      { kind: "normal", mu: 2, sigma: 1, q: 0.5 },
    ],
    [
      { distribution: "log_normal", mu: 2 },
      { kind: "log_normal", mu: 2, sigma: 1, q: null },
    ],
    [{ distribution: "q_log_normal" }, { kind: "log_normal", mu: 0, sigma: 1, q: 1 }],
    [
      { distribution: "beta", a: 2, b: 5 },
      { kind: "beta", a: 2, b: 5, q: null },
    ],
    [
      { distribution: "q_beta", a: 2, b: 5, q: 0.1 },
      { kind: "beta", a: 2, b: 5, q: 0.1 },
    ],
  ])("is read: %j", (spec, distribution) => {
    expect(read(spec)).toEqual({ distribution, warnings: [] });
  });

  it("counts a value that is listed twice once, with the sum of its probabilities", () => {
    const { distribution, warnings } = read({ values: [1, 2, 1], probabilities: [0.25, 0.5, 0.25] });
    expect(distribution).toEqual({ kind: "categorical", values: [1, 2], probabilities: [0.5, 0.5] });
    expect(warnings).toEqual(["parameters.p.values lists a value more than once."]);
  });

  it("is found at its path when it is nested", () => {
    const parsed = parseParameters(
      new SpecReader({
        net: { parameters: { opt: { parameters: { lr: { value: 1 } } }, depth: { value: 2 } } },
      }),
      () => undefined,
    );
    expect(parsed.map(({ path }) => path)).toEqual([
      ["net", "opt", "lr"],
      ["net", "depth"],
    ]);
  });

  it.each<[JsonObject, RegExp]>([
    [{}, /^parameters\.p: expected value, values/],
    [{ values: [] }, /^parameters\.p\.values: expected a list/],
    [{ values: [1, 2], probabilities: [0.5] }, /^parameters\.p\.probabilities: expected 2/],
    [{ values: [1, 2], probabilities: [0.5, 0.4] }, /sum to 1/],
    [{ values: [1, 2], probabilities: [1.5, -0.5] }, /between 0 and 1/],
    [{ min: 3, max: 1 }, /^parameters\.p\.min: expected at most max \(1\), found 3/],
    [{ min: "1e-3", max: 1 }, /without quotes/],
    [{ min: NaN, max: 1 }, /^parameters\.p\.min: expected a number/],
    [{ distribution: "int_uniform", min: 0.5, max: 2 }, /^parameters\.p\.min: expected a whole number/],
    [{ distribution: "log_uniform_values", min: 0, max: 1 }, /above 0/],
    [{ distribution: "log_uniform", min: 1, max: 2000 }, /names end in _values/],
    [{ distribution: "q_uniform", min: 0.2, max: 0.8, q: 1 }, /^parameters\.p\.q: expected a multiple/],
    [{ distribution: "q_uniform", min: 0, max: 1, q: 0 }, /^parameters\.p\.q/],
    [{ distribution: "normal", sigma: -1 }, /^parameters\.p\.sigma/],
    [{ distribution: "zipf" }, /^parameters\.p\.distribution: expected one of/],
  ])("is refused with a reason: %j", (spec, message) => {
    expect(failureOf(spec)).toMatch(message);
  });
});
