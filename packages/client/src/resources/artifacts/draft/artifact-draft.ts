/** An artifact that is being made: its manifest, and the content of what is new in it. */
import type { DigestAlgorithm } from "../../../core/digests/digest.ts";
import { base64Digest, base64DigestOfStream } from "../../../core/digests/digest.ts";
import { mapConcurrently } from "../../../core/concurrency.ts";
import { UnsupportedError, UsageError, ValueError, NotFoundError } from "../../../core/errors.ts";
import { loadPlatform } from "../../../core/load-platform.ts";
import type { ReadOptions } from "../../../core/paginator.ts";
import type { Disk, FolderFile, Platform } from "../../../core/platform.ts";
import type { Service } from "../../../core/service.ts";
import { chunksOf } from "../../../core/stream-chunks.ts";
import { ArtifactManifest } from "../manifest/artifact-manifest.ts";
import { ArtifactManifestEntry } from "../manifest/artifact-manifest-entry.ts";
import { checkManifestPath, toManifestPath } from "../manifest/manifest-path.ts";
import { READ_WHOLE_BYTES, memorySource } from "./content-source.ts";
import type { ContentSource } from "./content-source.ts";

const HASHED_AT_ONCE = 8;
const CLIENT_ID_LENGTH = 128;
const CLIENT_ID_ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz";

/** Content to add: text, bytes, or a stream, which is read into memory first. */
export type DraftContent = string | Uint8Array<ArrayBuffer> | ArrayBuffer | Blob | ReadableStream<Uint8Array>;

/** Options of adding a file. */
export interface AddFileOptions {
  /** Path inside the artifact. @default the file's own name */
  readonly name?: string;
  /** Whether another file of that path is replaced. @default false */
  readonly overwrite?: boolean;
  /** Whether downloads are to keep the file out of their caches. @default false */
  readonly skipCache?: boolean;
}

/** Options of adding a folder. */
export interface AddFolderOptions {
  /** Folder inside the artifact. @default its root */
  readonly name?: string;
  /** Whether other files of the same paths are replaced. @default false */
  readonly merge?: boolean;
  /** Whether downloads are to keep the files out of their caches. @default false */
  readonly skipCache?: boolean;
  /** Whether links may lead out of the folder. @default false */
  readonly followLinks?: boolean;
}

/** What a draft is made of. */
export interface DraftParts {
  readonly manifest: ArtifactManifest;
  /** Global id of the version that it is a change of; null for a new one. */
  readonly baseId: string | null;
  readonly platform: () => Promise<Platform>;
}

/** The content of a draft. */
export class ArtifactDraft {
  readonly baseId: string | null;
  /** Names the draft to the server, so that logging it again goes on with the same version. */
  readonly clientId: string = randomId();
  /** Names the collection, should it be new. */
  readonly sequenceClientId: string = randomId();
  #manifest: ArtifactManifest;
  readonly #platform: () => Promise<Platform>;
  readonly #namesByLocalPath = new Map<string, string>();
  #isFinal = false;

  constructor(parts: DraftParts) {
    this.#manifest = parts.manifest;
    this.baseId = parts.baseId;
    this.#platform = parts.platform;
  }

  /** The files and references so far. */
  get manifest(): ArtifactManifest {
    return this.#manifest;
  }

  /** A draft without files. */
  static empty(digestAlgorithm: DigestAlgorithm): ArtifactDraft {
    const createHasher = async (algorithm: DigestAlgorithm): ReturnType<Platform["createHasher"]> =>
      (await loadPlatform()).createHasher(algorithm);
    const manifest = new ArtifactManifest([], { digestAlgorithm, createHasher });
    return new ArtifactDraft({ manifest, baseId: null, platform: loadPlatform });
  }

  /** No more changes. */
  finalize(): void {
    this.#isFinal = true;
  }

  /** Adds a local file, or content under a name. */
  async addFile(source: string | DraftContent, options: AddFileOptions): Promise<ArtifactManifestEntry> {
    this.#checkOpen();
    if (typeof source !== "string") {
      if (options.name === undefined) throw new ValueError("Content needs a name to be added under");
      return this.addContent(options.name, source, options);
    }
    const path = (await this.#disk()).absolute(source);
    const found = await (await this.#disk()).entry(path);
    if (found?.kind !== "file") throw new ValueError(`${path} is not a file`);
    const name = options.name ?? path.replaceAll("\\", "/").split("/").at(-1) ?? path;
    const content = await this.#fileSource({ path, name, sizeBytes: found.sizeBytes });
    const entry = await this.#add(name, content, { ...options, isOverwritten: options.overwrite === true });
    this.#namesByLocalPath.set(path, entry.path);
    return entry;
  }

  /** Adds content under a name. */
  async addContent(
    name: string,
    content: DraftContent,
    options: Omit<AddFileOptions, "name"> = {},
  ): Promise<ArtifactManifestEntry> {
    this.#checkOpen();
    const source = memorySource(await toBlob(content));
    return this.#add(name, source, { ...options, isOverwritten: options.overwrite === true });
  }

  /** Adds all files of a folder; either all or none. */
  async addFolder(folder: string, options: AddFolderOptions): Promise<ArtifactManifestEntry[]> {
    this.#checkOpen();
    const disk = await this.#disk();
    const path = disk.absolute(folder);
    if ((await disk.entry(path))?.kind !== "folder") throw new ValueError(`${path} is not a folder`);
    const files: FolderFile[] = [];
    for await (const file of disk.files(path, { followLinks: options.followLinks === true }))
      files.push(file);
    const prefix =
      options.name === undefined || options.name === "" ? "" : `${toManifestPath(options.name)}/`;
    const entries = await mapConcurrently(files, HASHED_AT_ONCE, async (file) =>
      this.#entry(prefix + file.name, await this.#fileSource(file), options.skipCache === true),
    );
    this.addEntries(entries, options.merge === true);
    files.forEach((file, index) => this.#namesByLocalPath.set(file.path, entries[index]?.path ?? ""));
    return entries;
  }

  /** Adds entries that were made elsewhere; either all or none. */
  addEntries(entries: readonly ArtifactManifestEntry[], isOverwritten: boolean): void {
    this.#checkOpen();
    const taken = entries.find((entry) => {
      const present = this.manifest.getEntryByPath(entry.path);
      return present !== undefined && present.digest !== entry.digest;
    });
    if (taken !== undefined && !isOverwritten)
      throw new ValueError(`${JSON.stringify(taken.path)} is in the artifact already, with other content`);
    for (const entry of entries) this.manifest.addEntry(entry, { overwrite: true });
  }

  /** Computes the digests anew by MD5 when the server does not understand those that were asked for. */
  async useDigestsOf(service: Service, entity: string, { signal }: ReadOptions): Promise<void> {
    if (this.manifest.digestAlgorithm === "MD5") return;
    if (await service.supports("ARTIFACT_DIGEST_ALGORITHM")) {
      const { EntityDigestsDocument } = await import("../../../generated/artifacts-documents.ts");
      const answer = await service.graphql.execute(EntityDigestsDocument, { entity }, { signal });
      if (answer.entity?.xxhashDigestsEnabled === true) return;
    }
    const { createHasher } = service.platform;
    const entries = await mapConcurrently(
      [...this.manifest.entries.values()],
      HASHED_AT_ONCE,
      async (entry) => {
        const { content } = entry;
        if (content === null) return entry;
        const digest = await base64DigestOfStream(readAll(content), "MD5", createHasher);
        const { path, size, skipCache } = entry;
        return new ArtifactManifestEntry({ path, digest, size, skipCache }, { content });
      },
    );
    this.#manifest = new ArtifactManifest(entries, {
      storagePolicy: this.manifest.storagePolicy,
      createHasher,
    });
  }

  /** Takes an entry, or all below a folder, away. */
  remove(item: string | ArtifactManifestEntry): void {
    this.#checkOpen();
    if (typeof item !== "string") {
      this.manifest.removeEntry(item);
      return;
    }
    const path = toManifestPath(item);
    const entry = this.manifest.getEntryByPath(path);
    const entries = entry === undefined ? this.manifest.getEntriesInDirectory(path) : [entry];
    if (entries.length === 0)
      throw new NotFoundError(`The artifact has no file or folder ${JSON.stringify(path)}`);
    for (const found of entries) this.manifest.removeEntry(found);
  }

  /** The path that a local file got in the artifact, or null. */
  async nameOfLocalPath(path: string): Promise<string | null> {
    return this.#namesByLocalPath.get((await this.#disk()).absolute(path)) ?? null;
  }

  /** The machine. */
  async platform(): Promise<Platform> {
    return this.#platform();
  }

  async #disk(): Promise<Disk> {
    const { disk } = await this.#platform();
    if (disk === null)
      throw new UnsupportedError("This runtime has no disk: add content under a name instead of a path");
    return disk;
  }

  async #fileSource({ path, sizeBytes }: FolderFile): Promise<ContentSource> {
    const disk = await this.#disk();
    const found = await disk.entry(path);
    return {
      localPath: path,
      sizeBytes,
      modifiedMs: found?.modifiedMs ?? null,
      open: (range) => disk.read(path, range),
      bytes: (range) => disk.readBytes(path, range),
    };
  }

  async #add(
    name: string,
    content: ContentSource,
    options: { readonly isOverwritten: boolean; readonly skipCache?: boolean },
  ): Promise<ArtifactManifestEntry> {
    const entry = await this.#entry(name, content, options.skipCache === true);
    this.#checkOpen();
    this.manifest.addEntry(entry, { overwrite: options.isOverwritten });
    return entry;
  }

  async #entry(name: string, content: ContentSource, skipCache: boolean): Promise<ArtifactManifestEntry> {
    const path = checkManifestPath(toManifestPath(name));
    const { digestAlgorithm } = this.manifest;
    const { createHasher } = await this.#platform();
    const digest =
      content.sizeBytes <= READ_WHOLE_BYTES
        ? await base64Digest(await content.bytes(), digestAlgorithm, createHasher)
        : await base64DigestOfStream(readAll(content), digestAlgorithm, createHasher);
    const extra = digestAlgorithm === "MD5" ? {} : { alg: digestAlgorithm };
    return new ArtifactManifestEntry(
      { path, digest, size: content.sizeBytes, extra, skipCache },
      { content },
    );
  }

  #checkOpen(): void {
    if (this.#isFinal) throw new UsageError("The artifact is final; change a new draft of it");
  }
}

/** The bytes of a source, in pieces. */
export function readAll(content: ContentSource): AsyncIterable<Uint8Array> {
  const opened = content.open();
  return chunksOf(opened instanceof Blob ? opened.stream() : opened);
}

async function toBlob(content: DraftContent): Promise<Blob> {
  if (content instanceof Blob) return content;
  if (content instanceof ReadableStream) return new Response(content).blob();
  return new Blob([content]);
}

/** Random text that no other draft has. */
function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(CLIENT_ID_LENGTH));
  return Array.from(bytes, (byte) => CLIENT_ID_ALPHABET.charAt(byte % CLIENT_ID_ALPHABET.length)).join("");
}
