/** Commits versions: checks that everything the manifest names is there, then makes the version visible. */
import { encodeGlobalId, printJson } from "@steelyard/protocol";
import type { BlobInfo, BlobStore } from "../../ports/blob-store.ts";
import type { Clock } from "../../ports/clock.ts";
import type { IdSource } from "../../ports/id-source.ts";
import type { Caller } from "../access/caller.ts";
import type { Project } from "../projects/project.ts";
import type { Artifact } from "./artifact.ts";
import type { ArtifactAccess } from "./artifact-access.ts";
import type { ArtifactContents } from "./artifact-contents.ts";
import type { StoredContent } from "./artifact-file.ts";
import type { NewArtifactFile } from "./artifact-file-store.ts";
import type { ArtifactStore } from "./artifact-store.ts";
import { newBlobKey } from "./artifact-uploads.ts";
import { completeManifest } from "./manifest.ts";
import type { ManifestEntry } from "./manifest.ts";
import { UploadedManifests } from "./uploaded-manifests.ts";
import type { WholeManifest } from "./uploaded-manifests.ts";

/** What it is built from. */
export interface ArtifactCommitsParts {
  readonly artifacts: ArtifactStore;
  readonly contents: ArtifactContents;
  readonly blobs: BlobStore;
  readonly access: ArtifactAccess;
  readonly clock: Clock;
  readonly ids: IdSource;
}

/** Files a transaction, small enough that others get a turn between. */
const FILES_AT_ONCE = 1_000;
const COMMIT_HASH_BYTES = 10;

/** Makes uploaded versions whole. */
export class ArtifactCommits {
  readonly #parts: ArtifactCommitsParts;
  readonly #manifests: UploadedManifests;
  /** Commits under way: a client that lost the answer asks again while the first attempt still works. */
  readonly #running: Map<number, Promise<Artifact>> = new Map();

  constructor(parts: ArtifactCommitsParts) {
    this.#parts = parts;
    this.#manifests = new UploadedManifests(parts);
  }

  /**
   * Makes an uploaded version visible and moves its aliases; a committed version is answered as it is.
   *
   * @throws {ServerError} `not_found`, `permission_denied`, `conflict` while manifest or files are missing or the
   *   digest is not the manifest's, `invalid_argument` or `unsupported` for a manifest that cannot be used.
   */
  async commit(caller: Caller, artifactId: number): Promise<Artifact> {
    const { artifact, project } = await this.#parts.access.requireAppend(caller, artifactId);
    if (artifact.state === "COMMITTED") return artifact;
    let running = this.#running.get(artifactId);
    if (running === undefined) {
      running = this.#commit(caller, project, artifact).finally(() => this.#running.delete(artifactId));
      this.#running.set(artifactId, running);
    }
    return running;
  }

  async #commit(caller: Caller, project: Project, artifact: Artifact): Promise<Artifact> {
    const { artifacts, contents, clock, ids } = this.#parts;
    const whole = await this.#manifests.read(caller, artifact);
    const { entries } = whole.manifest;
    const stored = await contents.requireStored(
      caller,
      { project, artifactId: artifact.id },
      entries.filter((entry) => entry.ref === null),
    );
    const files = entries.map((entry) => toFile(entry, stored.get(entry)));
    await this.#putFiles(artifact.id, files);
    return artifacts.commit({
      artifactId: artifact.id,
      commitHash: ids.hex(COMMIT_HASH_BYTES),
      digest: whole.digest,
      fileCount: files.length,
      sizeBytes: files.reduce((sum, file) => sum + file.sizeBytes, 0),
      manifest: await this.#writeManifest(whole, stored),
      now: clock.now(),
      ...(caller.kind === "user" && { userId: caller.user.id }),
    });
  }

  /** The manifest to keep: the uploaded one, or a new blob when it was put together or something in it had to change. */
  async #writeManifest(
    { manifest, file }: WholeManifest,
    stored: ReadonlyMap<ManifestEntry, StoredContent>,
  ): Promise<BlobInfo & { readonly blobKey: string }> {
    const { blobs, ids } = this.#parts;
    const births = new Map(
      [...stored].map(([{ path }, { birthArtifactId }]) => [
        path,
        encodeGlobalId("Artifact", birthArtifactId),
      ]),
    );
    const completed = completeManifest(manifest, (path) => births.get(path));
    if (completed === undefined && file !== null) {
      await blobs.settle({ keys: [file.blobKey] });
      return file;
    }
    const blobKey = newBlobKey(ids);
    const body = chunksOf(completed ?? printJson(manifest.json));
    return { blobKey, ...(await blobs.put({ key: blobKey, body })) };
  }

  async #putFiles(artifactId: number, files: readonly NewArtifactFile[]): Promise<void> {
    const { artifacts } = this.#parts;
    await artifacts.putFiles({ artifactId, files: files.slice(0, FILES_AT_ONCE), isFirst: true });
    for (let start = FILES_AT_ONCE; start < files.length; start += FILES_AT_ONCE) {
      const chunk = files.slice(start, start + FILES_AT_ONCE);
      await artifacts.putFiles({ artifactId, files: chunk, isFirst: false });
    }
  }
}

function toFile(entry: ManifestEntry, content: StoredContent | undefined): NewArtifactFile {
  const { path, digest, ref } = entry;
  const sizeBytes = content?.sizeBytes ?? entry.sizeBytes ?? 0;
  return { path, digest, ref, sizeBytes, contentId: content?.id ?? null };
}

async function* chunksOf(text: string): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(Buffer.from(text));
}
