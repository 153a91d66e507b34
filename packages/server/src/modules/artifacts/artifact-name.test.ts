import { describe, expect, it } from "vitest";
import { parseAlias, parseArtifactReference, parseDigest } from "./artifact-name.ts";

const DIGEST = "d41d8cd98f00b204e9800998ecf8427e";

describe("parseArtifactReference", () => {
  it.each([
    ["rows", "rows", [{ kind: "alias", alias: "latest" }]],
    ["rows:best", "rows", [{ kind: "alias", alias: "best" }]],
    ["rows:v0", "rows", [{ kind: "index", versionIndex: 0 }]],
    ["rows:v12", "rows", [{ kind: "index", versionIndex: 12 }]],
    ["rows:v01", "rows", [{ kind: "alias", alias: "v01" }]],
    ["rows:a/b:c", "rows", [{ kind: "alias", alias: "a/b:c" }]],
    [
      `rows:${DIGEST}`,
      "rows",
      [
        { kind: "alias", alias: DIGEST },
        { kind: "digest", digest: DIGEST },
      ],
    ],
  ])("reads %s", (name, collection, versions) => {
    expect(parseArtifactReference(name)).toEqual({ collection, versions });
  });
});

describe("parseAlias", () => {
  it("takes what can be asked for", () => {
    expect(["latest", "v1.0", "b e s t", "ü"].map(parseAlias)).toEqual(["latest", "v1.0", "b e s t", "ü"]);
  });

  it.each(["", "a/b", "a:b", "v3", "a\nb", "x".repeat(129)])("refuses %j", (alias) => {
    expect(() => parseAlias(alias)).toThrow(expect.objectContaining({ code: "invalid_argument" }));
  });
});

describe("parseDigest", () => {
  it("takes an MD5 in hexadecimal and nothing else", () => {
    expect(parseDigest(DIGEST)).toBe(DIGEST);
    for (const digest of ["", DIGEST.toUpperCase(), `${DIGEST}0`, "x".repeat(32)]) {
      expect(() => parseDigest(digest)).toThrow(expect.objectContaining({ code: "invalid_argument" }));
    }
  });
});
