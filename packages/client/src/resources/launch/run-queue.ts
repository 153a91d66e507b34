/** A queue of jobs for agents. */
import { parseJson, printJson } from "@steelyard/protocol";
import type { JsonObject, JsonValue } from "@steelyard/protocol";

import type { Api } from "../../api.ts";
import { CommError, NotFoundError, UnsupportedError } from "../../core/errors.ts";
import type { PaginatorOptions, ReadOptions } from "../../core/paginator.ts";
import type { Service } from "../../core/service.ts";
import { sessionOf } from "../../core/session.ts";
import {
  DeleteRunQueueDocument,
  GetDefaultResourceConfigDocument,
  GetRunQueueItemsDocument,
  GetRunQueueMetadataDocument,
  LaunchAgentsDocument,
} from "../../generated/launch-documents.ts";
import type {
  GetDefaultResourceConfigQuery,
  GetRunQueueMetadataQuery,
} from "../../generated/launch-documents.ts";
import { createRunQueue, upsertRunQueue } from "./create-run-queue.ts";
import type { CreateRunQueueOptions, UpsertRunQueueOptions } from "./create-run-queue.ts";
import { LaunchAgent } from "./launch-agent.ts";
import { LAUNCH_PROJECT } from "./launch-place.ts";
import type { RunQueueResource } from "./launch-place.ts";
import { QueuedRun } from "./queued-run.ts";
import { QueuedRuns } from "./queued-runs.ts";

/** A value that whoever adds an item chooses. */
export interface QueueTemplateVariable {
  /** Name, as in `{{name}}`. */
  readonly name: string;
  /** JSON schema of the value. */
  readonly schema: JsonValue;
}

type Metadata = NonNullable<NonNullable<GetRunQueueMetadataQuery["project"]>["runQueue"]>;
type Config = NonNullable<NonNullable<GetDefaultResourceConfigQuery["entity"]>["defaultResourceConfig"]>;

/**
 * A run queue. Mirrors `wandb.apis.public.RunQueue`. What it holds is loaded on first use and kept, but for its items,
 * which are asked for each time.
 */
export class RunQueue {
  /**
   * Creates a queue. Mirrors `RunQueue.create`.
   *
   * @throws {ValueError | CommError} as `api.createRunQueue`.
   */
  static async create(
    api: Api,
    name: string,
    resource: RunQueueResource,
    options: CreateRunQueueOptions = {},
  ): Promise<RunQueue> {
    const service = await sessionOf(api).service();
    const request = { entity: await entityOf(api, service, options), name, resource };
    return new RunQueue(service, await createRunQueue(service, request, options), name);
  }

  /**
   * Creates a queue or replaces what the one of that name holds.
   *
   * @throws {ValueError | CommError} as `api.upsertRunQueue`.
   */
  static async upsert(
    api: Api,
    name: string,
    content: { readonly resourceConfig: JsonObject; readonly resourceType: RunQueueResource },
    options: UpsertRunQueueOptions = {},
  ): Promise<RunQueue> {
    const service = await sessionOf(api).service();
    const entity = await entityOf(api, service, options);
    const request = { entity, name, resource: content.resourceType };
    const owner = await upsertRunQueue(service, request, content.resourceConfig, options);
    return new RunQueue(service, owner, name);
  }

  /** Name, unique among the entity's queues. */
  readonly name: string;
  /** The owning entity. */
  readonly entity: string;
  readonly #service: Service;
  #metadata: Promise<Metadata> | undefined;
  #config: Promise<Config | null> | undefined;

  constructor(service: Service, entity: string, name: string) {
    this.#service = service;
    this.entity = entity;
    this.name = name;
  }

  /** Global id. Mirrors `id`. @throws {NotFoundError} when there is no such queue, as all that follow. */
  async id(options: ReadOptions = {}): Promise<string> {
    return (await this.#loadMetadata(options)).id;
  }

  /** Who may see and use it: `PROJECT`, or `USER` for its creator alone. Mirrors `access`. */
  async access(options: ReadOptions = {}): Promise<string | null> {
    return (await this.#loadMetadata(options)).access;
  }

  /** `V0` when items have priorities; else `DISABLED` or null. Mirrors `prioritization_mode`. */
  async prioritizationMode(options: ReadOptions = {}): Promise<string | null> {
    return (await this.#loadMetadata(options)).prioritizationMode;
  }

  /** Links to show with the queue, as they were given. Mirrors `external_links`. */
  async externalLinks(options: ReadOptions = {}): Promise<JsonValue> {
    return (await this.#loadMetadata(options)).externalLinks;
  }

  /** What the jobs run on; null when the queue leaves that to its items. Mirrors `type`. */
  async type(options: ReadOptions = {}): Promise<string | null> {
    return (await this.#loadConfig(options))?.resource ?? null;
  }

  /** What the items get, `{ resource_args }`; empty when they bring their own. Mirrors `default_resource_config`. */
  async defaultResourceConfig(options: ReadOptions = {}): Promise<JsonValue> {
    return (await this.#loadConfig(options))?.config ?? {};
  }

  /** What whoever adds an item may choose. Mirrors `template_variables`. */
  async templateVariables(options: ReadOptions = {}): Promise<readonly QueueTemplateVariable[]> {
    const variables = (await this.#loadConfig(options))?.templateVariables ?? [];
    return variables.map(({ name, schema }) => ({ name, schema: parseJson(schema) }));
  }

  /** The first 100 items. Their `project` is the queue's own, as in Python; their runs are found all the same. Mirrors `items`. */
  async items({ signal }: ReadOptions = {}): Promise<QueuedRun[]> {
    const { project } = await this.#service.graphql.execute(GetRunQueueItemsDocument, this.#place, {
      signal,
    });
    if (project?.runQueue == null) throw this.#missing();
    const edges = project.runQueue.runQueueItems?.edges ?? [];
    return edges.flatMap(({ node }) => (node === null ? [] : [this.#queuedRun(node.id)]));
  }

  /** All items, newest first, page by page; against other servers than Steelyard those of `items`. */
  queuedRuns(options: PaginatorOptions = {}): QueuedRuns {
    return new QueuedRuns(this.#service, this, options);
  }

  /**
   * The agents that poll the queue, newest first, those that ended included.
   *
   * @throws {UnsupportedError} when the server does not tell.
   */
  async agents(options: ReadOptions = {}): Promise<LaunchAgent[]> {
    if (!(await this.#service.supports("STEELYARD_LAUNCH_OUTCOMES")))
      throw new UnsupportedError("This server does not list launch agents");
    const id = await this.id(options);
    const { entity, project: projectName } = this.#place;
    const variables = { entity, project: projectName };
    const { project } = await this.#service.graphql.execute(LaunchAgentsDocument, variables, options);
    const agents = project?.launchAgents ?? [];
    return agents
      .filter(({ runQueues }) => runQueues.includes(id))
      .map((fields) => new LaunchAgent(this.#service, fields));
  }

  /**
   * Deletes the queue with its items; idle agents that polled only this queue end. Mirrors `delete`.
   *
   * @throws {NotFoundError} when there is no such queue.
   * @throws {CommError} when the server refuses.
   */
  async delete(options: ReadOptions = {}): Promise<void> {
    const id = await this.id(options);
    this.#metadata = undefined;
    this.#config = undefined;
    const { deleteRunQueues } = await this.#service.graphql.execute(DeleteRunQueueDocument, { id }, options);
    if (deleteRunQueues?.success !== true)
      throw new CommError(`The server did not delete the run queue ${this.entity}/${this.name}`);
  }

  get #place(): { readonly entity: string; readonly project: string; readonly queue: string } {
    return { entity: this.entity, project: LAUNCH_PROJECT, queue: this.name };
  }

  #queuedRun(id: string): QueuedRun {
    return new QueuedRun(this.#service, {
      entity: this.entity,
      project: LAUNCH_PROJECT,
      queueName: this.name,
      id,
    });
  }

  #missing(): NotFoundError {
    return new NotFoundError(`Run queue ${printJson(`${this.entity}/${this.name}`)} not found`);
  }

  async #loadMetadata(options: ReadOptions): Promise<Metadata> {
    const loading = (this.#metadata ??= this.#fetchMetadata(options));
    loading.catch(() => (this.#metadata = undefined));
    return loading;
  }

  async #fetchMetadata({ signal }: ReadOptions): Promise<Metadata> {
    const { graphql } = this.#service;
    const { project } = await graphql.execute(GetRunQueueMetadataDocument, this.#place, { signal });
    if (project?.runQueue == null) throw this.#missing();
    return project.runQueue;
  }

  async #loadConfig(options: ReadOptions): Promise<Config | null> {
    const loading = (this.#config ??= this.#fetchConfig(options));
    loading.catch(() => (this.#config = undefined));
    return loading;
  }

  async #fetchConfig(options: ReadOptions): Promise<Config | null> {
    const { defaultResourceConfigID: id } = await this.#loadMetadata(options);
    if (id === null) return null;
    const { signal } = options;
    const variables = { entity: this.entity, id };
    const { entity } = await this.#service.graphql.execute(GetDefaultResourceConfigDocument, variables, {
      signal,
    });
    return entity?.defaultResourceConfig ?? null;
  }
}

async function entityOf(
  api: Api,
  service: Service,
  options: ReadOptions & { readonly entity?: string | undefined },
): Promise<string | null> {
  return options.entity ?? service.settings.entity ?? (await api.defaultEntity({ signal: options.signal }));
}
