/**
 * Writes rows of a run's history, and its summary and end, by the file stream. Lines are addressed by their number, so
 * what was sent twice is there once, and a failed post is sent again from where it was.
 */
import { FILE_STREAM_FILES, fileStreamPath, parseJson, printJson, setOwn } from "@steelyard/protocol";
import type { FileStreamChunk, FileStreamRequest, JsonObject, JsonValue } from "@steelyard/protocol";

import { ValueError } from "../../core/errors.ts";
import type { ReadOptions } from "../../core/paginator.ts";
import type { Service } from "../../core/service.ts";

/** Where a run is. */
export interface RunPlace {
  readonly entity: string;
  readonly project: string;
  readonly id: string;
}

/** Options of a {@link RunWriter}. */
export interface RunWriterOptions {
  /** Number of the first line that is written; lines that are there from it on are written over. @default 0 */
  readonly firstLine?: number;
}

/** Servers refuse longer lines: the clients' own limit. */
export const MAX_LINE_BYTES: number = 10 * 2 ** 20 - 100 * 2 ** 10;
/** A post is sent when it has this much. */
const POST_BYTES = 2 ** 20;
const POST_LINES = 1_000;
/** Without rows a post is only worth it when the server might take the run for crashed otherwise. */
const HEARTBEAT_MS = 15_000;
/** A summary can be as long as a thousand rows, so it goes with the first post after this time. */
const SUMMARY_INTERVAL_MS = 10_000;

/** Writes one run. Only one writer should write a run at a time, and each call should be awaited before the next. */
export class RunWriter {
  readonly #service: Service;
  readonly #place: RunPlace;
  readonly #summary: Record<string, JsonValue> = {};
  #isSummaryChanged = false;
  #summarySentAt: number;
  #postedAt: number;
  #nextLine: number;
  #lines: string[] = [];
  #sizeBytes = 0;
  #isStopped = false;

  constructor(service: Service, place: RunPlace, { firstLine = 0 }: RunWriterOptions = {}) {
    this.#service = service;
    this.#place = place;
    this.#nextLine = firstLine;
    this.#summarySentAt = this.#postedAt = service.clock.now();
  }

  /** Whether somebody asked the run to stop; known from the answer to the last post. */
  get isStopped(): boolean {
    return this.#isStopped;
  }

  /**
   * Adds a row, whose values become those of the summary. Sends what has come together once it is enough.
   *
   * @throws {ValueError} when the row is longer than a line may be; it is not added.
   * @throws {CommError} when a post fails after all retries; no row is lost by that, the next call sends them.
   */
  async append(row: JsonObject, options: ReadOptions = {}): Promise<void> {
    const line = printJson(row);
    const sizeBytes = byteLength(line);
    if (sizeBytes > MAX_LINE_BYTES) {
      throw new ValueError(`A row of ${sizeBytes} bytes is longer than the ${MAX_LINE_BYTES} allowed`);
    }
    this.#lines.push(line);
    this.#sizeBytes += sizeBytes;
    this.summarize(row);
    if (this.#sizeBytes >= POST_BYTES || this.#lines.length >= POST_LINES) await this.flush(options);
  }

  /** Sets values of the summary, without a row; they are sent with the next post that has a summary. */
  summarize(values: JsonObject): void {
    for (const [key, value] of Object.entries(values)) setOwn(this.#summary, key, value);
    this.#isSummaryChanged = true;
  }

  /**
   * Sends the rows that have come together; with none it tells the server now and then that the run is still alive.
   *
   * @throws {CommError} when the post fails after all retries; the next call sends the same again.
   */
  async flush(options: ReadOptions = {}): Promise<void> {
    const now = this.#service.clock.now();
    const isSummaryDue = this.#isSummaryChanged && now - this.#summarySentAt >= SUMMARY_INTERVAL_MS;
    if (this.#lines.length === 0 && !isSummaryDue && now - this.#postedAt < HEARTBEAT_MS) return;
    await this.#post({}, isSummaryDue, options);
  }

  /**
   * Sends everything and ends the run: as finished with the code 0, as failed with another.
   *
   * @throws {CommError} when the post fails after all retries; it may be called again.
   */
  async finish(exitCode = 0, options: ReadOptions = {}): Promise<void> {
    await this.#post({ complete: true, exitcode: exitCode }, this.#isSummaryChanged, options);
  }

  async #post(end: FileStreamRequest, hasSummary: boolean, { signal }: ReadOptions): Promise<void> {
    const { settings, http, clock } = this.#service;
    const { entity, project, id } = this.#place;
    const lines = this.#lines;
    const count = lines.length;
    const files: Record<string, FileStreamChunk> = {};
    if (count > 0) files[FILE_STREAM_FILES.history] = { offset: this.#nextLine, content: lines };
    const summary = hasSummary ? printJson(this.#summary) : "";
    if (hasSummary && byteLength(summary) <= MAX_LINE_BYTES)
      files[FILE_STREAM_FILES.summary] = { offset: 0, content: [summary] };
    const body = JSON.stringify({ ...(Object.keys(files).length > 0 && { files }), ...end });
    const answer = await http.send(
      {
        method: "POST",
        url: settings.baseUrl + fileStreamPath({ entity, project, run: id }),
        what: `Rows of the run ${id}`,
        headers: { "content-type": "application/json" },
        body: () => body,
        bodyBytes: body.length,
        isIdempotent: true,
        signal,
      },
      (response) => response.text(),
    );
    this.#isStopped = isStop(answer);
    this.#lines = [];
    this.#sizeBytes = 0;
    this.#nextLine += count;
    this.#postedAt = clock.now();
    if (hasSummary) {
      this.#isSummaryChanged = false;
      this.#summarySentAt = this.#postedAt;
    }
  }
}

function byteLength(text: string): number {
  // Every UTF-16 unit is at most three bytes: most lines are known to be short enough without being encoded.
  return text.length * 3 <= POST_BYTES ? text.length : new TextEncoder().encode(text).length;
}

/** W&B's servers answer JSON; the clients tolerate others, which stop nothing. */
function isStop(answer: string): boolean {
  try {
    const parsed = parseJson(answer);
    return typeof parsed === "object" && parsed !== null && Reflect.get(parsed, "stopped") === true;
  } catch {
    return false;
  }
}
