import { describe, expect, it } from "vitest";

import { Namespaces } from "./namespaces.ts";

function namespacesOf(...paths: readonly string[]): readonly string[] {
  const namespaces = new Namespaces(paths);
  return paths.map((path) => namespaces.of(path));
}

describe("Namespaces", () => {
  it("are the folders below the one that all files share", () => {
    expect(namespacesOf("/logs/train/a", "/logs/eval/b")).toEqual(["train", "eval"]);
    expect(namespacesOf("/logs/train/a", "/logs/trail/b")).toEqual(["train", "trail"]);
    expect(namespacesOf("/logs/x/train/a", "/logs/y/b")).toEqual(["x/train", "y"]);
  });

  it("are the folder's own name where there is only one, or one holds the others", () => {
    expect(namespacesOf("/logs/a", "/logs/b")).toEqual(["logs", "logs"]);
    expect(namespacesOf("/logs/a", "/logs/eval/b")).toEqual(["logs", "logs/eval"]);
  });

  it("are empty for files without a folder", () => {
    expect(namespacesOf("a", "b")).toEqual(["", ""]);
  });

  it("stay as they were when new folders appear", () => {
    const namespaces = new Namespaces(["/logs/run/train/a"]);
    expect(namespaces.of("/logs/run/eval/b")).toBe("eval");
    expect(namespaces.of("/logs/other/c")).toBe("other");
  });
});
