import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openTestBench } from "../../presets/embedded/test-bench.ts";
import type { TestBench } from "../../presets/embedded/test-bench.ts";
import { ANONYMOUS } from "../access/caller.ts";
import type { Caller, UserCaller } from "../access/caller.ts";
import { BUILT_IN_CHARTS } from "./built-in-charts.ts";
import type { ChartInput } from "./chart-service.ts";
import { gapsOf } from "./custom-chart.ts";
import type { CustomChart } from "./custom-chart.ts";

let bench: TestBench;
let ann: UserCaller;
let bob: UserCaller;

beforeEach(async () => {
  bench = await openTestBench();
  ann = await bench.createCaller("ann");
  bob = await bench.createCaller("bob");
});

afterEach(() => bench.close());

function create(fields: Partial<ChartInput> = {}, caller: Caller = ann): Promise<CustomChart> {
  const rest = { displayName: "Bars", type: "vega2", access: "PRIVATE", spec: "{}" };
  return bench.services.charts.create(caller, { entityName: "ann", name: "bars", ...rest, ...fields });
}

async function names(caller: Caller, entityName: string): Promise<string[] | undefined> {
  const charts = await bench.services.charts.list(caller, entityName, { after: null, limit: 10 });
  return charts?.map(({ name }) => name);
}

describe("custom charts", () => {
  it("are seen by members of their entity, and by anyone when they are public", async () => {
    await create();
    await create({ name: "open", access: "PUBLIC" });
    const key = { entityName: "ann", name: "bars" };
    expect(await bench.services.charts.find(ann, key)).toMatchObject({ displayName: "Bars" });
    expect(await names(ann, "ann")).toEqual(["bars", "open"]);
    for (const caller of [bob, ANONYMOUS]) {
      expect(await bench.services.charts.find(caller, key)).toBeUndefined();
      expect(await bench.services.charts.find(caller, { ...key, name: "open" })).toBeDefined();
      expect(await names(caller, "ann")).toEqual(["open"]);
      expect(await names(caller, "none")).toBeUndefined();
    }
    expect(await names(bob, "bob")).toEqual([]);
  });

  it("may be made twice the same, and not another of the name", async () => {
    const chart = await create();
    expect(await create()).toEqual(chart);
    await expect(create({ spec: '{"a":1}' })).rejects.toMatchObject({ code: "already_exists" });
  });

  it("are made, changed and deleted by those who may write in the entity", async () => {
    await create();
    const key = { entityName: "ann", name: "bars" };
    const change = { displayName: "Other", access: undefined, spec: undefined };
    await expect(create({}, bob)).rejects.toMatchObject({ code: "not_found" });
    await expect(create({}, ANONYMOUS)).rejects.toMatchObject({ code: "unauthenticated" });
    await expect(create({}, { ...ann, scope: "append" })).rejects.toMatchObject({
      code: "permission_denied",
    });
    await expect(bench.services.charts.update(bob, key, change)).rejects.toMatchObject({ code: "not_found" });
    await expect(bench.services.charts.delete(bob, key)).rejects.toMatchObject({ code: "not_found" });
    expect(await bench.services.charts.update(ann, key, change)).toMatchObject({ displayName: "Other" });
    await bench.services.charts.delete(ann, key);
    await expect(bench.services.charts.delete(ann, key)).rejects.toMatchObject({ code: "not_found" });
  });

  it.each([
    [{ name: "" }, "name"],
    [{ name: "a/b" }, "name"],
    [{ name: " a" }, "name"],
    [{ type: "vega9" }, "type"],
    [{ access: "private" }, "access"],
    [{ spec: "[]" }, "spec"],
    [{ displayName: "x".repeat(1_025) }, "displayName"],
  ])("with %o are refused", async (fields, field) => {
    await expect(create(fields)).rejects.toMatchObject({ code: "invalid_argument", field });
  });
});

describe("the charts that the server brings along", () => {
  it("are those that wandb.plot names, with the gaps that it fills", () => {
    const gaps = BUILT_IN_CHARTS.map(({ name, spec }) => [
      name,
      gapsOf(spec, "field").toSorted(),
      gapsOf(spec, "string").toSorted(),
    ]);
    expect(gaps).toEqual([
      ["area-under-curve/v0", ["class", "x", "y"], ["title", "x-axis-title", "y-axis-title"]],
      ["bar/v0", ["label", "value"], ["title"]],
      ["confusion_matrix/v1", ["Actual", "Predicted", "nPredictions"], ["title"]],
      ["histogram/v0", ["value"], ["title"]],
      ["line/v0", ["stroke", "x", "y"], ["title"]],
      ["lineseries/v0", ["lineKey", "lineVal", "step"], ["title", "xname"]],
      ["scatter/v0", ["x", "y"], ["title"]],
    ]);
  });

  it("are everyone's to read and nobody's to change", async () => {
    expect(await names(ANONYMOUS, "wandb")).toHaveLength(BUILT_IN_CHARTS.length);
    const key = { entityName: "wandb", name: "line/v0" };
    expect(await bench.services.charts.find(ANONYMOUS, key)).toMatchObject({ made: null });
    await expect(bench.services.charts.delete(ann, key)).rejects.toMatchObject({ code: "not_found" });
    const page = { after: "histogram/v0", limit: 2 };
    const next = await bench.services.charts.list(ann, "wandb", page);
    expect(next?.map(({ name }) => name)).toEqual(["line/v0", "lineseries/v0"]);
  });

  it("find gaps with a default too, each once", () => {
    expect(gapsOf('"${field:a} ${field:a} ${field:b:fallback} ${string:c}"', "field")).toEqual(["a", "b"]);
  });
});
