/** Run files as the schema shows them: addresses are made when they are asked for. */
import { encodeGlobalId, runFilePath } from "@steelyard/protocol";
import type { BlobStore } from "../../ports/blob-store.ts";
import type { FileView } from "./file-view.ts";
import { mediaTypeOf } from "./media-type.ts";
import type { RunFile } from "./run-file.ts";

/** How long a signed address for reading is good for. */
export const DOWNLOAD_SECONDS: number = 60 * 60;

/** How long a signed address for uploading is good for; clients that lose their network come back for hours. */
export const UPLOAD_SECONDS: number = 24 * 60 * 60;

/** What a view needs besides the file. */
export interface RunFileViewParts {
  readonly blobs: BlobStore;
  readonly baseUrl: string;
  /** The run as addresses name it. */
  readonly address: { readonly entity: string; readonly project: string; readonly run: string };
  /** Makes the key for the bytes of the next upload. */
  readonly newBlobKey: () => string;
}

/** A view of a run's file. */
export function viewRunFile(
  file: RunFile,
  { blobs, baseUrl, address, newBlobKey }: RunFileViewParts,
): FileView {
  const { name, content } = file;
  return {
    id: encodeGlobalId("RunFile", file.projectId, file.runId, file.fileId),
    name,
    sizeBytes: content?.sizeBytes ?? 0,
    mimetype: mediaTypeOf(name),
    md5: content?.md5 ?? null,
    digest: null,
    updatedAt: file.updatedAt,
    storagePath: null,
    uploadHeaders: [],
    artifact: null,
    url: () => `${baseUrl}${runFilePath(address, name)}`,
    directUrl: async () =>
      content === null
        ? null
        : blobs.sign({
            baseUrl,
            key: content.blobKey,
            method: "GET",
            fileName: name,
            expiresInSeconds: DOWNLOAD_SECONDS,
          }),
    uploadParts: () => Promise.resolve(null),
    uploadUrl: () =>
      blobs.sign({
        baseUrl,
        key: newBlobKey(),
        method: "PUT",
        subject: printUploadSubject(file),
        fileName: name,
        expiresInSeconds: UPLOAD_SECONDS,
      }),
  };
}

/** The key of a file that an upload completes. */
export interface UploadSubject {
  readonly projectId: number;
  readonly runId: number;
  readonly fileId: number;
}

const SUBJECT = /^run-file:(\d+):(\d+):(\d+)$/;

function printUploadSubject({ projectId, runId, fileId }: UploadSubject): string {
  return `run-file:${projectId}:${runId}:${fileId}`;
}

/** Reads the subject of an upload; undefined when it is no run file. */
export function parseUploadSubject(subject: string): UploadSubject | undefined {
  const [, projectId, runId, fileId] = SUBJECT.exec(subject) ?? [];
  if (projectId === undefined || runId === undefined || fileId === undefined) return undefined;
  return { projectId: Number(projectId), runId: Number(runId), fileId: Number(fileId) };
}
