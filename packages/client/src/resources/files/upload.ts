/** Uploads one file to a run: announce it, put the content where the server says, report it, read it back. */
import { validateFilePath } from "@steelyard/protocol";

import { CommError, UnsupportedError, ValueError } from "../../core/errors.ts";
import { readHeaderLines } from "../../core/header-lines.ts";
import type { Service } from "../../core/service.ts";
import { CreateRunFilesDocument, MarkRunFilesUploadedDocument } from "../../generated/files-documents.ts";
import type { Run } from "../runs/run.ts";
import type { File } from "./file.ts";

/** Content that is in memory, or comes from a stream (which is read into memory first: uploads state their size). */
export type UploadContent = Uint8Array<ArrayBuffer> | ArrayBuffer | Blob | ReadableStream<Uint8Array>;

/** What is uploaded: a local file, or content with a name. */
export type UploadSource =
  | { readonly path: string; readonly root: string }
  | { readonly content: UploadContent; readonly name: string };

interface Upload {
  readonly name: string;
  readonly sizeBytes: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly open: () => BodyInit;
}

/**
 * Uploads a file and returns it as the server lists it.
 *
 * @throws {ValueError} when the name is not a safe relative path, or a local file is not below its root.
 * @throws {UnsupportedError} for a local file where there is no disk.
 * @throws {CommError} when the server gives no address, or the upload fails.
 */
export async function uploadRunFile(
  service: Service,
  run: Run,
  source: UploadSource,
  signal: AbortSignal | undefined,
): Promise<File> {
  const upload = await prepare(service, source);
  const address = { entity: run.entity, project: run.project, run: run.id, files: [upload.name] };
  const { createRunFiles } = await service.graphql.execute(CreateRunFilesDocument, address, { signal });
  const announced =
    createRunFiles?.files.find(({ name }) => name === upload.name) ?? createRunFiles?.files[0];
  if (createRunFiles == null || announced?.uploadUrl == null) {
    throw new CommError(`The server gives no address to upload ${JSON.stringify(upload.name)} to`);
  }
  await service.http.send(
    {
      method: "PUT",
      url: new URL(announced.uploadUrl, `${service.settings.baseUrl}/`).href,
      what: `Upload of ${JSON.stringify(upload.name)}`,
      headers: { ...upload.headers, ...readHeaderLines(createRunFiles.uploadHeaders) },
      body: upload.open,
      isIdempotent: true,
      bodyBytes: upload.sizeBytes,
      signal,
    },
    (answer) => answer.bytes(),
  );
  if (await service.supports("MARK_RUN_FILES_UPLOADED")) {
    await service.graphql.execute(MarkRunFilesUploadedDocument, address, { signal });
  }
  return run.file(upload.name, { signal });
}

async function prepare(service: Service, source: UploadSource): Promise<Upload> {
  if ("content" in source) {
    checkName(source.name);
    const content = source.content instanceof ReadableStream ? await collect(source.content) : source.content;
    const sizeBytes = content instanceof Blob ? content.size : content.byteLength;
    return { name: source.name, sizeBytes, headers: {}, open: () => content };
  }
  const { disk } = service.platform;
  if (disk === null)
    throw new UnsupportedError("This runtime has no disk: pass the content and a name instead of a path");
  const { name, sizeBytes, open } = await disk.openForUpload(source.path, source.root);
  checkName(name);
  // An empty stream would be sent without a length.
  if (sizeBytes === 0) return { name, sizeBytes, headers: {}, open: () => new Uint8Array() };
  return { name, sizeBytes, headers: { "content-length": String(sizeBytes) }, open };
}

function checkName(name: string): void {
  try {
    validateFilePath(name);
  } catch (cause) {
    throw new ValueError(`${JSON.stringify(name)} cannot be the name of a run's file`, { cause });
  }
}

async function collect(stream: ReadableStream<Uint8Array>): Promise<Blob> {
  return new Response(stream).blob();
}
