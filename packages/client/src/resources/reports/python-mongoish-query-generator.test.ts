// What Python's class does is compared with this one in e2e/differential/reports.test.ts; here, what it cannot do.
import { describe, expect, it } from "vitest";

import { PanelMetricsHelper } from "./panel-metrics-helper.ts";
import { PythonMongoishQueryGenerator } from "./python-mongoish-query-generator.ts";

const generator = new PythonMongoishQueryGenerator({ runsConfig: { lr: 0.1 } });

describe("expressions that Python promises and fails at", () => {
  it.each([
    ["lr.warm.up > 1", { "config.lr.value.warm.up": { $gt: 1 } }],
    ["layer.0.loss == 2", { "summary_metrics.layer.0.loss": 2 }],
    ["loss > -1.5", { "summary_metrics.loss": { $gt: -1.5 } }],
    ["loss == -12345678901234567890", { "summary_metrics.loss": -12345678901234567890n }],
    ["loss in [1., .5]", { "summary_metrics.loss": { $in: [1, 0.5] } }],
    ["'a-.b' == 'x;;;y'", { "summary_metrics.a-.b": "x;;;y" }],
  ])("%s", (expression, condition) => {
    expect(generator.pythonToMongo(expression)).toEqual({ $or: [{ $and: [condition] }] });
  });
});

describe("expressions that are refused", () => {
  it.each([
    ["", "ends too early"],
    ["not loss > 1", "not"],
    ["loss > 1 and lr > 1 or x > 1", "nested"],
    ["0 < loss < 1", "chaining"],
    ["3 > loss", "left side"],
    ["loss", "my_col == 123"],
    ["loss > 'x' 'y' 3", "unexpected"],
    ["loss > -'x'", "sign"],
    ["loss > (x > 1)", "value"],
    ["loss not 3", "followed by"],
    ["loss == 'x", "cannot read"],
    ["loss == 1j", "cannot read"],
    ["loss == f'x'", "unexpected"],
    ["loss == '\\UFFFFFFFF'", "no character"],
  ])("%j", (expression, message) => {
    expect(() => generator.pythonToMongo(expression)).toThrow(message);
  });
});

describe("names of axes", () => {
  it("lead to the server and back", () => {
    const helper = new PanelMetricsHelper();
    for (const name of ["Index", "c::lr", "c::deep.part", "s::loss", "Created Timestamp", null])
      expect(helper.specialBackToFront(helper.specialFrontToBack(name))).toBe(name);
    expect(generator.pcFrontToBack(null)).toBeNull();
    expect(generator.pcBackToFront(null)).toBeNull();
  });
});
