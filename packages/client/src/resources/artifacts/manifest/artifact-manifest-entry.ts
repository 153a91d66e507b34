/** One file or reference of an artifact. */
import { isJsonObject, setOwn } from "@steelyard/protocol";
import type { JsonObject, JsonValue } from "@steelyard/protocol";

import type { DigestAlgorithm } from "../../../core/digests/digest.ts";
import { base64ToHex } from "../../../core/digests/encoding.ts";
import { UsageError, ValueError } from "../../../core/errors.ts";
import type { ReadOptions } from "../../../core/paginator.ts";
import type { Artifact } from "../artifact.ts";
import type { ContentSource } from "../draft/content-source.ts";
import type { EntryReader } from "../download/entry-reader.ts";

/** The scheme of references to files of other artifacts. */
export const ARTIFACT_SCHEME = "wandb-artifact";

/** What an entry is made of. */
export interface ManifestEntryFields {
  readonly path: string;
  readonly digest: string;
  readonly ref?: string | null;
  readonly birthArtifactId?: string | null;
  readonly size?: number | null;
  readonly extra?: JsonObject;
  readonly skipCache?: boolean;
}

/** Options of {@link ArtifactManifestEntry.download}. */
export interface EntryDownloadOptions extends ReadOptions {
  /** The folder below which the file gets its path. @default the artifact's own folder, `artifacts/<source name>` */
  readonly root?: string;
  /** Whether the shared cache is neither read nor filled. @default false */
  readonly skipCache?: boolean;
}

/** A file or a reference of an artifact. Mirrors `ArtifactManifestEntry`. */
export class ArtifactManifestEntry {
  /** Path inside the artifact. */
  readonly path: string;
  /** Digest in base64 for a file; for a reference whatever its store says (an ETag, a checksum, the address itself). */
  readonly digest: string;
  /** Where a reference points; null for a file. */
  readonly ref: string | null;
  /** Global id of the version that first brought the file; null while nobody knows. */
  readonly birthArtifactId: string | null;
  /** Size in bytes; null for a reference of unknown size. */
  readonly size: number | null;
  /** What else the writer noted. */
  readonly extra: JsonObject;
  /** Whether the writer asked for the file not to be kept in caches. */
  readonly skipCache: boolean;
  readonly #reader: EntryReader | null;
  readonly #content: ContentSource | null;

  constructor(
    fields: ManifestEntryFields,
    /** @internal */
    parts: { readonly reader?: EntryReader | null; readonly content?: ContentSource | null } = {},
  ) {
    this.path = fields.path;
    this.digest = fields.digest;
    this.ref = fields.ref ?? null;
    this.birthArtifactId = fields.birthArtifactId ?? null;
    this.size = fields.size ?? null;
    this.extra = fields.extra ?? {};
    this.skipCache = fields.skipCache ?? false;
    this.#reader = parts.reader ?? null;
    this.#content = parts.content ?? null;
  }

  /** The same as `path`. Mirrors the deprecated `name`. */
  get name(): string {
    return this.path;
  }

  /** Where a file that is to be uploaded lies on the disk; null otherwise. Mirrors `local_path`. */
  get localPath(): string | null {
    return this.#content?.localPath ?? null;
  }

  /** How the digest was computed. */
  get digestAlgorithm(): DigestAlgorithm {
    return this.extra["alg"] === "XXH128" ? "XXH128" : "MD5";
  }

  /** Reads the content; null for an entry of a draft. @internal */
  get reader(): EntryReader | null {
    return this.#reader;
  }

  /** The content to upload, if there is one. @internal */
  get content(): ContentSource | null {
    return this.#content;
  }

  /**
   * The artifact that the entry was read from. Mirrors `parent_artifact`.
   *
   * @throws {UsageError} for an entry of a draft.
   */
  parentArtifact(): Artifact {
    return this.#logged().artifact;
  }

  /**
   * Where a reference points; for a reference to a file of another artifact, as `wandb-artifact://`. Mirrors
   * `ref_target`.
   *
   * @throws {ValueError} when the entry is a file.
   */
  refTarget(): string {
    if (this.ref === null) throw new ValueError(`${this.path} is a file, not a reference`);
    return this.ref;
  }

  /**
   * An address of the entry for `addReference` of another artifact. Mirrors `ref_url`.
   *
   * @throws {UsageError} for an entry of a draft.
   */
  refUrl(): string {
    const { id } = this.#logged().artifact;
    const hex = id === null ? null : base64ToHex(id);
    if (hex === null) throw new UsageError("The artifact has no id that an address can be made of");
    return `${ARTIFACT_SCHEME}://${hex}/${this.path}`;
  }

  /**
   * Stores the file below a folder and returns its path. What is there already with the right digest is left alone.
   * Mirrors `download`.
   *
   * @throws {UsageError} for an entry of a draft.
   * @throws {UnsupportedError} where there is no disk, and for references that this client cannot follow.
   * @throws {ValueError} when the content does not have the digest of the manifest.
   */
  async download(options: EntryDownloadOptions = {}): Promise<string> {
    return this.#logged().download(this, options);
  }

  /**
   * The whole content, checked against the digest.
   *
   * @throws {ValueError} when the content does not have the digest of the manifest.
   * @throws {UnsupportedError} for references that this client cannot follow.
   */
  async bytes(options: ReadOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
    return this.#logged().bytes(this, options);
  }

  /** The whole content as UTF-8 text, checked against the digest. */
  async text(options: ReadOptions = {}): Promise<string> {
    return new TextDecoder().decode(await this.bytes(options));
  }

  /** The content as it comes; the stream fails at its end when the content does not have the digest of the manifest. */
  async stream(options: ReadOptions = {}): Promise<ReadableStream<Uint8Array>> {
    return this.#logged().stream(this, options);
  }

  /** What the entry consists of, without what is empty. Mirrors `to_json`. */
  toJson(): JsonObject {
    const json: Record<string, JsonValue> = { path: this.path, digest: this.digest };
    if (this.ref !== null) json["ref"] = this.ref;
    if (this.birthArtifactId !== null) json["birthArtifactID"] = this.birthArtifactId;
    if (this.size !== null) json["size"] = this.size;
    json["extra"] = this.extra;
    if (this.localPath !== null) json["local_path"] = this.localPath;
    json["skip_cache"] = this.skipCache;
    return json;
  }

  /** The entry as manifests hold it, without what is empty and what only concerns this machine. @internal */
  toManifestJson(): JsonObject {
    const json: Record<string, JsonValue> = { digest: this.digest };
    if (this.ref !== null) json["ref"] = this.ref;
    if (this.birthArtifactId !== null) json["birthArtifactID"] = this.birthArtifactId;
    if (this.size !== null) json["size"] = this.size;
    if (Object.keys(this.extra).length > 0) json["extra"] = this.extra;
    return json;
  }

  #logged(): EntryReader {
    if (this.#reader === null) throw new UsageError(`${this.path} belongs to no logged artifact yet`);
    return this.#reader;
  }
}

/**
 * Reads an entry of a manifest.
 *
 * @throws {ValueError} naming what is wrong.
 */
export function parseManifestEntry(
  path: string,
  json: JsonValue,
  reader: EntryReader | null = null,
): ArtifactManifestEntry {
  const fail = (what: string): ValueError =>
    new ValueError(`Invalid manifest: the entry ${JSON.stringify(path)} ${what}`);
  if (!isJsonObject(json)) throw fail("is not an object");
  const { digest, ref = null, birthArtifactID = null, size = null, extra = null } = json;
  if (typeof digest !== "string") throw fail("has no digest");
  if (ref !== null && typeof ref !== "string") throw fail("has a reference that is not a text");
  if (birthArtifactID !== null && typeof birthArtifactID !== "string")
    throw fail("has a birth that is not an id");
  if (size !== null && typeof size !== "number") throw fail("has a size that is not a number");
  if (extra !== null && !isJsonObject(extra)) throw fail("has extras that are not an object");
  const kept: Record<string, JsonValue> = {};
  for (const [key, value] of Object.entries(extra ?? {})) setOwn(kept, key, value);
  return new ArtifactManifestEntry(
    {
      path,
      digest,
      ref,
      size,
      extra: kept,
      birthArtifactId: birthArtifactID,
      skipCache: json["skip_cache"] === true,
    },
    { reader },
  );
}
