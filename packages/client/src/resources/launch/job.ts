/** A job: what a run left behind so that it can be started anew, elsewhere and with another config. */
import { isJsonArray, isJsonObject, parseJsonObject, setOwn } from "@steelyard/protocol";
import type { JsonObject, JsonValue } from "@steelyard/protocol";

import { NotFoundError, ValueError } from "../../core/errors.ts";
import type { ReadOptions } from "../../core/paginator.ts";
import type { Service } from "../../core/service.ts";
import { Artifact } from "../artifacts/artifact.ts";
import { findMisfits } from "./input-types.ts";
import { pushToQueue } from "./push-to-queue.ts";
import { QueuedRun } from "./queued-run.ts";

/** Options of `Job.call`. */
export interface JobCallOptions extends ReadOptions {
  /** Project that the run is logged to. @default the job's */
  readonly project?: string | undefined;
  /** Entity of the queue, to which the run is logged. @default the job's */
  readonly entity?: string | undefined;
  /** Name of the queue. @default "default", which is created when it is missing */
  readonly queue?: string | undefined;
  /** What to run on, where the queue does not decide it. @default what the queue or the agent decides */
  readonly resource?: string | undefined;
  /** Arguments for that resource, by its name. @default the queue's */
  readonly resourceArgs?: JsonObject | undefined;
  /** Values of the queue's template variables. @default their defaults */
  readonly templateVariables?: JsonObject | undefined;
  /** Project of the queue. @default "model-registry" */
  readonly projectQueue?: string | undefined;
  /** From 0, the most urgent, to 3, in queues with priorities. @default 2 */
  readonly priority?: number | undefined;
}

/** A config for a job; artifacts are handed over by reference. */
export type JobConfig = Readonly<Record<string, JsonValue | Artifact>>;

/** Options of `api.job`. */
export interface JobOptions extends ReadOptions {
  /** A folder to download the job's files to. @default none, they stay in memory */
  readonly path?: string | undefined;
}

const JOB_FILE = "wandb-job.json";
/** All three parts and a version or alias, as Python wants it. */
const JOB_NAME = /^([^/:]+)\/([^/:]+)\/([^/:]+:[^/]+)$/;

/** A job. Mirrors `wandb.apis.public.Job`. */
export class Job {
  /**
   * Loads a job by `entity/project/name:alias`.
   *
   * @throws {ValueError} for a name of another form, or when the artifact is no job.
   * @throws {NotFoundError} when there is no such job, or it lacks its description.
   */
  static async load(service: Service, name: string, options: JobOptions = {}): Promise<Job> {
    const [, entity = "", project = "", version = ""] = JOB_NAME.exec(name) ?? [];
    if (version === "")
      throw new ValueError(`"${name}" names no job; expected entity/project/name:version or alias`);
    const artifact = await Artifact.find(service, { entity, project, name: version }, options);
    if (artifact === null) throw new NotFoundError(`Job ${name} not found`);
    if (artifact.type !== "job") throw new ValueError(`${name} is of type ${artifact.type}, not job`);
    const entry = await artifact.getEntry(JOB_FILE, options);
    const info = parseJsonObject(await entry.text(options));
    if (options.path !== undefined) await artifact.download({ root: options.path });
    return new Job(service, { name, entity, project, artifact, info });
  }

  /** The full name that it was asked for by. */
  readonly name: string;
  /** The artifact that it is. */
  readonly artifact: Artifact;
  /** Its description, as `wandb-job.json` has it. */
  readonly info: JsonObject;
  readonly #service: Service;
  readonly #place: { readonly entity: string; readonly project: string };
  #entrypoint: readonly string[] | undefined;

  private constructor(
    service: Service,
    parts: {
      readonly name: string;
      readonly entity: string;
      readonly project: string;
      readonly artifact: Artifact;
      readonly info: JsonObject;
    },
  ) {
    this.#service = service;
    this.#place = { entity: parts.entity, project: parts.project };
    this.name = parts.name;
    this.artifact = parts.artifact;
    this.info = parts.info;
  }

  /** The command that starts it: the one that was set, else the job's own; empty when it has none. */
  get entrypoint(): readonly string[] {
    if (this.#entrypoint !== undefined) return this.#entrypoint;
    const source = this.info["source"];
    const own = isJsonObject(source) ? source["entrypoint"] : undefined;
    return isJsonArray(own) ? own.filter((part) => typeof part === "string") : [];
  }

  /**
   * Sets the command that later calls start the job with. Mirrors `set_entrypoint`, which has no effect on `call`.
   *
   * @throws {ValueError} for an empty command.
   */
  setEntrypoint(entrypoint: readonly string[]): void {
    if (entrypoint.length === 0) throw new ValueError("The entrypoint must not be empty");
    this.#entrypoint = [...entrypoint];
  }

  /**
   * Adds the job to a queue. Keys of the config that are left out keep the job's own values. Mirrors `call`.
   *
   * @throws {ValueError} when a key is none of the job's inputs or a value is not of its type, or an artifact is a draft.
   * @throws {NotFoundError} when there is no such queue.
   * @throws {CommError} when the server refuses, as for a template variable that breaks its schema.
   */
  async call(config: JobConfig = {}, options: JobCallOptions = {}): Promise<QueuedRun> {
    const runConfig = toRunConfig(config);
    if (this.info["_partial"] !== true) {
      const misfits = findMisfits(plainPartOf(config), this.info["input_types"]);
      if (misfits.length > 0) throw new ValueError(`${this.name}: ${misfits.join("; ")}`);
    }
    const { entity = this.#place.entity, project = this.#place.project, queue = "default" } = options;
    const spec = {
      job: this.name,
      entity,
      project,
      docker: {},
      git: {},
      resource: options.resource ?? null,
      ...(options.resourceArgs !== undefined && { resource_args: options.resourceArgs }),
      overrides: {
        run_config: runConfig,
        ...(this.#entrypoint !== undefined && { entry_point: this.#entrypoint }),
      },
    };
    const { projectQueue, priority, templateVariables, signal } = options;
    const place = { entity, project: projectQueue, queue };
    const id = await pushToQueue(this.#service, place, { spec, priority, templateVariables }, { signal });
    return new QueuedRun(this.#service, { entity, project, queueName: queue, id, projectQueue, priority });
  }
}

function toRunConfig(config: JobConfig): JsonObject {
  const converted: Record<string, JsonValue> = {};
  for (const [key, value] of Object.entries(config)) {
    setOwn(converted, key, value instanceof Artifact ? toReference(key, value) : value);
  }
  return converted;
}

/** References are of no type that a job states. */
function plainPartOf(config: JobConfig): JsonObject {
  const plain: Record<string, JsonValue> = {};
  for (const [key, value] of Object.entries(config)) {
    if (!(value instanceof Artifact)) setOwn(plain, key, value);
  }
  return plain;
}

/** How a run's config names an artifact. */
function toReference(key: string, artifact: Artifact): JsonObject {
  if (artifact.isDraft() || artifact.id === null)
    throw new ValueError(`"${key}" is an artifact that was not logged; jobs are given logged ones`);
  const [sequenceName = ""] = artifact.sourceName.split(":");
  const { id, sourceVersion } = artifact;
  return {
    _type: "artifactVersion",
    _version: "v0",
    id,
    version: sourceVersion,
    sequenceName,
    usedAs: null,
  };
}
