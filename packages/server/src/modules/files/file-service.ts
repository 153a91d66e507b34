/** The files of runs: announcing and completing uploads, listing, opening and deleting. */
import { text } from "node:stream/consumers";
import { decodeGlobalId, validateFilePath } from "@steelyard/protocol";
import { ServerError } from "../../errors.ts";
import type { BlobStore } from "../../ports/blob-store.ts";
import type { Clock } from "../../ports/clock.ts";
import type { IdSource } from "../../ports/id-source.ts";
import type { Caller } from "../access/caller.ts";
import type { RunKey } from "../history/history-log.ts";
import type { RunAccess } from "../runs/run-access.ts";
import type { RunAddress, RunService } from "../runs/run-service.ts";
import type { Run } from "../runs/run.ts";
import type { FinishedUpload, OpenBlob, UploadListener } from "./blob-service.ts";
import type { FileStore } from "./file-store.ts";
import type { FileView } from "./file-view.ts";
import { parseUploadSubject, viewRunFile } from "./run-file-view.ts";
import type { RunFileContent, RunFile } from "./run-file.ts";

/** What the service is built from. */
export interface FileServiceParts {
  readonly files: FileStore;
  readonly blobs: BlobStore;
  readonly runs: RunService;
  readonly runAccess: RunAccess;
  readonly ids: IdSource;
  readonly clock: Clock;
}

/** Announced files with the run that they belong to. */
export interface AnnouncedFiles {
  readonly run: Run;
  readonly files: readonly FileView[];
}

/** Which files of a run. */
export interface FileListRequest {
  /** Exact names; empty or null for all. */
  readonly names: readonly string[] | null;
  /** With `%` and `_`; not together with names. */
  readonly pattern: string | null;
  readonly after: string | null;
  /** @default 50 */
  readonly first: number | null;
}

/** A page of files. */
export interface FileViewPage {
  readonly files: readonly FileView[];
  readonly hasNextPage: boolean;
  readonly totalCount: number;
}

const DEFAULT_PAGE = 50;
const MAX_PAGE = 1_000;
const MAX_NAMES = 10_000;
const MAX_PATTERN_LENGTH = 1_024;
const BLOB_KEY_BYTES = 16;

/** Reads and changes the files of runs. */
export class FileService implements UploadListener {
  readonly #files: FileStore;
  readonly #blobs: BlobStore;
  readonly #runs: RunService;
  readonly #runAccess: RunAccess;
  readonly #ids: IdSource;
  readonly #clock: Clock;

  constructor(parts: FileServiceParts) {
    this.#files = parts.files;
    this.#blobs = parts.blobs;
    this.#runs = parts.runs;
    this.#runAccess = parts.runAccess;
    this.#ids = parts.ids;
    this.#clock = parts.clock;
  }

  /**
   * Announces files, in the order given and as many; each view has an address to upload to.
   *
   * @throws {ServerError} `not_found`, `permission_denied`, or `invalid_argument` for a name that leaves the run.
   */
  async announce(
    caller: Caller,
    address: RunAddress,
    request: { readonly names: readonly string[]; readonly baseUrl: string },
  ): Promise<AnnouncedFiles> {
    checkNames(request.names);
    const run = await this.#runs.require(caller, address);
    return { run, files: await this.announceFor(caller, run, request) };
  }

  /** Announces files of a run that was found already, as `announce` does. */
  async announceFor(
    caller: Caller,
    run: Run,
    request: { readonly names: readonly string[]; readonly baseUrl: string },
  ): Promise<readonly FileView[]> {
    const names = checkNames(request.names);
    const project = await this.#runAccess.requireAppend(caller, run);
    const files = await this.#files.announce({ ...keyOf(run), names, now: this.#clock.now() });
    return files.map(this.#viewer(run, project, request.baseUrl));
  }

  /** Whether all files of these names have content. Throws as `announce` does. */
  async areUploaded(caller: Caller, address: RunAddress, names: readonly string[]): Promise<boolean> {
    const run = await this.#runs.require(caller, address);
    await this.#runAccess.requireAppend(caller, run);
    const wanted = [...new Set(checkNames(names))];
    const query = { ...keyOf(run), names: wanted, pattern: null, after: null, limit: 1 };
    return (await this.#files.list(query)).totalCount === wanted.length;
  }

  async completeUpload({ subject, key, info }: FinishedUpload): Promise<void> {
    const file = parseUploadSubject(subject);
    if (file === undefined) throw new ServerError("gone", "Nothing waits for this upload");
    const content = { blobKey: key, ...info };
    const completed = await this.#files.complete({ ...file, content, now: this.#clock.now() });
    if (completed === undefined) throw new ServerError("gone", "The file or its run was deleted");
  }

  /** One page of a run's files. Throws `not_found`, or `invalid_argument` for bad paging or a bad pattern. */
  async list(
    caller: Caller,
    run: Run,
    request: FileListRequest & { readonly baseUrl: string },
  ): Promise<FileViewPage> {
    const project = await this.#runAccess.requireRead(caller, run);
    const page = await this.#files.list({ ...keyOf(run), ...parseList(request) });
    return { ...page, files: page.files.map(this.#viewer(run, project, request.baseUrl)) };
  }

  /** How many files a run has. Throws `not_found`. */
  async count(caller: Caller, run: Run): Promise<number> {
    await this.#runAccess.requireRead(caller, run);
    return this.#files.count(keyOf(run));
  }

  /** Opens a file by name; undefined when run or file is missing or the caller may not see it. */
  async open(caller: Caller, address: RunAddress, name: string): Promise<OpenBlob | undefined> {
    const run = await this.#runs.find(caller, address);
    const file = run && (await this.#files.find({ ...keyOf(run), name }));
    if (file?.content === null || file === undefined) return undefined;
    return this.#toOpenBlob(file, file.content);
  }

  /** The text of a run's file when it is there and at most `maxBytes` long. */
  async readText(caller: Caller, run: Run, name: string, maxBytes: number): Promise<string | undefined> {
    await this.#runAccess.requireRead(caller, run);
    const file = await this.#files.find({ ...keyOf(run), name });
    if (file?.content === undefined || file.content === null || file.content.sizeBytes > maxBytes)
      return undefined;
    const body = await this.#blobs.read({ key: file.content.blobKey });
    return body && text(body);
  }

  /** Deletes files by their global ids. Throws `not_found`, `permission_denied` or `invalid_argument`. */
  async delete(caller: Caller, ids: readonly string[]): Promise<void> {
    const byRun = new Map<string, RunKey & { readonly fileIds: number[] }>();
    for (const id of ids) {
      const { projectId, runId, fileId } = parseFileId(id);
      const key = `${projectId}/${runId}`;
      const files = byRun.get(key) ?? { projectId, runId, fileIds: [] };
      files.fileIds.push(fileId);
      byRun.set(key, files);
    }
    for (const run of byRun.values()) await this.#runAccess.requireWrite(caller, run);
    const now = this.#clock.now();
    for (const run of byRun.values()) await this.#files.delete({ ...run, now });
  }

  #viewer(
    run: Run,
    project: { readonly entityName: string; readonly name: string },
    baseUrl: string,
  ): (file: RunFile) => FileView {
    const address = { entity: project.entityName, project: project.name, run: run.name };
    const newBlobKey = (): string => `run-files/${this.#ids.hex(BLOB_KEY_BYTES)}`;
    return (file) => viewRunFile(file, { blobs: this.#blobs, baseUrl, address, newBlobKey });
  }

  #toOpenBlob({ name }: RunFile, content: RunFileContent): OpenBlob {
    const { blobKey: key, sizeBytes, md5 } = content;
    return {
      info: { sizeBytes, md5 },
      fileName: name,
      read: (range) => this.#blobs.read({ key, ...range }),
    };
  }
}

function keyOf({ projectId, runId }: RunKey): RunKey {
  return { projectId, runId };
}

function checkNames(names: readonly string[]): readonly string[] {
  if (names.length > MAX_NAMES) {
    throw new ServerError("invalid_argument", `At most ${MAX_NAMES} files at once`, { field: "files" });
  }
  return names.map(validateFilePath);
}

function parseList({ names, pattern, after, first }: FileListRequest): {
  readonly names: readonly string[] | null;
  readonly pattern: string | null;
  readonly after: string | null;
  readonly limit: number;
} {
  if (first !== null && first < 0) {
    throw new ServerError("invalid_argument", "first must be 0 or more", { field: "first" });
  }
  if (pattern !== null && pattern.length > MAX_PATTERN_LENGTH) {
    const message = `A pattern has at most ${MAX_PATTERN_LENGTH} characters`;
    throw new ServerError("invalid_argument", message, { field: "pattern" });
  }
  if (names !== null && names.length > MAX_NAMES) {
    throw new ServerError("invalid_argument", `At most ${MAX_NAMES} names at once`, { field: "names" });
  }
  return {
    // Clients ask for a file by the path under which they saved it, which may begin with "./".
    names: names === null || names.length === 0 ? null : names.map((name) => name.replace(/^(\.\/)+/, "")),
    pattern,
    after,
    limit: Math.min(first ?? DEFAULT_PAGE, MAX_PAGE),
  };
}

function parseFileId(id: string): RunKey & { readonly fileId: number } {
  const { type, numbers } = decodeGlobalId(id);
  const [projectId, runId, fileId, ...rest] = numbers;
  if (
    type !== "RunFile" ||
    projectId === undefined ||
    runId === undefined ||
    fileId === undefined ||
    rest.length > 0
  ) {
    throw new ServerError("invalid_argument", `"${id}" is not the id of a run's file`, { field: "files" });
  }
  return { projectId, runId, fileId };
}
