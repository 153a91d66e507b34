/** Where the files of an artifact can be fetched: signed addresses in pages, or the addresses that clients make themselves. */
import { base64ToHex } from "../../../core/digests/encoding.ts";
import { CommError, NotFoundError } from "../../../core/errors.ts";
import type { ReadOptions } from "../../../core/paginator.ts";
import type { Service } from "../../../core/service.ts";
import { encodePart } from "../../../core/urls.ts";
import { ArtifactFileUrlsDocument } from "../../../generated/artifacts-documents.ts";
import type { ArtifactFileUrlsQuery } from "../../../generated/artifacts-documents.ts";
import type { LoggedVersion } from "../logged-version.ts";
import type { StoragePolicy } from "../manifest/artifact-manifest.ts";
import type { ArtifactManifestEntry } from "../manifest/artifact-manifest-entry.ts";

const PAGE_SIZE = 5_000;
/** Up to this many names the server is asked for them alone, not for all files. */
const MAX_NAMES = 500;

/** The addresses of one version's files. */
export class FileAddresses {
  readonly #service: Service;
  readonly #version: LoggedVersion;
  readonly #policy: StoragePolicy;
  readonly #urls = new Map<string, string>();

  constructor(service: Service, version: LoggedVersion, policy: StoragePolicy) {
    this.#service = service;
    this.#version = version;
    this.#policy = policy;
  }

  /**
   * Fetches the addresses of some files: of those alone if they are few, of all otherwise.
   *
   * @throws {NotFoundError} when the version does not exist any more.
   */
  async load(paths: readonly string[], { signal }: ReadOptions = {}): Promise<void> {
    if (paths.length === 0) return;
    const { place, version } = this.#version;
    const isFew = paths.length <= MAX_NAMES && paths.length < this.#version.fields.fileCount;
    for (let cursor: string | null = null, more = true; more;) {
      const answer: ArtifactFileUrlsQuery = await this.#service.graphql.execute(
        ArtifactFileUrlsDocument,
        { ...place, alias: version, cursor, perPage: PAGE_SIZE, fileNames: isFew ? paths : null },
        { signal },
      );
      const membership = answer.project?.artifactCollection?.artifactMembership;
      if (membership == null)
        throw new NotFoundError(`${place.collection}:${version} does not exist any more`);
      for (const { node } of membership.files?.edges ?? []) {
        if (node?.directUrl != null) this.#urls.set(node.name, node.directUrl);
      }
      cursor = membership.files?.pageInfo.endCursor ?? null;
      more = membership.files?.pageInfo.hasNextPage ?? false;
    }
  }

  /** The address of a file: the signed one if it was loaded, else the one that clients make themselves. */
  async of(entry: ArtifactManifestEntry, options: ReadOptions = {}): Promise<string> {
    if (!this.#urls.has(entry.path)) await this.load([entry.path], options);
    const url = this.#urls.get(entry.path) ?? this.#fallback(entry);
    return new URL(url, `${this.#service.settings.baseUrl}/`).href;
  }

  /** Fetches the address of a file anew: the old one was refused, because its time was up. */
  async renew(entry: ArtifactManifestEntry, options: ReadOptions = {}): Promise<string> {
    this.#urls.delete(entry.path);
    return this.of(entry, options);
  }

  #fallback(entry: ArtifactManifestEntry): string {
    const hex = base64ToHex(entry.digest);
    if (hex === null)
      throw new CommError(`The server gives no address for the file ${JSON.stringify(entry.path)}`);
    const { place, fields } = this.#version;
    const { storageLayout, storageRegion } = this.#policy.config;
    if (storageLayout !== "V2") return `/artifacts/${encodePart(place.entity)}/${hex}`;
    const birth = entry.birthArtifactId ?? fields.id;
    const region = typeof storageRegion === "string" ? storageRegion : "default";
    const name = entry.path.split("/").at(-1) ?? entry.path;
    const parts = [region, place.entity, place.project, place.collection, birth, hex, name];
    return `/artifactsV2/${parts.map(encodePart).join("/")}`;
  }
}
