import { createHash } from "node:crypto";
import { parseJsonObject } from "@steelyard/protocol";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openTestBench } from "../../presets/embedded/test-bench.ts";
import type { TestBench } from "../../presets/embedded/test-bench.ts";
import { ANONYMOUS } from "../access/caller.ts";
import type { UserCaller } from "../access/caller.ts";
import type { FileView } from "../files/file-view.ts";
import type { Artifact } from "./artifact.ts";
import type { ArtifactInput } from "./artifact-input.ts";
import { ArtifactSweeper } from "./artifact-sweeper.ts";
import { parseManifest } from "./manifest.ts";
import { RemovalReport } from "./removal-report.ts";

type Files = Readonly<Record<string, string>>;

let bench: TestBench;
let ann: UserCaller;
const baseUrl = "http://server";
const address = { entityName: "ann", projectName: "p", runName: "r" };

beforeEach(async () => {
  bench = await openTestBench();
  ann = await bench.createCaller("ann");
  await bench.services.runs.upsert(ann, address, {});
});

afterEach(() => bench.close());

function md5(content: string): string {
  return createHash("md5").update(content).digest("base64");
}

function manifestText(files: Files, changes: Readonly<Record<string, object>> = {}): string {
  const contents: Record<string, object> = {};
  for (const [path, content] of Object.entries(files)) {
    contents[path] = { digest: md5(content), size: Buffer.byteLength(content) };
  }
  const storagePolicyConfig = { storageLayout: "V2" };
  const head = { version: 1, storagePolicy: "wandb-storage-policy-v1", storagePolicyConfig };
  return JSON.stringify({ ...head, contents: { ...contents, ...changes } });
}

/** As clients compute it; the paths here are ASCII or sorted alike in all orders. */
function digestOf(manifest: string): string {
  const lines = parseManifest(manifest).entries.map(({ path, digest }) => `${path}:${digest}\n`);
  const hash = createHash("md5").update("wandb-artifact-manifest-v1\n");
  return hash.update(lines.toSorted().join("")).digest("hex");
}

function inputOf(manifest: string, changes: Partial<ArtifactInput> = {}): ArtifactInput {
  return {
    typeName: "dataset",
    collectionName: "rows",
    digest: digestOf(manifest),
    description: null,
    metadata: null,
    historyStep: null,
    aliases: [],
    tags: [],
    clientId: null,
    sequenceClientId: null,
    reuseCommitted: true,
    digestAlgorithm: "MANIFEST_MD5",
    distributedId: null,
    ttlSeconds: null,
    storageRegion: null,
    ...changes,
  };
}

async function put(url: string | null, content: string): Promise<number> {
  if (url === null) throw new Error("there is no address to upload to");
  const response = await bench.app.inject({
    method: "PUT",
    url: url.slice(baseUrl.length),
    payload: content,
  });
  return response.statusCode;
}

async function announce(artifact: Artifact, files: Files, caller = ann): Promise<readonly FileView[]> {
  const announced = Object.entries(files).map(([path, content]) => ({
    artifactId: artifact.id,
    path,
    md5: md5(content),
  }));
  return bench.services.artifacts.uploads.announceFiles(caller, announced, baseUrl);
}

async function uploadManifest(artifact: Artifact, text: string, caller = ann): Promise<void> {
  const { uploads, files } = bench.services.artifacts;
  const announcement = { artifactId: artifact.id, name: "wandb_manifest.json", type: "FULL" } as const;
  await uploads.announceManifest(caller, { ...announcement, md5: "" });
  const manifest = await uploads.announceManifest(caller, { ...announcement, md5: md5(text) });
  const view = await files.viewManifest(caller, manifest, baseUrl);
  expect(await put(await view.uploadUrl(), text)).toBe(200);
}

/** Uploads what has to be; returns the paths of it. */
async function upload(artifact: Artifact, files: Files, caller = ann): Promise<readonly string[]> {
  const uploaded: string[] = [];
  for (const view of await announce(artifact, files, caller)) {
    const url = await view.uploadUrl();
    if (url === null) continue;
    expect(await put(url, files[view.name] ?? "")).toBe(200);
    uploaded.push(view.name);
  }
  return uploaded;
}

function begin(text: string, changes: Partial<ArtifactInput> = {}, caller = ann): Promise<Artifact> {
  return bench.services.artifacts.uploads.begin(caller, address, inputOf(text, changes));
}

async function log(files: Files, changes: Partial<ArtifactInput> = {}): Promise<Artifact> {
  const text = manifestText(files);
  const artifact = await begin(text, changes);
  await upload(artifact, files);
  await uploadManifest(artifact, text);
  return bench.services.artifacts.commits.commit(ann, artifact.id);
}

async function readManifest(artifact: Artifact): Promise<string> {
  const { files } = bench.services.artifacts;
  const manifest = await files.findManifest(ann, artifact);
  if (manifest === undefined) throw new Error("the artifact has no manifest");
  const url = await (await files.viewManifest(ann, manifest, baseUrl)).directUrl();
  return (await bench.app.inject((url ?? "").slice(baseUrl.length))).payload;
}

describe("beginning a version", () => {
  it.each([
    ["one in another region", { storageRegion: "moon" }, "storageRegion"],
    ["an alias elsewhere", { aliases: [{ alias: "a", collectionName: "other" }] }, "aliases"],
  ])("refuses %s as unsupported before anything is stored", async (_what, changes, field) => {
    await expect(begin(manifestText({}), changes)).rejects.toMatchObject({ code: "unsupported", field });
    const project = await bench.services.projects.require(ann, address);
    expect(await bench.services.artifacts.findCollection(ann, project.id, "rows")).toBeUndefined();
  });

  it.each([
    ["digest", { digest: "abc" }],
    ["metadata", { metadata: "[1]" }],
    ["aliases", { aliases: [{ alias: "v1", collectionName: "rows" }] }],
    ["clientID", { clientId: "x".repeat(300) }],
    ["ttlDurationSeconds", { ttlSeconds: -3 }],
    ["tag", { tags: ["no/slash"] }],
  ])("refuses a bad %s", async (field, changes) => {
    await expect(begin(manifestText({}), changes)).rejects.toMatchObject({ code: "invalid_argument", field });
  });

  it("refuses runs that are not there", async () => {
    const missing = bench.services.artifacts.uploads.begin(
      ann,
      { ...address, runName: "other" },
      inputOf(manifestText({})),
    );
    await expect(missing).rejects.toMatchObject({ code: "not_found", field: "runName" });
  });

  it("keeps metadata as it came and remembers that expiry was switched off", async () => {
    const metadata = '{"a": NaN, "b": 12345678901234567890}';
    expect(await begin(manifestText({}), { metadata, ttlSeconds: -2 })).toMatchObject({
      metadata,
      isTtlInherited: false,
    });
    expect(await begin(manifestText({}), { ttlSeconds: -1 })).toMatchObject({ isTtlInherited: true });
  });
});

describe("announcing files", () => {
  it("answers in the order asked for, with an address for what is not stored", async () => {
    await log({ "a.txt": "a" });
    const files = { "z.txt": "z", "again.txt": "a", "b.txt": "b", "same as z": "z" };
    const artifact = await begin(manifestText(files));
    const views = await announce(artifact, files);
    expect(views.map((view) => view.name)).toEqual(Object.keys(files));
    const urls = await Promise.all(views.map((view) => view.uploadUrl()));
    expect(urls.map((url) => url !== null)).toEqual([true, false, true, true]);
    expect(views.map((view) => view.uploadHeaders[0])).toContain(`Content-MD5:${md5("z")}`);
  });

  it("names the version that brought the content first", async () => {
    const first = await log({ "a.txt": "a" });
    const second = await begin(manifestText({ "b.txt": "a", "c.txt": "c" }));
    const views = await announce(second, { "b.txt": "a", "c.txt": "c" });
    expect(views.map((view) => view.artifact?.id)).toEqual([first.id, second.id]);
  });

  it("takes only the bytes that were announced", async () => {
    const artifact = await begin(manifestText({ "a.txt": "a" }));
    const [view] = await announce(artifact, { "a.txt": "a" });
    expect(await put((await view?.uploadUrl()) ?? null, "other")).toBe(400);
    await uploadManifest(artifact, manifestText({ "a.txt": "a" }));
    const commit = bench.services.artifacts.commits.commit(ann, artifact.id);
    await expect(commit).rejects.toMatchObject({ code: "conflict" });
  });

  it.each([
    ["../a", md5("a")],
    ["/a", md5("a")],
    ["a\nb", md5("a")],
    ["a", "not an md5"],
    ["a", md5("a").slice(0, -2)],
  ])("refuses %j with %s", async (path, digest) => {
    const { id: artifactId } = await begin(manifestText({}));
    const files = [{ artifactId, path, md5: digest }];
    await expect(bench.services.artifacts.uploads.announceFiles(ann, files, baseUrl)).rejects.toMatchObject({
      code: "invalid_argument",
    });
  });
});

describe("announcing a manifest", () => {
  it("gives no address to upload to while the MD5 is not known, nor after the commit", async () => {
    const { uploads, files } = bench.services.artifacts;
    const artifact = await begin(manifestText({}));
    const announcement = { artifactId: artifact.id, name: "m", md5: "", type: "FULL" } as const;
    const unknown = await uploads.announceManifest(ann, announcement);
    expect(await (await files.viewManifest(ann, unknown, baseUrl)).uploadUrl()).toBeNull();
    await uploadManifest(artifact, manifestText({}));
    await bench.services.artifacts.commits.commit(ann, artifact.id);
    const late = await uploads.announceManifest(ann, { ...announcement, md5: md5("x") });
    expect(await (await files.viewManifest(ann, late, baseUrl)).uploadUrl()).toBeNull();
  });
});

describe("committing", () => {
  it("makes a version whole: number, size, files and manifest", async () => {
    const artifact = await log({ "a.txt": "a", "d/ü %#.txt": "bb" }, { aliases: [alias("best")] });
    expect(artifact).toMatchObject({ state: "COMMITTED", versionIndex: 0, sizeBytes: 3, fileCount: 2 });
    expect(artifact.commitHash).toMatch(/^[0-9a-f]{20}$/);
    expect(artifact.aliases.map((one) => one.alias)).toEqual(["best", "latest"]);
    expect(digestOf(await readManifest(artifact))).toBe(artifact.digest);
  });

  it("fills in who brought each file and strips local paths, and keeps all else", async () => {
    const first = await log({ "a.txt": "a" });
    const text = manifestText(
      { "a.txt": "a", "b.txt": "b" },
      { "a.txt": { digest: md5("a"), size: 1, local_path: "/home/ann/a.txt", extra: { k: 1 } } },
    );
    const second = await begin(text);
    await upload(second, { "b.txt": "b" });
    await uploadManifest(second, text);
    const committed = await bench.services.artifacts.commits.commit(ann, second.id);
    expect(parseJsonObject(await readManifest(committed))["contents"]).toEqual({
      "a.txt": { digest: md5("a"), size: 1, extra: { k: 1 }, birthArtifactID: btoa(`Artifact:${first.id}`) },
      "b.txt": { digest: md5("b"), size: 1, birthArtifactID: btoa(`Artifact:${second.id}`) },
    });
  });

  it("keeps references, which need no upload", async () => {
    const ref = "s3://bucket//key";
    const text = manifestText({}, { "key//x": { digest: "etag", ref, size: 9 } });
    const artifact = await begin(text);
    await uploadManifest(artifact, text);
    const committed = await bench.services.artifacts.commits.commit(ann, artifact.id);
    expect(committed).toMatchObject({ fileCount: 1, sizeBytes: 9 });
    expect(await readManifest(committed)).toBe(text);
    const page = await bench.services.artifacts.files.list(ann, committed, {
      names: null,
      after: null,
      first: null,
      baseUrl,
    });
    expect(page.files[0]?.url()).toBe(ref);
    expect(await page.files[0]?.directUrl()).toBe(ref);
  });

  it("refuses a version whose manifest or files did not arrive, and takes it when they have", async () => {
    const { commits } = bench.services.artifacts;
    const files = { "a.txt": "a", "b.txt": "b" };
    const artifact = await begin(manifestText(files));
    await expect(commits.commit(ann, artifact.id)).rejects.toMatchObject({ code: "conflict" });
    await upload(artifact, { "a.txt": "a" });
    await uploadManifest(artifact, manifestText(files));
    await expect(commits.commit(ann, artifact.id)).rejects.toThrow(/"b\.txt"/);
    await upload(artifact, files);
    expect(await commits.commit(ann, artifact.id)).toMatchObject({ state: "COMMITTED" });
  });

  it("refuses a manifest of another digest than the version's", async () => {
    const artifact = await begin(manifestText({}));
    await uploadManifest(artifact, manifestText({}, { a: { digest: "e", ref: "s3://b" } }));
    const commit = bench.services.artifacts.commits.commit(ann, artifact.id);
    await expect(commit).rejects.toMatchObject({ code: "conflict", field: "digest" });
  });

  it("answers repeated calls, at once and later, with the same version", async () => {
    const { commits, uploads } = bench.services.artifacts;
    const text = manifestText({});
    const artifact = await begin(text, { clientId: "c1" });
    await uploadManifest(artifact, text);
    const [one, two] = await Promise.all([
      commits.commit(ann, artifact.id),
      commits.commit(ann, artifact.id),
    ]);
    expect(two).toEqual(one);
    expect(await commits.commit(ann, artifact.id)).toEqual(one);
    expect(await begin(text, { clientId: "c1" })).toEqual(one);
    expect(await uploads.begin(ann, address, inputOf(text))).toEqual(one);
  });

  it("commits many versions of one run at once", async () => {
    const logged = await Promise.all(
      Array.from({ length: 6 }, (_, i) => log({ [`f${i}`]: `${i}` }, { collectionName: `c${i % 2}` })),
    );
    const names = logged.map(({ sequence, versionIndex }) => `${sequence.name}:v${versionIndex ?? "?"}`);
    expect(names.toSorted()).toEqual(["c0:v0", "c0:v1", "c0:v2", "c1:v0", "c1:v1", "c1:v2"]);
  });
});

describe("client-made ids", () => {
  it("stand for the version and, with an alias, for a version of the collection", async () => {
    const ids = { clientId: "c1", sequenceClientId: "s1" };
    const first = await log({ a: "1" }, ids);
    const second = await log({ a: "2" }, { clientId: "c2", sequenceClientId: "s2" });
    const find = async (id: string): Promise<number | undefined> =>
      (await bench.services.artifacts.findByClientId(ann, id))?.id;
    expect(await find("c1")).toBe(first.id);
    expect(await find("s1:latest")).toBe(second.id);
    expect(await find("s2:v0")).toBe(first.id);
    expect(await find("s1")).toBeUndefined();
    expect(await find("nobody")).toBeUndefined();
  });

  it("keep standing for a version that was there already", async () => {
    const first = await log({ a: "1" }, { clientId: "c1" });
    await begin(manifestText({ a: "1" }), { clientId: "c2" });
    expect((await bench.services.artifacts.findByClientId(ann, "c2"))?.id).toBe(first.id);
  });
});

describe("permission", () => {
  it("lets strangers neither see nor change anything, as if it were not there", async () => {
    const { artifacts } = bench.services;
    const artifact = await log({ a: "1" }, { clientId: "c1" });
    const pending = await begin(manifestText({ b: "2" }));
    const bob = await bench.createCaller("bob");
    for (const stranger of [bob, ANONYMOUS]) {
      expect(await artifacts.find(stranger, artifact.id)).toBeUndefined();
      expect(await artifacts.findByClientId(stranger, "c1")).toBeUndefined();
      for (const attempt of [
        artifacts.uploads.begin(stranger, address, inputOf(manifestText({}))),
        artifacts.commits.commit(stranger, pending.id),
        artifacts.commits.commit(stranger, 999),
        artifacts.files.findManifest(stranger, artifact),
        artifacts.uploads.announceFiles(
          stranger,
          [{ artifactId: pending.id, path: "b", md5: md5("1") }],
          baseUrl,
        ),
      ]) {
        await expect(attempt).rejects.toMatchObject({ code: "not_found" });
      }
    }
  });

  it("lets readers of an open project read and not change, and keys that only read neither", async () => {
    const { artifacts, projects } = bench.services;
    const artifact = await log({ a: "1" });
    await projects.upsert(ann, address, { access: "USER_READ" });
    const bob = await bench.createCaller("bob");
    const update = {
      artifactId: artifact.id,
      description: "x",
      metadata: null,
      ttlSeconds: null,
      tagsToAdd: [],
      tagsToDelete: [],
    };
    for (const reader of [bob, { ...ann, scope: "read" } as const]) {
      expect((await artifacts.find(reader, artifact.id))?.id).toBe(artifact.id);
      await expect(artifacts.update(reader, update)).rejects.toMatchObject({ code: "permission_denied" });
    }
    const appender: UserCaller = { ...ann, scope: "append" };
    expect((await artifacts.update(appender, update)).description).toBe("x");
  });

  it("shares no content of projects that the caller may not see", async () => {
    const { entities } = bench.stores;
    const [bob, cat] = [await bench.createCaller("bob"), await bench.createCaller("cat")];
    const members = [
      { userId: bob.user.id, role: "member" },
      { userId: cat.user.id, role: "member" },
    ] as const;
    await entities.putTeam({ name: "team", organizationId: null, members, createdAt: bench.clock.now() });
    const secret = { entityName: "team", projectName: "secret" };
    await bench.services.projects.upsert(bob, secret, { access: "RESTRICTED" });
    await bench.services.projects.upsert(cat, { ...secret, projectName: "own" }, {});
    const files = { a: "a secret" };
    const hidden = await bench.services.artifacts.uploads.begin(
      bob,
      { ...secret, runName: null },
      inputOf(manifestText(files)),
    );
    await upload(hidden, files, bob);
    await uploadManifest(hidden, manifestText(files), bob);
    await bench.services.artifacts.commits.commit(bob, hidden.id);

    const own = await bench.services.artifacts.uploads.begin(
      cat,
      { ...secret, projectName: "own", runName: null },
      inputOf(manifestText(files)),
    );
    await uploadManifest(own, manifestText(files), cat);
    const commit = bench.services.artifacts.commits.commit(cat, own.id);
    await expect(commit).rejects.toMatchObject({ code: "conflict" });
    expect(await upload(own, files, cat)).toEqual(["a"]);
    expect(await bench.services.artifacts.commits.commit(cat, own.id)).toMatchObject({ versionIndex: 0 });
  });
});

function alias(name: string): ArtifactInput["aliases"][number] {
  return { alias: name, collectionName: "rows" };
}

describe("versions made of several manifests", () => {
  const announceAndPut = async (
    artifact: Artifact,
    files: Files,
    announcement: { readonly type: "INCREMENTAL" | "PATCH"; readonly baseArtifactId?: number },
  ): Promise<void> => {
    const { uploads, files: views } = bench.services.artifacts;
    const text = manifestText(files);
    const announced = { artifactId: artifact.id, name: "m.json", md5: "", ...announcement };
    const { id } = await uploads.announceManifest(ann, announced);
    await upload(artifact, files);
    const manifest = await uploads.updateManifest(ann, id, { md5: md5(text), baseArtifactId: null });
    await put(await (await views.viewManifest(ann, manifest, baseUrl)).uploadUrl(), text);
  };
  const pathsOf = async (artifact: Artifact): Promise<readonly string[]> => {
    const request = { names: null, after: null, first: null, baseUrl };
    return (await bench.services.artifacts.files.list(ann, artifact, request)).files.map((file) => file.name);
  };

  it("adds what is new to the base, and computes the digest of the whole", async () => {
    const base = await log({ "a.txt": "a", "b.txt": "b" });
    const added = { "b.txt": "B", "c.txt": "c" };
    const artifact = await begin(manifestText(added));
    await announceAndPut(artifact, added, { type: "INCREMENTAL", baseArtifactId: base.id });
    const committed = await bench.services.artifacts.commits.commit(ann, artifact.id);
    expect(await pathsOf(committed)).toEqual(["a.txt", "b.txt", "c.txt"]);
    const whole = manifestText({ "a.txt": "a", "b.txt": "B", "c.txt": "c" });
    expect(committed).toMatchObject({ versionIndex: 1, digest: digestOf(whole), fileCount: 3 });
    expect(digestOf(await readManifest(committed))).toBe(committed.digest);
  });

  it("is a version of its own without a base", async () => {
    const artifact = await begin(manifestText({ a: "1" }));
    await announceAndPut(artifact, { a: "1" }, { type: "INCREMENTAL" });
    const committed = await bench.services.artifacts.commits.commit(ann, artifact.id);
    expect(await pathsOf(committed)).toEqual(["a"]);
  });

  it("merges what several writers of one version say, and the last of them commits it", async () => {
    const parts: readonly Files[] = [{ a: "1", b: "1" }, { b: "2", c: "1" }, {}];
    const versions: Artifact[] = [];
    for (const [index, files] of parts.entries()) {
      const changes = { distributedId: "group", clientId: `c${index}`, aliases: [alias(`by${index}`)] };
      const artifact = await begin(manifestText(files), changes);
      versions.push(artifact);
      await announceAndPut(artifact, files, { type: "PATCH" });
    }
    const [first] = versions;
    expect(new Set(versions.map(({ id }) => id)).size).toBe(1);
    // A writer that never came to its end.
    const stray = { artifactId: first?.id ?? 0, name: "m.json", md5: "", type: "PATCH" } as const;
    await bench.services.artifacts.uploads.announceManifest(ann, stray);
    const committed = await bench.services.artifacts.commits.commit(ann, first?.id ?? 0);
    expect(await pathsOf(committed)).toEqual(["a", "b", "c"]);
    expect(committed.aliases.map((one) => one.alias)).toEqual(["by0", "by1", "by2", "latest"]);
    expect(committed.digest).toBe(digestOf(manifestText({ a: "1", b: "2", c: "1" })));
    for (const clientId of ["c0", "c1", "c2"]) {
      expect((await bench.services.artifacts.findByClientId(ann, clientId))?.id).toBe(committed.id);
    }
    expect((await begin(manifestText({ d: "1" }), { distributedId: "group" })).id).not.toBe(committed.id);
  });

  it("is refused while one of the writers has not uploaded what it announced", async () => {
    const artifact = await begin(manifestText({}), { distributedId: "group" });
    await announceAndPut(artifact, {}, { type: "PATCH" });
    const lacking = { artifactId: artifact.id, name: "m.json", md5: md5("lacking"), type: "PATCH" } as const;
    await bench.services.artifacts.uploads.announceManifest(ann, lacking);
    await expect(bench.services.artifacts.commits.commit(ann, artifact.id)).rejects.toMatchObject({
      code: "conflict",
    });
  });
});

describe("uploads in parts", () => {
  const content = ["first part, ", "second part, ", "end"];
  const hex = (text: string): string => createHash("md5").update(text).digest("hex");
  const announceParts = async (artifact: Artifact): Promise<FileView> => {
    const [view] = await bench.services.artifacts.uploads.announceFiles(
      ann,
      [
        {
          artifactId: artifact.id,
          path: "big",
          md5: md5(content.join("")),
          parts: content.map((text, index) => ({ partNumber: index + 1, hexMd5: hex(text) })),
        },
      ],
      baseUrl,
    );
    if (view === undefined) throw new Error("no view came back");
    return view;
  };
  const complete = (view: FileView): Promise<string> =>
    bench.services.artifacts.uploads.completeParts(ann, {
      artifactId: view.artifact?.id ?? 0,
      storagePath: view.storagePath ?? "",
      parts: content.map((text, index) => ({ partNumber: index + 1, etag: `"${hex(text)}"` })),
    });

  it("puts the parts together, and hands out the whole and its ranges", async () => {
    const files = { big: content.join("") };
    const artifact = await begin(manifestText(files));
    const view = await announceParts(artifact);
    const upload = await view.uploadParts();
    expect(upload?.parts.map((part) => part.partNumber)).toEqual([1, 2, 3]);
    for (const { partNumber, uploadUrl } of upload?.parts.toReversed() ?? []) {
      expect(await put(uploadUrl, content[partNumber - 1] ?? "")).toBe(200);
    }
    expect(await complete(view)).toBe(md5(files.big));
    expect(await complete(view)).toBe(md5(files.big));
    await uploadManifest(artifact, manifestText(files));
    const committed = await bench.services.artifacts.commits.commit(ann, artifact.id);
    expect(committed.sizeBytes).toBe(files.big.length);
    const request = { names: null, after: null, first: null, baseUrl };
    const [file] = (await bench.services.artifacts.files.list(ann, committed, request)).files;
    const url = ((await file?.directUrl()) ?? "").slice(baseUrl.length);
    expect((await bench.app.inject({ url })).payload).toBe(files.big);
    const range = await bench.app.inject({ url, headers: { range: "bytes=6-13" } });
    expect([range.statusCode, range.payload]).toEqual([206, files.big.slice(6, 14)]);
    expect((await announceParts(await begin(manifestText({ ...files, other: "1" })))).md5).toBe(
      md5(files.big),
    );
  });

  it("refuses a part with other bytes, and goes on when it comes again", async () => {
    const artifact = await begin(manifestText({ big: content.join("") }));
    const view = await announceParts(artifact);
    const [first, ...rest] = (await view.uploadParts())?.parts ?? [];
    expect(await put(first?.uploadUrl ?? null, "other bytes")).toBe(400);
    for (const { partNumber, uploadUrl } of rest) await put(uploadUrl, content[partNumber - 1] ?? "");
    await expect(complete(view)).rejects.toMatchObject({ code: "conflict" });
    expect(await put(first?.uploadUrl ?? null, content[0] ?? "")).toBe(200);
    expect(await complete(view)).toBe(md5(content.join("")));
  });

  it("refuses parts that are not numbered from 1 without a gap", async () => {
    const { id: artifactId } = await begin(manifestText({}));
    const parts = [2, 3].map((partNumber) => ({ partNumber, hexMd5: hex("") }));
    const file = { artifactId, path: "big", md5: md5("x"), parts };
    await expect(bench.services.artifacts.uploads.announceFiles(ann, [file], baseUrl)).rejects.toMatchObject({
      code: "invalid_argument",
      field: "partNumber",
    });
  });
});

describe("XXH128 digests", () => {
  const hello = { digest: "tenBrQcbPn/Hec+qXlI4GA==", size: 5, extra: { alg: "XXH128" } };
  // As the client's own manifest class computes it.
  const beginXxh = (): Promise<Artifact> =>
    begin(manifestText({}, { "a.txt": hello }), {
      digest: "e913efb2b5f13c3059c73b5605c03403",
      digestAlgorithm: "MANIFEST_XXH128",
    });
  const commitXxh = async (xxh128: string): Promise<Artifact> => {
    const artifact = await beginXxh();
    const file = { artifactId: artifact.id, path: "a.txt", md5: md5("hello"), xxh128 };
    const [view] = await bench.services.artifacts.uploads.announceFiles(ann, [file], baseUrl);
    const url = await view?.uploadUrl();
    if (typeof url === "string") await put(url, "hello");
    await uploadManifest(artifact, manifestText({}, { "a.txt": hello }));
    return bench.services.artifacts.commits.commit(ann, artifact.id);
  };

  it("are checked at the commit, and lead to the bytes", async () => {
    const committed = await commitXxh(hello.digest);
    expect(committed).toMatchObject({ state: "COMMITTED", digestAlgorithm: "MANIFEST_XXH128", sizeBytes: 5 });
    const request = { names: null, after: null, first: null, baseUrl };
    const [file] = (await bench.services.artifacts.files.list(ann, committed, request)).files;
    expect(file?.url()).toContain(Buffer.from(hello.digest, "base64").toString("hex"));
    const headers = { authorization: await bench.authorize(ann) };
    const response = await bench.app.inject({ url: file?.url().slice(baseUrl.length) ?? "", headers });
    expect(response.payload).toBe("hello");
  });

  it("that are wrong keep a version from being committed", async () => {
    const artifact = await beginXxh();
    const file = { artifactId: artifact.id, path: "a.txt", md5: md5("other"), xxh128: hello.digest };
    const [view] = await bench.services.artifacts.uploads.announceFiles(ann, [file], baseUrl);
    await put((await view?.uploadUrl()) ?? null, "other");
    await uploadManifest(artifact, manifestText({}, { "a.txt": hello }));
    await expect(bench.services.artifacts.commits.commit(ann, artifact.id)).rejects.toMatchObject({
      code: "conflict",
    });
  });
});

describe("sweeping", () => {
  const DAY = 24 * 60 * 60;
  const sweep = (): Promise<boolean> =>
    new ArtifactSweeper({ ...bench.stores, blobs: bench.blobs }).sweep(bench.clock.now());
  const stateOf = async ({ id }: Artifact): Promise<string | undefined> =>
    (await bench.stores.artifacts.find({ artifactId: id }))?.state;

  it("ends versions when their time is over, and tells what that gave back", async () => {
    const told: unknown[] = [];
    const report = new RemovalReport({ ...bench.stores, tell: (removal) => told.push(removal) });
    await report.readOn();
    const short = await log({ a: "1" }, { ttlSeconds: 2 * DAY });
    const long = await log({ b: "2" }, { ttlSeconds: -2 });
    bench.clock.advance(2 * DAY - 1);
    await sweep();
    expect(await stateOf(short)).toBe("COMMITTED");
    bench.clock.advance(1);
    expect(await sweep()).toBe(false);
    expect([await stateOf(short), await stateOf(long)]).toEqual(["DELETED", "COMMITTED"]);
    await report.readOn();
    expect(told).toEqual([expect.objectContaining({ reason: "expired", artifactCount: 1, contentCount: 1 })]);
  });

  it("ends versions that were begun and given up, with what was uploaded for them", async () => {
    const given = await begin(manifestText({ a: "1" }), { collectionName: "given" });
    await upload(given, { a: "1" });
    const [content] = await bench.stores.artifacts.findContents({ entityId: ann.user.id, md5s: [md5("1")] });
    bench.clock.advance(6 * DAY);
    const kept = await begin(manifestText({ b: "1" }), { collectionName: "kept" });
    await sweep();
    expect(await stateOf(given)).toBe("PENDING");
    bench.clock.advance(2 * DAY);
    await sweep();
    await sweep();
    expect([await stateOf(given), await stateOf(kept)]).toEqual(["DELETED", "PENDING"]);
    expect(await bench.stores.artifacts.findContents({ entityId: ann.user.id, md5s: [md5("1")] })).toEqual(
      [],
    );
    const events = await bench.stores.feed.read({ afterSeq: 0, limit: 1_000 });
    const deleted = events.filter(({ kind }) => kind === "file.deleted").map(({ payload }) => payload);
    expect(deleted.join()).toContain(content?.blobKey ?? "no content");
  });
});
