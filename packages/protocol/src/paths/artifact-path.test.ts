import { expect, it } from "vitest";
import { parseArtifactPath } from "./artifact-path.ts";

it.each([
  ["data", { collection: "data" }],
  ["data:v3", { collection: "data", suffix: "v3" }],
  ["p/data:latest", { project: "p", collection: "data", suffix: "latest" }],
  ["e/p/data:a/b:c", { prefix: "e", project: "p", collection: "data", suffix: "a/b:c" }],
])("reads %s", (path, parts) => {
  expect(parseArtifactPath(path)).toStrictEqual(parts);
});

it.each(["", "a/b/c/d", "a//b", "/a", ":v1", "a:"])("refuses %j", (path) => {
  expect(() => parseArtifactPath(path)).toThrow("Invalid artifact path");
});
