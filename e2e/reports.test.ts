// Reports and saved workspaces that `wandb-workspaces` writes, and the charts that the client makes and names.
import { Api } from "@steelyard/client";
import { startTestServer } from "@steelyard/testing";
import { describe, expect, it, beforeAll } from "vitest";
import { PythonClient } from "./python/run-python.ts";
import { pick, pickString, Wire } from "./wire/wire.ts";

describe("reports and workspaces", () => {
  let result: unknown;
  let versions: unknown;
  let restored: unknown;
  let page: string;
  let workspaces: unknown;
  let sectionRuns: readonly (readonly string[])[];

  beforeAll(async () => {
    await using server = await startTestServer();
    await using client = await PythonClient.create(server);
    // The script asks for what is missing on purpose, hence not quiet.
    result = (await client.run("write_reports.py", { args: { project: "reports" }, expectQuiet: false }))
      .value;
    const wire = new Wire(server);
    const id = pickString(result, "report", "created", "id");
    versions = await wire.query(
      `query ($id: ID!) { view(id: $id) { version type versions(first: 5) {
        edges { node { version displayName user { username } } } pageInfo { hasNextPage }
      } } }`,
      { id },
    );
    restored = await wire.query(
      `mutation ($id: ID!) { restoreViewVersion(input: { id: $id, version: 1 }) { view { version displayName } } }`,
      { id },
    );
    workspaces = await wire.query(
      `{ project(name: "reports") { allViews(viewType: "project-view") { edges { node { displayName type } } } } }`,
    );
    const api = new Api({ apiKey: server.apiKey, overrides: { baseUrl: server.url } });
    const report = await api.reports("reports", { name: "Loss & learning: a first look" }).at(0);
    const sections = report?.sections ?? [];
    sectionRuns = await Promise.all(
      sections.map(async (section) =>
        ((await report?.runs(section).toArray()) ?? []).map((run) => run.id).sort(),
      ),
    );
    const answer = await fetch(pickString(result, "report", "shared for good"));
    page = await answer.text();
  });

  it("are read as they were written, and found by the link that was printed", () => {
    const facts = {
      title: "Loss & learning: a first look",
      description: "What the runs say",
      blocks: ["H1", "P", "PanelGrid", "PanelGrid", "CodeBlock"],
    };
    expect(pick(result, "report", "created")).toMatchObject(facts);
    expect(pick(result, "report", "loaded")).toMatchObject(facts);
    expect(pick(result, "report", "edited")).toMatchObject({
      id: pick(result, "report", "created", "id"),
      title: "A second look",
      blocks: [...facts.blocks, "P"],
    });
  });

  it("are listed by wandb.Api with their author", () => {
    expect(pick(result, "report", "listed")).toMatchObject([
      {
        id: pick(result, "report", "created", "id"),
        title: "A second look",
        user: { username: pick(result, "entity") },
      },
    ]);
  });

  it("say in TypeScript which runs their panel grids are about", () => {
    expect(sectionRuns).toEqual([["second"], ["first", "second"]]);
  });

  it("keep what they were, and return to it", () => {
    expect(pick(versions, "view")).toMatchObject({
      version: 2,
      type: "runs",
      versions: {
        edges: [
          { node: { version: 2, displayName: "A second look", user: { username: pick(result, "entity") } } },
          { node: { version: 1, displayName: "Loss & learning: a first look" } },
        ],
        pageInfo: { hasNextPage: false },
      },
    });
    expect(pick(restored, "restoreViewVersion", "view")).toEqual({
      version: 3,
      displayName: "Loss & learning: a first look",
    });
  });

  it("are shared by a link until it is ended, and the link opens the report", () => {
    const share = pickString(result, "report", "share");
    expect(pick(result, "report")).toMatchObject({
      "share before": null,
      "share again": share,
      "share read": share,
      unshared: true,
      "share after": null,
    });
    expect(page).toContain("The loss &lt;falls&gt;.");
    expect(page).toContain("print(&#39;hello&#39;)");
  });

  it("are listed once they are published, and gone once they are deleted", () => {
    expect(pick(result, "drafts")).toMatchObject({
      before: ["A second look"],
      after: ["Draft", "A second look"],
      deleted: true,
      missing: { error: { type: "WandbApiFailedError" } },
    });
  });

  it("make the project that they are for", () => {
    expect(pick(result, "new project", "project")).toBe("reports-new");
  });

  it("save workspaces, change them, and copy them", () => {
    const changed = { name: "Renamed", sections: ["All losses"], maxRuns: 7 };
    expect(pick(result, "workspace")).toMatchObject({
      loaded: { name: "Overview", sections: ["Losses"], maxRuns: 7 },
      edited: changed,
      copy: changed,
      original: changed,
      missing: { error: { type: "ValueError" } },
    });
    expect(pick(workspaces, "project", "allViews", "edges")).toEqual([
      { node: { displayName: "Renamed", type: "project-view" } },
      { node: { displayName: "Renamed", type: "project-view" } },
    ]);
  });
});

describe("custom charts", () => {
  let result: unknown;
  let named: readonly string[];
  const known = new Map<string, unknown>();
  const typescript: Record<string, unknown> = {};

  beforeAll(async () => {
    await using server = await startTestServer();
    await using client = await PythonClient.create(server);
    // The script makes charts that are refused, hence not quiet.
    result = (await client.run("write_charts.py", { args: { project: "charts" }, expectQuiet: false })).value;
    const wire = new Wire(server);
    const api = new Api({ apiKey: server.apiKey, overrides: { baseUrl: server.url } });
    const create = (name: string, displayName: string): Promise<string> =>
      api.createCustomChart("tester", name, { displayName, access: "public", spec: '{"mark": "line"}' });
    typescript["same"] = await create("open", "Bars");
    typescript["new"] = await create("from typescript", "Lines");
    typescript["other"] = await create("open", "Other").catch((error: unknown) => error);
    const run = await wire.query(`{ project(name: "charts") { run(name: "charts") { config } } }`);
    const config = pickString(run, "project", "run", "config");
    named = [...config.matchAll(/"panelDefId": ?"([^"]+)"/gu)].map(([, id = ""]) => id).sort();
    for (const id of named) {
      const query = `query ($id: String!) { customChart(id: $id) { displayName fields stringFields isBuiltIn } }`;
      known.set(id, pick(await wire.query(query, { id }), "customChart"));
    }
  });

  it("are made by wandb.Api, twice the same without harm, and named entity/name", () => {
    expect(pick(result, "id")).toBe("tester/bars");
    expect(pick(result, "again")).toBe("tester/bars");
    expect(pick(result, "public")).toBe("tester/open");
  });

  it.each(["other", "bad spec", "bad type", "no entity"])("are refused at once: %s", (what) => {
    expect(pick(result, what, "error", "type")).toBe("WandbApiFailedError");
  });

  it("are made by the TypeScript Api in the same way", () => {
    expect(typescript).toMatchObject({
      same: pick(result, "public"),
      new: "tester/from typescript",
      other: { name: "ConflictError", code: "already_exists" },
    });
  });

  it("are known under every id that runs name, those of wandb.plot too", () => {
    expect(named).toEqual([
      "tester/bars",
      "wandb/bar/v0",
      "wandb/confusion_matrix/v1",
      "wandb/histogram/v0",
      "wandb/line/v0",
      "wandb/lineseries/v0",
      "wandb/scatter/v0",
    ]);
    expect(known.get("tester/bars")).toEqual({
      displayName: "Bars",
      fields: ["x", "y"],
      stringFields: ["title"],
      isBuiltIn: false,
    });
    for (const id of named.slice(1)) expect(known.get(id)).toMatchObject({ isBuiltIn: true });
  });
});
