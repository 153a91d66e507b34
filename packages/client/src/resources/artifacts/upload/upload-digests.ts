/** The MD5 digests that servers want with an upload, whatever digest the manifest has. */
import { base64DigestOfStream } from "../../../core/digests/digest.ts";
import type { Platform } from "../../../core/platform.ts";
import { readAll } from "../draft/artifact-draft.ts";
import type { ContentSource } from "../draft/content-source.ts";
import type { ArtifactManifestEntry } from "../manifest/artifact-manifest-entry.ts";

/** MD5 of a whole file in base64. */
export async function md5OfEntry(
  { createHasher }: Platform,
  entry: ArtifactManifestEntry,
  content: ContentSource,
): Promise<string> {
  if (entry.digestAlgorithm === "MD5") return entry.digest;
  return base64DigestOfStream(readAll(content), "MD5", createHasher);
}
