import fc from "fast-check";
import { expect, it } from "vitest";

import { sampleRows } from "./sample-rows.ts";

it("chooses different rows in order, the first and the last among them, and always the same", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 2, max: 100 }), (length, samples) => {
      const rows = Array.from({ length }, (_, index) => index);
      const chosen = sampleRows(rows, samples);
      expect(chosen).toHaveLength(Math.min(length, samples));
      expect(new Set(chosen).size).toBe(chosen.length);
      expect(chosen).toEqual(chosen.toSorted((left, right) => left - right));
      expect([chosen[0], chosen.at(-1)]).toEqual([rows[0], rows.at(-1)]);
      expect(sampleRows(rows, samples)).toEqual(chosen);
    }),
  );
  expect(sampleRows([1, 2, 3], 1)).toEqual([1]);
});
