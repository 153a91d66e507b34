import { expect, it } from "vitest";
import { parseProjectPath } from "./project-path.ts";

it.each([
  [null, "me", "uncategorized"],
  [undefined, "me", "uncategorized"],
  ["p", "me", "p"],
  ["e/p", "e", "p"],
  ["e/p/x", "e", "p/x"],
  ["", "me", ""],
])("reads %j", (path, entity, project) => {
  expect(parseProjectPath(path, { entity: "me" })).toStrictEqual({ entity, project });
});

it("takes the default project when it has one", () => {
  expect(parseProjectPath(null, { entity: "me", project: "mine" }).project).toBe("mine");
  expect(parseProjectPath(null, { entity: "me", project: "" }).project).toBe("uncategorized");
});

it("needs an entity", () => {
  expect(() => parseProjectPath("p")).toThrow("(missing entity)");
});
