import { describe, expect, it } from "vitest";
import {
  validateArtifactName,
  validateArtifactTag,
  validateArtifactType,
  validateEntityName,
  validateProjectName,
  validateRegistryName,
  validateRunId,
} from "./names.ts";

const long = "x".repeat(128);

describe("names", () => {
  it.each(["team", "My.Team_1", "日本語", "a b", long])("take %j", (name) => {
    expect(validateEntityName(name)).toBe(name);
    expect(validateProjectName(name)).toBe(name);
    expect(validateRunId(name)).toBe(name);
  });

  it.each([
    "",
    " ",
    ".",
    "..",
    "a/b",
    "a\\b",
    "a#b",
    "a?b",
    "a%b",
    "a:b",
    "a\nb",
    "a\u0000",
    "a\u0085",
    "\ud800",
    `${long}x`,
  ])("refuse %j", (name) => {
    for (const validate of [validateEntityName, validateProjectName, validateRunId, validateRegistryName]) {
      expect(() => validate(name)).toThrow(/^Invalid (entity|project|run|registry) name/);
    }
  });

  it("keep the server's own routes from entities, in any case", () => {
    for (const name of ["api", "GraphQL", "artifactsV2", "settings"]) {
      expect(() => validateEntityName(name)).toThrow("reserved");
      expect(validateProjectName(name)).toBe(name);
    }
  });

  it("keep registries short enough for the prefix of their project", () => {
    expect(validateRegistryName("x".repeat(113))).toHaveLength(113);
    expect(() => validateRegistryName("x".repeat(114))).toThrow("at most 113");
  });

  it("do not repeat a hostile name at full length", () => {
    expect(() => validateRunId("y".repeat(10_000))).toThrow(/^.{1,250}$/);
  });
});

describe("artifact names, types and tags", () => {
  it("allow what the clients allow", () => {
    expect(validateArtifactName("run-abc-my table%?")).toBe("run-abc-my table%?");
    expect(validateArtifactType("model")).toBe("model");
    expect(validateArtifactTag("a-b c_1")).toBe("a-b c_1");
  });
  it("refuse the rest", () => {
    expect(() => validateArtifactName("a/b")).toThrow("cannot hold");
    expect(() => validateArtifactType("a:b")).toThrow("cannot hold");
    expect(() => validateArtifactTag(" a")).toThrow("expected words");
  });
});
