// What every store that searches registries must do, with the stores that fill them over the same database.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CollectionSearch, NewArtifact, RegistrySearchStore, VersionSearch } from "@steelyard/server";
import type { IdentityUnderTest } from "./identity-under-test.ts";
import { createUser } from "./identity-under-test.ts";
import type { PortfoliosUnderTest } from "./portfolio-store.contract.ts";

/** Empty stores over one database, and how to throw it away. */
export interface RegistrySearchUnderTest extends Omit<PortfoliosUnderTest, "close">, IdentityUnderTest {
  readonly search: RegistrySearchStore;
}

const MD5 = "AAAAAAAAAAAAAAAAAAAAAA==";
const SOURCE = 999;

/** Runs the suite against the stores that `create` makes. */
export function describeRegistrySearchStore(
  name: string,
  create: () => Promise<RegistrySearchUnderTest>,
): void {
  describe(name, () => {
    let under: RegistrySearchUnderTest;
    let registries: readonly number[];
    let minute = 0;

    /** Two registries: `a` with the portfolios big (5 versions) and empty-ish (1), `b` with small (2). */
    beforeEach(async () => {
      under = await create();
      const ann = await createUser(under.users, "ann");
      registries = [];
      for (const [index, registry] of ["a", "b"].entries()) {
        const { project } = await under.projects.upsert({
          entityId: ann.entityId,
          name: `wandb-registry-${registry}`,
          description: index === 0 ? "first" : null,
          userId: ann.id,
          now: next(),
        });
        registries = [...registries, project.id];
      }
      for (const [portfolioName, count, registry] of [
        ["big", 5, 0],
        ["lone", 1, 0],
        ["small", 2, 1],
      ] as const) {
        for (let version = 0; version < count; version += 1) {
          const artifactId = await log(`${portfolioName}${version}`, version);
          await under.portfolios.link({
            artifactId,
            projectId: registries[registry] ?? 0,
            portfolioName,
            aliases: version === 0 ? ["first"] : [],
            acceptsNewTypes: true,
            now: next(),
          });
        }
      }
    });
    afterEach(() => under.close());

    function next(): string {
      minute += 1;
      return new Date(Date.UTC(2026, 2, 1, 0, minute)).toISOString();
    }

    async function log(digest: string, acc: number): Promise<number> {
      const { id: artifactId } = await under.artifacts.begin({
        ...newArtifact(digest, next()),
        metadata: JSON.stringify({ acc, deep: { even: acc % 2 === 0 } }),
        tags: acc % 2 === 0 ? ["even"] : [],
      });
      const manifest = { blobKey: "m", md5: MD5, sizeBytes: 10 };
      await under.artifacts.putManifest({
        artifactId,
        projectId: SOURCE,
        name: "m",
        ...manifest,
        now: next(),
      });
      await under.artifacts.putFiles({ artifactId, isFirst: true, files: [] });
      const sizes = { fileCount: 0, sizeBytes: 100 * acc };
      await under.artifacts.commit({ artifactId, commitHash: "c", ...sizes, manifest, now: next() });
      return artifactId;
    }

    const collections = (changes: Partial<CollectionSearch> = {}) =>
      under.search.searchCollections({
        projectIds: registries,
        kinds: ["portfolio"],
        filter: null,
        order: null,
        after: null,
        limit: 99,
        ...changes,
      });
    const versions = (changes: Partial<VersionSearch> = {}) =>
      under.search.searchVersions({
        projectIds: registries,
        kinds: ["portfolio"],
        collectionFilter: null,
        filter: null,
        order: null,
        after: null,
        limit: 99,
        ...changes,
      });
    const collectionNames = async (changes: Partial<CollectionSearch> = {}) =>
      (await collections(changes)).collections.map(({ collection }) => collection.name);
    const versionNames = async (changes: Partial<VersionSearch> = {}) =>
      (await versions(changes)).members.map(
        ({ membership: { collection, versionIndex } }) => `${collection.name}:v${versionIndex}`,
      );

    it("finds projects among those given, by filter and order", async () => {
      const page = { projectIds: registries, filter: null, order: null, after: null, limit: 99 };
      const found = await under.search.searchProjects(page);
      expect(found.projects.map(({ projectId }) => projectId)).toEqual(registries.toReversed());
      const first = { ...page, filter: '{"description":{"$exists":true}}' };
      expect((await under.search.searchProjects(first)).projects).toMatchObject([
        { projectId: registries[0] },
      ]);
      const none = { ...page, projectIds: [] };
      expect(await under.search.searchProjects(none)).toEqual({ projects: [], hasNextPage: false });
    });

    it("finds collections of all projects, newest first, and counts them", async () => {
      expect(await collectionNames()).toEqual(["small", "lone", "big"]);
      expect(await collectionNames({ projectIds: registries.slice(0, 1) })).toEqual(["lone", "big"]);
      expect(await collectionNames({ kinds: ["sequence"] })).toEqual([]);
      expect(await collectionNames({ projectIds: [SOURCE], kinds: ["sequence"] })).toEqual(["rows"]);
      expect((await collections({ limit: 1 })).totalCount).toBe(3);
    });

    it("judges collections by name, tag, type and date", async () => {
      const { collections: all } = await collections();
      const big = all.find(({ collection }) => collection.name === "big")?.collection;
      await under.portfolios.updatePortfolio({ collectionId: big?.id ?? 0, description: "d", now: next() });
      expect(await collectionNames({ filter: '{"name":{"$regex":"^l"}}' })).toEqual(["lone"]);
      expect(await collectionNames({ filter: '{"description":"d"}' })).toEqual(["big"]);
      expect(await collectionNames({ filter: '{"type":"model"}', order: "+name" })).toEqual([
        "big",
        "lone",
        "small",
      ]);
      expect(await collectionNames({ order: "-updated_at", limit: 1 })).toEqual(["big"]);
      expect(await collectionNames({ filter: '{"tag":"none"}' })).toEqual([]);
    });

    it("finds versions by filters over collections and versions at once", async () => {
      expect(await versionNames()).toHaveLength(8);
      expect(await versionNames({ collectionFilter: '{"name":"small"}' })).toEqual(["small:v1", "small:v0"]);
      expect(await versionNames({ filter: '{"alias":"latest"}', order: "+linked_at" })).toEqual([
        "big:v4",
        "lone:v0",
        "small:v1",
      ]);
      expect(await versionNames({ filter: '{"metadata.acc":{"$gte":3}}' })).toEqual(["big:v4", "big:v3"]);
      expect(
        await versionNames({ filter: '{"tag":"even","metadata.deep.even":true,"version":"v2"}' }),
      ).toEqual(["big:v2"]);
      expect(
        await versionNames({ filter: '{"artifact_size":{"$gt":200}}', order: "-artifact_size" }),
      ).toEqual(["big:v4", "big:v3"]);
    });

    it.each([null, "+linked_at", "-artifact_size", "+created_at"])(
      "pages without gaps or repeats in the order %s, though versions already shown go",
      async (order) => {
        const whole = await versionNames({ order });
        const seen: string[] = [];
        let after: string | null = null;
        for (let isMore = true; isMore;) {
          const page = await versions({ order, after, limit: 2 });
          seen.push(
            ...page.members.map(
              ({ membership: { collection, versionIndex } }) => `${collection.name}:v${versionIndex}`,
            ),
          );
          expect(page.hasNextPage).toBe(seen.length < whole.length);
          after = page.members.at(-1)?.cursor ?? null;
          const [shown] = page.members;
          if (shown === undefined) break;
          const { artifact, collection } = shown.membership;
          const link = { artifactId: artifact.id, collectionId: collection.id, now: next() };
          await under.portfolios.unlink(link);
          isMore = page.hasNextPage;
        }
        expect(seen).toEqual(whole);
      },
    );

    it("refuses filters, orders and cursors that it cannot use", async () => {
      for (const wrong of [
        { filter: '{"colour":1}' },
        { filter: '{"name":{"$near":1}}' },
        { filter: "{" },
        { order: "+colour" },
        { after: "nonsense" },
      ]) {
        await expect(versions(wrong)).rejects.toMatchObject({ code: "invalid_argument" });
        await expect(collections(wrong)).rejects.toMatchObject({ code: "invalid_argument" });
      }
      const { members } = await versions({ order: "+linked_at", limit: 1 });
      const foreign = { order: "-linked_at", after: members[0]?.cursor ?? "" };
      await expect(versions(foreign)).rejects.toMatchObject({ code: "invalid_argument" });
    });
  });
}

function newArtifact(digest: string, now: string): NewArtifact {
  return {
    projectId: SOURCE,
    typeName: "model",
    sequenceName: "rows",
    runId: null,
    digest,
    digestAlgorithm: "MANIFEST_MD5",
    description: null,
    metadata: null,
    historyStep: null,
    isTtlInherited: true,
    ttlSeconds: null,
    distributedId: null,
    aliases: [],
    tags: [],
    clientId: null,
    sequenceClientId: null,
    reuseCommitted: false,
    now,
  };
}
