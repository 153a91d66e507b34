import { describe, expect, it } from "vitest";

import { QueryGenerator, ValueError } from "../../index.ts";
import type { TableFilter } from "../../index.ts";

const generator = new QueryGenerator();

describe("formatOrderKey", () => {
  it.each([
    ["loss", "-summary_metrics.loss"],
    ["+loss", "+summary_metrics.loss"],
    ["-a.b", "-summary_metrics.a.b"],
    ["+config.lr", "+config.lr"],
    ["tags.x", "-tags.x"],
    ["summary_metrics.x", "-summary_metrics.x"],
    ["created_at", "-summary_metrics.created_at"],
    ["createdAt", "-createdAt"],
    ["+name", "+name"],
  ])("of %s is %s", (key, expected) => {
    expect(QueryGenerator.formatOrderKey(key)).toBe(expected);
    expect(generator.formatOrderKey(key)).toBe(expected);
  });
});

describe("keys and paths", () => {
  it.each([
    ["config", "a.b", "config.a.b"],
    ["summary", "loss", "summary_metrics.loss"],
    ["keys_info", "k", "keys_info.keys.k"],
    ["tags", "t", "tags.t"],
    ["run", "state", "state"],
  ])("of section %s translate both ways", (section, name, path) => {
    expect(generator.keyToServerPath({ section, name })).toBe(path);
    expect(generator.serverPathToKey(path)).toEqual({ section, name });
  });

  it("of an unknown section are refused", () => {
    expect(() => generator.keyToServerPath({ section: "other", name: "x" })).toThrow(ValueError);
  });
});

describe("orders", () => {
  it("translate both ways", () => {
    const keys = [
      { key: { section: "summary", name: "a" }, ascending: true },
      { key: { section: "run", name: "b" } },
    ];
    expect(generator.keysToOrder({ keys })).toEqual(["+summary_metrics.a", "-b"]);
    expect(generator.orderToKeys(["+summary_metrics.a", "-b"])).toEqual({
      keys: [
        { key: { section: "run", name: "summary_metrics.a" }, ascending: true },
        { key: { section: "run", name: "b" }, ascending: false },
      ],
    });
  });

  it("need a sign", () => {
    expect(() => generator.orderToKeys(["name"])).toThrow(ValueError);
  });
});

describe("filterToMongo", () => {
  it("translates every kind of condition as Python does", () => {
    const filters: TableFilter[] = [
      { key: { section: "config", name: "lr" }, op: ">", value: 0.1 },
      { key: { section: "run", name: "" }, op: "=", value: 1 },
      { key: { section: "run", name: "state" }, op: "IN", value: ["a"] },
      { key: { section: "tags", name: "t" }, op: "=", value: true },
      { key: { section: "tags", name: "t" }, op: "=", value: false },
      { key: { section: "tags", name: "-" }, op: "IN", value: ["x"] },
      { key: { section: "summary", name: "a.b" }, op: "!=", value: null },
      { key: { section: "summary", name: "x" }, op: "<" },
      { key: { section: "keys_info", name: "k" }, op: "=", value: 1, disabled: true },
    ];
    expect(generator.filterToMongo({ op: "OR", filters: [{ op: "AND", filters }] })).toEqual({
      $or: [
        {
          $and: [
            { "config.lr": { $gt: 0.1 } },
            null,
            { state: { $in: ["a"] } },
            { tags: "t" },
            { $or: [{ tags: null }, { tags: { $ne: "t" } }] },
            { tags: { $in: ["x"] } },
            { "summary_metrics.a.b": { $ne: null } },
            null,
            null,
          ],
        },
      ],
    });
  });

  it("refuses operators that it does not know, inherited ones too", () => {
    const key = { section: "run", name: "x" };
    expect(() => generator.filterToMongo({ key, op: "LIKE", value: 1 })).toThrow(ValueError);
    expect(() => generator.filterToMongo({ key, op: "toString", value: 1 })).toThrow(ValueError);
    expect(() => generator.filterToMongo({ op: "XOR", filters: [] })).toThrow(ValueError);
  });
});

describe("mongoToFilter", () => {
  it("reverses filters", () => {
    const filter = {
      $or: [
        {
          $and: [
            { "config.lr": { $gt: 1 } },
            { state: "x" },
            null,
            { "summary_metrics.a.b": { $nin: [1] } },
            { "keys_info.keys.k": 2 },
            { tags: "t" },
          ],
        },
      ],
    };
    expect(generator.mongoToFilter(filter)).toEqual({
      op: "OR",
      filters: [
        {
          op: "AND",
          filters: [
            { key: { section: "config", name: "lr" }, op: ">", value: 1 },
            { key: { section: "run", name: "state" }, op: "=", value: "x" },
            null,
            { key: { section: "summary", name: "a.b" }, op: "NIN", value: [1] },
            { key: { section: "keys_info", name: "k" }, op: "=", value: 2 },
            { key: { section: "run", name: "tags" }, op: "=", value: "t" },
          ],
        },
      ],
    });
    expect(generator.mongoToFilter(null)).toBeNull();
    expect(generator.mongoToFilter({})).toBeNull();
  });

  it.each([{ a: { $exists: true } }, { a: {} }, { $and: 1 }, { $or: [1] }])("refuses %j", (filter) => {
    expect(() => generator.mongoToFilter(filter)).toThrow(ValueError);
  });
});

describe("the tables of operators", () => {
  it("reverse each other", () => {
    expect(QueryGenerator.MONGO_TO_INDIVIDUAL_OP["$lte"]).toBe("<=");
    expect(QueryGenerator.INDIVIDUAL_OP_TO_MONGO["REGEX"]).toBe("$regex");
    expect(QueryGenerator.MONGO_TO_GROUP_OP).toEqual({ $and: "AND", $or: "OR" });
  });
});
