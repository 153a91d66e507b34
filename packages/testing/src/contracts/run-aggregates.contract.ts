// What every store of runs must answer when it is asked for figures over groups of runs.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { printJson, type RunGroup } from "@steelyard/protocol";
import type { Run, RunAggregateQuery, RunGroupPage } from "@steelyard/server";
import { arbitraryField, arbitraryFilter, arbitraryRun } from "../oracle/arbitrary-runs.ts";
import { aggregateRuns, toGroupName } from "../oracle/run-aggregate-oracle.ts";
import { toDocument, toUpsert } from "./random-runs.ts";
import type { RunFixture } from "./run-store-under-test.ts";

/** Declares the tests; `fixture` is asked anew in each. */
export function describeRunAggregates(fixture: () => RunFixture): void {
  describe("aggregates", () => {
    const ask = (changes: Partial<RunAggregateQuery>): Promise<RunGroupPage> =>
      fixture().runs.aggregate({
        projectId: fixture().project.id,
        filter: null,
        groupBy: [],
        metrics: [],
        after: null,
        limit: 100,
        ...changes,
      });
    const loss = { field: "summary_metrics.loss", goal: "minimize", quantiles: [0.5] } as const;

    it("are figures over all runs when nothing makes groups", async () => {
      expect((await ask({ metrics: [loss] })).groups[0]?.group).toMatchObject({
        count: 0,
        metrics: [{ count: 0, min: null, best: null }],
      });
      for (const [index, value] of ["2", "4", "NaN", '"a"', "null"].entries()) {
        await fixture().put(`r${index}`, { summary: `{"loss":${value}}` });
      }
      await fixture().put("none");
      const { groups, totalCount, hasNextPage } = await ask({ metrics: [loss] });
      expect({ totalCount, hasNextPage }).toEqual({ totalCount: 1, hasNextPage: false });
      expect(groups[0]?.group).toEqual({
        keys: [],
        keyTexts: [],
        count: 6,
        metrics: [
          {
            field: "summary_metrics.loss",
            count: 2,
            min: 2,
            max: 4,
            mean: 3,
            standardDeviation: Math.SQRT2,
            quantiles: [3],
            best: { value: 2, run: "r0" },
          },
        ],
      });
    });

    it("are grouped by several fields, filtered, in the order of their values, none last", async () => {
      for (const [index, [model, lr]] of Object.entries([
        ["b", 1],
        ["a", 2],
        ["a", 1],
        ["a", 1],
        [null, 1],
      ])) {
        const config = `{"model":{"value":${JSON.stringify(model)}},"lr":{"value":${lr}}}`;
        await fixture().put(`r${index}`, { config, summary: `{"loss":${index}}` });
      }
      await fixture().put("other", { config: '{"model":{"value":"c"}}', state: "failed" });
      const groupBy = ["config.model", "config.lr"];
      const { groups } = await ask({ groupBy, metrics: [loss], filter: '{"state":"running"}' });
      expect(groups.map(({ group }) => [group.keys, group.count, group.metrics[0]?.best?.run])).toEqual([
        [["a", 1], 2, "r2"],
        [["a", 2], 1, "r1"],
        [["b", 1], 1, "r0"],
        [[null, 1], 1, "r4"],
      ]);
    });

    it("come page after page", async () => {
      for (let index = 0; index < 7; index += 1) {
        await fixture().put(`r${index}`, { config: `{"k":{"value":${index % 5}}}` });
      }
      const keys: unknown[] = [];
      let after: string | null = null;
      for (let isMore = true; isMore;) {
        const page: RunGroupPage = await ask({ groupBy: ["config.k"], after, limit: 2 });
        expect(page.totalCount).toBe(5);
        keys.push(...page.groups.map(({ group }) => group.keys[0]));
        after = page.groups.at(-1)?.cursor ?? null;
        isMore = page.hasNextPage;
      }
      expect(keys).toEqual([0, 1, 2, 3, 4]);
      await expect(ask({ groupBy: ["config.other"], after })).rejects.toMatchObject({
        code: "invalid_argument",
      });
    });

    it("prefer the oldest of equally good runs", async () => {
      await fixture().put("younger", { summary: '{"loss":1}', now: "2026-03-01T00:00:00.000Z" });
      await fixture().put("older", { summary: '{"loss":1}', now: "2026-02-01T00:00:00.000Z" });
      await fixture().put("too", { summary: '{"loss":1}', now: "2026-02-01T00:00:00.000Z" });
      for (const goal of ["minimize", "maximize"] as const) {
        const { groups } = await ask({ metrics: [{ ...loss, goal }] });
        expect(groups[0]?.group.metrics[0]?.best?.run).toBe("older");
      }
    });

    it("are refused for what is no field", async () => {
      await expect(ask({ groupBy: ["nothing"] })).rejects.toMatchObject({ code: "invalid_argument" });
      await expect(ask({ metrics: [{ ...loss, field: "x" }] })).rejects.toMatchObject({
        code: "invalid_argument",
      });
    });

    it("are those of the oracle for random runs, groups and metrics, while runs change", async () => {
      const known = new Map<string, Run>();
      const field = arbitraryField.filter((name) => !/keys_info|Artifacts|updated|heartbeat/.test(name));
      await fc.assert(
        fc.asyncProperty(
          fc.array(arbitraryRun, { minLength: 1, maxLength: 4 }),
          arbitraryFilter,
          fc.array(field, { maxLength: 2 }),
          field,
          fc.constantFrom("minimize", "maximize"),
          fc.constantFrom(0, 0.3, 0.5, 1),
          async (made, filter, groupBy, metric, goal, quantile) => {
            for (const [index, document] of made.entries()) {
              const run = await fixture().put(`run${(known.size + index) % 30}`, toUpsert(document));
              known.set(run.name, run);
            }
            if (/keys_info|Artifacts/.test(printJson(filter))) return;
            const metrics = [{ field: metric, goal, quantiles: [quantile] }];
            const { groups } = await ask({ filter: printJson(filter), groupBy, metrics });
            const documents = [...known.values()].map((run) => toDocument(run, fixture().project.name));
            const question = { filter, groupBy, field: metric, goal, quantile };
            const expected = aggregateRuns(documents, question, (a, b) =>
              a.createdAt === b.createdAt ? a.id < b.id : a.createdAt < b.createdAt,
            );
            expect(groups.map(({ group }) => toGroupName(group.keys)).sort()).toEqual(
              [...expected.keys()].sort(),
            );
            for (const { group } of groups) expectNear(group, expected, known);
          },
        ),
        { numRuns: 60 },
      );
    });
  });
}

function expectNear(
  group: RunGroup<string>,
  expected: ReturnType<typeof aggregateRuns>,
  known: ReadonlyMap<string, Run>,
): void {
  const oracle = expected.get(toGroupName(group.keys));
  const [metric] = group.metrics;
  if (oracle === undefined || metric === undefined) throw new Error("no such group");
  const { count, min, max, best } = metric;
  const bestId = best === null ? null : (known.get(best.run)?.runId ?? null);
  expect({ runs: group.count, count, min, max, best: bestId }).toEqual({
    runs: oracle.runs,
    count: oracle.count,
    min: plain(oracle.min),
    max: plain(oracle.max),
    best: oracle.best,
  });
  const scale = Math.max(Math.abs(min ?? 0), Math.abs(max ?? 0), 1);
  const near = (found: number | null | undefined, right: number | null): void => {
    if (right === null || !Number.isFinite(right) || !Number.isFinite(scale)) expect(found).toEqual(right);
    else expect(Math.abs((found ?? NaN) - right) / scale).toBeLessThan(1e-9);
  };
  near(metric.mean, oracle.mean);
  near(metric.standardDeviation, oracle.standardDeviation);
  near(metric.quantiles[0], plain(oracle.quantile));
}

/** 0 for -0, which figures do not tell apart. */
function plain(number: number | null): number | null {
  return number === null ? null : number + 0;
}
