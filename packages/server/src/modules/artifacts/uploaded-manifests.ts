/** Reads the manifests that the writers of a version uploaded, and makes the version's whole one of them. */
import { text } from "node:stream/consumers";
import { ServerError } from "../../errors.ts";
import type { BlobInfo, BlobStore } from "../../ports/blob-store.ts";
import type { Caller } from "../access/caller.ts";
import type { Artifact } from "./artifact.ts";
import type { ArtifactAccess } from "./artifact-access.ts";
import type { ArtifactManifest } from "./artifact-collection.ts";
import type { ArtifactVersionStore } from "./artifact-store.ts";
import { digestOfManifest, mergeManifests, parseManifest } from "./manifest.ts";
import type { Manifest } from "./manifest.ts";

/** What it is built from. */
export interface UploadedManifestsParts {
  readonly artifacts: ArtifactVersionStore;
  readonly blobs: BlobStore;
  readonly access: ArtifactAccess;
}

/** A version's whole manifest. */
export interface WholeManifest {
  readonly manifest: Manifest;
  /** Of the manifest, in hexadecimal. */
  readonly digest: string;
  /** The uploaded file that holds just this; null when it was put together. */
  readonly file: (BlobInfo & { readonly blobKey: string }) | null;
}

/** Reads manifests. */
export class UploadedManifests {
  readonly #parts: UploadedManifestsParts;

  constructor(parts: UploadedManifestsParts) {
    this.#parts = parts;
  }

  /**
   * The whole manifest of a pending version: the full one; what an incremental one adds to its base; or what all of
   * several writers say together, the later before the earlier.
   *
   * @throws {ServerError} `conflict` while one that was announced with its MD5 is not uploaded or a digest is not the
   *   version's, `not_found` for a base that is not to be seen, `invalid_argument` or `unsupported` for a manifest that
   *   cannot be used.
   */
  async read(caller: Caller, artifact: Artifact): Promise<WholeManifest> {
    const announced = await this.#parts.artifacts.listManifests({ artifactId: artifact.id });
    const last = announced.at(-1);
    if (last === undefined) throw notUploaded();
    if (last.type === "PATCH") return this.#readTogether(artifact, announced);
    const { manifest, file } = await this.#readFile(last);
    const digest = await digestOfManifest(manifest, artifact.digestAlgorithm);
    if (digest !== artifact.digest) throw otherDigest(artifact, digest);
    if (last.type === "FULL" || last.baseArtifactId === null) return { manifest, digest, file };
    const base = await this.#readBase(caller, last.baseArtifactId);
    return this.#put(artifact, base, [manifest]);
  }

  async #readTogether(artifact: Artifact, announced: readonly ArtifactManifest[]): Promise<WholeManifest> {
    // A writer that never said its MD5 gave up, or repeated what it had no answer to.
    const meant = announced.filter((manifest) => manifest.md5 !== null);
    const [first, ...others] = await Promise.all(meant.map((manifest) => this.#readFile(manifest)));
    if (first === undefined) throw notUploaded();
    return this.#put(
      artifact,
      first.manifest,
      others.map(({ manifest }) => manifest),
    );
  }

  async #put(artifact: Artifact, first: Manifest, others: readonly Manifest[]): Promise<WholeManifest> {
    const manifest = mergeManifests(first, ...others);
    return { manifest, digest: await digestOfManifest(manifest, artifact.digestAlgorithm), file: null };
  }

  async #readBase(caller: Caller, baseArtifactId: number): Promise<Manifest> {
    const { artifact } = await this.#parts.access.requireRead(caller, baseArtifactId);
    const announced = await this.#parts.artifacts.findManifest({ artifactId: artifact.id });
    if (artifact.state !== "COMMITTED" || announced === undefined) {
      throw new ServerError("conflict", "The version that this one adds to is not committed");
    }
    return (await this.#readFile(announced)).manifest;
  }

  async #readFile(
    announced: ArtifactManifest,
  ): Promise<{ readonly manifest: Manifest; readonly file: BlobInfo & { readonly blobKey: string } }> {
    const { blobs } = this.#parts;
    const { blobKey } = announced;
    const info = await blobs.find({ key: blobKey });
    if (info === undefined || info.md5 !== announced.md5) throw notUploaded();
    const body = await blobs.read({ key: blobKey });
    if (body === undefined) throw new ServerError("internal", "The manifest's bytes are gone");
    return { manifest: parseManifest(await text(body)), file: { blobKey, ...info } };
  }
}

function notUploaded(): ServerError {
  return new ServerError("conflict", "The artifact cannot be committed: its manifest was not uploaded");
}

function otherDigest(artifact: Artifact, digest: string): ServerError {
  const message = `The artifact cannot be committed: its digest is ${artifact.digest}, its manifest's ${digest}`;
  return new ServerError("conflict", message, { field: "digest" });
}
