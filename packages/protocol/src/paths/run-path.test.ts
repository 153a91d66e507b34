import { describe, expect, it } from "vitest";
import { parseRunPath, splitRunPath } from "./run-path.ts";

const defaults = { entity: "me", project: "mine" };

describe("parseRunPath", () => {
  it.each([
    ["e/p/id", "e", "p", "id"],
    ["/e/p/id", "e", "p", "id"],
    ["e/p/runs/id", "e", "p", "id"],
    ["e/p/sweeps/id", "e", "p", "id"],
    ["e/p:id", "e", "p", "id"],
    ["p/id", "me", "p", "id"],
    ["p:id", "me", "p", "id"],
    ["p/runs/id", "me", "p", "id"],
    ["id", "me", "mine", "id"],
    ["/runs/id", "me", "mine", "id"],
    ["/sweeps/id", "me", "mine", "id"],
    ["runs/id", "me", "runs", "id"],
    ["p/r:x", "p", "r", "x"],
    ["e/p/r:x", "e", "p", "r:x"],
    ["e/p/runs/id?q=1", "e", "p", "id?q=1"],
    [" e / p / id ", "e", "p", "id"],
    ["e/p/runs/runs/id", "e", "p", "id"],
  ])("reads %j", (path, entity, project, id) => {
    expect(parseRunPath(path, defaults)).toStrictEqual({ entity, project, id });
  });

  it.each(["e/p/reports/x", "a/b/c/d", "a/b/c/d/e", "https://wandb.ai/e/p/runs/id", "", "/", "e/p:"])(
    "refuses %j",
    (path) => {
      expect(() => parseRunPath(path, defaults)).toThrow(`Invalid path: '${path}'`);
    },
  );

  it("names the part that is missing", () => {
    expect(() => parseRunPath("p/id")).toThrow("Invalid path: 'p/id' (missing entity)");
    expect(() => parseRunPath("id", { entity: "me" })).toThrow("Invalid path: 'id' (missing project)");
    expect(() => parseRunPath(":", defaults)).toThrow("Invalid path: ':' (missing project)");
    expect(() => parseRunPath("//id", defaults).id).not.toThrow();
  });
});

describe("splitRunPath", () => {
  it("tells what a path leaves to the defaults", () => {
    expect(splitRunPath("id")).toStrictEqual({ id: "id" });
    expect(splitRunPath("p/id")).toStrictEqual({ project: "p", id: "id" });
    expect(splitRunPath("a/b/c/d")).toStrictEqual({});
  });
});
