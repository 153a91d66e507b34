// What every store of portfolios must do, with the store of artifacts over the same database.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type {
  Artifact,
  ArtifactStore,
  ChangeFeed,
  NewArtifact,
  NewLink,
  PortfolioStore,
} from "@steelyard/server";

/** Empty stores over one database, and how to throw it away. */
export interface PortfoliosUnderTest {
  readonly portfolios: PortfolioStore;
  readonly artifacts: ArtifactStore;
  readonly feed: ChangeFeed;
  close(): Promise<void>;
}

const NOW = "2026-03-01T10:00:00.000Z";
const LATER = "2026-03-01T11:00:00.000Z";
const MD5 = "AAAAAAAAAAAAAAAAAAAAAA==";
/** Where versions are logged, and where they are linked to. */
const SOURCE = 1;
const TARGET = 2;

/** Runs the suite against the stores that `create` makes. */
export function describePortfolioStore(name: string, create: () => Promise<PortfoliosUnderTest>): void {
  describe(name, () => {
    let under: PortfoliosUnderTest;
    beforeEach(async () => {
      under = await create();
    });
    afterEach(() => under.close());

    let count = 0;
    const begin = (changes: Partial<NewArtifact> = {}): Promise<Artifact> => {
      count += 1;
      return under.artifacts.begin({ ...newArtifact(`d${count}`), ...changes });
    };
    const log = async (changes: Partial<NewArtifact> = {}): Promise<Artifact> => {
      const { id: artifactId, projectId } = await begin(changes);
      const manifest = { name: "wandb_manifest.json", md5: MD5, blobKey: "m" };
      await under.artifacts.putManifest({ artifactId, projectId, ...manifest, now: NOW });
      await under.artifacts.putFiles({ artifactId, isFirst: true, files: [] });
      return under.artifacts.commit({
        artifactId,
        commitHash: "c0ffee",
        fileCount: 0,
        sizeBytes: 0,
        manifest: { blobKey: "m", md5: MD5, sizeBytes: 10 },
        now: NOW,
      });
    };
    const link = ({ id }: Artifact, changes: Partial<NewLink> = {}) =>
      under.portfolios.link({
        artifactId: id,
        projectId: TARGET,
        portfolioName: "zoo",
        aliases: [],
        acceptsNewTypes: true,
        now: LATER,
        ...changes,
      });
    const aliasesOf = async (collectionId: number): Promise<readonly (readonly [string, number])[]> => {
      const { aliases } = await under.artifacts.listAliases({ collectionId, after: null, limit: 99 });
      const named = aliases.map(async ({ alias }) => {
        const version = { kind: "alias", alias } as const;
        const member = await under.artifacts.findMembership({ collectionId, version });
        return [alias, member?.artifact.id ?? 0] as const;
      });
      return Promise.all(named);
    };

    it("links a version under the portfolio's own number, with aliases and latest", async () => {
      await log();
      const second = await log();
      const member = await link(second, { aliases: ["best"] });
      expect(member).toMatchObject({ versionIndex: 0, createdAt: LATER, artifact: { id: second.id } });
      expect(member.artifact.versionIndex).toBe(1);
      expect(member.collection).toMatchObject({ kind: "portfolio", name: "zoo", projectId: TARGET });
      expect(member.collection.type).toMatchObject({ name: "model", projectId: TARGET });
      expect(member.aliases.map(({ alias }) => alias)).toEqual(["v0", "best", "latest"]);
    });

    it("gives versions numbers in the order of linking and moves latest and aliases along", async () => {
      const [first, second] = [await log(), await log({ sequenceName: "other" })];
      const { collection } = await link(first, { aliases: ["best"] });
      expect((await link(second, { aliases: ["best"] })).versionIndex).toBe(1);
      expect(await aliasesOf(collection.id)).toEqual([
        ["best", second.id],
        ["latest", second.id],
      ]);
    });

    it("keeps number and latest when a version is linked again, and moves only the aliases", async () => {
      const [first, second] = [await log(), await log()];
      const linked = await link(first);
      await link(second, { aliases: ["best"] });
      const again = await link(first, { aliases: ["best"] });
      expect(again).toMatchObject({ id: linked.id, versionIndex: 0 });
      expect(await aliasesOf(linked.collection.id)).toEqual([
        ["best", first.id],
        ["latest", second.id],
      ]);
      expect((await link(await log())).versionIndex).toBe(2);
    });

    it("refuses what cannot be linked, and then leaves no portfolio behind", async () => {
      const pending = await begin();
      await expect(link(pending)).rejects.toMatchObject({ code: "conflict" });
      await expect(link({ ...pending, id: 999 })).rejects.toMatchObject({ code: "not_found" });
      const version = await log();
      const strict = { acceptsNewTypes: false };
      await expect(link(version, strict)).rejects.toMatchObject({ code: "invalid_argument" });
      expect(await under.artifacts.findCollection({ projectId: TARGET, name: "zoo" })).toBeUndefined();
      await under.artifacts.ensureType({ projectId: TARGET, name: "model", description: null, now: NOW });
      expect((await link(version, strict)).versionIndex).toBe(0);
    });

    it("holds one type, and does not share a name with a sequence", async () => {
      await link(await log());
      const other = await log({ sequenceName: "images", typeName: "dataset" });
      await expect(link(other)).rejects.toMatchObject({ code: "conflict" });
      const toSequence = { projectId: SOURCE, portfolioName: "rows" };
      await expect(link(other, toSequence)).rejects.toMatchObject({ code: "conflict" });
      const toPortfolio = begin({ projectId: TARGET, sequenceName: "zoo" });
      await expect(toPortfolio).rejects.toMatchObject({ code: "conflict" });
    });

    it("unlinks a version with its aliases, and gives latest to the newest left", async () => {
      const [first, second] = [await log(), await log()];
      const { collection } = await link(first);
      await link(second, { aliases: ["best"] });
      const key = { artifactId: second.id, collectionId: collection.id, now: LATER };
      expect(await under.portfolios.unlink(key)).toBe(true);
      expect(await under.portfolios.unlink(key)).toBe(false);
      expect(await aliasesOf(collection.id)).toEqual([["latest", first.id]]);
      expect((await under.artifacts.find({ artifactId: second.id }))?.aliases).toHaveLength(1);
      expect((await link(second)).versionIndex).toBe(2);
    });

    it("never takes a version out of its sequence", async () => {
      const { id: artifactId, sequence } = await log();
      const key = { artifactId, collectionId: sequence.id, now: LATER };
      expect(await under.portfolios.unlink(key)).toBe(false);
      expect(await aliasesOf(sequence.id)).toEqual([["latest", artifactId]]);
    });

    it("lists the collections that hold a version and the projects of its portfolios", async () => {
      const version = await log();
      expect(await under.portfolios.listLinkProjects({ artifactId: version.id })).toEqual([]);
      await link(version, { portfolioName: "b" });
      await link(version, { portfolioName: "a" });
      const members = await under.portfolios.listMemberships({ artifactId: version.id });
      expect(members.map(({ collection }) => collection.name)).toEqual(["rows", "b", "a"]);
      expect(members.map(({ aliases }) => aliases.map(({ alias }) => alias))).toEqual([
        ["v0", "latest"],
        ["v0", "latest"],
        ["v0", "latest"],
      ]);
      expect(await under.portfolios.listLinkProjects({ artifactId: version.id })).toEqual([TARGET]);
      expect(await under.portfolios.listMemberships({ artifactId: 999 })).toEqual([]);
    });

    it("finds versions of a portfolio by number, alias, digest and as the newest", async () => {
      const [first, second] = [await log({ digest: "aa" }), await log({ digest: "bb" })];
      const { collection } = await link(second, { aliases: ["best"] });
      await link(first);
      const find = async (version: Parameters<ArtifactStore["findMembership"]>[0]["version"]) =>
        (await under.artifacts.findMembership({ collectionId: collection.id, version }))?.artifact.id;
      expect(await find({ kind: "index", versionIndex: 0 })).toBe(second.id);
      expect(await find({ kind: "alias", alias: "best" })).toBe(second.id);
      expect(await find({ kind: "digest", digest: "bb" })).toBe(second.id);
      expect(await find({ kind: "newest" })).toBe(first.id);
    });

    it("renames and describes a portfolio, and refuses a name in use", async () => {
      const { collection } = await link(await log());
      const { id: collectionId } = collection;
      await link(await log(), { portfolioName: "farm" });
      const changed = await under.portfolios.updatePortfolio({ collectionId, name: "park", now: LATER });
      expect(changed).toMatchObject({ id: collectionId, name: "park", description: null, updatedAt: LATER });
      const described = { collectionId, description: "animals", now: LATER };
      expect(await under.portfolios.updatePortfolio(described)).toEqual({
        ...changed,
        description: "animals",
      });
      await expect(
        under.portfolios.updatePortfolio({ collectionId, name: "farm", now: LATER }),
      ).rejects.toMatchObject({ code: "already_exists" });
      const { sequence } = await log();
      await expect(
        under.portfolios.updatePortfolio({ collectionId: sequence.id, name: "x", now: LATER }),
      ).rejects.toMatchObject({ code: "not_found" });
    });

    it("deletes a portfolio once, and never its versions", async () => {
      const version = await log();
      const { collection } = await link(version, { aliases: ["best"] });
      const { id: collectionId } = collection;
      expect(await under.portfolios.deletePortfolio({ collectionId })).toBe(true);
      expect(await under.portfolios.deletePortfolio({ collectionId })).toBe(false);
      expect(await under.artifacts.findCollection({ collectionId })).toBeUndefined();
      expect((await under.artifacts.find({ artifactId: version.id }))?.aliases).toHaveLength(1);
      expect(await under.portfolios.deletePortfolio({ collectionId: version.sequence.id })).toBe(false);
      expect((await link(version)).versionIndex).toBe(0);
    });

    it("tells the feed of every link and unlink once", async () => {
      const version = await log();
      const { collection } = await link(version);
      await link(version);
      await under.portfolios.unlink({ artifactId: version.id, collectionId: collection.id, now: LATER });
      const events = await under.feed.read({ afterSeq: 0, limit: 99 });
      const both = { collectionId: collection.id, artifactId: version.id, userId: null };
      const told = events.filter(({ projectId }) => projectId === TARGET);
      expect(told.map(({ kind, payload }) => ({ kind, payload: JSON.parse(payload) as unknown }))).toEqual([
        { kind: "artifact.aliased", payload: { ...both, aliases: ["latest"] } },
        { kind: "artifact.linked", payload: { ...both, aliases: ["latest"] } },
        { kind: "artifact.unlinked", payload: both },
      ]);
    });
  });
}

function newArtifact(digest: string): NewArtifact {
  return {
    projectId: SOURCE,
    typeName: "model",
    sequenceName: "rows",
    runId: null,
    digest,
    description: null,
    metadata: null,
    historyStep: null,
    isTtlInherited: true,
    digestAlgorithm: "MANIFEST_MD5",
    ttlSeconds: null,
    distributedId: null,
    aliases: [],
    tags: [],
    clientId: null,
    sequenceClientId: null,
    reuseCommitted: false,
    now: NOW,
  };
}
