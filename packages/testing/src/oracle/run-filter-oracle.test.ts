import fc from "fast-check";
import { expect, it } from "vitest";
import { compileRunFilter, parseFilter, printFilter, printJson } from "@steelyard/protocol";
import type { RunDocument } from "@steelyard/protocol";
import { arbitraryFilter, arbitraryRun } from "./arbitrary-runs.ts";
import { matchesRunFilter } from "./run-filter-oracle.ts";

const regex = (pattern: string): ((text: string) => boolean) => {
  const compiled = new RegExp(pattern, "u");
  return (text) => compiled.test(text);
};

it("agrees with the filter engine on random runs and filters", () => {
  let matched = 0;
  fc.assert(
    fc.property(arbitraryFilter, fc.array(arbitraryRun, { minLength: 1, maxLength: 8 }), (filter, runs) => {
      const matches = compileRunFilter(parseFilter(filter), { regex });
      for (const run of runs) {
        expect(matches(run)).toBe(matchesRunFilter(filter, run));
        matched += Number(matches(run));
      }
    }),
    { numRuns: 2_000 },
  );
  expect(matched).toBeGreaterThan(500);
});

it("judges a filter the same after printing and parsing, as text and as values", () => {
  fc.assert(
    fc.property(arbitraryFilter, (filter) => {
      const parsed = parseFilter(filter);
      expect(parseFilter(printJson(filter))).toEqual(parsed);
      expect(parseFilter(printFilter(parsed))).toEqual(parsed);
    }),
    { numRuns: 1_000 },
  );
});

it("finds the runs that the documentation says it finds", () => {
  const [sample] = fc.sample(arbitraryRun, { numRuns: 1, seed: 1 });
  if (sample === undefined) throw new Error("fast-check gave no run");
  const run: RunDocument = {
    ...sample,
    config: { lr: { value: 0.1 }, "a.b": { value: 1 }, a: { value: { b: 2 } } },
    tags: ["x"],
    sweep: null,
  };
  expect(matchesRunFilter({ "config.lr": { $gt: 0 }, tags: "x" }, run)).toBe(true);
  expect(matchesRunFilter({ "config.a.b": 1 }, run)).toBe(true);
  expect(matchesRunFilter({ "config.a.value.b": 2 }, run)).toBe(true);
  expect(matchesRunFilter({ sweep: null, "summary_metrics.none": { $ne: 1 } }, run)).toBe(true);
  expect(matchesRunFilter({ $or: [{ tags: null }, { tags: { $ne: "x" } }] }, run)).toBe(false);
});
