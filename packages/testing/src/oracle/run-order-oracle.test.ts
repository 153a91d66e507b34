import fc from "fast-check";
import { expect, it } from "vitest";
import { compileRunOrder, parseJson, parseOrder, printJson, printOrder } from "@steelyard/protocol";
import { arbitraryOrder, arbitraryRun } from "./arbitrary-runs.ts";
import { compareRuns } from "./run-order-oracle.ts";

it("agrees with the order engine on random runs and orders", () => {
  fc.assert(
    fc.property(arbitraryOrder, arbitraryRun, arbitraryRun, (order, a, b) => {
      const { values, compare } = compileRunOrder(parseOrder(order, ""));
      expect(Math.sign(compare(values(a), values(b)))).toBe(Math.sign(compareRuns(order, a, b)));
    }),
    { numRuns: 2_000 },
  );
});

it("orders every three runs totally, and the same after a cursor's round trip", () => {
  fc.assert(
    fc.property(arbitraryOrder, fc.array(arbitraryRun, { minLength: 3, maxLength: 3 }), (order, runs) => {
      const { values, compare } = compileRunOrder(parseOrder(order, ""));
      const rows = runs.map(values);
      for (const a of rows) {
        expect(compare(a, a)).toBe(0);
        expect(printJson(parseJson(printJson(a)))).toBe(printJson(a));
        for (const b of rows) {
          expect(Math.sign(compare(a, b)) + Math.sign(compare(b, a))).toBe(0);
          for (const c of rows) {
            if (compare(a, b) <= 0 && compare(b, c) <= 0) expect(compare(a, c)).toBeLessThanOrEqual(0);
          }
        }
      }
    }),
    { numRuns: 1_000 },
  );
});

it("parses what it printed as the same keys, whatever they are called", () => {
  const field = fc.string({
    unit: fc.constantFrom("a", ".", ",", '"', "\\", " ", "+", "-", "/"),
    minLength: 1,
  });
  fc.assert(
    fc.property(
      fc.array(fc.record({ field, isDescending: fc.boolean() }), { minLength: 1, maxLength: 4 }),
      (keys) => {
        expect(parseOrder(printOrder(keys), "")).toEqual(keys);
      },
    ),
    { numRuns: 1_000 },
  );
});
