import { describe, expect, it } from "vitest";
import { parseOrder, printOrder } from "./order.ts";

const keys = (order: string | null): string[] =>
  parseOrder(order, "+created_at").map(
    ({ field, isDescending }) => `${isDescending ? "down" : "up"} ${field}`,
  );

describe("parseOrder", () => {
  it.each([
    ["+created_at", ["up created_at"]],
    ["-summary_metrics.loss", ["down summary_metrics.loss"]],
    ["config.lr.value", ["up config.lr.value"]],
    ["-state, +name,group", ["down state", "up name", "up group"]],
    ["-config.a b/c ", ["down config.a b/c"]],
    ['-"summary_metrics.a,b"', ["down summary_metrics.a,b"]],
    ['summary_metrics."a,b".c,name', ["up summary_metrics.a,b.c", "up name"]],
    ['config.say "hi"', ['up config.say "hi"']],
    ['config."x\\"y\\\\"', ['up config.x"y\\']],
    ['config."open', ['up config."open']],
    ['"config.a "', ["up config.a "]],
    [" created_at", ["up created_at"]],
    ["", ["up created_at"]],
    [null, ["up created_at"]],
  ])("reads %j", (order, expected) => {
    expect(keys(order)).toStrictEqual(expected);
  });

  it.each([",", "name,", "-", "+ ,name", '""'])("refuses %j, which lacks a field", (order) => {
    expect(() => parseOrder(order, "name")).toThrow("Expected a field");
  });

  it("refuses orders of absurd length", () => {
    expect(() => parseOrder("name,".repeat(40) + "name", "name")).toThrow("at most 32 keys");
    expect(() => parseOrder("x".repeat(20_000), "name")).toThrow("at most 10000 characters");
  });
});

describe("printOrder", () => {
  it("quotes only what needs it", () => {
    expect(printOrder(parseOrder('-name,"config.a,b"', ""))).toBe('-name,+"config.a,b"');
  });
});
