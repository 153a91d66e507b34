/** Uploads files to a run: announce them, put the contents where the server says, report them. */
import { validateFilePath } from "@steelyard/protocol";

import { mapConcurrently } from "../../core/concurrency.ts";
import { CommError, UnsupportedError, ValueError } from "../../core/errors.ts";
import { readHeaderLines } from "../../core/header-lines.ts";
import type { ReadOptions } from "../../core/paginator.ts";
import type { LocalFile } from "../../core/platform.ts";
import type { Service } from "../../core/service.ts";
import { CreateRunFilesDocument, MarkRunFilesUploadedDocument } from "../../generated/files-documents.ts";
import type { RunPlace } from "../run-writer/run-writer.ts";
import type { Run } from "../runs/run.ts";
import type { File } from "./file.ts";

/** Content that is in memory, or comes from a stream (which is read into memory first: uploads state their size). */
export type UploadContent = Uint8Array<ArrayBuffer> | ArrayBuffer | Blob | ReadableStream<Uint8Array>;

/** What is uploaded: a local file by its path or opened already, or content with a name. */
export type UploadSource =
  | { readonly path: string; readonly root: string }
  | LocalFile
  | { readonly content: UploadContent; readonly name: string };

interface Upload {
  readonly name: string;
  readonly sizeBytes: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly open: () => BodyInit;
}

/** How many files of one announcement are sent at a time. */
const CONCURRENCY = 6;

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
  await send(service, run, [upload], signal);
  return run.file(upload.name, { signal });
}

/**
 * Uploads files with one announcement and one report for all of them: some tens of files a call.
 *
 * @throws {ValueError | UnsupportedError | CommError} as {@link uploadRunFile}.
 */
export async function uploadRunFiles(
  service: Service,
  run: RunPlace,
  sources: readonly UploadSource[],
  { signal }: ReadOptions,
): Promise<void> {
  const uploads: Upload[] = [];
  for (const source of sources) uploads.push(await prepare(service, source));
  if (uploads.length > 0) await send(service, run, uploads, signal);
}

async function send(
  service: Service,
  run: RunPlace,
  uploads: readonly Upload[],
  signal: AbortSignal | undefined,
): Promise<void> {
  const files = uploads.map(({ name }) => name);
  const address = { entity: run.entity, project: run.project, run: run.id, files };
  const { createRunFiles } = await service.graphql.execute(CreateRunFilesDocument, address, { signal });
  const announced = createRunFiles?.files ?? [];
  await mapConcurrently(uploads, CONCURRENCY, async (upload, index) => {
    const place = announced.find(({ name }) => name === upload.name) ?? announced[index];
    if (createRunFiles == null || place?.uploadUrl == null) {
      throw new CommError(`The server gives no address to upload ${JSON.stringify(upload.name)} to`);
    }
    await service.http.send(
      {
        method: "PUT",
        url: new URL(place.uploadUrl, `${service.settings.baseUrl}/`).href,
        what: `Upload of ${JSON.stringify(upload.name)}`,
        headers: { ...upload.headers, ...readHeaderLines(createRunFiles.uploadHeaders) },
        body: upload.open,
        isIdempotent: true,
        bodyBytes: upload.sizeBytes,
        signal,
      },
      (answer) => answer.bytes(),
    );
  });
  if (await service.supports("MARK_RUN_FILES_UPLOADED")) {
    await service.graphql.execute(MarkRunFilesUploadedDocument, address, { signal });
  }
}

async function prepare(service: Service, source: UploadSource): Promise<Upload> {
  if ("content" in source) {
    checkName(source.name);
    const content = source.content instanceof ReadableStream ? await collect(source.content) : source.content;
    const sizeBytes = content instanceof Blob ? content.size : content.byteLength;
    return { name: source.name, sizeBytes, headers: {}, open: () => content };
  }
  const { name, sizeBytes, open } = "open" in source ? source : await openLocal(service, source);
  checkName(name);
  // An empty stream would be sent without a length.
  if (sizeBytes === 0) return { name, sizeBytes, headers: {}, open: () => new Uint8Array() };
  return { name, sizeBytes, headers: { "content-length": String(sizeBytes) }, open };
}

async function openLocal(
  { platform: { disk } }: Service,
  { path, root }: { readonly path: string; readonly root: string },
): Promise<LocalFile> {
  if (disk === null)
    throw new UnsupportedError("This runtime has no disk: pass the content and a name instead of a path");
  return disk.openForUpload(path, root);
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
