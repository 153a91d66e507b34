/** Brings all files of an artifact, or those below a prefix, to a folder; checks folders against artifacts. */
import { mapConcurrently } from "../../../core/concurrency.ts";
import { UnsupportedError, ValueError } from "../../../core/errors.ts";
import type { ReadOptions } from "../../../core/paginator.ts";
import type { Disk } from "../../../core/platform.ts";
import type { Artifact } from "../artifact.ts";
import type { ArtifactManifest } from "../manifest/artifact-manifest.ts";
import type { ArtifactManifestEntry } from "../manifest/artifact-manifest-entry.ts";
import { ArtifactCache } from "./artifact-cache.ts";
import { digestMismatch } from "./digest-mismatch.ts";
import { digestOfFile, downloadEntry, isInPlace } from "./download-entry.ts";
import type { EntryReader } from "./entry-reader.ts";
import { parseReference } from "./references.ts";
import { ProgressCount } from "./transfer-progress.ts";
import type { ProgressListener } from "./transfer-progress.ts";

const DEFAULT_CONCURRENCY = 16;

/** Options of `artifact.download`. */
export interface ArtifactDownloadOptions extends ReadOptions {
  /** The folder to download to. @default `WANDB_ARTIFACT_DIR` or `artifacts`, and below it the source name */
  readonly root?: string;
  /** Only entries whose paths begin with this. @default all */
  readonly pathPrefix?: string;
  /** Whether the shared cache is neither read nor filled. @default false */
  readonly skipCache?: boolean;
  /**
   * Whether references to the web and to files of this machine are followed. Whoever wrote the artifact chose where they
   * point. References to files of other artifacts are always followed. @default false
   */
  readonly references?: boolean;
  /** Whether references that cannot be fetched are passed over. @default false */
  readonly allowMissingReferences?: boolean;
  /** How many files at once. @default 16 */
  readonly concurrency?: number;
  /** Hears how far the download is. */
  readonly onProgress?: ProgressListener;
}

/** What a download needs. */
export interface DownloadSource {
  readonly artifact: Artifact;
  readonly manifest: ArtifactManifest;
  readonly reader: EntryReader;
}

/** Downloads and returns the absolute path of the folder. */
export async function downloadArtifact(
  { artifact, manifest, reader }: DownloadSource,
  options: ArtifactDownloadOptions,
): Promise<string> {
  const { service } = reader;
  const disk = requireDisk(service.platform.disk);
  const root = disk.absolute(options.root ?? artifact.downloadFolder());
  const cache = options.skipCache === true ? null : ArtifactCache.of(service);
  const { signal } = options;
  const concurrency = options.concurrency ?? DEFAULT_CONCURRENCY;
  const entries = [...manifest.entries.values()].filter(
    (entry) =>
      entry.path.startsWith(options.pathPrefix ?? "") && (options.references === true || isStored(entry)),
  );
  const progress = new ProgressCount(entries, options.onProgress);
  const onBytes = (path: string, count: number): void => progress.bytes(path, count);
  const parts = { service, addresses: reader.addresses, signal, disk, cache, root, reader, onBytes };

  const isMissing = await mapConcurrently(entries, concurrency, async (entry) => {
    signal?.throwIfAborted();
    const path = await disk.resolve(root, entry.path);
    if (entry.ref !== null || !(await isInPlace(parts, entry, path))) return true;
    onBytes(entry.path, entry.size ?? 0);
    progress.file(entry.path);
    return false;
  });
  const missing = entries.filter((_, index) => isMissing[index] === true);
  await reader.addresses.load(
    missing.filter(({ ref }) => ref === null).map(({ path }) => path),
    { signal },
  );
  await mapConcurrently(missing, concurrency, async (entry) => {
    signal?.throwIfAborted();
    try {
      await downloadEntry(parts, entry);
    } catch (error) {
      if (entry.ref === null || options.allowMissingReferences !== true) throw error;
    }
    progress.file(entry.path);
  });
  await cache?.trim();
  return root;
}

/**
 * Checks that a folder holds exactly the files of an artifact.
 *
 * @throws {ValueError} for the first file that is missing, too much, or damaged.
 */
export async function verifyFolder(
  { artifact, manifest, reader }: DownloadSource,
  options: ReadOptions & { readonly root?: string },
): Promise<void> {
  const { service } = reader;
  const disk = requireDisk(service.platform.disk);
  const root = disk.absolute(options.root ?? artifact.downloadFolder());
  for await (const { name } of filesOf(disk, root)) {
    if (manifest.getEntryByPath(name) === undefined)
      throw new ValueError(
        `${root} holds the file ${JSON.stringify(name)}, which is not in ${artifact.name}`,
      );
  }
  await mapConcurrently([...manifest.entries.values()], DEFAULT_CONCURRENCY, async (entry) => {
    options.signal?.throwIfAborted();
    if (!isStored(entry)) return;
    const target = await reader.follow(entry, options);
    if (target.ref !== null) return;
    const path = await disk.resolve(root, entry.path);
    if ((await disk.entry(path))?.kind !== "file")
      throw new ValueError(`${root} lacks the file ${JSON.stringify(entry.path)}`);
    const found = await digestOfFile({ disk, service }, target, path);
    if (found !== target.digest) throw digestMismatch(target, found, "The local copy");
  });
}

/** Deletes what a folder holds beside the files of an artifact. */
export async function removeOthers(
  { artifact, manifest, reader }: DownloadSource,
  options: { readonly root?: string },
): Promise<void> {
  const disk = requireDisk(reader.service.platform.disk);
  const root = disk.absolute(options.root ?? artifact.downloadFolder());
  for await (const { name, path } of filesOf(disk, root)) {
    if (manifest.getEntryByPath(name) === undefined) await disk.remove(path);
  }
}

async function* filesOf(disk: Disk, root: string): AsyncGenerator<{ name: string; path: string }> {
  if ((await disk.entry(root)) === null) return;
  yield* disk.files(root, { followLinks: false });
}

/** Whether the server has the content of an entry. */
function isStored(entry: ArtifactManifestEntry): boolean {
  return entry.ref === null || parseReference(entry.ref).kind === "artifact";
}

function requireDisk(disk: Disk | null): Disk {
  if (disk === null) {
    throw new UnsupportedError("This runtime has no disk: read entries with bytes(), text() or stream()");
  }
  return disk;
}
