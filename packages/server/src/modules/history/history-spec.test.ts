import { describe, expect, it } from "vitest";
import { parseHistorySpec } from "./history-spec.ts";

describe("a history spec", () => {
  it("has defaults for everything", () => {
    expect(parseHistorySpec("{}")).toEqual({
      keys: [],
      samples: 500,
      minStep: null,
      maxStep: null,
      mode: "all",
    });
  });

  it("is read as clients write it", () => {
    const spec = { keys: ["_step", "loss", "_step"], samples: 10, minStep: 0, maxStep: 99, mode: "union" };
    expect(parseHistorySpec(JSON.stringify(spec))).toEqual(spec);
    expect(parseHistorySpec('{"maxStep":9223372036854775807,"minStep":null}')).toMatchObject({
      maxStep: 2 ** 63,
      minStep: null,
    });
  });

  it("ends before maxStep when its window has as many steps as it asks for samples, as older clients mean it", () => {
    expect(parseHistorySpec('{"minStep":1000,"maxStep":2000,"samples":1000}').maxStep).toBe(1999);
    expect(parseHistorySpec('{"minStep":1000,"maxStep":1999,"samples":1000}').maxStep).toBe(1999);
    expect(parseHistorySpec('{"maxStep":1000,"samples":1000}').maxStep).toBe(1000);
  });

  it.each([
    ["[]", "specs"],
    ["{", "specs"],
    ['{"keys":"loss"}', "keys"],
    ['{"keys":[1]}', "keys"],
    ['{"samples":-1}', "samples"],
    ['{"samples":1.5}', "samples"],
    ['{"minStep":"1"}', "minStep"],
    ['{"mode":"any"}', "mode"],
  ])("%s is refused with the name of the field", (text, field) => {
    expect(() => parseHistorySpec(text)).toThrow(
      expect.objectContaining({ code: "invalid_argument", field }),
    );
  });
});
