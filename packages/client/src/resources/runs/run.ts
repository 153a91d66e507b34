/** A run: what is known of it, what it logged, and what can be done with it. */
import type { JsonObject } from "@steelyard/protocol";

import type { Api } from "../../api.ts";
import { CommError, NotFoundError, ValueError, isNotFound } from "../../core/errors.ts";
import type { PaginatorOptions, ReadOptions } from "../../core/paginator.ts";
import type { Service } from "../../core/service.ts";
import { sessionOf } from "../../core/session.ts";
import {
  DeleteRunDocument,
  DeleteRunWithArtifactsDocument,
  RunDocument,
  RunStateDocument,
  StopRunDocument,
  UpdateRunDocument,
  UpdateRunStateDocument,
} from "../../generated/documents.ts";
import type { Artifact, LogOptions } from "../artifacts/artifact.ts";
import { RunArtifacts } from "../artifacts/run-artifacts.ts";
import { ConsoleLogs } from "../console/console-logs.ts";
import type { ConsoleLogsOptions } from "../console/console-logs.ts";
import type { File } from "../files/file.ts";
import { Files } from "../files/files.ts";
import type { FilesOptions } from "../files/files.ts";
import type { UploadContent } from "../files/upload.ts";
import type { Table } from "apache-arrow";
import type { HistoryBucketOptions, HistoryBuckets } from "../history/history-buckets.ts";
import type { HistoryColumns } from "../history/history-columns.ts";
import type { DownloadHistoryOptions, DownloadHistoryResult } from "../history/history-exports.ts";
import { HistoryReader } from "../history/history-reader.ts";
import { HistoryScan } from "../history/history-scan.ts";
import type { HistoryScanOptions } from "../history/history-scan.ts";
import type { HistoryFormat, HistoryOptions, HistoryRows } from "../history/run-history.ts";
import type { RunWatchEvent, RunWatchOptions } from "../live/run-watch.ts";
import type { Sweep } from "../sweeps/sweep.ts";
import type { CreateRunOptions } from "./create-run.ts";
import { RunRecord } from "./run-record.ts";
import type { RunFields } from "./run-record.ts";
import { isTerminalState } from "./run-state.ts";

const METADATA_FILE = "wandb-metadata.json";
const DEFAULT_POLL_MS = 5_000;

/**
 * A run. Mirrors `wandb.apis.public.Run`. Fields that are loaded are properties and never ask the server; what may ask
 * is a method. Change `name`, `notes`, `description`, `tags`, `group`, `jobType`, `config` and `summary`, then
 * `await run.update()`.
 */
export class Run extends RunRecord {
  /**
   * Creates a run, or finds the one of that id. Mirrors `Run.create`.
   *
   * @throws {CommError} when the server refuses.
   */
  static async create(api: Api, options: CreateRunOptions = {}): Promise<Run> {
    const service = await sessionOf(api).service();
    const { createRun } = await import("./create-run.ts");
    const { entity, project, id } = await createRun(service, options);
    return Run.fetch(service, { entity, project, id }, options);
  }

  /** Loads a run by its place. @internal */
  static async fetch(
    service: Service,
    { entity, project, id }: { readonly entity: string; readonly project: string; readonly id: string },
    { signal }: ReadOptions = {},
  ): Promise<Run> {
    return new Run(service, { entity, project }, await fetchFields(service, { entity, project, id }, signal));
  }

  /**
   * Loads what a lazy list left out; does nothing when the run is full, unless forced. Forcing brings everything up to
   * date and drops local changes. Mirrors `load`.
   *
   * @throws {NotFoundError} when the run does not exist any more.
   */
  async load(options: ReadOptions & { readonly force?: boolean } = {}): Promise<this> {
    if (this.isFull && options.force !== true) return this;
    this.apply(await fetchFields(this.service, this, options.signal));
    return this;
  }

  /** The same as {@link load}. Mirrors `load_full_data`. */
  async loadFullData(options: ReadOptions & { readonly force?: boolean } = {}): Promise<this> {
    return this.load(options);
  }

  /**
   * Writes local changes to the server: only what was changed, so that a run that is still logging is left alone
   * otherwise. A text set to null is cleared. Mirrors `update`, which writes everything.
   *
   * @throws {CommError} when the server refuses.
   */
  async update(options: ReadOptions = {}): Promise<void> {
    if (this.isSummaryChanged) await this.summary.update({}, options);
    const variables = this.localChanges();
    const { upsertBucket } = await this.service.graphql.execute(UpdateRunDocument, variables, options);
    if (upsertBucket?.bucket == null) throw new CommError(`The server did not update ${this.path.join("/")}`);
    this.apply({ isFull: true, fields: upsertBucket.bucket });
  }

  /** The same as {@link update}. Mirrors `save`. */
  async save(options: ReadOptions = {}): Promise<void> {
    return this.update(options);
  }

  /** Sets the state to `pending` or `failed`; true when the server did. Mirrors `update_state`. */
  async updateState(state: "pending" | "failed", options: ReadOptions = {}): Promise<boolean> {
    const variables = { input: { id: this.storageId, state } };
    const { updateRunState } = await this.service.graphql.execute(UpdateRunStateDocument, variables, options);
    const isDone = updateRunState?.success === true;
    if (isDone) this.noteState(state);
    return isDone;
  }

  /** The sweep that made the run, or null. Mirrors the property `sweep`, which fetches. */
  async sweep(options: ReadOptions = {}): Promise<Sweep | null> {
    const { entity, project, sweepName: id } = this;
    return id === null ? null : this.service.makers.sweep(this.service, { entity, project, id }, options);
  }

  /** Asks a running run to stop; its program sees it within some seconds. Mirrors `stop`. */
  async stop(options: ReadOptions = {}): Promise<void> {
    const { stopRun } = await this.service.graphql.execute(StopRunDocument, { id: this.storageId }, options);
    if (stopRun?.success !== true) throw new CommError(`The server did not stop ${this.path.join("/")}`);
  }

  /** Deletes the run with its history and files. Mirrors `delete`. */
  async delete(
    options: ReadOptions & {
      /** Whether the artifacts that the run logged go too. @default false */
      readonly deleteArtifacts?: boolean;
    } = {},
  ): Promise<void> {
    const id = this.storageId;
    if (options.deleteArtifacts === true) {
      const variables = { id, deleteArtifacts: true };
      await this.service.graphql.execute(DeleteRunWithArtifactsDocument, variables, options);
    } else {
      await this.service.graphql.execute(DeleteRunDocument, { id }, options);
    }
  }

  /**
   * Waits until the run is in a state that it will not leave, and returns that state: finished, crashed, failed, killed
   * or preempted. Python's never ends for the last two. Mirrors `wait_until_finished`.
   *
   * @throws {NotFoundError} when the run does not exist any more.
   */
  async waitUntilFinished(
    options: ReadOptions & {
      /** Time between two looks, in milliseconds. @default 5000 */
      readonly pollMs?: number;
    } = {},
  ): Promise<string> {
    const variables = { entity: this.entity, project: this.project, name: this.id };
    for (;;) {
      const { project } = await this.service.graphql.execute(RunStateDocument, variables, options);
      if (project?.run == null) throw new NotFoundError(`Run ${this.path.join("/")} not found`);
      const { state } = project.run;
      this.noteState(state);
      if (state !== null && isTerminalState(state)) return state;
      await this.service.clock.sleep(options.pollMs ?? DEFAULT_POLL_MS, options.signal);
    }
  }

  /**
   * The run's history: every row, or with `samples` an even choice of them; the result says which. Rows with keys are
   * those that hold any of them (`rows: "all-keys"` for Python's way). Mirrors `history`, whose data frame is
   * `format: "columns"` here; `format: "arrow"` gives a table of the package `apache-arrow`, if that is installed.
   *
   * @throws {ValueError} when an option has a value that is not allowed.
   * @throws {UnsupportedError} when a table is asked for and `apache-arrow` is not installed.
   */
  async history(options?: HistoryOptions & { readonly format?: "rows" }): Promise<HistoryRows>;
  async history(options: HistoryOptions & { readonly format: "columns" }): Promise<HistoryColumns>;
  async history(options: HistoryOptions & { readonly format: "arrow" }): Promise<Table>;
  async history(
    options: HistoryOptions & { readonly format?: HistoryFormat } = {},
  ): Promise<HistoryRows | HistoryColumns | Table> {
    const { format = "rows", ...rest } = options;
    const { readHistory, readHistoryColumns } = await import("../history/run-history.ts");
    if (format === "rows") return readHistory(this.service, this, rest);
    const columns = await readHistoryColumns(this.service, this, rest);
    if (format === "columns") return columns;
    const { toArrowTable } = await import("../history/arrow-table.ts");
    return toArrowTable(columns);
  }

  /**
   * The run's rows and changes as they come, until it is over; leaving the loop ends it. First comes everything that is
   * there. A connection that breaks is made anew, without a gap and nothing twice. This run itself stays as it is: each
   * event has the run as it was then.
   *
   * ```ts
   * for await (const event of run.watch({ keys: ["loss"] })) {
   *   if (event.type === "rows") chart.append(event.rows);
   *   if (event.type === "reset") chart.removeFrom(event.fromStep);
   * }
   * ```
   *
   * @throws {NotFoundError} when the run does not exist any more.
   */
  async *watch(options: RunWatchOptions = {}): AsyncGenerator<RunWatchEvent<Run>, void, undefined> {
    const { watchRun } = await import("../live/run-watch.ts");
    const { service, entity, project, id } = this;
    const address = { entity, project, id };
    const fetch = (signal: AbortSignal | undefined): Promise<Run> => Run.fetch(service, address, { signal });
    yield* watchRun({ service, address, fetch }, options);
  }

  /**
   * The run's history in intervals of equal width, with the least, the greatest and the mean number of each key in each:
   * all that a chart can show, from every row. An addition of Steelyard's.
   *
   * @throws {UnsupportedError} when the server has no such answer.
   */
  async historyBuckets(options: HistoryBucketOptions): Promise<HistoryBuckets> {
    const { readHistoryBuckets } = await import("../history/history-buckets.ts");
    return readHistoryBuckets(this.service, this, options);
  }

  /** Walks the run's whole history without keeping it in memory. Mirrors `scan_history`. */
  scanHistory(options: HistoryScanOptions = {}): HistoryScan<Run> {
    return new HistoryScan<Run>(this.service, this, options);
  }

  /** The run's last step, asked for each time; -1 when it logged none. Mirrors `lastHistoryStep`. */
  async lastHistoryStep(options: ReadOptions = {}): Promise<number> {
    return new HistoryReader(this.service, this).lastStep(options.signal);
  }

  /**
   * Downloads the history as the Parquet files that the server has of it. Mirrors `download_history_exports`.
   *
   * @throws {IncompleteRunHistoryError} when part of it is not in files yet, unless that is allowed.
   * @throws {UnsupportedError} where there is no disk.
   */
  async downloadHistoryExports(
    downloadDir: string,
    options: DownloadHistoryOptions = {},
  ): Promise<DownloadHistoryResult> {
    const { downloadHistoryExports } = await import("../history/history-exports.ts");
    return downloadHistoryExports(this.service, this, downloadDir, options);
  }

  /** The run's files, all or by names or by a pattern. Mirrors `files`. @throws {ValueError} for names and a pattern. */
  files(options: FilesOptions = {}): Files {
    return new Files(this.service, this, options);
  }

  /**
   * A file by its exact name. Mirrors `file`.
   *
   * @throws {NotFoundError} when there is none.
   */
  async file(name: string, options: ReadOptions = {}): Promise<File> {
    const found = await this.files({ names: [name], signal: options.signal }).at(0);
    if (found === undefined)
      throw new NotFoundError(`${this.path.join("/")} has no file ${JSON.stringify(name)}`);
    return found;
  }

  /**
   * Uploads a local file under its path relative to `root`, or content under a name. Mirrors `upload_file`.
   *
   * @throws {ValueError} when the name is not a safe relative path, or the file is not below `root`.
   * @throws {UnsupportedError} for a local file where there is no disk.
   */
  async uploadFile(path: string, options?: ReadOptions & { readonly root?: string }): Promise<File>;
  async uploadFile(content: UploadContent, options: ReadOptions & { readonly name: string }): Promise<File>;
  async uploadFile(
    source: string | UploadContent,
    options: ReadOptions & { readonly root?: string; readonly name?: string } = {},
  ): Promise<File> {
    const { uploadRunFile } = await import("../files/upload.ts");
    if (typeof source === "string") {
      const { root = "." } = options;
      return uploadRunFile(this.service, this, { path: source, root }, options.signal);
    }
    if (options.name === undefined) throw new ValueError("Content needs a name to be uploaded under");
    return uploadRunFile(this.service, this, { content: source, name: options.name }, options.signal);
  }

  /** The artifact versions that the run logged, the oldest first. Mirrors `logged_artifacts`. */
  loggedArtifacts(options: PaginatorOptions = {}): RunArtifacts {
    return new RunArtifacts(this.service, this, "logged", { perPage: 100, ...options });
  }

  /** The artifact versions that the run used, the first use first. Mirrors `used_artifacts`. */
  usedArtifacts(options: PaginatorOptions = {}): RunArtifacts {
    return new RunArtifacts(this.service, this, "used", { perPage: 100, ...options });
  }

  /**
   * Logs an artifact as output of the run and returns it: a draft is uploaded, without what the server has already; a
   * logged version of the same project is declared an output of this run as well. Logging a draft again after a failure
   * goes on where it stopped. Mirrors `log_artifact`, which takes logged versions only.
   *
   * @throws {ValueError} when a logged version is of another project, or an alias or tag is malformed.
   */
  async logArtifact(artifact: Artifact, options: LogOptions = {}): Promise<Artifact> {
    const { logRunArtifact } = await import("../artifacts/upload/log-run-artifact.ts");
    return logRunArtifact(this.service, this, artifact, options);
  }

  /**
   * Declares that the run used a logged version, and returns it. Mirrors `use_artifact`.
   *
   * @throws {UsageError} for a draft.
   */
  async useArtifact(
    artifact: Artifact,
    options: ReadOptions & {
      /** What the run used it as. @default the artifact's name */
      readonly useAs?: string;
    } = {},
  ): Promise<Artifact> {
    const { useRunArtifact } = await import("../artifacts/upload/log-run-artifact.ts");
    await useRunArtifact(this.service, this, artifact, options);
    return artifact;
  }

  /** What the run printed. Mirrors `console_logs`. @throws {ValueError} when a count is not a positive integer. */
  consoleLogs(options: ConsoleLogsOptions = {}): ConsoleLogs {
    return new ConsoleLogs(this.service, this, options);
  }

  /**
   * What the run told of its machine and program, or null when it told nothing. Mirrors `metadata`, which is None
   * whatever goes wrong.
   *
   * @throws {CommError} when the file is there but cannot be read.
   */
  async metadata(options: ReadOptions = {}): Promise<JsonObject | null> {
    try {
      return await (await this.file(METADATA_FILE, options)).json(options);
    } catch (error) {
      if (isNotFound(error)) return null;
      throw error;
    }
  }
}

async function fetchFields(
  service: Service,
  { entity, project, id }: { readonly entity: string; readonly project: string; readonly id: string },
  signal: AbortSignal | undefined,
): Promise<RunFields> {
  const answer = await service.graphql.execute(RunDocument, { entity, project, name: id }, { signal });
  const fields = answer.project?.run;
  if (fields == null) throw new NotFoundError(`Run ${entity}/${project}/${id} not found`);
  return { isFull: true, fields };
}
