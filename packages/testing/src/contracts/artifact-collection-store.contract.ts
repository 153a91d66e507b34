// What every store of artifact collections must do.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { VersionPage } from "@steelyard/server";
import { ArtifactMaker, BORN, type ArtifactLivesUnderTest } from "./artifact-lives-under-test.ts";

const LATER = "2026-03-02T10:00:00.000Z";
const EVERYTHING = { filter: null, order: null, after: null, limit: 10 };

/** Runs the suite against the stores that `create` makes; each is empty. */
export function describeArtifactCollectionStore(
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

    const listNames = async (changes: object = {}): Promise<readonly string[]> => {
      const query = { projectId: 1, typeId: null, ...EVERYTHING, ...changes };
      const page = await tested.collections.queryCollections(query);
      return page.collections.map(({ collection }) => collection.name);
    };
    const numbersOf = ({ members }: VersionPage): readonly number[] =>
      members.map(({ membership }) => membership.versionIndex);

    describe("lists", () => {
      it("lists the types of a project, oldest first, page by page", async () => {
        await make.begin({ typeName: "b", sequenceName: "1" });
        await make.begin({ typeName: "a", sequenceName: "2" });
        await make.begin({ typeName: "c", sequenceName: "3", projectId: 2 });
        const first = await tested.collections.listTypes({ projectId: 1, after: null, limit: 1 });
        expect(first.types.map((type) => type.name)).toEqual(["b"]);
        expect(first.hasNextPage).toBe(true);
        const after = first.types[0]?.id ?? null;
        const rest = await tested.collections.listTypes({ projectId: 1, after, limit: 5 });
        expect(rest).toMatchObject({ types: [{ name: "a" }], hasNextPage: false });
      });

      it("lists collections by filter and order, newest first without one", async () => {
        const { sequence } = await make.begin({ sequenceName: "b" });
        await make.begin({ sequenceName: "a", now: LATER });
        await make.begin({ sequenceName: "c", typeName: "model" });
        expect(await listNames()).toEqual(["a", "c", "b"]);
        expect(await listNames({ order: "+name" })).toEqual(["a", "b", "c"]);
        expect(await listNames({ filter: '{"name": {"$in": ["a", "c"]}}' })).toEqual(["a", "c"]);
        expect(await listNames({ typeId: sequence.type.id })).toEqual(["a", "b"]);
        await tested.collections.changeCollectionTags({
          collectionId: sequence.id,
          toAdd: ["good"],
          toDelete: [],
          now: LATER,
        });
        expect(await listNames({ filter: '{"tag": "good"}' })).toEqual(["b"]);
        await expect(listNames({ filter: '{"colour": 1}' })).rejects.toMatchObject({
          code: "invalid_argument",
        });
      });

      it("goes on after a cursor and tells how many there are in all", async () => {
        for (const sequenceName of ["a", "b", "c"]) await make.begin({ sequenceName });
        const query = { projectId: 1, typeId: null, ...EVERYTHING, order: "name", limit: 2 };
        const first = await tested.collections.queryCollections(query);
        expect(first).toMatchObject({ hasNextPage: true, totalCount: 3 });
        const after = first.collections.at(-1)?.cursor ?? null;
        const rest = await tested.collections.queryCollections({ ...query, after });
        expect(rest.collections.map(({ collection }) => collection.name)).toEqual(["c"]);
        expect(rest.hasNextPage).toBe(false);
      });

      it("lists committed versions, newest first, by aliases, tags and metadata", async () => {
        const v0 = await make.commit({ digest: "0", aliases: ["best"], metadata: '{"a": {"b": 3}}' });
        await make.commit({ digest: "1", tags: ["t"], now: LATER });
        await make.begin({ digest: "2" });
        const list = (changes: object = {}): Promise<VersionPage> =>
          tested.collections.queryVersions({ collectionId: v0.sequence.id, ...EVERYTHING, ...changes });
        expect(numbersOf(await list())).toEqual([1, 0]);
        expect(numbersOf(await list({ order: "+created_at" }))).toEqual([0, 1]);
        expect(numbersOf(await list({ filter: '{"alias": "best"}' }))).toEqual([0]);
        expect(numbersOf(await list({ filter: '{"tag": "t"}' }))).toEqual([1]);
        expect(numbersOf(await list({ filter: '{"metadata.a.b": {"$gt": 2}}' }))).toEqual([0]);
        expect(numbersOf(await list({ filter: '{"state": "COMMITTED"}', limit: 1 }))).toEqual([1]);
      });
    });

    describe("changes", () => {
      it("changes what is given and frees the former name", async () => {
        const { sequence } = await make.commit();
        const changed = await tested.collections.updateCollection({
          collectionId: sequence.id,
          name: "lines",
          ttlSeconds: 60,
          now: LATER,
        });
        expect(changed).toMatchObject({ name: "lines", description: null, ttlSeconds: 60, updatedAt: LATER });
        expect(await tested.artifacts.findCollection({ projectId: 1, name: "rows" })).toBeUndefined();
        expect((await make.begin()).sequence.id).not.toBe(sequence.id);
        await expect(
          tested.collections.updateCollection({ collectionId: sequence.id, name: "rows", now: LATER }),
        ).rejects.toMatchObject({ code: "already_exists" });
      });

      it("moves a collection with its versions to another type, made when it is not there", async () => {
        const { sequence, id } = await make.commit();
        const moved = await tested.collections.moveCollection({
          collectionId: sequence.id,
          typeName: "model",
          now: LATER,
        });
        expect(moved.type.name).toBe("model");
        expect((await tested.artifacts.find({ artifactId: id }))?.type.name).toBe("model");
        await expect(make.begin({ digest: "other" })).rejects.toMatchObject({ code: "conflict" });
      });

      it("gives tags once and passes over those that it does not have", async () => {
        const { sequence } = await make.begin();
        const change = (toAdd: readonly string[], toDelete: readonly string[]): Promise<readonly string[]> =>
          tested.collections
            .changeCollectionTags({ collectionId: sequence.id, toAdd, toDelete, now: LATER })
            .then((tags) => tags.map((tag) => tag.name));
        expect(await change(["b", "a"], [])).toEqual(["a", "b"]);
        expect(await change(["a"], ["b", "absent"])).toEqual(["a"]);
        const tags = await tested.collections.listCollectionTags({ collectionId: sequence.id });
        expect(tags.map((tag) => tag.name)).toEqual(["a"]);
      });
    });

    describe("deleting a sequence", () => {
      it("takes its versions, its names and its content, and frees its name", async () => {
        const { sequence, id } = await make.commit({ sequenceClientId: "s" }, ["x"]);
        await make.begin({ digest: "pending" });
        const other = await make.commit({ sequenceName: "other" }, ["y"]);
        const removal = await tested.collections.deleteSequence({ collectionId: sequence.id, now: LATER });
        expect(removal).toEqual({ artifactCount: 2, contentCount: 1, freedBytes: 110 });
        expect(await tested.deletedBlobs()).toEqual(["content-x", "manifest-1"]);
        expect(await tested.artifacts.findCollection({ collectionId: sequence.id })).toBeUndefined();
        expect(await tested.artifacts.findSequencesByClientId({ clientId: "s" })).toEqual([]);
        expect((await tested.artifacts.find({ artifactId: id }))?.state).toBe("DELETED");
        expect((await tested.artifacts.find({ artifactId: other.id }))?.state).toBe("COMMITTED");
        const anew = await make.commit();
        expect(anew).toMatchObject({ versionIndex: 0, createdAt: BORN });
        expect(anew.sequence.id).not.toBe(sequence.id);
      });

      it("frees nothing when it is gone already", async () => {
        const { sequence } = await make.begin();
        const request = { collectionId: sequence.id, now: LATER };
        await tested.collections.deleteSequence(request);
        expect((await tested.collections.deleteSequence(request)).artifactCount).toBe(0);
      });
    });
  });
}
