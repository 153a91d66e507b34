import { describe, expect, it } from "vitest";

import { CommError } from "../../index.ts";
import { parseSweepYaml } from "./sweep-yaml.ts";

describe("a sweep's configuration", () => {
  it("is read as Python reads it", () => {
    const text = `
method: bayes
metric: {goal: minimize, name: loss}
run_cap: 3
parameters:
  a: {max: 1.0e-03, min: 1.0e-05}
  b:
    values: [1e-3, '1.5', 2.5, on, 'on', null, 010, 12345678901234567890, .inf]
`;
    expect(parseSweepYaml(text)).toEqual({
      method: "bayes",
      metric: { goal: "minimize", name: "loss" },
      run_cap: 3,
      parameters: {
        a: { max: 1e-3, min: 1e-5 },
        b: { values: ["1e-3", "1.5", 2.5, true, "on", null, 8, 12345678901234567890n, Infinity] },
      },
    });
  });

  it.each(["a: [", "- 1", ""])("that is no object is an unexpected answer: %j", (text) => {
    expect(() => parseSweepYaml(text)).toThrow(CommError);
  });
});
