import { parseJson } from "@steelyard/protocol";
import { describe, expect, it } from "vitest";

import { graphqlScript, startScriptedServer } from "../../../test/scripted-server.ts";
import { testApi } from "../../../test/test-api.ts";
import { QueryGenerator } from "../query/query-generator.ts";
import { BetaReport } from "./beta-report.ts";
import { sectionRuns } from "./report-section.ts";

const queries = new QueryGenerator();

function view(id: string, fields: object = {}): object {
  const empty = { name: null, displayName: null, description: null, user: null, spec: null };
  return { id, ...empty, createdAt: null, updatedAt: null, ...fields };
}

function page(views: readonly object[], hasNextPage: boolean): object {
  const edges = views.map((node, index) => ({ cursor: `c${index}`, node }));
  return { project: { allViews: { edges, pageInfo: { endCursor: null, hasNextPage } } } };
}

describe("reports", () => {
  it("are listed page by page, from the cursor of the last edge on", async () => {
    const script = graphqlScript({
      ProjectViews: ({ cursor }: { cursor: string | null }) =>
        cursor === null ? page([view("a"), view("b")], true) : page([view("c")], false),
    });
    await using server = await startScriptedServer(script);
    const reports = testApi(server).reports("team/shop", { name: "What%20%zz", perPage: 2 });
    expect((await reports.toArray()).map(({ id }) => id)).toEqual(["a", "b", "c"]);
    expect(server.requests.map(({ variables }) => variables)).toMatchObject([
      { entity: "team", project: "shop", cursor: null, perPage: 2, viewType: "runs", name: "What %zz" },
      { cursor: "c1" },
    ]);
  });

  it("of a project that is not there are an error", async () => {
    await using server = await startScriptedServer(graphqlScript({ ProjectViews: { project: null } }));
    await expect(testApi(server).reports().toArray()).rejects.toMatchObject({ code: "not_found" });
  });

  it("are read with little or nothing in them", async () => {
    const views = [view("a"), view("b=", { displayName: "T", spec: '{"big": 12345678901234567890}' })];
    await using server = await startScriptedServer(graphqlScript({ ProjectViews: page(views, false) }));
    const [bare, titled] = await testApi(server).reports().toArray();
    expect(bare).toMatchObject({ spec: {}, sections: [], url: null, createdAt: null, user: null });
    expect(() => bare?.toHtml()).toThrow("has no page");
    expect(titled?.spec).toEqual({ big: 12345678901234567890n });
    expect(titled?.url).toBe(`${server.url}/team/shop/reports/T--b`);
    expect(titled?.toHtml({ hidden: true })).toContain("height:1024px");
  });

  it("whose spec is no object are an error that says so", async () => {
    const answer = page([view("a", { spec: "[1]" })], false);
    await using server = await startScriptedServer(graphqlScript({ ProjectViews: answer }));
    await expect(testApi(server).reports().toArray()).rejects.toThrow("view.spec");
  });

  it("are made of a path without asking anyone", async () => {
    await using server = await startScriptedServer(graphqlScript({}));
    const report = await testApi(server).fromPath("team/shop/reports/A-title--Vm1");
    expect(report).toBeInstanceOf(BetaReport);
    expect(report).toMatchObject({ id: "Vm1", displayName: "A title", spec: {} });
    expect(server.requests).toEqual([]);
  });
});

describe("a section of the newer form", () => {
  const lr = { key: { section: "config", name: "lr" }, op: ">", value: 0.1 };
  const state = { key: { section: "run", name: "state" }, op: "==", value: "finished" };

  function section(runSet: object): ReturnType<typeof sectionRuns> {
    const text = JSON.stringify({ runSets: [runSet] });
    const value = parseJson(text);
    if (typeof value !== "object" || value === null || Array.isArray(value) || !("runSets" in value))
      throw new TypeError("expected an object");
    return sectionRuns(value, queries, { onlySelected: true });
  }

  it("joins its conditions: and before or, groups on their own", () => {
    const filters = [
      lr,
      { ...state, connector: "AND" },
      { filters: [lr, { ...state, connector: "OR" }], connector: "OR" },
      { ...lr, disabled: true, connector: "AND" },
    ];
    const condition = [{ "config.lr": { $gt: 0.1 } }, { state: "finished" }];
    expect(section({ filters: { filterFormat: "filterV2", filters } }).filters).toEqual({
      $or: [{ $and: condition }, { $and: [{ $or: condition.map((each) => ({ $and: [each] })) }, null] }],
    });
  });

  it("orders by all of its keys, and knows its project", () => {
    const keys = [
      { key: { section: "summary", name: "loss" }, ascending: false },
      { key: { section: "run", name: "createdAt" }, ascending: true },
    ];
    const project = { name: "other", entityName: "crew" };
    expect(section({ sort: { keys }, project })).toMatchObject({
      order: "-summary_metrics.loss,+createdAt",
      entity: "crew",
      project: "other",
    });
    expect(section({ sort: { keys: [] } })).toMatchObject({ order: undefined, project: undefined });
  });

  it("leaves out runs where its selection says which ones not", () => {
    const tree = ["a", { key: {}, children: ["b", { children: ["c"] }] }];
    const filters = (root: number, chosen: readonly unknown[]): unknown =>
      section({ selections: { root, bounds: [], tree: chosen } }).filters;
    expect(filters(0, tree)).toEqual({ $and: [{ $and: [] }, { name: { $in: ["a", "b", "c"] } }] });
    expect(filters(1, tree)).toEqual({ $and: [{ $and: [] }, { name: { $nin: ["a", "b", "c"] } }] });
    expect(filters(1, [])).toEqual({ $and: [] });
  });

  it.each([
    [{ filters: { filters: [] } }, "needs an op"],
    [{ filters: { op: "AND", filters: {} } }, "expected a list"],
    [{ filters: { key: { section: "run" }, op: "=" } }, "section and name"],
    [{ sort: { key: {} } }, "section and name"],
    [{ selections: { tree: [1] } }, "something else"],
  ])("is refused when it cannot be understood: %j", (runSet, message) => {
    expect(() => section(runSet)).toThrow(message);
    expect(() => sectionRuns({ openRunSet: 1, runSets: [{}] }, queries, { onlySelected: true })).toThrow(
      "no run set 1",
    );
  });
});

describe("custom charts", () => {
  it("are created with the spec as it is, and named by their id", async () => {
    const script = graphqlScript({
      CreateCustomChart: { createCustomChart: { chart: { id: "team/bars" } } },
    });
    await using server = await startScriptedServer(script);
    const api = testApi(server);
    const options = { displayName: "Bars", access: "private" } as const;
    expect(await api.createCustomChart("team", "bars", { ...options, spec: { size: 2n ** 60n } })).toBe(
      "team/bars",
    );
    await api.createCustomChart("team", "bars", { ...options, access: "public", spec: '{ "a": 1 }' });
    expect(server.requests.map(({ variables }) => variables)).toEqual([
      {
        entity: "team",
        name: "bars",
        displayName: "Bars",
        type: "vega2",
        access: "PRIVATE",
        spec: '{"size":1152921504606846976}',
      },
      expect.objectContaining({ access: "PUBLIC", spec: '{ "a": 1 }' }),
    ]);
  });

  it("that the server does not create are an error", async () => {
    await using server = await startScriptedServer(
      graphqlScript({ CreateCustomChart: { createCustomChart: null } }),
    );
    const created = testApi(server).createCustomChart("t", "c", {
      displayName: "",
      access: "public",
      spec: {},
    });
    await expect(created).rejects.toThrow("did not create the chart t/c");
  });
});
