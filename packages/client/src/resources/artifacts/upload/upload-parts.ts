/** Sends a large file in parts, several at once, and has the server put them together. */
import { mapConcurrently } from "../../../core/concurrency.ts";
import { hexToBase64 } from "../../../core/digests/encoding.ts";
import { CommError } from "../../../core/errors.ts";
import type { Service } from "../../../core/service.ts";
import { CompleteMultipartUploadArtifactDocument } from "../../../generated/artifacts-documents.ts";
import type { ContentSource } from "../draft/content-source.ts";
import type { ArtifactManifestEntry } from "../manifest/artifact-manifest-entry.ts";
import { planParts } from "./multipart.ts";
import { md5OfParts } from "./upload-digests.ts";
import { putContent } from "./upload-content.ts";

const PARTS_AT_ONCE = 4;

/** A file and where its parts go. */
export interface PartsUpload {
  readonly entry: ArtifactManifestEntry;
  readonly content: ContentSource;
  readonly uploadID: string;
  readonly uploadUrlParts: readonly { readonly partNumber: number | bigint; readonly uploadUrl: string }[];
  readonly storagePath: string;
  readonly artifactId: string;
  readonly signal: AbortSignal | undefined;
}

/**
 * Sends all parts and completes the upload.
 *
 * @throws {CommError} when the server does not confirm a part.
 */
export async function putParts(service: Service, upload: PartsUpload): Promise<void> {
  const { entry, content, signal } = upload;
  const parts = planParts(content.sizeBytes);
  const digests = await md5OfParts(service.platform, content, parts);
  const urls = new Map(
    upload.uploadUrlParts.map(({ partNumber, uploadUrl }) => [Number(partNumber), uploadUrl]),
  );
  const completedParts = await mapConcurrently(
    parts,
    PARTS_AT_ONCE,
    async ({ partNumber, start, end }, index) => {
      const url = urls.get(partNumber);
      if (url === undefined)
        throw new CommError(`The server gives no address for part ${partNumber} of ${entry.path}`);
      const md5 = hexToBase64(digests[index]?.hexMD5 ?? "") ?? "";
      const headerLines = [`Content-MD5:${md5}`];
      const etag = await putContent(service, content, {
        path: `${entry.path} (part ${partNumber} of ${parts.length})`,
        url,
        headerLines,
        range: { start, end },
        signal,
      });
      if (etag === null)
        throw new CommError(`The server does not confirm part ${partNumber} of ${entry.path}`);
      return { partNumber, hexMD5: etag };
    },
  );
  const { uploadID, storagePath, artifactId } = upload;
  await service.graphql.execute(
    CompleteMultipartUploadArtifactDocument,
    { completeMultipartAction: "Complete", completedParts, artifactID: artifactId, storagePath, uploadID },
    { signal },
  );
}
