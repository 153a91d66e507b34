import { parseJson } from "@steelyard/protocol";
import { describe, expect, it } from "vitest";
import { completeManifest, digestOfManifest, mergeManifests, parseManifest } from "./manifest.ts";

const MD5 = "1B2M2Y8AsgTpgAmY7PhCfg==";

function manifestText(contents: unknown, changes: object = {}): string {
  return JSON.stringify({
    version: 1,
    storagePolicy: "wandb-storage-policy-v1",
    storagePolicyConfig: { storageLayout: "V2" },
    contents,
    ...changes,
  });
}

describe("parseManifest", () => {
  it("reads files and references with their sizes", () => {
    const text = manifestText({
      "a b/ü%#.txt": { digest: MD5, size: 3 },
      "s3//key": { digest: "etag", ref: "s3://bucket//key", size: 9, extra: { etag: "etag" } },
    });
    expect(parseManifest(text).entries).toEqual([
      { path: "a b/ü%#.txt", digest: MD5, algorithm: "MD5", ref: null, sizeBytes: 3 },
      { path: "s3//key", digest: "etag", algorithm: "MD5", ref: "s3://bucket//key", sizeBytes: 9 },
    ]);
  });

  // The expected values were computed by the Python client's own manifest class.
  it.each([
    [{}, "64e7c61456b10382e2f3b571ac24b659"],
    [{ "b.txt": { digest: MD5 }, "a.txt": { digest: MD5 } }, "29701de0be79903da3b1c1fe4b4673b3"],
    [{ "～": { digest: MD5 }, "😀": { digest: MD5 } }, "49595b8a3e0330a215ad296eea9dee84"],
  ])("computes the digest that clients compute", async (contents, digest) => {
    expect(await digestOfManifest(parseManifest(manifestText(contents)), "MANIFEST_MD5")).toBe(digest);
  });

  it("computes the digest of the other kind", async () => {
    const manifest = parseManifest(manifestText({ "b.txt": { digest: MD5 }, "a.txt": { digest: MD5 } }));
    expect(await digestOfManifest(manifest, "MANIFEST_XXH128")).toBe("7f2ec9e5de660d03838e2041f7794b62");
  });

  it("merges manifests, the later entry of a path in place of the earlier", () => {
    const [old, young] = [
      { a: { digest: MD5, size: 1 }, b: { digest: MD5, size: 2 } },
      { b: { digest: MD5, size: 3 }, c: { digest: MD5, size: 4 } },
    ].map((contents) => parseManifest(manifestText(contents)));
    if (old === undefined || young === undefined) throw new Error("there are two");
    const { entries, json } = mergeManifests(old, young);
    expect(entries.map(({ path, sizeBytes }) => [path, sizeBytes])).toEqual([
      ["a", 1],
      ["b", 3],
      ["c", 4],
    ]);
    expect(json["contents"]).toEqual({
      a: { digest: MD5, size: 1 },
      b: { digest: MD5, size: 3 },
      c: { digest: MD5, size: 4 },
    });
  });

  it.each([
    ["no JSON", "{", "not JSON"],
    ["a list", "[]", "not JSON"],
    ["another version", manifestText({}, { version: 2 }), "version"],
    ["another storage policy", manifestText({}, { storagePolicy: "other" }), "storage policy"],
    ["no contents", manifestText(null), "contents"],
    ["an entry that is no object", manifestText({ a: 1 }), '"a"'],
    ["a file without digest", manifestText({ a: {} }), "digest"],
    ["a file with another digest than an MD5", manifestText({ a: { digest: "etag" } }), "MD5"],
    ["a negative size", manifestText({ a: { digest: MD5, size: -1 } }), "size"],
    ["a path out of the artifact", manifestText({ "../a": { digest: MD5 } }), "path"],
    [
      "a reference out of the artifact",
      manifestText({ "a/../../b": { digest: "e", ref: "s3://b" } }),
      "path",
    ],
    ["an absolute reference", manifestText({ "/etc": { digest: "e", ref: "s3://b" } }), "path"],
    ["a ref that is no text", manifestText({ a: { digest: MD5, ref: 1 } }), "ref"],
  ])("refuses %s", (_what, text, message) => {
    expect(() => parseManifest(text)).toThrow(message);
    expect(() => parseManifest(text)).toThrow(expect.objectContaining({ code: "invalid_argument" }));
  });

  it("refuses digests of other kinds as unsupported", () => {
    const text = manifestText({ a: { digest: MD5, extra: { alg: "CRC32" } } });
    expect(() => parseManifest(text)).toThrow(expect.objectContaining({ code: "unsupported" }));
  });
});

describe("completeManifest", () => {
  it("changes nothing when every birth is there and nothing is local", () => {
    const manifest = parseManifest(manifestText({ a: { digest: MD5, birthArtifactID: "x" } }));
    expect(completeManifest(manifest, () => "y")).toBeUndefined();
  });

  it("fills in births and strips paths on the client's machine", () => {
    const text = manifestText({
      a: { digest: MD5, local_path: "/home/someone/a", extra: { big: 1 } },
      ref: { digest: "etag", ref: "s3://b/ref", local_path: "/home/someone/ref" },
    });
    const completed = completeManifest(parseManifest(text), (path) => (path === "a" ? "birth" : undefined));
    expect(parseJson(completed ?? "")).toEqual({
      version: 1,
      storagePolicy: "wandb-storage-policy-v1",
      storagePolicyConfig: { storageLayout: "V2" },
      contents: {
        a: { digest: MD5, extra: { big: 1 }, birthArtifactID: "birth" },
        ref: { digest: "etag", ref: "s3://b/ref" },
      },
    });
  });

  it("keeps what the server does not know, with all digits", () => {
    const text = manifestText({ a: { digest: MD5, local_path: "/x" } }).replace(
      '"contents"',
      '"later":12345678901234567890,"contents"',
    );
    expect(completeManifest(parseManifest(text), () => "b")).toContain('"later":12345678901234567890');
  });
});
