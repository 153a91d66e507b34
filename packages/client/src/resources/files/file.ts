/** A file of a run: what the server knows of it, and ways to its content. */
import type { JsonObject } from "@steelyard/protocol";

import { parseInstantOrNull } from "../../core/dates.ts";
import { CommError, UnsupportedError, ValueError } from "../../core/errors.ts";
import type { HttpRequest } from "../../core/http.ts";
import { parseObjectText } from "../../core/json-text.ts";
import type { ReadOptions } from "../../core/paginator.ts";
import type { Service } from "../../core/service.ts";
import { DeleteFilesDocument } from "../../generated/files-documents.ts";
import type { RunFileFieldsFragment } from "../../generated/files-documents.ts";
import type { Run } from "../runs/run.ts";
import { toS3Uri } from "./s3-uri.ts";

/** Options of {@link File.download}. */
export interface DownloadOptions extends ReadOptions {
  /** The folder below which the file gets its name as path. @default "." */
  readonly root?: string;
  /** Whether a local file is overwritten. @default false */
  readonly replace?: boolean;
  /** Whether a local file is left as it is, without an error. @default false */
  readonly existOk?: boolean;
}

/** Where {@link File.download} left the content. */
export interface DownloadedFile {
  /** The absolute path. */
  readonly path: string;
  /** False when a local file was left as it was. */
  readonly isFresh: boolean;
}

/** A stored file. Mirrors `wandb.apis.public.File`. */
export class File {
  /** Global id. */
  readonly id: string;
  /** Path inside the run. */
  readonly name: string;
  /** Address that asks for credentials; null when the server gives none. */
  readonly url: string | null;
  /** Address that carries its own short authority; null when the server gives none. */
  readonly directUrl: string | null;
  /** Size in bytes. */
  readonly sizeBytes: number | bigint;
  /** Media type guessed from the name. */
  readonly mimetype: string | null;
  /** When the content last changed. */
  readonly updatedAt: Date | null;
  /** The same instant as the server wrote it. */
  readonly updatedAtText: string | null;
  /** MD5 of the content, in base64. */
  readonly md5: string | null;
  /** The run that has the file. */
  readonly run: Run;
  readonly #service: Service;

  constructor(service: Service, run: Run, fields: RunFileFieldsFragment) {
    this.#service = service;
    this.run = run;
    this.id = fields.id;
    this.name = fields.name;
    this.url = fields.url;
    this.directUrl = fields.directUrl;
    this.sizeBytes = fields.sizeBytes;
    this.mimetype = fields.mimetype;
    this.updatedAtText = fields.updatedAt;
    this.updatedAt = parseInstantOrNull(fields.updatedAt, "file.updatedAt");
    this.md5 = fields.md5;
  }

  /** Size in bytes as a number. */
  get size(): number {
    return Number(this.sizeBytes);
  }

  /**
   * Where the file is in its bucket: the address itself for a reference, `s3://bucket/key` for a file in S3, otherwise
   * the empty text. Mirrors `path_uri`.
   */
  get pathUri(): string {
    if (this.directUrl === null) return "";
    return this.directUrl === this.url ? this.directUrl : (toS3Uri(this.directUrl) ?? "");
  }

  /**
   * The whole content.
   *
   * @throws {CommError} when it cannot be fetched, or there is no address for it.
   */
  async bytes(options: ReadOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
    return this.#service.http.send(this.#request(options), (answer) => answer.bytes());
  }

  /** The whole content as UTF-8 text. */
  async text(options: ReadOptions = {}): Promise<string> {
    return this.#service.http.send(this.#request(options), (answer) => answer.text());
  }

  /** The content as a JSON object; bare NaN and Infinity and big integers are understood. */
  async json(options: ReadOptions = {}): Promise<JsonObject> {
    return parseObjectText(await this.text(options), this.name);
  }

  /** The content as it comes. */
  async stream(options: ReadOptions = {}): Promise<ReadableStream<Uint8Array>> {
    return this.#service.http.open(this.#request(options));
  }

  /**
   * Stores the content below a local folder, under the file's name. The time limit bounds each silence, not the whole
   * transfer; a broken transfer leaves nothing behind. Mirrors `download`, which returns an open text file.
   *
   * @throws {ValueError} when the file exists and neither `replace` nor `existOk` is set, or the name would lead out of
   *   the folder.
   * @throws {UnsupportedError} where there is no disk.
   */
  async download(options: DownloadOptions = {}): Promise<DownloadedFile> {
    const { disk } = this.#service.platform;
    if (disk === null)
      throw new UnsupportedError("This runtime has no disk: use bytes(), text() or stream()");
    const path = await disk.resolve(options.root ?? ".", this.name);
    if (options.replace !== true && (await disk.exists(path))) {
      if (options.existOk === true) return { path, isFresh: false };
      throw new ValueError(`${path} exists: set replace to overwrite it or existOk to leave it as it is`);
    }
    await this.#service.http.send(this.#request(options), (answer) => disk.write(path, answer.chunks()));
    return { path, isFresh: true };
  }

  /** Deletes the file from its run. Mirrors `delete`. */
  async delete(options: ReadOptions = {}): Promise<void> {
    const variables = { files: [this.id], projectId: this.run.projectId };
    const { deleteFiles } = await this.#service.graphql.execute(DeleteFilesDocument, variables, options);
    if (deleteFiles?.success === false) throw new CommError(`The server did not delete ${this.name}`);
  }

  #request({ signal }: ReadOptions): HttpRequest {
    const url = this.url ?? this.directUrl;
    if (url === null)
      throw new CommError(`The server gives no address for the file ${JSON.stringify(this.name)}`);
    return {
      method: "GET",
      url: new URL(url, `${this.#service.settings.baseUrl}/`).href,
      what: `Download of ${JSON.stringify(this.name)}`,
      isIdempotent: true,
      limit: "silence",
      signal,
    };
  }
}
