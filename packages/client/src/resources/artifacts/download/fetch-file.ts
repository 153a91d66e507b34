/**
 * Fetches one file of an artifact. To the disk it goes through a part file that a later attempt, or a later process,
 * continues; the digest is computed on the way, and only content that has the right one becomes the file.
 */
import type { Hasher } from "../../../core/digests/digest.ts";
import { bytesToBase64 } from "../../../core/digests/encoding.ts";
import { isAuthenticationError, isPermissionError } from "../../../core/errors.ts";
import type { HttpRequest } from "../../../core/http.ts";
import type { Disk, PartFile } from "../../../core/platform.ts";
import type { Service } from "../../../core/service.ts";
import type { ArtifactManifestEntry } from "../manifest/artifact-manifest-entry.ts";
import { digestMismatch } from "./digest-mismatch.ts";
import type { FileAddresses } from "./file-addresses.ts";

const TAG_LENGTH = 12;

/** What fetching needs. */
export interface FetchParts {
  readonly service: Service;
  readonly addresses: FileAddresses;
  readonly signal?: AbortSignal | undefined;
}

/** The request for a file's content. */
export function fileRequest(path: string, url: string, signal: AbortSignal | undefined): HttpRequest {
  const what = `Download of ${JSON.stringify(path)}`;
  return { method: "GET", url, what, isIdempotent: true, limit: "silence", signal };
}

/** Uses the address of a file; asks for a new one when the first is refused, as it is when its time is up. */
export async function withAddress<T>(
  { addresses, signal }: FetchParts,
  entry: ArtifactManifestEntry,
  use: (url: string) => Promise<T>,
): Promise<T> {
  try {
    return await use(await addresses.of(entry, { signal }));
  } catch (error) {
    if (!isAuthenticationError(error) && !isPermissionError(error)) throw error;
    return use(await addresses.renew(entry, { signal }));
  }
}

/**
 * Fetches a file to a path of the disk.
 *
 * @throws {ValueError} when the content does not have the digest of the manifest.
 */
export async function fetchToDisk(
  parts: FetchParts & { readonly disk: Disk; readonly onBytes: (count: number) => void },
  entry: ArtifactManifestEntry,
  path: string,
): Promise<void> {
  const tag = partTag(entry);
  const part = await openFitting(parts.disk, path, tag, entry.size);
  const isFresh = part.sizeBytes === 0;
  const found = await fill(parts, entry, part);
  if (found === entry.digest) {
    await part.commit();
    return;
  }
  await part.discard();
  // What was there already may be damaged; only content that came in one piece tells that the server's is.
  if (isFresh) throw digestMismatch(entry, found, "The downloaded content");
  parts.onBytes(-(entry.size ?? 0));
  await fetchToDisk(parts, entry, path);
}

async function openFitting(disk: Disk, path: string, tag: string, size: number | null): Promise<PartFile> {
  const part = await disk.openPart(path, tag);
  if (size !== null && part.sizeBytes <= size) return part;
  if (part.sizeBytes === 0) return part;
  await part.discard();
  return disk.openPart(path, tag);
}

/** Completes a part file and returns the digest of the whole; whatever fails, what came so far stays. */
async function fill(
  parts: FetchParts & { readonly onBytes: (count: number) => void },
  entry: ArtifactManifestEntry,
  part: PartFile,
): Promise<string> {
  const { service, signal, onBytes } = parts;
  const { createHasher } = service.platform;
  let hasher: Hasher = await createHasher(entry.digestAlgorithm);
  let offset = 0;
  const take = (bytes: Uint8Array): void => {
    hasher.update(bytes);
    offset += bytes.length;
    onBytes(bytes.length);
  };
  try {
    for await (const bytes of part.existing()) take(bytes);
    if (offset !== entry.size) {
      await withAddress(parts, entry, (url) =>
        service.http.send(
          { ...fileRequest(entry.path, url, signal), headers: () => rangeFrom(offset) },
          async (answer) => {
            if (answer.status !== 206 && offset > 0) {
              onBytes(-offset);
              offset = 0;
              hasher = await createHasher(entry.digestAlgorithm);
            }
            for await (const bytes of answer.chunks()) {
              await part.write(offset, bytes);
              take(bytes);
            }
          },
        ),
      );
    }
  } catch (error) {
    await part.close();
    throw error;
  }
  return bytesToBase64(hasher.digest());
}

/** A compressed answer could not be continued. */
function rangeFrom(offset: number): Record<string, string> {
  const encoding = { "accept-encoding": "identity" };
  return offset === 0 ? encoding : { ...encoding, range: `bytes=${offset}-` };
}

/** The part of a digest that file names can hold. */
function partTag(entry: ArtifactManifestEntry): string {
  return entry.digest.replaceAll(/[^0-9a-zA-Z]/g, "").slice(0, TAG_LENGTH);
}
