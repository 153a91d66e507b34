/** Reads the content of single entries of one logged artifact: as bytes, as a stream, or to the disk. */
import { base64Digest } from "../../../core/digests/digest.ts";
import type { Hasher } from "../../../core/digests/digest.ts";
import { bytesToBase64 } from "../../../core/digests/encoding.ts";
import { NotFoundError, UnsupportedError } from "../../../core/errors.ts";
import type { ReadOptions } from "../../../core/paginator.ts";
import type { Service } from "../../../core/service.ts";
import type { Artifact } from "../artifact.ts";
import type { ArtifactManifestEntry, EntryDownloadOptions } from "../manifest/artifact-manifest-entry.ts";
import { ArtifactCache } from "./artifact-cache.ts";
import { digestMismatch } from "./digest-mismatch.ts";
import { downloadEntry } from "./download-entry.ts";
import { fileRequest, withAddress } from "./fetch-file.ts";
import type { FileAddresses } from "./file-addresses.ts";
import { openReference, parseReference } from "./references.ts";

/** What a reader of entries is made of. */
export interface EntryReaderParts {
  readonly service: Service;
  readonly artifact: Artifact;
  readonly addresses: FileAddresses;
  /** Loads another artifact, for references to its files. */
  readonly load: (id: string, options: ReadOptions) => Promise<Artifact>;
}

/** Reads entries of one artifact. */
export class EntryReader {
  readonly artifact: Artifact;
  readonly #parts: EntryReaderParts;

  constructor(parts: EntryReaderParts) {
    this.artifact = parts.artifact;
    this.#parts = parts;
  }

  /** The connected server. */
  get service(): Service {
    return this.#parts.service;
  }

  /** The addresses of the artifact's files. */
  get addresses(): FileAddresses {
    return this.#parts.addresses;
  }

  /**
   * The entry that a reference to a file of another artifact stands for; any other entry stands for itself.
   *
   * @throws {NotFoundError} when the other artifact has no such file.
   */
  async follow(entry: ArtifactManifestEntry, options: ReadOptions = {}): Promise<ArtifactManifestEntry> {
    if (entry.ref === null) return entry;
    const reference = parseReference(entry.ref);
    if (reference.kind !== "artifact") return entry;
    const other = await this.#parts.load(reference.id, options);
    const found = (await other.manifest(options)).getEntryByPath(reference.path);
    if (found === undefined)
      throw new NotFoundError(`${other.qualifiedName} has no file ${JSON.stringify(reference.path)}`);
    return found;
  }

  /** The whole content, checked. */
  async bytes(entry: ArtifactManifestEntry, options: ReadOptions): Promise<Uint8Array<ArrayBuffer>> {
    const target = await this.follow(entry, options);
    if (target !== entry) return target.bytes(options);
    if (entry.ref !== null) return collect(openReference(this.#fetchParts(options), entry));
    const { service } = this.#parts;
    const bytes = await withAddress(this.#fetchParts(options), entry, (url) =>
      service.http.send(fileRequest(entry.path, url, options.signal), (answer) => answer.bytes()),
    );
    const found = await base64Digest(bytes, entry.digestAlgorithm, service.platform.createHasher);
    if (found !== entry.digest) throw digestMismatch(entry, found, "The downloaded content");
    return bytes;
  }

  /** The content as it comes, checked at its end. */
  async stream(entry: ArtifactManifestEntry, options: ReadOptions): Promise<ReadableStream<Uint8Array>> {
    const target = await this.follow(entry, options);
    if (target !== entry) return target.stream(options);
    if (entry.ref !== null) {
      const bytes = await this.bytes(entry, options);
      return new Blob([bytes]).stream();
    }
    const { service } = this.#parts;
    const hasher = await service.platform.createHasher(entry.digestAlgorithm);
    const content = await withAddress(this.#fetchParts(options), entry, (url) =>
      service.http.open(fileRequest(entry.path, url, options.signal)),
    );
    return content.pipeThrough(checked(entry, hasher));
  }

  /** Stores the content below a folder. */
  async download(entry: ArtifactManifestEntry, options: EntryDownloadOptions): Promise<string> {
    const { service, artifact } = this.#parts;
    const { disk } = service.platform;
    if (disk === null)
      throw new UnsupportedError("This runtime has no disk: use bytes(), text() or stream()");
    const root = disk.absolute(options.root ?? artifact.downloadFolder());
    const cache = options.skipCache === true ? null : ArtifactCache.of(service);
    const path = await downloadEntry(
      { ...this.#fetchParts(options), disk, cache, root, reader: this },
      entry,
    );
    await cache?.trim();
    return path;
  }

  #fetchParts({ signal }: ReadOptions): {
    service: Service;
    addresses: FileAddresses;
    signal: AbortSignal | undefined;
  } {
    return { service: this.#parts.service, addresses: this.#parts.addresses, signal };
  }
}

function checked(entry: ArtifactManifestEntry, hasher: Hasher): TransformStream<Uint8Array, Uint8Array> {
  return new TransformStream({
    transform: (bytes, controller) => {
      hasher.update(bytes);
      controller.enqueue(bytes);
    },
    flush: () => {
      const found = bytesToBase64(hasher.digest());
      if (found !== entry.digest) throw digestMismatch(entry, found, "The downloaded content");
    },
  });
}

async function collect(content: AsyncIterable<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for await (const bytes of content) parts.push(new Uint8Array(bytes));
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}
