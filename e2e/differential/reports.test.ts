// Python's `wandb.Api` and ours read the same reports, and translate the same names and expressions.
import { Api, BetaReport, PanelMetricsHelper, PythonMongoishQueryGenerator } from "@steelyard/client";
import { startTestServer } from "@steelyard/testing";
import { beforeAll, describe, expect, it } from "vitest";
import { pick, pickString, Wire } from "../wire/wire.ts";
import { PythonClient } from "../python/run-python.ts";
import { isList, type PythonValue } from "../python/python-value.ts";
import { compare } from "./compare.ts";
import { expressions, names, runsConfig } from "./report-plan.ts";

let python: Readonly<Record<string, PythonValue>>;
let typescript: Readonly<Record<string, unknown>>;
const generator = new PythonMongoishQueryGenerator({ runsConfig });
const helper = new PanelMetricsHelper();
const translations: Readonly<Record<string, (name: string) => string>> = {
  frontToBack: (name) => generator.frontToBack(name),
  backToFront: (name) => generator.backToFront(name),
  pcFrontToBack: (name) => generator.pcFrontToBack(name),
  pcBackToFront: (name) => generator.pcBackToFront(name),
  "panel frontToBack": (name) => helper.frontToBack(name),
  "panel backToFront": (name) => helper.backToFront(name),
  specialFrontToBack: (name) => helper.specialFrontToBack(name),
  specialBackToFront: (name) => helper.specialBackToFront(name),
};

beforeAll(async () => {
  await using server = await startTestServer();
  await using client = await PythonClient.create(server);
  const wire = new Wire(server);
  const entity = pickString(await wire.query("{ viewer { entity } }"), "viewer", "entity");
  const plan = { entity, project: "read-reports", name: "A%20title", names, expressions, runsConfig };
  await write(wire, plan);
  // The reader provokes errors on purpose, hence not quiet.
  const { exact } = await client.run("read_reports.py", { args: plan, expectQuiet: false });
  python = dictOf(exact);
  typescript = await read(new Api({ apiKey: server.apiKey, overrides: { baseUrl: server.url } }), plan);
});

it.each(["reports", "by name", "by no name", "after", "fromPath", "no project", "bad path", "constants"])(
  "reads the same: %s",
  (what) => {
    expect(compare(python[what], typescript[what], what)).toEqual([]);
  },
);

it("reads something", () => {
  expect(typescript["reports"]).toHaveLength(6);
  expect(pick(typescript, "reports", "0", "runs")).toEqual([["r3", "r2"], ["r1"]]);
  expect(pick(typescript, "reports", "0", "all runs")).toEqual([
    ["r3", "r2"],
    ["r1", "r2", "r3"],
  ]);
});

describe("names", () => {
  it.each(Object.entries(translations))("are translated by %s as Python does", (what, translate) => {
    expect(surprises(dictOf(python["names"])[what], names, translate)).toEqual([]);
  });
});

describe("expressions", () => {
  it("become the filters that Python makes of them, and are refused where Python calls them invalid", () => {
    const translate = (expression: string): unknown => generator.pythonToMongo(expression);
    expect(surprises(python["expressions"], expressions, translate)).toEqual([]);
  });

  it("are mostly ones that Python understands", () => {
    const results = listOf(python["expressions"]);
    const understood = results.filter((each) => errorType(each) === undefined);
    expect(understood.length).toBeGreaterThan(300);
    expect(results.some((each) => errorType(each) === "ValueError")).toBe(true);
  });
});

/** Runs and reports of the older form, with titles that are hard to make addresses of. */
async function write(
  wire: Wire,
  { entity, project }: { readonly entity: string; readonly project: string },
): Promise<void> {
  for (const [name, lr] of [
    ["r1", 0.1],
    ["r2", 0.2],
    ["r3", 0.3],
  ] as const) {
    const mutation = `mutation ($input: UpsertBucketInput!) { upsertBucket(input: $input) { inserted } }`;
    const config = JSON.stringify({ lr: { value: lr } });
    await wire.query(mutation, { input: { entityName: entity, modelName: project, name, config } });
  }
  const lr = { section: "config", name: "lr.value" };
  const above = (value: number): object => ({
    op: "OR",
    filters: [{ op: "AND", filters: [{ key: lr, op: ">", value }] }],
  });
  const sections = [
    {
      openRunSet: 1,
      runSets: [
        {},
        {
          sort: { key: lr, ascending: false },
          filters: above(0.15),
          selections: { root: 0, tree: ["r1", "r2", "r3"] },
        },
      ],
    },
    {
      runSets: [
        {
          sort: { key: { section: "run", name: "name" }, ascending: true },
          filters: above(0),
          selections: { root: 0, tree: ["r1"] },
        },
      ],
    },
  ];
  for (const [title, spec] of [
    ["A title", { panelGroups: [] }],
    ["Ünïcode & (signs): 100% / done?", { panelGroups: [], note: null }],
    ["--- dashes --- ", { panelGroups: [] }],
    ["日本語 ✨ x", { panelGroups: [] }],
    ["under_score.v2", { panelGroups: [] }],
    ["Sections", { panelGroups: sections, width: 1.5, big: "x".repeat(100) }],
  ] as const) {
    const mutation = `mutation ($input: UpsertViewInput!) { upsertView(input: $input) { inserted } }`;
    const fields = { displayName: title, description: `About ${title}`, spec: JSON.stringify(spec) };
    await wire.query(mutation, { input: { entityName: entity, projectName: project, ...fields } });
  }
}

async function read(
  api: Api,
  plan: { readonly entity: string; readonly project: string; readonly name: string },
): Promise<Readonly<Record<string, unknown>>> {
  const path = `${plan.entity}/${plan.project}`;
  const reports = api.reports(path, { perPage: 2 });
  const named = await api.fromPath(`${path}/reports/A-title--Vmlldzox`);
  if (!(named instanceof BetaReport)) throw new TypeError("expected a report");
  const ids = async (name: string): Promise<string[]> =>
    (await api.reports(path, { name }).toArray()).map(({ id }) => id);
  return {
    reports: await Promise.all((await reports.toArray()).map(facts)),
    "by name": await ids(plan.name),
    "by no name": await ids("no such name"),
    after: { more: reports.more, hasCursor: reports.cursor !== null },
    fromPath: [true, named.id, named.displayName, named.spec, named.url],
    "no project": await attempt(() => api.reports(`${plan.entity}/no-such-project`).toArray()),
    "bad path": await attempt(() => api.reports("a/b/c/d").toArray()),
    constants: {
      SPACER: PythonMongoishQueryGenerator.SPACER,
      DECIMAL_SPACER: PythonMongoishQueryGenerator.DECIMAL_SPACER,
      FRONTEND_NAME_MAPPING: PythonMongoishQueryGenerator.FRONTEND_NAME_MAPPING,
      FRONTEND_NAME_MAPPING_REVERSED: PythonMongoishQueryGenerator.FRONTEND_NAME_MAPPING_REVERSED,
      AST_OPERATORS: Object.values(PythonMongoishQueryGenerator.AST_OPERATORS).sort(),
      AST_FIELDS: PythonMongoishQueryGenerator.AST_FIELDS,
      "panel FRONTEND_NAME_MAPPING": PanelMetricsHelper.FRONTEND_NAME_MAPPING,
      "panel FRONTEND_NAME_MAPPING_REVERSED": PanelMetricsHelper.FRONTEND_NAME_MAPPING_REVERSED,
      RUN_MAPPING: PanelMetricsHelper.RUN_MAPPING,
      RUN_MAPPING_REVERSED: PanelMetricsHelper.RUN_MAPPING_REVERSED,
    },
  };
}

async function facts(report: BetaReport): Promise<Readonly<Record<string, unknown>>> {
  const { id, name, displayName, description, user, spec, url, entity, project, sections } = report;
  const runs = (onlySelected: boolean): Promise<string[][]> =>
    Promise.all(
      sections.map(async (section) =>
        (await report.runs(section, { onlySelected }).toArray()).map((run) => run.id),
      ),
    );
  return {
    ...{ id, name, displayName, description, user, spec, url, entity, project, sections },
    createdAt: report.createdAtText,
    updatedAt: report.updatedAtText,
    runs: await runs(true),
    "all runs": await runs(false),
  };
}

async function attempt(action: () => Promise<unknown>): Promise<unknown> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
}

/**
 * Inputs that come out otherwise than in Python. What Python calls a `ValueError` has to be one here; where it fails by
 * any other exception its own code is at fault, and here it is either refused or works.
 */
function surprises(
  theirs: PythonValue | undefined,
  inputs: readonly string[],
  translate: (input: string) => unknown,
): readonly unknown[] {
  return listOf(theirs).flatMap((expected, index) => {
    const input = inputs[index] ?? "";
    const found = outcome(() => translate(input));
    const error = errorType(expected);
    const isRefused = found instanceof Error && found.name === "ValueError";
    if (error === "ValueError" ? isRefused : error !== undefined && (isRefused || !(found instanceof Error)))
      return [];
    return compare(expected, found, input);
  });
}

function outcome(action: () => unknown): unknown {
  try {
    return action();
  } catch (error) {
    return error;
  }
}

function errorType(value: PythonValue | undefined): string | undefined {
  const isError = typeof value === "object" && value !== null && "error" in value;
  return isError ? value.error.type : undefined;
}

function dictOf(value: PythonValue | undefined): Readonly<Record<string, PythonValue>> {
  if (typeof value === "object" && value !== null && "dict" in value) return value.dict;
  throw new TypeError("expected a dict");
}

function listOf(value: PythonValue | undefined): readonly PythonValue[] {
  if (typeof value === "object" && value !== null && isList(value)) return value;
  throw new TypeError("expected a list");
}
