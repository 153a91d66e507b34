/** Brings one file to its place below a folder: left alone if it is right already, else from the cache, else fetched. */
import { base64DigestOfStream } from "../../../core/digests/digest.ts";
import type { Disk } from "../../../core/platform.ts";
import { chunksOf } from "../../../core/stream-chunks.ts";
import type { ArtifactManifestEntry } from "../manifest/artifact-manifest-entry.ts";
import type { ArtifactCache } from "./artifact-cache.ts";
import type { EntryReader } from "./entry-reader.ts";
import { fetchToDisk } from "./fetch-file.ts";
import type { FetchParts } from "./fetch-file.ts";
import { checkReference, openReference } from "./references.ts";

/** What bringing files to the disk needs. */
export interface DownloadParts extends FetchParts {
  readonly disk: Disk;
  /** Null to leave the cache alone. */
  readonly cache: ArtifactCache | null;
  /** The absolute path of the folder. */
  readonly root: string;
  readonly reader: EntryReader;
  readonly onBytes?: (path: string, count: number) => void;
}

/**
 * Brings a file, or what a reference points to, to its place and returns the absolute path.
 *
 * @throws {ValueError} when the path would lie outside the folder, or the content is damaged.
 */
export async function downloadEntry(parts: DownloadParts, entry: ArtifactManifestEntry): Promise<string> {
  const path = await parts.disk.resolve(parts.root, entry.path);
  const source = await parts.reader.follow(entry, parts);
  if (await isInPlace(parts, source, path)) {
    parts.onBytes?.(entry.path, source.size ?? 0);
    return path;
  }
  await place(parts, source, path);
  return path;
}

/** Whether a file lies at a path and has the digest of an entry. */
export async function isInPlace(
  { disk, service }: Pick<DownloadParts, "disk" | "service">,
  entry: ArtifactManifestEntry,
  path: string,
): Promise<boolean> {
  const found = await disk.entry(path);
  if (found?.kind !== "file" || (entry.size !== null && found.sizeBytes !== entry.size)) return false;
  return (await digestOfFile({ disk, service }, entry, path)) === entry.digest;
}

/** The digest of a local file, computed as the entry's is. */
export async function digestOfFile(
  { disk, service }: Pick<DownloadParts, "disk" | "service">,
  entry: ArtifactManifestEntry,
  path: string,
): Promise<string> {
  return base64DigestOfStream(
    chunksOf(disk.read(path)),
    entry.digestAlgorithm,
    service.platform.createHasher,
  );
}

async function place(parts: DownloadParts, source: ArtifactManifestEntry, path: string): Promise<void> {
  const { disk, cache } = parts;
  if (source.ref !== null) {
    checkReference(source);
    await disk.write(path, openReference(parts, source));
    return;
  }
  if (cache !== null && (await cache.copyTo(source, path))) {
    if (await isInPlace(parts, source, path)) {
      parts.onBytes?.(source.path, source.size ?? 0);
      return;
    }
    await cache.forget(source);
  }
  const addresses = source.reader?.addresses ?? parts.addresses;
  await fetchToDisk(
    { ...parts, addresses, onBytes: (count) => parts.onBytes?.(source.path, count) },
    source,
    path,
  );
  await cache?.keep(source, path);
}
