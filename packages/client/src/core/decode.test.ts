import { describe, expect, it } from "vitest";

import { RunsLightDocument } from "../generated/documents.ts";
import {
  ShapeError,
  asObject,
  boolean,
  field,
  float,
  int64,
  integer,
  json,
  list,
  nullable,
  onlyOf,
  text,
} from "./decode.ts";

describe("decoders", () => {
  it("name the place of what is wrong", () => {
    const answer = { project: { runCount: 1, runs: { edges: [{ cursor: "a", node: { id: null } }] } } };
    expect(() => RunsLightDocument.decode(answer)).toThrow(
      new ShapeError("project.runs.edges[0].node.id: expected a text, found null"),
    );
  });

  it("say what was found", () => {
    expect(() => field({ a: {} }, "a", text)).toThrow("a: expected a text, found an object");
    expect(() => field({}, "a", boolean)).toThrow("a: expected true or false, found nothing");
    expect(() => list(float)(["x"])).toThrow('[0]: expected a number, found the string "x"');
    expect(() => asObject([])).toThrow("expected an object, found a list");
  });

  it("do not take inherited members for answers", () => {
    expect(() => field({}, "toString", text)).toThrow(ShapeError);
  });

  it("read integers of any size, also from texts", () => {
    expect(int64("9007199254740993")).toBe(9007199254740993n);
    expect(int64("12")).toBe(12);
    expect(int64(12n)).toBe(12);
    expect(integer("7")).toBe(7);
    expect(() => integer(2n ** 60n)).toThrow("expected an integer below 2^53");
    expect(() => int64(1.5)).toThrow("expected an integer");
  });

  it("take any JSON value where one is declared, but not its absence", () => {
    expect(json(null)).toBeNull();
    expect(() => field({}, "historyKeys", json)).toThrow("historyKeys: expected a value, found nothing");
  });

  it("allow null and absence only where they are declared", () => {
    expect(nullable(text)(undefined)).toBeNull();
    expect(nullable(text)(null)).toBeNull();
    expect(text(12)).toBe("12");
  });

  it("take objects of another kind than expected for nothing", () => {
    const read = onlyOf("Run", asObject);
    expect(read({ __typename: "Run", name: "r" })).toEqual({ __typename: "Run", name: "r" });
    expect(read({ __typename: "User" })).toBeNull();
  });
});
