/** Collects files of a run and uploads them some at a time. */
import type { ReadOptions } from "../../core/paginator.ts";
import type { Service } from "../../core/service.ts";
import { uploadRunFiles } from "../files/upload.ts";
import type { RunPlace } from "../run-writer/run-writer.ts";
import type { MediaUpload } from "./rows/pictures.ts";

const BATCH_FILES = 50;
const BATCH_BYTES = 16 * 2 ** 20;

/** Files that have yet to be uploaded. */
export class MediaQueue {
  readonly #service: Service;
  readonly #place: RunPlace;
  /** By name: the same picture of the same step is one file. */
  readonly #waiting = new Map<string, MediaUpload>();
  #sizeBytes = 0;
  #uploaded = 0;

  constructor(service: Service, place: RunPlace) {
    this.#service = service;
    this.#place = place;
  }

  /** How many files were uploaded. */
  get uploaded(): number {
    return this.#uploaded;
  }

  /** Adds files; uploads what has come together once it is enough. */
  async add(uploads: readonly MediaUpload[], options: ReadOptions): Promise<void> {
    for (const upload of uploads) {
      if (this.#waiting.has(upload.name)) continue;
      this.#waiting.set(upload.name, upload);
      this.#sizeBytes += upload.content.length;
      if (this.#waiting.size >= BATCH_FILES || this.#sizeBytes >= BATCH_BYTES) await this.flush(options);
    }
  }

  /** Uploads what is left. @throws {CommError} when it fails; the next call tries again. */
  async flush(options: ReadOptions): Promise<void> {
    const uploads = [...this.#waiting.values()];
    await uploadRunFiles(this.#service, this.#place, uploads, options);
    this.#waiting.clear();
    this.#sizeBytes = 0;
    this.#uploaded += uploads.length;
  }
}
