/** Queues and their resource configs: creating, changing, finding and deleting them. */
import { isJsonObject, parseJson, parseJsonObject, printJson } from "@steelyard/protocol";
import { ServerError } from "../../errors.ts";
import type { Clock } from "../../ports/clock.ts";
import { missingEntity, missingProject } from "../access/access.ts";
import type { Access } from "../access/access.ts";
import type { Caller } from "../access/caller.ts";
import type { Entity } from "../entities/entity.ts";
import type { EntityStore } from "../entities/entity-store.ts";
import type { Project } from "../projects/project.ts";
import type { ProjectService } from "../projects/project-service.ts";
import type { QueueRights } from "./queue-rights.ts";
import type { PrioritizationMode, QueueAccess, ResourceConfig, RunQueue } from "./run-queue.ts";
import { LAUNCH_PROJECT } from "./run-queue.ts";
import type { NewResourceConfig, RunQueueStore } from "./run-queue-store.ts";
import { findOddities, parseTemplateVariables } from "./template-variables.ts";

/** What the service is built from. */
export interface RunQueueServiceParts {
  readonly runQueues: RunQueueStore;
  readonly entities: EntityStore;
  readonly projects: ProjectService;
  readonly access: Access;
  readonly rights: QueueRights;
  readonly clock: Clock;
}

/** A queue by names. */
export interface QueueAddress {
  readonly entityName: string;
  readonly projectName: string;
  readonly queueName: string;
}

/** A resource config as it arrives, in JSON texts. */
export interface ResourceConfigInput {
  readonly resource: string;
  readonly config: string;
  readonly templateVariables: string | null;
}

/** A queue to create. */
export interface NewQueue {
  readonly access: QueueAccess;
  readonly prioritizationMode: PrioritizationMode | null;
  readonly configId: number | null;
}

/** A queue as it is to be. */
export interface QueueContent extends ResourceConfigInput {
  readonly prioritizationMode: PrioritizationMode | null;
  /** JSON text. */
  readonly externalLinks: string | null;
}

const MAX_NAME_LENGTH = 64;

/** Reads and changes queues. */
export class RunQueueService {
  readonly #parts: RunQueueServiceParts;

  constructor(parts: RunQueueServiceParts) {
    this.#parts = parts;
  }

  /**
   * Keeps a resource config for queues of an entity.
   *
   * @throws {ServerError | ProtocolError} `unauthenticated`, `not_found`, `permission_denied`, `invalid_argument`.
   */
  async createConfig(
    caller: Caller,
    entityName: string,
    input: ResourceConfigInput,
  ): Promise<ResourceConfig> {
    const entity = await this.#parts.entities.find({ name: entityName });
    if (entity === undefined) throw missingEntity(entityName);
    await this.#parts.access.requireWriteEntity(caller, entity);
    const config = parseConfig(entity.id, input);
    return this.#parts.runQueues.createConfig({ ...config, now: this.#parts.clock.now() });
  }

  /** An entity's resource config; undefined when it has none of that number or the caller does not belong to it. */
  async findConfig(caller: Caller, entity: Entity, configId: number): Promise<ResourceConfig | undefined> {
    if (!(await this.#parts.access.canReadEntity(caller, entity))) return undefined;
    const config = await this.#parts.runQueues.findConfig({ configId });
    return config?.entityId === entity.id ? config : undefined;
  }

  /** As `findConfig`, for the config of a queue. */
  async configOf(caller: Caller, queue: RunQueue): Promise<ResourceConfig | undefined> {
    if (queue.configId === null) return undefined;
    const project = await this.#parts.projects.findById(caller, queue.projectId);
    const entity = project && (await this.#parts.entities.find({ entityId: project.entityId }));
    return entity && this.findConfig(caller, entity, queue.configId);
  }

  /**
   * Creates a queue, and the project for queues where the entity has none yet.
   *
   * @throws {ServerError} `unauthenticated`, `not_found`, `permission_denied`, `invalid_argument`, `already_exists`.
   */
  async create(caller: Caller, address: QueueAddress, queue: NewQueue): Promise<RunQueue> {
    const name = checkName(address.queueName);
    const { project, userId } = await this.#home(caller, address);
    if (queue.configId !== null) {
      const config = await this.#parts.runQueues.findConfig({ configId: queue.configId });
      if (config?.entityId !== project.entityId) {
        const message = `"${address.entityName}" has no such resource config`;
        throw new ServerError("not_found", message, { field: "defaultResourceConfigID" });
      }
    }
    const now = this.#parts.clock.now();
    return this.#parts.runQueues.create({ ...queue, projectId: project.id, name, userId, now });
  }

  /**
   * Creates a queue or replaces what the one of that name holds; tells what is odd about its config.
   *
   * @throws {ServerError | ProtocolError} `unauthenticated`, `not_found`, `permission_denied`, `invalid_argument`.
   */
  async upsert(
    caller: Caller,
    address: QueueAddress,
    content: QueueContent,
  ): Promise<{ readonly queue: RunQueue; readonly oddities: readonly string[] }> {
    const name = checkName(address.queueName);
    const { project, userId } = await this.#home(caller, address);
    const config = parseConfig(project.entityId, content);
    const existing = await this.#parts.runQueues.find({ projectId: project.id, name });
    if (existing !== undefined && !(await this.#parts.rights.canSee(caller, { queue: existing, project }))) {
      throw new ServerError("permission_denied", `The run queue "${name}" is another user's`);
    }
    const { queue } = await this.#parts.runQueues.upsert({
      projectId: project.id,
      name,
      prioritizationMode: content.prioritizationMode,
      externalLinks: parseLinks(content.externalLinks),
      config,
      userId,
      now: this.#parts.clock.now(),
    });
    return { queue, oddities: findOddities(parseJsonObject(config.config), config.templateVariables) };
  }

  /** A project's queue by name; undefined when there is none that the caller may see. */
  async find(caller: Caller, project: Project, name: string): Promise<RunQueue | undefined> {
    return (await this.#parts.rights.findIn(caller, project, name))?.queue;
  }

  /** The queues of a project that the caller may see, by name. */
  async list(caller: Caller, project: Project): Promise<readonly RunQueue[]> {
    await this.#parts.access.requireReadProject(caller, project);
    const queues = await this.#parts.runQueues.list({ projectId: project.id });
    const visible = await Promise.all(
      queues.map((queue) => this.#parts.rights.canSee(caller, { queue, project })),
    );
    return queues.filter((_, index) => visible[index] === true);
  }

  /**
   * Deletes queues with their items; all of them or, where one may not be deleted, none.
   *
   * @throws {ServerError} `unauthenticated`, `not_found`, `permission_denied`.
   */
  async delete(caller: Caller, queueIds: readonly number[]): Promise<void> {
    for (const queueId of queueIds) await this.#parts.rights.require(caller, queueId);
    for (const queueId of queueIds) await this.#parts.runQueues.delete({ queueId });
  }

  /** The project that a queue is to be in. */
  async #home(
    caller: Caller,
    address: QueueAddress,
  ): Promise<{ readonly project: Project; readonly userId: number }> {
    const { user } = this.#parts.access.requireScope(caller, "write");
    const project = await requireLaunchProject(this.#parts.projects, caller, address);
    await this.#parts.rights.requireProject(caller, project);
    return { project, userId: user.id };
  }
}

/**
 * The project of a queue. The one that holds queues by default is created when it is missing, others are not.
 *
 * @throws {ServerError} `unauthenticated`, `not_found`, `permission_denied`.
 */
export async function requireLaunchProject(
  projects: ProjectService,
  caller: Caller,
  address: { readonly entityName: string; readonly projectName: string },
): Promise<Project> {
  const project = await projects.find(caller, address);
  if (project !== undefined) return project;
  if (address.projectName === LAUNCH_PROJECT) return projects.ensure(caller, address);
  throw missingProject(address.entityName, address.projectName);
}

function checkName(name: string): string {
  if (name.length > 0 && name.length <= MAX_NAME_LENGTH && !/\p{Cc}/u.test(name)) return name;
  const message = `The name of a run queue has 1 to ${MAX_NAME_LENGTH} characters and no control characters`;
  throw new ServerError("invalid_argument", message, { field: "queueName" });
}

function parseConfig(entityId: number, input: ResourceConfigInput): Omit<NewResourceConfig, "now"> {
  const config = parseJsonObject(input.config);
  const args = config["resource_args"];
  if (args !== undefined && !isJsonObject(args)) {
    throw new ServerError("invalid_argument", "resource_args must be an object", { field: "config" });
  }
  if (input.resource === "") {
    throw new ServerError("invalid_argument", "The resource is empty", { field: "resource" });
  }
  return {
    entityId,
    resource: input.resource,
    config: printJson(config),
    templateVariables: parseTemplateVariables(input.templateVariables),
  };
}

function parseLinks(text: string | null): string | null {
  return text === null ? null : printJson(parseJson(text));
}
