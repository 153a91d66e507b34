/**
 * `api.syncTensorboard`: reads what TensorBoard's writers left in a folder, or are still writing, into a run, with the
 * keys, steps and forms of values that W&B's client gives them.
 */
import { setOwn } from "@steelyard/protocol";

import { ValueError } from "../../core/errors.ts";
import type { ReadOptions } from "../../core/paginator.ts";
import type { Service } from "../../core/service.ts";
import { uploadRunFiles } from "../files/upload.ts";
import { MAX_LINE_BYTES, RunWriter } from "../run-writer/run-writer.ts";
import type { RunPlace } from "../run-writer/run-writer.ts";
import { createRun } from "../runs/create-run.ts";
import type { Run } from "../runs/run.ts";
import type { EventFileDamage } from "./event-file/record-reader.ts";
import { EventMerge } from "./event-merge.ts";
import { listEventFiles } from "./event-source.ts";
import type { EventFile, TensorboardFile } from "./event-source.ts";
import { MediaQueue } from "./media-queue.ts";
import { Namespaces } from "./namespaces.ts";
import { fitRow } from "./rows/fit-row.ts";
import { RowBuilder } from "./rows/row-builder.ts";
import type { BuiltRow } from "./rows/row-builder.ts";
import type { TensorboardProgress } from "./sync-progress.ts";

/** How long files are followed that are still being written. */
export interface FollowOptions {
  /** Time between two looks at the files, in milliseconds. @default 2000 */
  readonly pollMs?: number;
  /** Ends it when nothing was written for this long, in milliseconds. @default never */
  readonly idleMs?: number;
  /** Ends it well: what is there is read to the end and the run is finished. */
  readonly until?: AbortSignal;
}

/** A damaged place of an event file. */
export interface TensorboardDamage extends EventFileDamage {
  /** The file's path. */
  readonly path: string;
}

/** Options of `api.syncTensorboard`. */
export interface SyncTensorboardOptions extends ReadOptions {
  /** The run's id; rows of a run that has it already are written over. @default eight random letters and digits */
  readonly runId?: string | undefined;
  /** @default the project of the settings, else "uncategorized" */
  readonly project?: string | undefined;
  /** @default the entity of the settings, else the caller's default entity */
  readonly entity?: string | undefined;
  /** Goes on while the files grow and new ones appear. @default the files as they are now */
  readonly follow?: FollowOptions | undefined;
  /** Whether the event files themselves become files of the run. @default true */
  readonly saveFiles?: boolean | undefined;
  /** Told how far it is. */
  readonly onProgress?: ((progress: TensorboardProgress) => void) | undefined;
  /** Told of each damaged place. Everything before it was read, and after it what still can be. */
  readonly onDamage?: ((damage: TensorboardDamage) => void) | undefined;
}

const DEFAULT_POLL_MS = 2_000;
const PROGRESS_EVENTS = 1_000;

/**
 * Reads event files into a run, which is made for them and finished afterwards. When it fails, the run is left as it is,
 * and the server takes it for crashed; doing it again with the same run id writes the same rows over the same places.
 *
 * @throws {ValueError} when there are no event files, unless they are waited for.
 * @throws {UnsupportedError} for a path where there is no disk.
 * @throws {CommError} when the server refuses.
 */
export async function syncTensorboard(
  service: Service,
  source: string | readonly TensorboardFile[],
  options: SyncTensorboardOptions,
): Promise<Run> {
  const { signal } = options;
  const files = await listEventFiles(service.platform, source);
  if (files.length === 0 && options.follow === undefined) {
    const place = typeof source === "string" ? `below ${source}` : "among the given files";
    throw new ValueError(`There are no event files ${place}: their names have ".tfevents." in them`);
  }
  const place = await createRun(service, options);
  const sync = new Sync(service, place, options);
  await sync.readAll(files, source);
  await sync.finish();
  return service.makers.run(service, place, { signal });
}

/** One sync under way. */
class Sync {
  readonly #service: Service;
  readonly #place: RunPlace;
  readonly #options: SyncTensorboardOptions;
  readonly #builder = new RowBuilder();
  readonly #writer: RunWriter;
  readonly #media: MediaQueue;
  readonly #merge: EventMerge;
  #files: readonly EventFile[] = [];
  #namespaces: Namespaces | undefined;
  #counts = { totalBytes: 0, events: 0, rows: 0, damages: 0 };
  #configured = 0;

  constructor(service: Service, place: RunPlace, options: SyncTensorboardOptions) {
    this.#service = service;
    this.#place = place;
    this.#options = options;
    this.#writer = new RunWriter(service, place);
    this.#media = new MediaQueue(service, place);
    this.#merge = new EventMerge(({ path }, damage) => {
      this.#counts.damages += 1;
      options.onDamage?.({ ...damage, path });
    });
  }

  /** Reads the files once, or again and again while they are followed. */
  async readAll(first: readonly EventFile[], source: string | readonly TensorboardFile[]): Promise<void> {
    const { follow, signal } = this.#options;
    const { clock, platform } = this.#service;
    let files = first;
    let grownAt = clock.now();
    for (;;) {
      // Asked before reading, so that what was written before the end is always read.
      const isOver = follow === undefined || follow.until?.aborted === true;
      const events = this.#counts.events;
      await this.#readOnce(files);
      if (isOver || this.#writer.isStopped) return;
      if (this.#counts.events > events) grownAt = clock.now();
      if (clock.now() - grownAt >= (follow.idleMs ?? Infinity)) return;
      await this.#pause(follow);
      signal?.throwIfAborted();
      files = await listEventFiles(platform, source);
    }
  }

  /** Sends what is left, the event files too, and ends the run. */
  async finish(): Promise<void> {
    const { signal, saveFiles = true } = this.#options;
    this.#merge.finish();
    await this.#write(this.#builder.finish());
    await this.#media.flush({ signal });
    await this.#configure();
    if (saveFiles) {
      for (const file of this.#files) {
        const name = [this.#namespaceOf(file), file.path.slice(file.path.lastIndexOf("/") + 1)];
        const upload = await file.toUpload(name.filter((part) => part !== "").join("/"));
        await uploadRunFiles(this.#service, this.#place, [upload], { signal });
      }
    }
    await this.#writer.finish(0, { signal });
    this.#report();
  }

  async #readOnce(files: readonly EventFile[]): Promise<void> {
    const { signal } = this.#options;
    this.#files = files;
    if (files.length > 0) this.#namespaces ??= new Namespaces(files.map(({ path }) => path));
    this.#counts.totalBytes = 0;
    for (const file of files) this.#counts.totalBytes += await file.sizeBytes();
    for await (const { event, file } of this.#merge.read(files)) {
      signal?.throwIfAborted();
      this.#counts.events += 1;
      await this.#write(await this.#builder.add(event, this.#namespaceOf(file)));
      if (this.#counts.events % PROGRESS_EVENTS === 0) this.#report();
    }
    await this.#media.flush({ signal });
    await this.#writer.flush({ signal });
    await this.#configure();
    this.#report();
  }

  async #write(built: BuiltRow | null): Promise<void> {
    if (built === null) return;
    const { signal } = this.#options;
    await this.#media.add(built.uploads, { signal });
    await this.#writer.append(fitRow(built.row, MAX_LINE_BYTES, this.#builder.leftOut), { signal });
    this.#counts.rows += 1;
  }

  /** Puts hyperparameters that are new into the run's config. */
  async #configure(): Promise<void> {
    const entries = Object.entries(this.#builder.hparams);
    if (entries.length === this.#configured) return;
    const { signal } = this.#options;
    const run = await this.#service.makers.run(this.#service, this.#place, { signal });
    for (const [key, value] of entries) setOwn(run.config, key, value);
    await run.update({ signal });
    this.#configured = entries.length;
  }

  async #pause({ pollMs = DEFAULT_POLL_MS, until }: FollowOptions): Promise<void> {
    const { signal } = this.#options;
    const signals = [signal, until].filter((one) => one !== undefined);
    try {
      await this.#service.clock.sleep(pollMs, AbortSignal.any(signals));
    } catch (error) {
      // The end was asked for: what is there is still read.
      if (until?.aborted !== true) throw error;
    }
  }

  #namespaceOf({ path }: EventFile): string {
    return this.#namespaces?.of(path) ?? "";
  }

  #report(): void {
    this.#options.onProgress?.({
      ...this.#counts,
      files: this.#files.length,
      readBytes: this.#merge.readBytes,
      uploads: this.#media.uploaded,
      leftOut: Object.fromEntries(this.#builder.leftOut),
    });
  }
}
