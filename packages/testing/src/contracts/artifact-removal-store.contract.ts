// What every store must do when versions end.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Artifact, Removal, RemovalReason } from "@steelyard/server";
import { ArtifactMaker, BORN, type ArtifactLivesUnderTest } from "./artifact-lives-under-test.ts";

const LATER = "2026-03-02T10:00:00.000Z";
const DAY = 24 * 60 * 60;

/** Runs the suite against the stores that `create` makes; each is empty, with the project 1 of the entity 1. */
export function describeArtifactRemovalStore(
  name: string,
  create: () => Promise<ArtifactLivesUnderTest>,
): void {
  describe(name, () => {
    let tested: ArtifactLivesUnderTest;
    let make: ArtifactMaker;
    beforeEach(async () => {
      tested = await create();
      make = new ArtifactMaker(tested.artifacts);
    });
    afterEach(() => tested.close());

    const remove = (
      artifacts: readonly Artifact[],
      {
        deleteAliases = true,
        reason = "deleted",
      }: { readonly deleteAliases?: boolean; readonly reason?: RemovalReason } = {},
    ): Promise<Removal> =>
      tested.removals.deleteVersions({
        artifactIds: artifacts.map(({ id }) => id),
        deleteAliases,
        reason,
        now: LATER,
      });
    const aliasOf = async (artifact: Artifact, alias: string): Promise<number | undefined> => {
      const request = { collectionId: artifact.sequence.id, version: { kind: "alias", alias } } as const;
      return (await tested.artifacts.findMembership(request))?.artifact.id;
    };

    describe("deleting versions", () => {
      it("gives back only what no other version holds", async () => {
        const one = await make.commit({ digest: "1" }, ["x", "y"]);
        const two = await make.commit({ digest: "2" }, ["y", "z"]);
        expect(await remove([one])).toEqual({ artifactCount: 1, contentCount: 1, freedBytes: 110 });
        expect(await tested.deletedBlobs()).toEqual(["content-x", "manifest-1"]);
        expect(await remove([two])).toEqual({ artifactCount: 1, contentCount: 2, freedBytes: 210 });
        expect(await remove([one, two])).toEqual({ artifactCount: 0, contentCount: 0, freedBytes: 0 });
      });

      it("keeps content that a version in the making waits for", async () => {
        const one = await make.commit({ digest: "1" }, ["x"]);
        const pending = await make.begin({ digest: "2" });
        const contents = await make.store(pending, ["x"]);
        expect(await remove([one])).toMatchObject({ contentCount: 0, freedBytes: 10 });
        expect(await tested.artifacts.findContents({ entityId: 1, md5s: ["x"] })).toHaveLength(1);
        expect(await remove([pending])).toMatchObject({ contentCount: 1, freedBytes: 100 });
        expect(contents).toHaveLength(1);
      });

      it("leaves a row that nothing leads to but its id", async () => {
        const artifact = await make.commit({ clientId: "c", aliases: ["best"], tags: ["t"] }, ["x"]);
        await tested.artifacts.use({
          artifactId: artifact.id,
          projectId: 1,
          runId: 8,
          usedAs: null,
          now: BORN,
        });
        await remove([artifact]);
        expect(await tested.artifacts.find({ artifactId: artifact.id })).toMatchObject({
          state: "DELETED",
          aliases: [],
          tags: [],
        });
        expect(await aliasOf(artifact, "best")).toBeUndefined();
        for (const [runId, direction] of [[7, "output"] as const, [8, "input"] as const]) {
          const page = await tested.artifacts.listByRun({
            projectId: 1,
            runId,
            direction,
            after: null,
            limit: 9,
          });
          expect(page).toMatchObject({ artifacts: [], totalCount: 0 });
        }
        const anew = await make.begin({ clientId: "c" });
        expect(anew).toMatchObject({ state: "PENDING" });
        expect(anew.id).not.toBe(artifact.id);
        const known = await tested.artifacts.findByClientId({ clientId: "c" });
        expect(known.map(({ id }) => id)).toEqual([anew.id]);
      });

      it("refuses a version with aliases unless they may go with it", async () => {
        const one = await make.commit({ digest: "1" }, ["x"]);
        const two = await make.commit({ digest: "2" });
        await expect(remove([one, two], { deleteAliases: false })).rejects.toMatchObject({
          code: "conflict",
        });
        expect((await tested.artifacts.find({ artifactId: one.id }))?.state).toBe("COMMITTED");
        await remove([one], { deleteAliases: false });
        expect(await aliasOf(two, "latest")).toBe(two.id);
      });

      it("passes latest on to the newest that is left, and never gives a number twice", async () => {
        const versions = [await make.commit({ digest: "0" }), await make.commit({ digest: "1" })];
        const last = await make.commit({ digest: "2" });
        await remove([last]);
        expect(await aliasOf(last, "latest")).toBe(versions[1]?.id);
        expect((await make.commit({ digest: "3" })).versionIndex).toBe(3);
      });

      it("sums what was given back by project and reason", async () => {
        await remove([await make.commit({ digest: "1" }, ["x"])]);
        await remove([await make.commit({ digest: "2" }, ["y"])]);
        await remove([await make.commit({ digest: "3" })], { reason: "expired" });
        expect(await tested.removals.sumRemovals({ since: LATER })).toEqual([
          { projectId: 1, reason: "deleted", artifactCount: 2, contentCount: 2, freedBytes: 220 },
          { projectId: 1, reason: "expired", artifactCount: 1, contentCount: 0, freedBytes: 10 },
        ]);
        expect(await tested.removals.sumRemovals({ since: "2026-04" })).toEqual([]);
      });
    });

    describe("what is over", () => {
      const expired = (now: string): Promise<readonly number[]> =>
        tested.removals.listExpired({ now, limit: 10 });

      it("lists versions whose own time is over, counted from their creation", async () => {
        const { id } = await make.commit({ digest: "1", isTtlInherited: false, ttlSeconds: DAY });
        await make.commit({ digest: "2", isTtlInherited: false });
        await make.commit({ digest: "3" });
        await make.begin({ digest: "4", isTtlInherited: false, ttlSeconds: 1 });
        expect(await expired("2026-03-02T09:59:59.999Z")).toEqual([]);
        expect(await expired("2026-03-02T10:00:00.000Z")).toEqual([id]);
      });

      it("takes the collection's time before the entity's, and neither where a version has its own", async () => {
        const inRows = await make.commit({ digest: "1" });
        const inLines = await make.commit({ digest: "2", sequenceName: "lines" });
        await make.commit({ digest: "3", isTtlInherited: false });
        await tested.collections.updateCollection({
          collectionId: inRows.sequence.id,
          ttlSeconds: 3 * DAY,
          now: BORN,
        });
        await tested.removals.setTtlDefault({ entityId: 1, ttlSeconds: DAY });
        expect(await tested.removals.findTtlDefault({ entityId: 1 })).toBe(DAY);
        expect(await expired("2026-03-03T10:00:00.000Z")).toEqual([inLines.id]);
        expect(await expired("2026-03-05T10:00:00.000Z")).toEqual([inRows.id, inLines.id]);
        await tested.removals.setTtlDefault({ entityId: 1, ttlSeconds: null });
        expect(await expired("2026-03-05T10:00:00.000Z")).toEqual([inRows.id]);
      });

      it("lists pending versions that nobody has touched, and never committed ones", async () => {
        const { id } = await make.begin();
        await make.begin({ digest: "new", now: LATER });
        await make.commit({ digest: "committed" });
        expect(await tested.removals.listAbandoned({ before: LATER, limit: 10 })).toEqual([id]);
      });

      it("deletes contents that were announced long ago, never stored, and that nobody waits for", async () => {
        const pending = await make.begin();
        const [content] = await tested.artifacts.addContents({
          entityId: 1,
          projectId: 1,
          contents: [{ md5: "x", blobKey: "content-x", artifactId: pending.id }],
          now: BORN,
        });
        const query = { announcedBefore: LATER, limit: 10 };
        expect(await tested.removals.listUnreferenced(query)).toEqual([]);
        await remove([pending]);
        expect(await tested.removals.listUnreferenced({ ...query, announcedBefore: BORN })).toEqual([]);
        expect(await tested.removals.listUnreferenced(query)).toEqual([content]);
        const contents = [{ id: content?.id ?? 0, sizeBytes: 7 }];
        const removal = await tested.removals.removeUnreferenced({ contents, now: LATER });
        expect(removal).toEqual({ artifactCount: 0, contentCount: 1, freedBytes: 7 });
        expect(await tested.deletedBlobs()).toEqual(["content-x"]);
      });
    });
  });
}
