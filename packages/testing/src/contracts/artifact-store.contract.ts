// What every store of artifacts must do.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type {
  Artifact,
  ArtifactContent,
  ArtifactStore,
  FilePut,
  NewArtifact,
  RunArtifactPage,
  VersionSelector,
} from "@steelyard/server";

/** A store to test, and how to throw it away. */
export interface ArtifactStoreUnderTest {
  readonly store: ArtifactStore;
  close(): Promise<void>;
}

const NOW = "2026-03-01T10:00:00.000Z";
const LATER = "2026-03-01T11:00:00.000Z";
const MD5_A = "AAAAAAAAAAAAAAAAAAAAAA==";
const MD5_B = "BBBBBBBBBBBBBBBBBBBBBA==";

/** Runs the suite against the stores that `create` makes; each is empty. */
export function describeArtifactStore(name: string, create: () => Promise<ArtifactStoreUnderTest>): void {
  describe(name, () => {
    let tested: ArtifactStoreUnderTest;
    let store: ArtifactStore;
    beforeEach(async () => {
      tested = await create();
      store = tested.store;
    });
    afterEach(() => tested.close());

    const begin = (changes: Partial<NewArtifact> = {}): Promise<Artifact> =>
      store.begin({ ...newArtifact(), ...changes });

    /** Puts the files and commits; files without a content are references. */
    const commit = async (artifact: Artifact, paths: readonly string[] = []): Promise<Artifact> => {
      const { id: artifactId, projectId } = artifact;
      await store.putManifest({
        artifactId,
        projectId,
        name: "wandb_manifest.json",
        md5: MD5_A,
        blobKey: "m",
        now: NOW,
      });
      await store.putFiles({ artifactId, isFirst: true, files: paths.map(toReference) });
      return store.commit({
        artifactId,
        commitHash: "c0ffee",
        fileCount: paths.length,
        sizeBytes: 7 * paths.length,
        manifest: { blobKey: "m2", md5: MD5_B, sizeBytes: 10 },
        now: LATER,
      });
    };
    const addVersion = async (changes: Partial<NewArtifact> = {}): Promise<Artifact> =>
      commit(await begin(changes));
    const addContent = async (artifact: Artifact, md5: string): Promise<ArtifactContent> => {
      const contents = [{ md5, blobKey: `key-${artifact.projectId}`, artifactId: artifact.id }];
      const request = { entityId: 1, projectId: artifact.projectId, contents, now: NOW };
      const [content] = await store.addContents(request);
      if (content === undefined) throw new Error("no content came back");
      return content;
    };

    describe("types", () => {
      it("creates a type once and finds it by name in its project only", async () => {
        const type = { projectId: 1, name: "dataset", description: "Rows", now: NOW };
        const created = await store.ensureType(type);
        expect(await store.ensureType({ ...type, description: "Other", now: LATER })).toEqual(created);
        expect(await store.findType({ projectId: 1, name: "dataset" })).toEqual(created);
        expect(await store.findType({ projectId: 2, name: "dataset" })).toBeUndefined();
        expect(created).toMatchObject({ projectId: 1, name: "dataset", description: "Rows", createdAt: NOW });
      });
    });

    describe("beginning", () => {
      it("makes a pending version without a number, with its type and sequence", async () => {
        const artifact = await begin({
          tags: ["b", "a"],
          metadata: '{"k": NaN}',
          historyStep: 2 ** 40,
          isTtlInherited: false,
        });
        expect(artifact).toMatchObject({
          state: "PENDING",
          versionIndex: null,
          digest: "d0",
          metadata: '{"k": NaN}',
          historyStep: 2 ** 40,
          createdByRunId: 7,
          commitHash: null,
          isTtlInherited: false,
          tags: [{ name: "a" }, { name: "b" }],
          aliases: [],
          type: { name: "dataset" },
          sequence: { name: "rows", type: { name: "dataset" } },
        });
        expect(await store.find({ artifactId: artifact.id })).toEqual(artifact);
        expect(await store.findMany({ artifactIds: [999, artifact.id] })).toEqual([artifact]);
        expect(await store.findMany({ artifactIds: [] })).toEqual([]);
        expect(await store.findCollection({ projectId: 1, name: "rows" })).toEqual(artifact.sequence);
        expect(await store.findCollection({ collectionId: artifact.sequence.id })).toEqual(artifact.sequence);
      });

      it("answers a repeated client id with the same version, whatever its state", async () => {
        const first = await begin({ clientId: "c1" });
        expect(await begin({ clientId: "c1" })).toEqual(first);
        const committed = await commit(first);
        expect(await begin({ clientId: "c1", digest: "other" })).toEqual(committed);
      });

      it("keeps client ids of different projects apart", async () => {
        const one = await begin({ clientId: "c1" });
        const two = await begin({ clientId: "c1", projectId: 2 });
        expect(two.id).not.toBe(one.id);
        expect((await store.findByClientId({ clientId: "c1" })).map(idOf)).toEqual([one.id, two.id]);
        expect(await store.findByClientId({ clientId: "unknown" })).toEqual([]);
      });

      it("answers with the newest committed version of the digest when asked to, and only then", async () => {
        await addVersion();
        const newer = await addVersion({ reuseCommitted: false });
        expect((await begin({ clientId: "c2", reuseCommitted: true })).id).toBe(newer.id);
        expect((await begin({ reuseCommitted: false })).state).toBe("PENDING");
        expect((await begin({ sequenceName: "other", reuseCommitted: true })).state).toBe("PENDING");
        expect((await store.findByClientId({ clientId: "c2" })).map(idOf)).toEqual([newer.id]);
      });

      it("does not answer with a pending version of the digest", async () => {
        const pending = await begin();
        expect((await begin({ reuseCommitted: true })).id).not.toBe(pending.id);
      });

      it("gives a reused version the aliases and tags, and makes it an output of the run", async () => {
        const old = await addVersion();
        await addVersion({ digest: "d1", aliases: ["best"] });
        const reused = await begin({ reuseCommitted: true, aliases: ["best"], tags: ["again"], runId: 8 });
        expect(reused.id).toBe(old.id);
        expect(reused.aliases.map((alias) => alias.alias)).toEqual(["best"]);
        expect(reused.tags.map((tag) => tag.name)).toEqual(["again"]);
        const outputs = await listByRun(store, 8, "output");
        expect(outputs.artifacts.map(({ artifact }) => artifact.id)).toEqual([old.id]);
      });

      it("refuses a version of another type than its sequence and leaves nothing behind", async () => {
        await begin();
        await expect(begin({ typeName: "model", clientId: "c9" })).rejects.toMatchObject({
          code: "conflict",
        });
        expect(await store.findType({ projectId: 1, name: "model" })).toBeUndefined();
        expect(await store.findByClientId({ clientId: "c9" })).toEqual([]);
      });

      it("remembers every client id of a sequence", async () => {
        const { sequence } = await begin({ sequenceClientId: "s1" });
        await begin({ sequenceClientId: "s2" });
        for (const clientId of ["s1", "s2"]) {
          expect((await store.findSequencesByClientId({ clientId })).map(idOf)).toEqual([sequence.id]);
        }
        expect(await store.findSequencesByClientId({ clientId: "s3" })).toEqual([]);
      });
    });

    describe("manifests", () => {
      it("changes a pending version's manifest and keeps its id and blob", async () => {
        const { id: artifactId, projectId } = await begin();
        const announced = { artifactId, projectId, name: "wandb_manifest.json", now: NOW };
        const first = await store.putManifest({ ...announced, md5: null, blobKey: "k1" });
        const second = await store.putManifest({ ...announced, md5: MD5_A, blobKey: "k2", now: LATER });
        expect(second).toEqual({ ...first, md5: MD5_A, updatedAt: LATER });
        expect(first).toMatchObject({ md5: null, blobKey: "k1", sizeBytes: null });
        expect(await store.findManifest({ artifactId })).toEqual(second);
        expect(await store.findManifest({ manifestId: first.id })).toEqual(second);
      });

      it("leaves a committed version's manifest alone", async () => {
        const { id: artifactId, projectId } = await addVersion();
        const committed = await store.findManifest({ artifactId });
        expect(committed).toMatchObject({ blobKey: "m2", md5: MD5_B, sizeBytes: 10 });
        const again = { artifactId, projectId, name: "x", md5: MD5_A, blobKey: "k", now: LATER };
        expect(await store.putManifest(again)).toEqual(committed);
      });
    });

    describe("committing", () => {
      it("numbers the versions of each sequence from 0 and moves latest and the aliases", async () => {
        const v0 = await addVersion({ aliases: ["best", "latest"] });
        const v1 = await addVersion({ digest: "d1", aliases: ["best"] });
        const other = await addVersion({ sequenceName: "other" });
        expect([v0, v1, other].map((artifact) => artifact.versionIndex)).toEqual([0, 1, 0]);
        expect(v0.aliases.map((alias) => alias.alias)).toEqual(["best", "latest"]);
        expect(v1).toMatchObject({ state: "COMMITTED", fileCount: 0, sizeBytes: 0, updatedAt: LATER });
        expect(v1.aliases.map((alias) => alias.alias)).toEqual(["best", "latest"]);
        expect((await store.find({ artifactId: v0.id }))?.aliases).toEqual([]);
      });

      it("numbers by the order of commits, not of beginnings", async () => {
        const [first, second] = [await begin(), await begin({ digest: "d1" })];
        expect((await commit(second)).versionIndex).toBe(0);
        expect((await commit(first)).versionIndex).toBe(1);
      });

      it("changes nothing when repeated", async () => {
        const artifact = await addVersion({ aliases: ["best"] });
        await addVersion({ digest: "d1", aliases: ["best"] });
        const manifest = { blobKey: "m3", md5: MD5_A, sizeBytes: 1 };
        const repeated = {
          artifactId: artifact.id,
          commitHash: "other",
          fileCount: 5,
          sizeBytes: 5,
          manifest,
          now: LATER,
        };
        expect(await store.commit(repeated)).toMatchObject({
          versionIndex: 0,
          aliases: [],
          commitHash: "c0ffee",
        });
      });

      it("refuses to commit without a manifest, other files than were put, and unknown versions", async () => {
        const { id: artifactId, projectId } = await begin();
        await store.putFiles({ artifactId, isFirst: true, files: [toReference("a")] });
        const request = {
          artifactId,
          commitHash: "c0ffee",
          fileCount: 2,
          sizeBytes: 0,
          manifest: { blobKey: "m", md5: MD5_A, sizeBytes: 1 },
          now: NOW,
        };
        await expect(store.commit({ ...request, fileCount: 1 })).rejects.toMatchObject({ code: "conflict" });
        const manifest = { artifactId, projectId, name: "wandb_manifest.json", md5: null, blobKey: "m" };
        await store.putManifest({ ...manifest, now: NOW });
        await expect(store.commit(request)).rejects.toMatchObject({ code: "conflict" });
        expect(await store.find({ artifactId })).toMatchObject({ state: "PENDING", versionIndex: null });
        await expect(store.commit({ ...request, artifactId: 999 })).rejects.toMatchObject({
          code: "not_found",
        });
      });

      it("gives every one of many versions committed at once its own number", async () => {
        const begun = await Promise.all(range(8).map((i) => begin({ digest: `d${i}` })));
        const committed = await Promise.all(begun.map((artifact) => commit(artifact, ["f"])));
        const indexes = committed.map((artifact) => artifact.versionIndex ?? -1);
        expect(indexes.toSorted((a, b) => a - b)).toEqual(range(8));
      });
    });

    describe("finding members", () => {
      it("finds by number, alias, digest and as the newest", async () => {
        const v0 = await addVersion({ aliases: ["best"] });
        const v1 = await addVersion({ digest: "d1" });
        const collectionId = v0.sequence.id;
        const find = async (version: VersionSelector) =>
          (await store.findMembership({ collectionId, version }))?.artifact.id;
        expect(await find({ kind: "index", versionIndex: 0 })).toBe(v0.id);
        expect(await find({ kind: "alias", alias: "best" })).toBe(v0.id);
        expect(await find({ kind: "alias", alias: "latest" })).toBe(v1.id);
        expect(await find({ kind: "digest", digest: "d0" })).toBe(v0.id);
        expect(await find({ kind: "newest" })).toBe(v1.id);
        expect(await find({ kind: "index", versionIndex: 2 })).toBeUndefined();
        expect(await find({ kind: "alias", alias: "v0" })).toBeUndefined();
        expect(await find({ kind: "digest", digest: "d2" })).toBeUndefined();
      });

      it("puts v and the number first among a member's aliases", async () => {
        const { sequence } = await addVersion({ aliases: ["best"] });
        const member = await store.findMembership({ collectionId: sequence.id, version: { kind: "newest" } });
        expect(member?.aliases.map((alias) => alias.alias)).toEqual(["v0", "best", "latest"]);
        expect(member).toMatchObject({ versionIndex: 0, createdAt: LATER });
      });

      it("does not find pending versions", async () => {
        const { sequence } = await begin();
        const request = { collectionId: sequence.id, version: { kind: "newest" } } as const;
        expect(await store.findMembership(request)).toBeUndefined();
      });
    });

    describe("changing", () => {
      it("changes what is given and leaves the rest alone", async () => {
        const { id: artifactId } = await addVersion({ description: "old", tags: ["a", "b"] });
        const changes = { tagsToAdd: ["c"], tagsToDelete: ["a", "absent"], now: LATER };
        expect(await store.update({ artifactId, metadata: "{}", ...changes })).toMatchObject({
          description: "old",
          metadata: "{}",
          tags: [{ name: "b" }, { name: "c" }],
        });
        await expect(store.update({ artifactId: 999, ...changes })).rejects.toMatchObject({
          code: "not_found",
        });
      });
    });

    describe("aliases", () => {
      it("moves aliases to a version and takes its own away, not those of others", async () => {
        const [old, newer] = [
          await addVersion({ aliases: ["best", "old"] }),
          await addVersion({ digest: "d1" }),
        ];
        const aliases = { toAdd: ["best", "x"], toDelete: ["latest", "old", "absent"] };
        const change = {
          artifactId: newer.id,
          changes: [{ collectionId: newer.sequence.id, ...aliases }],
          now: LATER,
        };
        const changed = await store.changeAliases(change);
        expect(changed.aliases.map((alias) => alias.alias)).toEqual(["best", "x"]);
        expect(await store.changeAliases(change)).toEqual(changed);
        expect((await store.find({ artifactId: old.id }))?.aliases.map((alias) => alias.alias)).toEqual([
          "old",
        ]);
      });

      it("leaves an alias to one of the writers that give it at the same time", async () => {
        const versions = [await addVersion(), await addVersion({ digest: "d1" })];
        await Promise.all(
          versions.map(({ id, sequence }) => {
            const changes = [{ collectionId: sequence.id, toAdd: ["best"], toDelete: [] }];
            return store.changeAliases({ artifactId: id, changes, now: LATER });
          }),
        );
        const found = await store.findMany({ artifactIds: versions.map(idOf) });
        const holders = found.filter(({ aliases }) => aliases.some(({ alias }) => alias === "best"));
        expect(holders).toHaveLength(1);
      });

      it("lists the aliases of a sequence by alphabet, page by page", async () => {
        const { sequence } = await addVersion({ aliases: ["c", "a"] });
        await addVersion({ digest: "d1", aliases: ["b"] });
        await addVersion({ sequenceName: "other", aliases: ["z"] });
        const first = await store.listAliases({ collectionId: sequence.id, after: null, limit: 2 });
        expect(first.aliases.map((alias) => alias.alias)).toEqual(["a", "b"]);
        expect(first.hasNextPage).toBe(true);
        const rest = await store.listAliases({ collectionId: sequence.id, after: "b", limit: 2 });
        expect(rest.aliases.map((alias) => alias.alias)).toEqual(["c", "latest"]);
        expect(rest.hasNextPage).toBe(false);
      });

      it("refuses pending and unknown versions", async () => {
        const { id: artifactId, sequence } = await begin();
        const changes = [{ collectionId: sequence.id, toAdd: ["x"], toDelete: [] }];
        const change = { changes, now: LATER };
        await expect(store.changeAliases({ ...change, artifactId })).rejects.toMatchObject({
          code: "conflict",
        });
        await expect(store.changeAliases({ ...change, artifactId: 999 })).rejects.toMatchObject({
          code: "not_found",
        });
      });

      it("refuses a collection that does not hold the version, and then changes nothing", async () => {
        const { id: artifactId, sequence } = await addVersion();
        const { sequence: other } = await addVersion({ sequenceName: "other" });
        const changes = [sequence, other].map(({ id }) => ({ collectionId: id, toAdd: ["x"], toDelete: [] }));
        await expect(store.changeAliases({ artifactId, changes, now: LATER })).rejects.toMatchObject({
          code: "conflict",
        });
        expect((await store.find({ artifactId }))?.aliases.map((alias) => alias.alias)).toEqual(["latest"]);
      });
    });

    describe("contents", () => {
      it("has one content for each MD5 and project, and finds those of an entity", async () => {
        const [one, two] = [await begin(), await begin({ projectId: 2 })];
        const content = await addContent(one, MD5_A);
        expect(await addContent(one, MD5_A)).toEqual(content);
        expect(content).toMatchObject({ entityId: 1, projectId: 1, md5: MD5_A, blobKey: "key-1" });
        expect(content).toMatchObject({ sizeBytes: null, birthArtifactId: one.id });
        const elsewhere = await addContent(two, MD5_A);
        expect(elsewhere.id).not.toBe(content.id);
        expect(await store.findContents({ entityId: 1, md5s: [MD5_A, MD5_B] })).toEqual([content, elsewhere]);
        expect(await store.findContents({ entityId: 2, md5s: [MD5_A] })).toEqual([]);
        expect(await store.findContents({ entityId: 1, md5s: [] })).toEqual([]);
      });

      it("answers added contents in the order asked for, repeated ones too", async () => {
        const { id: artifactId } = await begin();
        const contents = [MD5_B, MD5_A, MD5_B].map((md5, i) => ({ md5, blobKey: `k${i}`, artifactId }));
        const added = await store.addContents({ entityId: 1, projectId: 1, contents, now: NOW });
        expect(added.map((content) => content.md5)).toEqual([MD5_B, MD5_A, MD5_B]);
      });

      it("remembers which contents are stored", async () => {
        const content = await addContent(await begin(), MD5_A);
        await store.markStored({ contents: [{ ...content, sizeBytes: 12 }] });
        expect(await store.findContents({ entityId: 1, md5s: [MD5_A] })).toEqual([
          { ...content, sizeBytes: 12 },
        ]);
      });

      it("finds a content through the committed versions that hold it", async () => {
        const artifact = await begin();
        const content = await addContent(artifact, MD5_A);
        const { id: artifactId, projectId } = artifact;
        const manifest = { artifactId, projectId, name: "wandb_manifest.json", md5: null, blobKey: "m" };
        await store.putManifest({ ...manifest, now: NOW });
        const request = { collectionId: artifact.sequence.id, digest: MD5_A };
        const uses = { entityId: 1, digest: MD5_A };
        const file = { path: "a", digest: MD5_A, ref: null, sizeBytes: 3, contentId: content.id };
        await store.putFiles({ artifactId: artifact.id, isFirst: true, files: [file] });
        expect(await store.findCollectionContent(request)).toBeUndefined();
        expect(await store.listContentUses(uses)).toEqual([]);
        await store.commit({
          artifactId: artifact.id,
          commitHash: "c0ffee",
          fileCount: 1,
          sizeBytes: 3,
          manifest: { blobKey: "m", md5: MD5_B, sizeBytes: 1 },
          now: NOW,
        });
        expect(await store.findCollectionContent(request)).toEqual(content);
        expect(await store.findCollectionContent({ ...request, digest: MD5_B })).toBeUndefined();
        expect(await store.listContentUses(uses)).toEqual([{ content, projectId: 1 }]);
      });
    });

    describe("files", () => {
      it("lists files in the order of their paths, page by page, with their contents", async () => {
        const artifact = await begin();
        const content = await addContent(artifact, MD5_A);
        const paths = ["b", "a/ü %#.txt", "a", "😀", "～"];
        const files = paths.map((path, i) => ({
          path,
          digest: MD5_A,
          ref: null,
          sizeBytes: i,
          contentId: content.id,
        }));
        await store.putFiles({ artifactId: artifact.id, isFirst: true, files });
        const all = { artifactId: artifact.id, paths: null };
        const first = await store.listFiles({ ...all, after: null, limit: 2 });
        expect(first).toMatchObject({ hasNextPage: true, totalCount: 5 });
        expect(first.files.map((file) => file.path)).toEqual(["a", "a/ü %#.txt"]);
        expect(first.files[0]).toMatchObject({ digest: MD5_A, ref: null, sizeBytes: 2, content });
        const rest = await store.listFiles({ ...all, after: "a/ü %#.txt", limit: 10 });
        expect(rest.files.map((file) => file.path)).toEqual(["b", "～", "😀"]);
        expect(rest).toMatchObject({ hasNextPage: false, totalCount: 5 });
        const named = await store.listFiles({ ...all, paths: ["b", "absent"], after: null, limit: 10 });
        expect(named.files.map((file) => file.path)).toEqual(["b"]);
        expect(named.totalCount).toBe(1);
      });

      it("replaces files of the same path and begins anew when told so", async () => {
        const { id: artifactId } = await begin();
        const paths = async (): Promise<readonly string[]> =>
          (await store.listFiles({ artifactId, paths: null, after: null, limit: 10 })).files.map(
            (f) => f.path,
          );
        await store.putFiles({ artifactId, isFirst: true, files: ["a", "b"].map(toReference) });
        await store.putFiles({ artifactId, isFirst: false, files: ["b", "c"].map(toReference) });
        expect(await paths()).toEqual(["a", "b", "c"]);
        await store.putFiles({ artifactId, isFirst: true, files: ["d"].map(toReference) });
        expect(await paths()).toEqual(["d"]);
      });

      it("takes thousands of files at once", async () => {
        const { id: artifactId } = await begin();
        const files = range(2_500).map((i) => toReference(`f${i}`));
        await store.putFiles({ artifactId, isFirst: true, files });
        const page = await store.listFiles({ artifactId, paths: null, after: null, limit: 2_000 });
        expect(page.totalCount).toBe(2_500);
        expect(page.files).toHaveLength(2_000);
      });

      it("refuses files of a committed version", async () => {
        const { id: artifactId } = await addVersion();
        const files = [toReference("late")];
        await expect(store.putFiles({ artifactId, isFirst: false, files })).rejects.toMatchObject({
          code: "conflict",
        });
      });
    });

    describe("runs", () => {
      it("lists what a run logged in the order of commits, page by page", async () => {
        const versions = [await addVersion(), await addVersion({ digest: "d1" })];
        await begin({ digest: "pending" });
        await addVersion({ digest: "d3", runId: 8 });
        await addVersion({ digest: "d4", runId: null });
        const all = await listByRun(store, 7, "output");
        expect(all.artifacts.map(({ artifact }) => artifact.id)).toEqual(versions.map(idOf));
        expect(all).toMatchObject({ hasNextPage: false, totalCount: 2 });
        const first = await listByRun(store, 7, "output", { limit: 1 });
        expect(first).toMatchObject({ hasNextPage: true, totalCount: 2 });
        const after = first.artifacts[0]?.position ?? null;
        const second = await listByRun(store, 7, "output", { limit: 1, after });
        expect(second.artifacts.map(({ artifact }) => artifact.id)).toEqual([versions[1]?.id]);
        expect(second.hasNextPage).toBe(false);
      });

      it("records a use once and lists it from both sides", async () => {
        const [used, other] = [await addVersion(), await addVersion({ digest: "d1" })];
        const use = { artifactId: used.id, projectId: 2, runId: 9, usedAs: "train", now: NOW };
        await store.use(use);
        await store.use({ ...use, usedAs: null });
        await store.use({ ...use, runId: 8 });
        await store.use({ ...use, artifactId: other.id });
        const inputs = await listByRun(store, 9, "input", { projectId: 2 });
        expect(inputs.artifacts.map(({ artifact }) => artifact.id)).toEqual([used.id, other.id]);
        expect(await listByRun(store, 9, "input")).toMatchObject({ artifacts: [], totalCount: 0 });
        const users = await store.listUsers({ artifactId: used.id });
        expect(users.map(({ projectId, runId }) => ({ projectId, runId }))).toEqual([
          { projectId: 2, runId: 9 },
          { projectId: 2, runId: 8 },
        ]);
      });
    });
  });
}

function newArtifact(): NewArtifact {
  return {
    projectId: 1,
    typeName: "dataset",
    sequenceName: "rows",
    runId: 7,
    digest: "d0",
    description: null,
    metadata: null,
    historyStep: null,
    digestAlgorithm: "MANIFEST_MD5",
    distributedId: null,
    ttlSeconds: null,
    isTtlInherited: true,
    aliases: [],
    tags: [],
    clientId: null,
    sequenceClientId: null,
    reuseCommitted: false,
    now: NOW,
  };
}

function toReference(path: string): FilePut["files"][number] {
  return { path, digest: "etag", ref: `s3://bucket/${path}`, sizeBytes: 7, contentId: null };
}

function listByRun(
  store: ArtifactStore,
  runId: number,
  direction: "input" | "output",
  changes: { readonly projectId?: number; readonly limit?: number; readonly after?: number | null } = {},
): Promise<RunArtifactPage> {
  return store.listByRun({ projectId: 1, runId, direction, after: null, limit: 10, ...changes });
}

function idOf(item: { readonly id: number }): number {
  return item.id;
}

function range(count: number): readonly number[] {
  return Array.from({ length: count }, (_, i) => i);
}
