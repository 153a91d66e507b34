// What stores of runs and of artifacts over one database must answer together: which runs used and logged which
// artifacts.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { printJson, type JsonObject } from "@steelyard/protocol";
import type { ArtifactStore, Run } from "@steelyard/server";
import { NOW as now } from "./identity-under-test.ts";
import { RunFixture, type RunStoreUnderTest } from "./run-store-under-test.ts";

const md5 = "AAAAAAAAAAAAAAAAAAAAAA==";

/** Empty stores over one database. */
export interface RunArtifactsUnderTest extends RunStoreUnderTest {
  readonly artifacts: ArtifactStore;
}

/** Declares the suite; `create` is called before each test. */
export function describeRunArtifactFilters(name: string, create: () => Promise<RunArtifactsUnderTest>): void {
  describe(name, () => {
    let under: RunArtifactsUnderTest;
    let fixture: RunFixture;
    beforeEach(async () => {
      under = await create();
      fixture = await RunFixture.create(under);
    });
    afterEach(() => under.close());

    const find = async (filter: JsonObject, order: string | null = null): Promise<readonly string[]> => {
      const projectId = fixture.project.id;
      const text = printJson(filter);
      const page = await fixture.runs.query({ projectId, filter: text, order, after: null, limit: 10 });
      expect(await fixture.runs.count({ projectId, filter: text })).toBe(page.totalCount);
      return page.runs.map(({ run }) => run.name);
    };
    const log = async (
      run: Run,
      sequenceName: string,
      digest: string,
      aliases: readonly string[] = [],
    ): Promise<number> => {
      const { projectId, runId } = run;
      const { id: artifactId, state } = await under.artifacts.begin({
        projectId,
        runId,
        typeName: "dataset",
        sequenceName,
        digest,
        aliases,
        description: null,
        metadata: null,
        historyStep: null,
        digestAlgorithm: "MANIFEST_MD5",
        distributedId: null,
        ttlSeconds: null,
        isTtlInherited: true,
        tags: [],
        clientId: null,
        sequenceClientId: null,
        reuseCommitted: true,
        now,
      });
      if (state === "COMMITTED") return artifactId;
      await under.artifacts.putManifest({ artifactId, projectId, name: "m", md5, blobKey: "m", now });
      const manifest = { blobKey: "m", md5, sizeBytes: 1 };
      await under.artifacts.commit({
        artifactId,
        commitHash: "c",
        fileCount: 0,
        sizeBytes: 0,
        manifest,
        now,
      });
      return artifactId;
    };
    const use = ({ projectId, runId }: Run, artifactId: number): Promise<void> =>
      under.artifacts.use({ projectId, runId, artifactId, usedAs: null, now });

    it("find runs by version, alias and collection, under both spellings", async () => {
      const [maker, reader] = [await fixture.put("maker"), await fixture.put("reader")];
      await fixture.put("idle");
      await use(reader, await log(maker, "rows", "d0", ["best"]));
      for (const name of ["rows:v0", "rows:latest", "rows:best", "rows"]) {
        expect(await find({ outputArtifacts: name })).toEqual(["maker"]);
        expect(await find({ output_artifacts: { $in: [name] } })).toEqual(["maker"]);
        expect(await find({ inputArtifacts: name })).toEqual(["reader"]);
        expect(await find({ input_artifacts: name, outputArtifacts: null })).toEqual(["reader"]);
      }
      expect(await find({ inputArtifacts: { $regex: "^rows:v\\d+$" } })).toEqual(["reader"]);
      expect(await find({ inputArtifacts: "rows:v1" })).toEqual([]);
      expect(await find({ inputArtifacts: { $exists: false } })).toEqual(["maker", "idle"]);
      expect(await find({}, "-inputArtifacts")).toEqual(["reader", "maker", "idle"]);
    });

    it("see what a run uses and logs after the same question was asked", async () => {
      const [a, b] = [await fixture.put("a"), await fixture.put("b")];
      const artifactId = await log(a, "rows", "d0");
      expect(await find({ inputArtifacts: "rows:v0" })).toEqual([]);
      expect(await find({ outputArtifacts: "rows:v0" })).toEqual(["a"]);
      await use(b, artifactId);
      expect(await find({ inputArtifacts: "rows:v0" })).toEqual(["b"]);
      await log(b, "rows", "d0");
      expect(await find({ outputArtifacts: "rows:v0" })).toEqual(["a", "b"]);
      await use(a, artifactId);
      expect(await find({ inputArtifacts: "rows" })).toEqual(["a", "b"]);
    });

    it("see aliases move from one version to another and go away", async () => {
      const [old, newer, reader] = [
        await fixture.put("old"),
        await fixture.put("newer"),
        await fixture.put("reader"),
      ];
      const artifactId = await log(old, "rows", "d0", ["best"]);
      await use(reader, artifactId);
      const latest = { $or: [{ outputArtifacts: "rows:latest" }, { inputArtifacts: "rows:latest" }] };
      expect(await find(latest)).toEqual(["old", "reader"]);
      await log(newer, "rows", "d1");
      expect(await find(latest)).toEqual(["newer"]);
      expect(await find({ outputArtifacts: "rows:best" })).toEqual(["old"]);
      await log(newer, "rows", "d1", ["best"]);
      expect(await find({ outputArtifacts: "rows:best" })).toEqual(["newer"]);
      await log(old, "rows", "d0", ["latest"]);
      expect(await find(latest)).toEqual(["old", "reader"]);
      const collectionId = (await under.artifacts.find({ artifactId }))?.sequence.id ?? 0;
      const aliases = { collectionId, toAdd: ["best"], toDelete: ["latest"] };
      await under.artifacts.changeAliases({ artifactId, changes: [aliases], now });
      expect(await find(latest)).toEqual([]);
      expect(await find({ inputArtifacts: "rows:best" })).toEqual(["reader"]);
    });

    it("see artifacts of other projects by the same names", async () => {
      const [reader, maker] = [
        await fixture.put("reader"),
        await fixture.put("maker", { projectId: fixture.other.id }),
      ];
      await use(reader, await log(maker, "rows", "d0"));
      expect(await find({ inputArtifacts: "rows:latest" })).toEqual(["reader"]);
      await log(maker, "rows", "d1");
      expect(await find({ inputArtifacts: "rows:latest" })).toEqual([]);
      expect(await find({ inputArtifacts: "rows:v0" })).toEqual(["reader"]);
    });
  });
}
