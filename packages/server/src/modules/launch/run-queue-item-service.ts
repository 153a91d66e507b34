/** Items of queues: adding them, handing them to agents, and what agents say of them. */
import { validateRunId } from "@steelyard/protocol";
import { ServerError } from "../../errors.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Access } from "../access/access.ts";
import type { Caller } from "../access/caller.ts";
import type { EntityStore } from "../entities/entity-store.ts";
import type { Project } from "../projects/project.ts";
import type { ProjectService } from "../projects/project-service.ts";
import type { ProjectStore } from "../projects/project-store.ts";
import { ItemOutcomes } from "./item-outcomes.ts";
import type { ItemOutcomesParts, ItemView } from "./item-outcomes.ts";
import { shouldStop } from "./launch-agent.ts";
import type { LaunchAgentStore } from "./launch-agent-store.ts";
import type { PlacedQueue, QueueRights } from "./queue-rights.ts";
import { DEFAULT_PRIORITY, LEASE_MS } from "./run-queue-item.ts";
import type { ItemNotice, RunQueueItem } from "./run-queue-item.ts";
import type { RunQueueItemStore } from "./run-queue-item-store.ts";
import type { RunQueue } from "./run-queue.ts";
import { requireLaunchProject } from "./run-queue-service.ts";
import type { QueueAddress } from "./run-queue-service.ts";
import type { RunQueueStore } from "./run-queue-store.ts";
import { completeSpec, parseRunSpec } from "./run-spec.ts";
import { requireRunTarget } from "./run-target.ts";
import { parseChosenValues } from "./template-variables.ts";

/** What the service is built from. */
export interface RunQueueItemServiceParts extends Omit<ItemOutcomesParts, "projects"> {
  readonly runQueues: RunQueueStore;
  readonly runQueueItems: RunQueueItemStore;
  readonly launchAgents: LaunchAgentStore;
  readonly entities: EntityStore;
  readonly projectStore: ProjectStore;
  readonly projects: ProjectService;
  readonly access: Access;
  readonly rights: QueueRights;
  readonly clock: Clock;
}

/** An item to add, in JSON texts. */
export interface PushInput {
  readonly runSpec: string;
  readonly templateVariableValues: string | null;
  /** @default 2 */
  readonly priority: number | null;
}

/** An item by number, under the lease that an agent has of it. */
export interface ItemHandle {
  readonly itemId: number;
  /** Null for the first lease, or none. */
  readonly leaseNumber: number | null;
}

/** A page of items. */
export interface ItemPage {
  readonly items: readonly ItemView[];
  readonly hasNextPage: boolean;
  readonly totalCount: number;
}

const MAX_PAGE = 1_000;
const MAX_PRIORITY = 3;
/** A sign of life that is younger is new enough; polls come every ten seconds. */
const HEARTBEAT_GRAIN_MS = 5_000;
const MAX_NOTICE_CHARACTERS = 64 * 1024;

/** Reads and changes items. */
export class RunQueueItemService {
  readonly #parts: RunQueueItemServiceParts;
  readonly #outcomes: ItemOutcomes;

  constructor(parts: RunQueueItemServiceParts) {
    this.#parts = parts;
    this.#outcomes = new ItemOutcomes({ ...parts, projects: parts.projectStore });
  }

  /**
   * Adds an item to a queue by name; undefined when there is no such queue. The project for queues is created where the
   * entity has none yet.
   *
   * @throws {ServerError | ProtocolError} as `pushTo`, and `not_found` for another project that is missing.
   */
  async push(caller: Caller, address: QueueAddress, input: PushInput): Promise<RunQueueItem | undefined> {
    this.#parts.access.requireScope(caller, "write");
    const project = await requireLaunchProject(this.#parts.projects, caller, address);
    const found = await this.#parts.rights.findIn(caller, project, address.queueName);
    return found && this.#add(caller, found, input);
  }

  /**
   * Adds an item to a queue.
   *
   * @throws {ServerError | ProtocolError} `unauthenticated`, `not_found`, `permission_denied` for the queue or where the
   *   run is to be logged; `invalid_argument` for a bad spec, priority or value of a template variable.
   */
  async pushTo(caller: Caller, queueId: number, input: PushInput): Promise<RunQueueItem> {
    return this.#add(caller, await this.#parts.rights.require(caller, queueId), input);
  }

  /**
   * Leases the next item of a queue to an agent; undefined when none waits, or the agent is to stop.
   *
   * @throws {ServerError} `unauthenticated`, `not_found` for the queue or the agent, `permission_denied`.
   */
  async pop(
    caller: Caller,
    address: QueueAddress,
    agentId: number | null,
  ): Promise<RunQueueItem | undefined> {
    this.#parts.access.requireUser(caller);
    const project = await this.#parts.projects.require(caller, address);
    await this.#parts.rights.requireProject(caller, project);
    if (agentId !== null && !(await this.#hearFrom(project, agentId))) return undefined;
    const found = await this.#parts.rights.findIn(caller, project, address.queueName);
    if (found === undefined) {
      const message = `"${address.entityName}/${address.projectName}" has no run queue "${address.queueName}"`;
      throw new ServerError("not_found", message, { field: "queueName" });
    }
    const now = this.#parts.clock.now();
    const leaseUntil = new Date(Date.parse(now) + LEASE_MS).toISOString();
    return this.#parts.runQueueItems.pop({ queueId: found.queue.id, agentId, now, leaseUntil });
  }

  /**
   * Announces the run of a popped item. False when the item is gone, over, or another agent's.
   *
   * @throws {ServerError | ProtocolError} `unauthenticated`, `permission_denied`, `invalid_argument` for a bad run id.
   */
  async acknowledge(caller: Caller, handle: ItemHandle, runName: string): Promise<boolean> {
    if ((await this.#findOwn(caller, handle.itemId)) === undefined) return false;
    const claim = { ...handle, runName: validateRunId(runName), now: this.#parts.clock.now() };
    return this.#parts.runQueueItems.claim(claim);
  }

  /** Marks an item as failed; false when it is gone or another agent's. Throws `unauthenticated`, `permission_denied`. */
  async fail(caller: Caller, handle: ItemHandle, notice: ItemNotice): Promise<boolean> {
    if ((await this.#findOwn(caller, handle.itemId)) === undefined) return false;
    const now = this.#parts.clock.now();
    return this.#parts.runQueueItems.fail({ ...handle, notice: cutNotice(notice), now });
  }

  /** Adds a warning to an item; false when it is gone. Throws `unauthenticated`, `permission_denied`. */
  async warn(caller: Caller, itemId: number, notice: ItemNotice): Promise<boolean> {
    if ((await this.#findOwn(caller, itemId)) === undefined) return false;
    const now = this.#parts.clock.now();
    return this.#parts.runQueueItems.warn({ itemId, notice: cutNotice(notice), now });
  }

  /** Takes an item out of a queue; false when it has none such. Throws `unauthenticated`, `not_found`, `permission_denied`. */
  async delete(caller: Caller, queueId: number, itemId: number): Promise<boolean> {
    await this.#parts.rights.require(caller, queueId);
    return this.#parts.runQueueItems.delete({ queueId, itemId });
  }

  /** An item of a queue that the caller sees; undefined when it has none of that number. */
  async find(queue: RunQueue, itemId: number): Promise<ItemView | undefined> {
    const item = await this.#parts.runQueueItems.find({ itemId });
    return item?.queueId === queue.id ? this.#outcomes.view(item) : undefined;
  }

  /** The items of a queue that the caller sees, newest first. */
  async list(
    queue: RunQueue,
    request: { readonly before: number | null; readonly limit: number | null },
  ): Promise<ItemPage> {
    const limit = Math.max(0, Math.min(request.limit ?? MAX_PAGE, MAX_PAGE));
    const selection = { queueId: queue.id, before: request.before, limit: limit + 1 };
    const found = await this.#parts.runQueueItems.list(selection);
    const items = await Promise.all(found.slice(0, limit).map((item) => this.#outcomes.view(item)));
    const totalCount = await this.#parts.runQueueItems.count({ queueId: queue.id });
    return { items, hasNextPage: found.length > limit, totalCount };
  }

  async #add(caller: Caller, placed: PlacedQueue, input: PushInput): Promise<RunQueueItem> {
    const { queue, project } = placed;
    const { user } = this.#parts.access.requireUser(caller);
    await this.#parts.rights.requireProject(caller, project);
    const config =
      queue.configId === null
        ? undefined
        : await this.#parts.runQueues.findConfig({ configId: queue.configId });
    const chosen = parseChosenValues(input.templateVariableValues);
    const spec = completeSpec(parseRunSpec(input.runSpec), config, chosen);
    await requireRunTarget({ ...this.#parts, projects: this.#parts.projectStore }, caller, spec);
    return this.#parts.runQueueItems.push({
      queueId: queue.id,
      projectId: project.id,
      priority: checkPriority(queue, input.priority),
      runSpec: spec.text,
      targetEntity: spec.targetEntity,
      targetProject: spec.targetProject,
      userId: user.id,
      now: this.#parts.clock.now(),
    });
  }

  /** Notes that an agent lives; false when it is to take nothing more. */
  async #hearFrom(project: Project, agentId: number): Promise<boolean> {
    const agent = await this.#parts.launchAgents.find({ agentId });
    if (agent?.projectId !== project.id) {
      throw new ServerError("not_found", "Launch agent not found", { field: "launchAgentId" });
    }
    const now = this.#parts.clock.now();
    if (Date.parse(now) - Date.parse(agent.heartbeatAt) >= HEARTBEAT_GRAIN_MS) {
      await this.#parts.launchAgents.update({ agentId, heartbeatAt: now });
    }
    return !shouldStop(agent);
  }

  /** An item of a queue that the caller may use; undefined when it is not there, or as if it were not. */
  async #findOwn(caller: Caller, itemId: number): Promise<RunQueueItem | undefined> {
    this.#parts.access.requireUser(caller);
    const item = await this.#parts.runQueueItems.find({ itemId });
    const found = item && (await this.#parts.rights.find(caller, item.queueId));
    if (found === undefined) return undefined;
    await this.#parts.rights.requireProject(caller, found.project);
    return item;
  }
}

function checkPriority(queue: RunQueue, priority: number | null): number {
  const value = priority ?? DEFAULT_PRIORITY;
  if (value < 0 || value > MAX_PRIORITY) {
    const message = `The priority is ${value}; expected 0 (the most urgent) to ${MAX_PRIORITY}`;
    throw new ServerError("invalid_argument", message, { field: "priority" });
  }
  if (queue.prioritizationMode === "V0" || value === DEFAULT_PRIORITY) return value;
  throw new ServerError("invalid_argument", `The run queue "${queue.name}" has no priorities`, {
    field: "priority",
  });
}

function cutNotice({ message, stage, filePaths }: ItemNotice): ItemNotice {
  return { message: message.slice(0, MAX_NOTICE_CHARACTERS), stage: stage.slice(0, 64), filePaths };
}
