import { describe, expect, it } from "vitest";
import { isSameConfig, parseYamlConfig } from "./yaml-config.ts";

describe("a config", () => {
  it("may be YAML as people write it and as clients print it, and JSON", () => {
    expect(parseYamlConfig("method: grid\nparameters:\n  y:\n    values: [yes, '012', 1.0e-05, ~]")).toEqual({
      method: "grid",
      parameters: { y: { values: ["yes", "012", 0.00001, null] } },
    });
    expect(parseYamlConfig('{"n": 1, "big": 12345678901234567890}')).toEqual({
      n: 1,
      big: 12345678901234567890n,
    });
    expect(parseYamlConfig("a: &a {b: 1}\nc: {<<: *a, d: 2}")).toEqual({ a: { b: 1 }, c: { b: 1, d: 2 } });
    expect(Object.keys(parseYamlConfig("__proto__: 1"))).toEqual(["__proto__"]);
  });

  it("keeps ranges of floats apart from ranges of integers", () => {
    const config = parseYamlConfig(
      "parameters:\n  a: {min: 0.0, max: 1.0}\n  b: {min: 0, max: 1}\n  c: {parameters: {d: {min: 1e0, max: 1e2}}}\n  e: {value: {min: 0.0, max: 1.0}}",
    );
    expect(config["parameters"]).toEqual({
      a: { min: 0, max: 1, distribution: "uniform" },
      b: { min: 0, max: 1 },
      c: { parameters: { d: { min: 1, max: 100, distribution: "uniform" } } },
      e: { value: { min: 0, max: 1 } },
    });
  });

  it.each([
    ["a: [1", /not YAML/],
    ["a: 1\na: 2", /not YAML/],
    ["- 1", /object/],
    ["", /object/],
    ["just text", /object/],
    ["a: *b", /not YAML/],
    [`a: ${"[".repeat(100)}${"]".repeat(100)}`, /levels/],
    [`a: &a [1,1,1,1,1]\nb: &b [*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c]`, /alias/],
    [`a: ${"x".repeat(2_000_000)}`, /characters/],
  ])("is refused by name when it is %j", (text, message) => {
    expect(() => parseYamlConfig(text)).toThrow(message);
    expect(() => parseYamlConfig(text)).toThrow(
      expect.objectContaining({ code: "invalid_argument", field: "config" }),
    );
  });

  it("is the same whatever its order", () => {
    const same = (a: string, b: string): boolean => isSameConfig(parseYamlConfig(a), parseYamlConfig(b));
    expect(same("a: 1\nb: [1, {c: 2, d: 3}]", "b: [1, {d: 3, c: 2}]\na: 1")).toBe(true);
    expect(same("a: 1", "a: 2")).toBe(false);
    expect(same("a: [1, 2]", "a: [2, 1]")).toBe(false);
    expect(same("a: 1", "a: 1\nb: 2")).toBe(false);
    expect(same("a: .nan", "a: .nan")).toBe(true);
  });
});
