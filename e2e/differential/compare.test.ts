import { expect, it } from "vitest";
import { compare } from "./compare.ts";

it("finds no difference between values that mean the same", () => {
  const python = {
    dict: {
      int: { int: "5" },
      big: { int: "1152921504606846977" },
      whole: { float: "5.0" },
      nan: { float: "nan" },
      list: [{ float: "1.5" }, null, "x", true],
      when: { datetime: "2026-11-20T23:40:00.123456+00:00" },
      bytes: { bytes: "AQI=" },
    },
  };
  const typescript = {
    int: 5,
    big: 1152921504606846977n,
    whole: 5,
    nan: NaN,
    list: [1.5, null, "x", true],
    when: new Date("2026-11-20T23:40:00.123Z"),
    bytes: Uint8Array.of(1, 2),
    absent: undefined,
  };
  expect(compare(python, typescript)).toEqual([]);
});

it("names the place of each difference", () => {
  const differences = compare(
    {
      dict: { a: { dict: { b: [{ int: "1" }, { int: "2" }] } }, c: null, d: { int: "1152921504606846977" } },
    },
    { a: { b: [1, 3] }, d: 1152921504606846976, e: 1 },
  );
  expect(differences.map(({ path }) => path)).toEqual(["a/b/1", "c", "d", "e"]);
});

it("tells text from numbers, null from absent, and lists by their length first", () => {
  expect(compare({ float: "nan" }, "NaN")).toHaveLength(1);
  expect(compare(null, undefined)).toHaveLength(1);
  expect(compare([null], [null, null])).toMatchObject([{ path: "length" }]);
  expect(compare({ dict: {} }, [])).toHaveLength(1);
});
