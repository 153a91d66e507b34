// What the suites about collections and about the end of versions have in common.
import type {
  Artifact,
  ArtifactCollectionStore,
  ArtifactContent,
  ArtifactRemovalStore,
  ArtifactStore,
  NewArtifact,
} from "@steelyard/server";

/** The stores of artifacts over one set of tables, and how to throw them away. */
export interface ArtifactLivesUnderTest {
  readonly artifacts: ArtifactStore;
  readonly collections: ArtifactCollectionStore;
  readonly removals: ArtifactRemovalStore;
  /** The keys of the blobs that events say are to be deleted. */
  deletedBlobs(): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** When everything in these suites is made unless it says otherwise. */
export const BORN = "2026-03-01T10:00:00.000Z";

/** Makes versions in the stores. */
export class ArtifactMaker {
  readonly #artifacts: ArtifactStore;
  #blobs = 0;

  constructor(artifacts: ArtifactStore) {
    this.#artifacts = artifacts;
  }

  begin(changes: Partial<NewArtifact> = {}): Promise<Artifact> {
    return this.#artifacts.begin({
      projectId: 1,
      typeName: "dataset",
      sequenceName: "rows",
      runId: 7,
      digest: "d0",
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
      now: BORN,
      ...changes,
    });
  }

  /** A stored content of 100 bytes for each MD5, those that are there already as they are. */
  async store(artifact: Artifact, md5s: readonly string[]): Promise<readonly ArtifactContent[]> {
    const contents = await this.#artifacts.addContents({
      entityId: 1,
      projectId: artifact.projectId,
      contents: md5s.map((md5) => ({ md5, blobKey: `content-${md5}`, artifactId: artifact.id })),
      now: BORN,
    });
    await this.#artifacts.markStored({
      contents: contents.map((content) => ({ ...content, sizeBytes: 100 })),
    });
    return contents;
  }

  /** A committed version that holds contents of the MD5s, with a manifest of 10 bytes. */
  async commit(changes: Partial<NewArtifact> = {}, md5s: readonly string[] = []): Promise<Artifact> {
    const artifact = await this.begin(changes);
    const { id: artifactId, projectId } = artifact;
    this.#blobs += 1;
    const blobKey = `manifest-${this.#blobs}`;
    await this.#artifacts.putManifest({ artifactId, projectId, name: "m", md5: "m", blobKey, now: BORN });
    const contents = await this.store(artifact, md5s);
    const files = contents.map(({ id, md5 }) => ({
      path: md5,
      digest: md5,
      ref: null,
      sizeBytes: 100,
      contentId: id,
    }));
    await this.#artifacts.putFiles({ artifactId, isFirst: true, files });
    return this.#artifacts.commit({
      artifactId,
      commitHash: "c0ffee",
      fileCount: files.length,
      sizeBytes: 100 * files.length,
      manifest: { blobKey, md5: "m", sizeBytes: 10 },
      now: changes.now ?? BORN,
    });
  }
}
