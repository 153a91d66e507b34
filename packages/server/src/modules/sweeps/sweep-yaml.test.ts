import { describe, expect, it } from "vitest";
import { parseSweepYaml } from "./sweep-yaml.ts";

describe("a sweep's YAML", () => {
  it("keeps whole numbers and fractions apart where limits say what is meant", () => {
    const text = `
method: random
parameters:
  depth: {max: 8, min: 1}
  net:
    parameters:
      rate: {max: 1.0, min: 0.0}
      width: {max: 64, min: 16}
      mixed: {max: 1, min: 0.0}
  lr: {distribution: log_uniform_values, max: 1, min: 1.0e-05}
`;
    expect(parseSweepYaml(text)).toEqual({
      method: "random",
      parameters: {
        depth: { min: 1, max: 8, distribution: "int_uniform" },
        net: {
          parameters: {
            rate: { min: 0, max: 1, distribution: "uniform" },
            width: { min: 16, max: 64, distribution: "int_uniform" },
            mixed: { min: 0, max: 1, distribution: "uniform" },
          },
        },
        lr: { distribution: "log_uniform_values", min: 1e-5, max: 1 },
      },
    });
  });

  it("keeps integers exact that a number cannot hold", () => {
    expect(parseSweepYaml("a: 9007199254740993\nb: [1, null, 'yes', true]")).toEqual({
      a: 9007199254740993n,
      b: [1, null, "yes", true],
    });
  });

  it.each(["a: [", "- 1", "word", ""])("refuses what is no object: %j", (text) => {
    expect(() => parseSweepYaml(text)).toThrow(
      expect.objectContaining({ code: "invalid_argument", field: "config" }),
    );
  });

  it("refuses a text that unfolds itself without end", () => {
    const lines = Array.from(
      { length: 12 },
      (_, index) => `a${index + 1}: &a${index + 1} [${`*a${index},`.repeat(9)}]`,
    );
    expect(() => parseSweepYaml(["a0: &a0 [x]", ...lines].join("\n"))).toThrow(/alias/i);
  });
});
