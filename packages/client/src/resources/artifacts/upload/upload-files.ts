/**
 * Uploads the files of a draft: announces them in batches, and sends what the server does not have yet, several at once.
 * A later attempt announces them again and sends only what is still missing.
 */
import { mapConcurrently } from "../../../core/concurrency.ts";
import { CommError, ValueError } from "../../../core/errors.ts";
import type { Service } from "../../../core/service.ts";
import { CreateArtifactFilesDocument } from "../../../generated/artifacts-documents.ts";
import type { CreateArtifactFilesMutation } from "../../../generated/artifacts-documents.ts";
import type { ContentSource } from "../draft/content-source.ts";
import { ProgressCount } from "../download/transfer-progress.ts";
import type { ProgressListener } from "../download/transfer-progress.ts";
import type { ArtifactManifestEntry } from "../manifest/artifact-manifest-entry.ts";
import { planParts } from "./multipart.ts";
import { md5OfEntry, md5OfParts } from "./upload-digests.ts";
import { putContent } from "./upload-content.ts";
import { putParts } from "./upload-parts.ts";

const BATCH_SIZE = 500;
/** Batches on the way at once: one is announced while another is sent. */
const BATCHES_AT_ONCE = 2;

/** Options of uploads. */
export interface UploadOptions {
  /** How many files at once. @default 16 */
  readonly concurrency?: number | undefined;
  /** Hears how far the upload is. */
  readonly onProgress?: ProgressListener | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The version and the manifest that the files belong to. */
export interface UploadPlace {
  readonly artifactId: string;
  readonly manifestId: string;
  readonly layout: "V1" | "V2";
}

interface NewFile {
  readonly entry: ArtifactManifestEntry;
  readonly content: ContentSource;
}

type AnnouncedFile = NonNullable<
  NonNullable<CreateArtifactFilesMutation["createArtifactFiles"]>["files"]["edges"][number]["node"]
>;

/** Uploads every entry that has content; returns the version that first brought each file. */
export async function uploadFiles(
  service: Service,
  place: UploadPlace,
  entries: Iterable<ArtifactManifestEntry>,
  options: UploadOptions,
): Promise<ReadonlyMap<string, string>> {
  const files: NewFile[] = [];
  for (const entry of entries) if (entry.content !== null) files.push({ entry, content: entry.content });
  const births = new Map<string, string>();
  const progress = new ProgressCount(
    files.map(({ entry }) => entry),
    options.onProgress,
  );
  const batches: NewFile[][] = [];
  for (let start = 0; start < files.length; start += BATCH_SIZE)
    batches.push(files.slice(start, start + BATCH_SIZE));
  const atOnce = Math.max(1, Math.ceil((options.concurrency ?? 16) / BATCHES_AT_ONCE));
  await mapConcurrently(batches, BATCHES_AT_ONCE, async (batch) => {
    options.signal?.throwIfAborted();
    const announced = await announce(service, place, batch, options);
    await mapConcurrently(batch, atOnce, async (file, index) => {
      const target = announced[index];
      if (target === undefined) throw new CommError(`The server did not take the file ${file.entry.path}`);
      if (target.artifact !== null) births.set(file.entry.path, target.artifact.id);
      await send(service, place, file, target, options);
      progress.bytes(file.entry.path, file.content.sizeBytes);
      progress.file(file.entry.path);
    });
  });
  return births;
}

async function announce(
  service: Service,
  { artifactId, manifestId, layout }: UploadPlace,
  batch: readonly NewFile[],
  { signal }: UploadOptions,
): Promise<readonly AnnouncedFile[]> {
  const artifactFiles = await mapConcurrently(batch, 4, async ({ entry, content }) => {
    const parts = planParts(content.sizeBytes);
    return {
      artifactID: artifactId,
      artifactManifestID: manifestId,
      name: entry.path,
      md5: await md5OfEntry(service.platform, entry, content),
      ...(parts.length > 0 && { uploadPartsInput: await md5OfParts(service.platform, content, parts) }),
      ...(entry.digestAlgorithm !== "MD5" && {
        digest: entry.digest,
        digestAlgorithm: `MANIFEST_${entry.digestAlgorithm}` as const,
      }),
    };
  });
  const variables = { artifactFiles, storageLayout: layout };
  const answer = await service.graphql.execute(CreateArtifactFilesDocument, variables, { signal });
  const nodes = (answer.createArtifactFiles?.files.edges ?? []).map(({ node }) => node);
  const announced = nodes.filter((node) => node !== null);
  // Answers are told apart by their place in the list alone.
  if (announced.length !== batch.length) {
    throw new CommError(`The server took ${announced.length} of ${batch.length} files`, {
      code: "invalid_response",
    });
  }
  return announced;
}

async function send(
  service: Service,
  place: UploadPlace,
  { entry, content }: NewFile,
  target: AnnouncedFile,
  { signal }: UploadOptions,
): Promise<void> {
  if (target.uploadMultipartUrls !== null) {
    const { uploadID, uploadUrlParts } = target.uploadMultipartUrls;
    const storagePath = target.storagePath;
    if (storagePath === null) throw new ValueError(`The server does not say where ${entry.path} goes`);
    const artifactId = target.artifact?.id ?? place.artifactId;
    await putParts(service, { entry, content, uploadID, uploadUrlParts, storagePath, artifactId, signal });
  } else if (target.uploadUrl !== null) {
    const { uploadUrl, uploadHeaders } = target;
    await putContent(service, content, {
      path: entry.path,
      url: uploadUrl,
      headerLines: uploadHeaders,
      signal,
    });
  }
}
