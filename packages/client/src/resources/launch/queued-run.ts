/** An item of a run queue: a job that waits for an agent, and the run that it becomes. */
import { CommError, NotFoundError, isNotFound } from "../../core/errors.ts";
import type { ReadOptions } from "../../core/paginator.ts";
import type { Service } from "../../core/service.ts";
import {
  DeleteFromRunQueueDocument,
  GetRunQueueItemDocument,
  GetRunQueueItemOutcomeDocument,
  GetRunQueueMetadataDocument,
} from "../../generated/launch-documents.ts";
import type { Run } from "../runs/run.ts";
import { LaunchError } from "./launch-error.ts";
import { LAUNCH_PROJECT } from "./launch-place.ts";

/** Where an item is. */
export interface QueuedRunPlace {
  /** Entity of the queue. */
  readonly entity: string;
  /** Project that the run is logged to. */
  readonly project: string;
  readonly queueName: string;
  readonly id: string;
  /** Project of the queue. @default "model-registry" */
  readonly projectQueue?: string | undefined;
  /** @default null */
  readonly priority?: number | null | undefined;
  /** Entity that the run is logged to. @default the entity of the queue */
  readonly runEntity?: string | undefined;
}

/** What an agent said of an item. */
export interface QueuedRunNotice {
  readonly message: string;
  /** Where it happened, such as `agent` or `run`. */
  readonly stage: string;
  /** Files with more about it, in the agent's own run. */
  readonly filePaths: readonly string[];
}

/** What became of an item. */
export interface QueuedRunOutcome {
  /** `pending`, `leased`, `claimed`, then the state of its run; `failed` also without a run. */
  readonly state: string;
  /** Id of the run; null until it has started. */
  readonly runId: string | null;
  /** Why it failed without a run's doing; null where the server does not say. */
  readonly error: QueuedRunNotice | null;
  readonly warnings: readonly QueuedRunNotice[];
}

/** Options of waiting. */
export interface WaitOptions extends ReadOptions {
  /** Time between two looks, in milliseconds. @default 5000 */
  readonly pollMs?: number | undefined;
  /** Hears of the item's state at each look. @default nobody */
  readonly onProgress?: ((outcome: QueuedRunOutcome) => void) | undefined;
}

const DEFAULT_POLL_MS = 5_000;

/** A job in a queue. Mirrors `wandb.apis.public.QueuedRun`. */
export class QueuedRun {
  /** Global id of the item. */
  readonly id: string;
  /** Entity of the queue. */
  readonly entity: string;
  /** Project that the run is logged to. */
  readonly project: string;
  /** Name of the queue. Mirrors `queue_name`. */
  readonly queueName: string;
  /** Project of the queue. Mirrors `project_queue`. */
  readonly projectQueue: string;
  /** Smaller is more urgent; null where it is not known. */
  readonly priority: number | null;
  /** Always null; Python has it for the same reason. */
  readonly sweep: null = null;
  readonly #service: Service;
  readonly #runEntity: string;
  /** Where the run is, once the server has told. */
  #runPlace: { readonly entity: string; readonly project: string } | undefined;
  #run: Run | undefined;

  constructor(service: Service, place: QueuedRunPlace) {
    this.#service = service;
    this.id = place.id;
    this.entity = place.entity;
    this.project = place.project;
    this.queueName = place.queueName;
    this.projectQueue = place.projectQueue ?? LAUNCH_PROJECT;
    this.priority = place.priority ?? null;
    this.#runEntity = place.runEntity ?? place.entity;
  }

  /**
   * The item's state in lower case: `pending`, `leased`, `claimed`, then that of its run. Asked each time. Mirrors
   * `state`.
   *
   * @throws {NotFoundError} when the item or its queue is gone.
   */
  async state(options: ReadOptions = {}): Promise<string> {
    return (await this.outcome(options)).state;
  }

  /**
   * What became of the item. Against other servers than Steelyard it has no error and no warnings.
   *
   * @throws {NotFoundError} when the item or its queue is gone.
   */
  async outcome({ signal }: ReadOptions = {}): Promise<QueuedRunOutcome> {
    const { graphql } = this.#service;
    const variables = { ...this.#queue, id: this.id };
    if (await this.#service.supports("STEELYARD_LAUNCH_OUTCOMES")) {
      const { project } = await graphql.execute(GetRunQueueItemOutcomeDocument, variables, { signal });
      const item = this.#itemIn(project);
      const { error, warnings } = item;
      const home = item.run?.project ?? null;
      if (home !== null) this.#runPlace = { entity: home.entityName, project: home.name };
      return { state: item.state.toLowerCase(), runId: item.associatedRunId, error, warnings };
    }
    const { project } = await graphql.execute(GetRunQueueItemDocument, variables, { signal });
    const item = this.#itemIn(project);
    return { state: item.state.toLowerCase(), runId: item.associatedRunId, error: null, warnings: [] };
  }

  /**
   * Waits until the run has started, and loads it. Mirrors `wait_until_running`, which waits for ever when the item
   * fails.
   *
   * @throws {LaunchError} when the item failed without a run.
   * @throws {NotFoundError} when the item or its queue is gone.
   */
  async waitUntilRunning(options: WaitOptions = {}): Promise<Run> {
    for (;;) {
      if (this.#run !== undefined) return this.#run;
      const outcome = await this.outcome(options);
      options.onProgress?.(outcome);
      if (outcome.runId !== null) this.#run = await this.#findRun(outcome.runId, options);
      else if (outcome.state === "failed") {
        const why = outcome.error === null ? "" : `: ${outcome.error.message}`;
        throw new LaunchError(`Item ${this.id} of run queue ${this.#path} failed${why}`, outcome);
      }
      if (this.#run === undefined)
        await this.#service.clock.sleep(options.pollMs ?? DEFAULT_POLL_MS, options.signal);
    }
  }

  /**
   * Waits until the run is over, and brings it up to date; look at its state to see how it ended. Mirrors
   * `wait_until_finished`.
   *
   * @throws {LaunchError | NotFoundError} as `waitUntilRunning`.
   */
  async waitUntilFinished(options: WaitOptions = {}): Promise<Run> {
    const run = await this.waitUntilRunning(options);
    const { signal, pollMs } = options;
    await run.waitUntilFinished({ signal, ...(pollMs !== undefined && { pollMs }) });
    return run.load({ force: true, signal });
  }

  /**
   * Takes the item out of its queue; a run that has started goes on. Mirrors `delete`, whose argument does nothing.
   *
   * @throws {NotFoundError} when the queue is gone.
   * @throws {CommError} when the queue has no such item.
   */
  async delete({ signal }: ReadOptions = {}): Promise<void> {
    const { graphql } = this.#service;
    const { project } = await graphql.execute(GetRunQueueMetadataDocument, this.#queue, { signal });
    const queue = project?.runQueue;
    if (queue == null) throw new NotFoundError(`Run queue ${this.#path} not found`);
    const variables = { queueID: queue.id, id: this.id };
    const { deleteFromRunQueue } = await graphql.execute(DeleteFromRunQueueDocument, variables, { signal });
    if (deleteFromRunQueue?.success !== true)
      throw new CommError(`The server did not delete item ${this.id} of run queue ${this.#path}`);
  }

  get #queue(): { readonly entity: string; readonly project: string; readonly queue: string } {
    return { entity: this.entity, project: this.projectQueue, queue: this.queueName };
  }

  get #path(): string {
    return `${this.entity}/${this.projectQueue}/${this.queueName}`;
  }

  #itemIn<Item>(project: { readonly runQueue: { readonly runQueueItem: Item | null } | null } | null): Item {
    if (project?.runQueue == null) throw new NotFoundError(`Run queue ${this.#path} not found`);
    const item = project.runQueue.runQueueItem;
    if (item !== null) return item;
    throw new NotFoundError(`Run queue ${this.#path} has no item ${this.id}`);
  }

  /** The run, if it can be found yet. Agents put the project's name into lower case before they log to it. */
  async #findRun(id: string, { signal }: ReadOptions): Promise<Run | undefined> {
    const entity = this.#runEntity;
    const guesses = [...new Set([this.project, this.project.toLowerCase()])];
    const places = this.#runPlace ? [this.#runPlace] : guesses.map((project) => ({ entity, project }));
    for (const place of places) {
      try {
        return await this.#service.makers.run(this.#service, { ...place, id }, { signal });
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    }
    return undefined;
  }
}
