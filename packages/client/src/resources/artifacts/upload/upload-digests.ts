/** The MD5 digests that servers want with an upload, whatever digest the manifest has. */
import { mapConcurrently } from "../../../core/concurrency.ts";
import { base64DigestOfStream } from "../../../core/digests/digest.ts";
import { bytesToHex } from "../../../core/digests/encoding.ts";
import type { Platform } from "../../../core/platform.ts";
import { chunksOf } from "../../../core/stream-chunks.ts";
import { readAll } from "../draft/artifact-draft.ts";
import type { ContentSource } from "../draft/content-source.ts";
import type { ArtifactManifestEntry } from "../manifest/artifact-manifest-entry.ts";
import type { Part } from "./multipart.ts";

const PARTS_AT_ONCE = 2;

/** MD5 of a whole file in base64. */
export async function md5OfEntry(
  { createHasher }: Platform,
  entry: ArtifactManifestEntry,
  content: ContentSource,
): Promise<string> {
  if (entry.digestAlgorithm === "MD5") return entry.digest;
  return base64DigestOfStream(readAll(content), "MD5", createHasher);
}

/** MD5 of every part in hexadecimal. */
export async function md5OfParts(
  { createHasher }: Platform,
  content: ContentSource,
  parts: readonly Part[],
): Promise<{ partNumber: number; hexMD5: string }[]> {
  return mapConcurrently(parts, PARTS_AT_ONCE, async ({ partNumber, start, end }) => {
    const hasher = await createHasher("MD5");
    const opened = content.open({ start, end });
    for await (const bytes of chunksOf(opened instanceof Blob ? opened.stream() : opened))
      hasher.update(bytes);
    return { partNumber, hexMD5: bytesToHex(hasher.digest()) };
  });
}
