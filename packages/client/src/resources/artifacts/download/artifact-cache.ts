/**
 * Files of artifacts that were downloaded before, by their digests: shared by all processes of a user, and held below a
 * size by dropping what was not used for longest. What Python's client keeps beside it is read, and left alone.
 */
import type { DigestAlgorithm } from "../../../core/digests/digest.ts";
import { base64ToHex } from "../../../core/digests/encoding.ts";
import type { Disk } from "../../../core/platform.ts";
import type { Service } from "../../../core/service.ts";
import type { ArtifactManifestEntry } from "../manifest/artifact-manifest-entry.ts";

/** Files that would fill more than this part of the cache are not kept. */
const LARGEST_SHARE = 1 / 4;

/** The cache of one user. */
export class ArtifactCache {
  readonly #disk: Disk;
  readonly #folder: string;
  readonly #limitBytes: number;
  #isGrown = false;

  constructor(disk: Disk, folder: string, limitBytes: number) {
    this.#disk = disk;
    this.#folder = folder;
    this.#limitBytes = limitBytes;
  }

  /** The cache of a service; null where there is no disk or no room for one. */
  static of(service: Service): ArtifactCache | null {
    const { disk } = service.platform;
    const folder = service.platform.cacheFolder();
    if (disk === null || folder === null || service.artifactCacheBytes === 0) return null;
    return new ArtifactCache(disk, folder, service.artifactCacheBytes);
  }

  /** Copies a file of the cache to a path; false when it has none of that digest and size. */
  async copyTo(entry: ArtifactManifestEntry, path: string): Promise<boolean> {
    for (const candidate of this.#places(entry)) {
      const found = await this.#disk.entry(candidate);
      if (found?.kind !== "file" || found.sizeBytes !== entry.size) continue;
      if (await this.#disk.copy(candidate, path)) {
        if (candidate === this.#own(entry)) await this.#disk.touch(candidate);
        return true;
      }
    }
    return false;
  }

  /** Keeps a file that was downloaded and has the right digest. */
  async keep(entry: ArtifactManifestEntry, path: string): Promise<void> {
    const own = this.#own(entry);
    if (own === null || entry.skipCache || (entry.size ?? 0) > this.#limitBytes * LARGEST_SHARE) return;
    this.#isGrown = true;
    await this.#disk.copy(path, own);
  }

  /** Forgets a file that turned out to be damaged. */
  async forget(entry: ArtifactManifestEntry): Promise<void> {
    const own = this.#own(entry);
    if (own !== null) await this.#disk.remove(own);
  }

  /** Drops what was not used for longest until the rest fits, if anything was added. */
  async trim(): Promise<void> {
    if (!this.#isGrown) return;
    this.#isGrown = false;
    const files: { path: string; sizeBytes: number; usedMs: number }[] = [];
    for await (const { path, sizeBytes } of this.#disk.files(`${this.#folder}/steelyard`, {
      followLinks: false,
    })) {
      const found = await this.#disk.entry(path);
      if (found !== null) files.push({ path, sizeBytes, usedMs: found.modifiedMs });
    }
    let total = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    files.sort((a, b) => a.usedMs - b.usedMs);
    for (const { path, sizeBytes } of files) {
      if (total <= this.#limitBytes) return;
      await this.#disk.remove(path);
      total -= sizeBytes;
    }
  }

  /** Where the text of a manifest is kept. */
  manifestPath(key: string): string {
    return `${this.#folder}/steelyard/manifests/${key}.json`;
  }

  #places(entry: ArtifactManifestEntry): string[] {
    const name = objectName(entry.digest, entry.digestAlgorithm);
    if (name === null) return [];
    return [`${this.#folder}/steelyard/obj/${name}`, `${this.#folder}/artifacts/obj/${name}`];
  }

  #own(entry: ArtifactManifestEntry): string | null {
    return this.#places(entry)[0] ?? null;
  }
}

function objectName(digest: string, algorithm: DigestAlgorithm): string | null {
  const hex = base64ToHex(digest);
  if (hex?.length !== 32) return null;
  return `${algorithm.toLowerCase()}/${hex.slice(0, 2)}/${hex.slice(2)}`;
}
