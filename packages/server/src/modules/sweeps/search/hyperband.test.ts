import type { RunState } from "@steelyard/protocol";
import { describe, expect, it } from "vitest";
import { parseSweepConfig } from "../sweep-config.ts";
import type { SweepConfig } from "../sweep-config.ts";
import { runsToStop } from "./hyperband.ts";

function sweep(rule: { readonly strict?: boolean; readonly goal?: string } = {}): SweepConfig {
  return parseSweepConfig({
    method: "random",
    metric: { name: "loss", goal: rule.goal ?? "minimize" },
    parameters: { a: { min: 0, max: 9 } },
    early_terminate: { type: "hyperband", min_iter: 3, strict: rule.strict ?? false },
  }).config;
}

function runs(curves: readonly (readonly number[])[], states: Readonly<Record<number, RunState>> = {}) {
  return curves.map((values, index) => ({ name: `r${index}`, state: states[index] ?? "running", values }));
}

function flat(value: number, length: number): readonly number[] {
  return Array.from({ length }, () => value);
}

describe("Hyperband", () => {
  it("stops all but the best third and one of those that reached a bracket", () => {
    const curves = [1, 2, 3, 4, 5, 6].map((value) => flat(value, 3));
    expect(runsToStop(sweep(), runs(curves))).toEqual(["r3", "r4", "r5"]);
    expect(runsToStop(sweep({ goal: "maximize" }), runs(curves))).toEqual(["r0", "r1", "r2"]);
  });

  it("judges a run by its own bracket, among all that have reached it", () => {
    const curves = [...[1, 2, 3, 4, 5].map((value) => flat(value, 9)), flat(6, 5)];
    expect(runsToStop(sweep(), runs(curves))).toEqual(["r2", "r3", "r4", "r5"]);
  });

  it("leaves a run alone that is before the first bracket, and the only one at its bracket", () => {
    expect(runsToStop(sweep(), runs([flat(9, 2), flat(1, 2), flat(5, 3)]))).toEqual([]);
  });

  it("compares with runs that have ended, but stops only running ones", () => {
    const curves = [1, 2, 3, 4].map((value) => flat(value, 9));
    const states = { 0: "finished", 1: "crashed", 2: "finished" } as const;
    expect(runsToStop(sweep(), runs(curves, states))).toEqual(["r3"]);
  });

  it("judges by the best value so far, or when strict by the value there", () => {
    const curves = [[9, 9, 9, 1], flat(5, 3), flat(6, 3), flat(7, 3)];
    expect(runsToStop(sweep(), runs(curves))).toEqual(["r3"]);
    expect(runsToStop(sweep({ strict: true }), runs(curves))).toEqual(["r0", "r3"]);
  });

  it("takes a value that is not a number for the worst", () => {
    expect(runsToStop(sweep(), runs([flat(NaN, 3), flat(1, 3), flat(2, 3)]))).toEqual(["r0"]);
    expect(runsToStop(sweep(), runs([flat(NaN, 3), flat(NaN, 3)]))).toEqual([]);
  });

  it("stops nothing in a sweep without it", () => {
    expect(runsToStop({ ...sweep(), earlyTerminate: null }, runs([flat(1, 9), flat(2, 9)]))).toEqual([]);
  });
});
