/** Commits versions: checks that everything the manifest names is there, then makes the version visible. */
import { text } from "node:stream/consumers";
import { encodeGlobalId } from "@steelyard/protocol";
import { ServerError } from "../../errors.ts";
import type { BlobInfo, BlobStore } from "../../ports/blob-store.ts";
import type { Clock } from "../../ports/clock.ts";
import type { IdSource } from "../../ports/id-source.ts";
import type { Caller } from "../access/caller.ts";
import type { Project } from "../projects/project.ts";
import type { Artifact } from "./artifact.ts";
import type { ArtifactManifest } from "./artifact-collection.ts";
import type { ArtifactAccess } from "./artifact-access.ts";
import type { ArtifactContents } from "./artifact-contents.ts";
import type { StoredContent } from "./artifact-file.ts";
import type { NewArtifactFile } from "./artifact-file-store.ts";
import type { ArtifactStore } from "./artifact-store.ts";
import { newBlobKey } from "./artifact-uploads.ts";
import { completeManifest, parseManifest } from "./manifest.ts";
import type { Manifest } from "./manifest.ts";

/** What it is built from. */
export interface ArtifactCommitsParts {
  readonly artifacts: ArtifactStore;
  readonly contents: ArtifactContents;
  readonly blobs: BlobStore;
  readonly access: ArtifactAccess;
  readonly clock: Clock;
  readonly ids: IdSource;
}

type StoredContents = ReadonlyMap<string, StoredContent>;

/** Files a transaction, small enough that others get a turn between. */
const FILES_AT_ONCE = 1_000;
const COMMIT_HASH_BYTES = 10;

/** Makes uploaded versions whole. */
export class ArtifactCommits {
  readonly #parts: ArtifactCommitsParts;
  /** Commits under way: a client that lost the answer asks again while the first attempt still works. */
  readonly #running: Map<number, Promise<Artifact>> = new Map();

  constructor(parts: ArtifactCommitsParts) {
    this.#parts = parts;
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
    const uploaded = await this.#readManifest(artifact);
    const { manifest } = uploaded;
    const entries = manifest.entries.filter((entry) => entry.ref === null);
    const stored = await contents.requireStored(
      caller,
      { project, artifactId: artifact.id },
      entries.map(({ path, digest }) => ({ path, md5: digest })),
    );
    const files = manifest.entries.map((entry) => toFile(entry, stored));
    await this.#putFiles(artifact.id, files);
    return artifacts.commit({
      artifactId: artifact.id,
      commitHash: ids.hex(COMMIT_HASH_BYTES),
      fileCount: files.length,
      sizeBytes: files.reduce((sum, file) => sum + file.sizeBytes, 0),
      manifest: await this.#completeManifest(uploaded, stored),
      now: clock.now(),
    });
  }

  async #readManifest(artifact: Artifact): Promise<UploadedManifest> {
    const { artifacts, blobs } = this.#parts;
    const announced = await artifacts.findManifest({ artifactId: artifact.id });
    const key = announced?.blobKey;
    const info = key === undefined ? undefined : await blobs.find({ key });
    if (announced === undefined || key === undefined || info === undefined || info.md5 !== announced.md5) {
      throw new ServerError("conflict", "The artifact cannot be committed: its manifest was not uploaded");
    }
    const body = await blobs.read({ key });
    if (body === undefined) throw new ServerError("internal", "The manifest's bytes are gone");
    const manifest = parseManifest(await text(body));
    if (manifest.digest !== artifact.digest) {
      const message = `The artifact cannot be committed: its digest is ${artifact.digest}, its manifest's ${manifest.digest}`;
      throw new ServerError("conflict", message, { field: "digest" });
    }
    return { announced, info, manifest };
  }

  /** The manifest to keep: the uploaded one, or a new blob when something in it had to change. */
  async #completeManifest(
    { announced, info, manifest }: UploadedManifest,
    stored: StoredContents,
  ): Promise<BlobInfo & { readonly blobKey: string }> {
    const births = new Map(
      manifest.entries.flatMap(({ path, digest, ref }) => {
        const birth = ref === null ? stored.get(digest)?.birthArtifactId : undefined;
        return birth === undefined ? [] : [[path, encodeGlobalId("Artifact", birth)]];
      }),
    );
    const text = completeManifest(manifest, (path) => births.get(path));
    if (text === undefined) return { blobKey: announced.blobKey, ...info };
    const blobKey = newBlobKey(this.#parts.ids);
    const completed = await this.#parts.blobs.put({ key: blobKey, body: chunksOf(text) });
    return { blobKey, ...completed };
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

interface UploadedManifest {
  readonly announced: ArtifactManifest;
  readonly info: BlobInfo;
  readonly manifest: Manifest;
}

function toFile(entry: Manifest["entries"][number], stored: StoredContents): NewArtifactFile {
  const { path, digest, ref } = entry;
  const content = ref === null ? stored.get(digest) : undefined;
  const sizeBytes = content?.sizeBytes ?? entry.sizeBytes ?? 0;
  return { path, digest, ref, sizeBytes, contentId: content?.id ?? null };
}

async function* chunksOf(text: string): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(Buffer.from(text));
}
