import { describe, expect, it } from "vitest";
import type { JsonObject } from "../json/value.ts";
import { compileFilter, compileRunFilter } from "./compile.ts";
import { parseFilter } from "./parse.ts";
import type { RunDocument } from "./run-document.ts";

const run: RunDocument = {
  id: 1,
  name: "abc123",
  displayName: "glad-sun-1",
  state: "finished",
  config: {
    lr: { value: 0.1 },
    "a.b": { value: "dotted" },
    a: { value: { b: "nested", c: [1, 2, { d: null }] } },
    "x/y z": { value: "é" },
    odd: { value: { value: 3 } },
    none: { value: null },
    big: { value: 2n ** 60n },
    raw: 5,
    __wandb: { value: { cli_version: "0.30.0" } },
  },
  summary: {
    loss: 0.5,
    nan: NaN,
    "val/acc": 0.9,
    nested: { "p.q": { r: true } },
    names: ["x", "yy"],
    _step: 9,
  },
  tags: ["baseline", "v2"],
  group: "g",
  jobType: null,
  host: "box",
  username: "ada",
  entity: "team",
  project: "demo",
  sweep: null,
  createdAt: "2026-11-20T23:40:00.123Z",
  updatedAt: "2026-11-21T00:00:00.000Z",
  heartbeatAt: null,
  durationSeconds: 61.5,
  notes: null,
  description: "",
  commit: "0a1b",
  historyKeys: { keys: { loss: { typeCounts: [] } }, lastStep: 9 },
  outputArtifacts: ["model:v1"],
};

const regex = (pattern: string): ((text: string) => boolean) => {
  const compiled = new RegExp(pattern, "u");
  return (text) => compiled.test(text);
};
const matches = (filter: JsonObject, document: RunDocument = run): boolean =>
  compileRunFilter(parseFilter(filter), { regex })(document);

describe("a run filter finds its run", () => {
  it.each<[string, JsonObject]>([
    ["by a config key", { "config.lr": 0.1 }],
    ["by a config key with .value", { "config.lr.value": { $gte: 0.1 } }],
    ["by a key with a dot before the nested path", { "config.a.b": "dotted" }],
    ["by the nested path when named by .value", { "config.a.value.b": "nested" }],
    ["by a nested path without .value", { "config.a.c": 2 }],
    ["by a list index", { "config.a.c.0": 1 }],
    ["by a null inside a list's object", { "config.a.c.2.d": null }],
    ["by slashes, spaces and other scripts", { "config.x/y z": "é" }],
    ["by the whole of a value that has a key value", { "config.odd.value": { value: 3 } }],
    ["by the inside of a value that has a key value", { "config.odd.value.value": 3 }],
    ["by a config entry without the wrapper", { "config.raw": 5 }],
    ["by a big integer, exactly", { "config.big": { $gt: 2n ** 60n - 1n, $lt: 2n ** 60n + 1n } }],
    ["by a double that equals the big integer", { "config.big": 2 ** 60 }],
    ["by a summary key", { "summary_metrics.loss": { $lt: 1 } }],
    ["by the old summary spelling", { "summary.val/acc": 0.9 }],
    ["by dots within nested keys", { "summary_metrics.nested.p.q.r": true }],
    ["by NaN", { "summary_metrics.nan": NaN }],
    ["by an unprefixed system key", { _step: 9 }],
    ["by history keys", { "keys_info.keys.loss": { $exists: true }, "keys_info.lastStep": 9 }],
    ["by its id", { name: "abc123" }],
    ["by display name in snake case", { display_name: { $regex: "^glad" } }],
    ["by an unanchored pattern", { displayName: { $regex: "sun" } }],
    ["by a pattern without regard to case", { displayName: { $regex: "GLAD", $options: "i" } }],
    ["by a pattern on one of its tags", { tags: { $regex: "^base" } }],
    ["by a tag", { tags: "v2" }],
    ["by one of several tags", { tags: { $in: ["v2", "v3"] } }],
    ["by all of several tags", { tags: { $all: ["v2", "baseline"] } }],
    ["by nothing and the empty list in one", { inputArtifacts: { $all: [null, []] } }],
    ["by the number of tags", { tags: { $size: 2 } }],
    ["by the tag's own field", { "tags.v2": true }],
    ["by a part of a text", { host: { $contains: "o" } }],
    ["by lacking a tag", { $or: [{ tags: null }, { tags: { $ne: "t" } }] }],
    ["by having no sweep", { sweep: null, jobType: { $exists: false } }],
    ["by what is not null but empty", { description: "" }],
    ["by a config null that exists", { "config.none": { $exists: true, $eq: null } }],
    ["by a text in a summary list", { "summary_metrics.names": "yy" }],
    ["by a whole list", { "summary_metrics.names": ["x", "yy"] }],
    ["by artifacts", { outputArtifacts: "model:v1", inputArtifacts: null }],
    ["by duration", { duration: { $gt: 60 } }],
    ["by the sweep's own form", { $and: [{ state: { $in: ["finished"] } }] }],
  ])("%s", (_, filter) => {
    expect(matches(filter)).toBe(true);
    expect(matches({ $not: filter })).toBe(false);
    expect(matches({ $nor: [filter] })).toBe(false);
  });
});

describe("a run filter passes over its run", () => {
  it.each<[string, JsonObject]>([
    ["because a text is no number", { "config.lr": { $lt: "1" } }],
    ["because a number is no text", { "config.lr": "0.1" }],
    ["because true is not 1", { "config.raw": true }],
    ["because NaN is neither below nor above", { "summary_metrics.nan": { $lte: NaN } }],
    ["because a double cannot stand for its neighbour", { "config.big": 2n ** 60n + 1n }],
    ["because the key is absent", { "config.missing": { $gt: 0 } }],
    ["because the prototype's members are no keys", { "config.constructor": { $exists: true } }],
    ["because a pattern needs a text", { "config.lr": { $regex: "0" } }],
    ["because $all of nothing is asked", { tags: { $all: [] } }],
    ["because $in has nothing to offer", { name: { $in: [] } }],
    ["because the empty $or has no way in", { $or: [] }],
    ["because it has a heartbeat to come", { heartbeat_at: { $gt: 0 } }],
    ["because $size counts lists only", { name: { $size: 6 } }],
  ])("%s", (_, filter) => {
    expect(matches(filter)).toBe(false);
  });
});

describe("a run filter on dates", () => {
  it.each([
    "2026-11-20T23:40:00.123Z",
    "2026-11-20T23:40:00.123",
    "2026-11-20 23:40:00.123000",
    "2026-11-21T00:40:00.123+01:00",
    "2026-11-21T00:40:00,123+0100",
    1795218000123,
    1795218000.123,
    1795218000123n,
  ])("takes %s as the same moment", (moment) => {
    expect(matches({ created_at: moment })).toBe(true);
    expect(matches({ createdAt: { $gte: moment, $lte: moment, $nin: [null] } })).toBe(true);
    expect(matches({ createdAt: { $gt: moment } })).toBe(false);
  });

  it("sees parts of a millisecond and days without a time", () => {
    expect(matches({ createdAt: { $lt: "2026-11-20T23:40:00.123001Z", $gt: "2026-11-20" } })).toBe(true);
    expect(matches({ updated: { $gte: "2026-11-21" }, heartbeat: null })).toBe(true);
  });

  it("searches their text with $regex and $contains", () => {
    expect(matches({ createdAt: { $regex: "^2026-11", $contains: "T23" } })).toBe(true);
  });

  it.each(["yesterday", "2026-02-30", "2026-11-20T24:00", "", true, NaN, [], {}])("refuses %j", (moment) => {
    expect(() => matches({ createdAt: { $ne: moment } })).toThrow(
      "Expected a date to compare createdAt with",
    );
    expect(() => matches({ createdAt: { $in: [moment] } })).toThrow("Expected a date");
  });
});

describe("compileRunFilter", () => {
  it.each([
    "foo",
    "foo.bar",
    "config",
    "config.",
    "summary_metrics",
    "",
    "Name",
    "id",
    "__proto__",
    "historyKeys.x",
  ])("refuses the unknown field %j by name", (field) => {
    expect(() => matches(Object.fromEntries([[field, 1]]))).toThrow(
      expect.objectContaining({ name: "FilterError", code: "invalid_argument", field }) as Error,
    );
  });

  it("refuses a pattern that does not compile, even where options would hide a bracket", () => {
    expect(() => matches({ name: { $regex: "(" } })).toThrow(
      "The pattern of $regex on name does not compile",
    );
    expect(() => matches({ name: { $regex: "a)(b", $options: "i" } })).toThrow("does not compile");
  });

  it("refuses paths of absurd depth", () => {
    expect(() => matches({ [`config${".a".repeat(100)}`]: 1 })).toThrow("at most 64 dots");
  });

  it("answers, rather than trying every way, where a document repeats a filter's path", () => {
    const path = Array.from({ length: 40 }, () => "a").join(".");
    const nest = (depth: number): JsonObject =>
      depth === 0 ? { "a.a": 0 } : { a: nest(depth - 1), "a.a": nest(depth - 1) };
    const document = { ...run, summary: nest(12) };
    expect(matches({ [`summary_metrics.${path}.b`]: { $exists: true } }, document)).toBe(false);
  });
});

describe("compileFilter", () => {
  it("serves other things than runs through their own fields", () => {
    const filter = parseFilter({ state: "COMMITTED" });
    const judge = compileFilter<{ readonly state: string }>(filter, {
      regex,
      field: (name) => (name === "state" ? { kind: "value", read: (artifact) => artifact.state } : undefined),
    });
    expect([judge({ state: "COMMITTED" }), judge({ state: "PENDING" })]).toStrictEqual([true, false]);
    expect(() => compileFilter(filter, { regex, field: () => undefined })).toThrow("Unknown field state");
  });
});
