// Figures over groups of runs: from a server that computes them, and from all runs of one that does not say that it can.
import { Api, UnsupportedError, ValueError } from "@steelyard/client";
import type { AggregateOptions } from "@steelyard/client";
import { parseJson, printJson } from "@steelyard/protocol";
import { arbitraryRun, startTestServer } from "@steelyard/testing";
import type { TestServer } from "@steelyard/testing";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const FEATURE = "STEELYARD_RUN_AGGREGATES";
const UPSERT = `mutation Upsert($name: String!, $config: JSONString, $summary: JSONString, $tags: [String!], $group: String) {
  upsertBucket(input: { modelName: "p", entityName: "tester", name: $name, config: $config, summaryMetrics: $summary, tags: $tags, groupName: $group }) {
    inserted
  }
}`;

let server: TestServer;

/** An Api for the server; without the feature, its name is taken out of the server's answers. */
function open(hasFeature: boolean): Api {
  const hidden: typeof fetch = async (input, init) => {
    const response = await fetch(input, init);
    return new Response((await response.text()).replaceAll(FEATURE, "OTHER"), response);
  };
  return new Api({
    overrides: { baseUrl: server.url },
    apiKey: server.apiKey,
    ...(!hasFeature && { fetch: hidden }),
  });
}

beforeAll(async () => {
  server = await startTestServer();
  const api = open(true);
  const runs = fc.sample(arbitraryRun, { numRuns: 40, seed: 7 });
  for (const [index, run] of runs.entries()) {
    await api.client.execute(UPSERT, {
      name: `run${index}`,
      config: printJson({ ...run.config, lr: { value: index % 3 } }),
      summary: printJson({
        ...run.summary,
        loss: parseJson(["0.5", "NaN", "-Infinity", "2", "1e300"][index % 5] ?? ""),
      }),
      tags: run.tags,
      group: run.group,
    });
  }
});

afterAll(() => server.stop());

describe("aggregates", () => {
  it("are the same from the server and from its runs, to the last digit", async () => {
    const field = fc.constantFrom(
      ...[
        "config.lr",
        "config.a",
        "config.a.value",
        "config.value",
        "config.a.b",
        "summary_metrics.a",
        "summary.b",
      ],
      ...[
        "tags",
        "tags.a",
        "group",
        "state",
        "username",
        "name",
        "project",
        "summary_metrics.loss",
        "duration",
      ],
    );
    const metric = fc.record({
      field,
      goal: fc.constantFrom("minimize", "maximize", undefined),
      quantiles: fc.constantFrom(undefined, [], [0, 0.1, 0.5, 1]),
    });
    const options: fc.Arbitrary<AggregateOptions> = fc.record({
      groupBy: fc.option(fc.array(field, { maxLength: 3 }), { nil: undefined }),
      metrics: fc.array(metric, { maxLength: 3 }),
    });
    const filters = fc.constantFrom({}, { "config.lr": { $gt: 0 } }, { "summary_metrics.loss": { $lt: 1 } });
    await fc.assert(
      fc.asyncProperty(options, filters, async (asked, filter) => {
        const computed = await open(true).runs("tester/p", { filters: filter }).aggregate(asked);
        const emulated = await open(false).runs("tester/p", { filters: filter }).aggregate(asked);
        expect(emulated).toEqual(computed);
      }),
      { numRuns: 40, seed: 1 },
    );
  });

  it("say which run is best, by group", async () => {
    const groups = await open(true)
      .runs("tester/p")
      .aggregate({ groupBy: ["config.lr"], metrics: [{ field: "summary_metrics.loss", goal: "maximize" }] });
    expect(groups.map(({ keys, count, metrics }) => [keys, count, metrics[0]?.best])).toEqual([
      [[0], 14, { value: 1e300, run: "run9" }],
      [[1], 13, { value: 1e300, run: "run4" }],
      [[2], 13, { value: 1e300, run: "run14" }],
    ]);
  });

  it("are refused for what is no field, and for what lists do not show", async () => {
    for (const hasFeature of [true, false]) {
      const runs = open(hasFeature).runs("tester/p");
      await expect(runs.aggregate({ groupBy: ["nothing"] })).rejects.toThrow(ValueError);
      await expect(runs.aggregate({ metrics: [{ field: "duration", quantiles: [2] }] })).rejects.toThrow(
        ValueError,
      );
    }
    await expect(
      open(true)
        .runs("tester/p")
        .aggregate({ groupBy: ["host"] }),
    ).resolves.toHaveLength(1);
    await expect(
      open(false)
        .runs("tester/p")
        .aggregate({ groupBy: ["host"] }),
    ).rejects.toThrow(UnsupportedError);
  });
});
