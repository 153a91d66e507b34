/**
 * Who may use queues. Whoever adds an item has code run on the machines of agents, and whoever pops one reads what others
 * added, so both need more than an open project gives to strangers.
 */
import { ServerError } from "../../errors.ts";
import type { Access } from "../access/access.ts";
import type { Caller } from "../access/caller.ts";
import type { Project } from "../projects/project.ts";
import type { ProjectService } from "../projects/project-service.ts";
import type { RunQueue } from "./run-queue.ts";
import type { RunQueueStore } from "./run-queue-store.ts";

/** What the rules are built from. */
export interface QueueRightsParts {
  readonly queues: RunQueueStore;
  readonly projects: ProjectService;
  readonly access: Access;
}

/** A queue with its project. */
export interface PlacedQueue {
  readonly queue: RunQueue;
  readonly project: Project;
}

/** The rules, asked by the services of queues, items and agents. */
export class QueueRights {
  readonly #parts: QueueRightsParts;

  constructor(parts: QueueRightsParts) {
    this.#parts = parts;
  }

  /** Whether the caller, who may see the project, may see the queue. */
  async canSee(caller: Caller, { queue, project }: PlacedQueue): Promise<boolean> {
    if (queue.access === "PROJECT") return true;
    if (caller.kind === "anonymous") return false;
    if (caller.user.id === queue.createdByUserId || this.#parts.access.isAdmin(caller)) return true;
    return (await this.#parts.access.roleIn(caller, project.entityId)) === "admin";
  }

  /** A queue by number that the caller may see; undefined otherwise. */
  async find(caller: Caller, queueId: number): Promise<PlacedQueue | undefined> {
    const queue = await this.#parts.queues.find({ queueId });
    const project = queue && (await this.#parts.projects.findById(caller, queue.projectId));
    if (queue === undefined || project === undefined) return undefined;
    return (await this.canSee(caller, { queue, project })) ? { queue, project } : undefined;
  }

  /** A project's queue by name that the caller may see; undefined otherwise. */
  async findIn(caller: Caller, project: Project, name: string): Promise<PlacedQueue | undefined> {
    await this.#parts.access.requireReadProject(caller, project);
    const queue = await this.#parts.queues.find({ projectId: project.id, name });
    if (queue === undefined || !(await this.canSee(caller, { queue, project }))) return undefined;
    return { queue, project };
  }

  /**
   * A queue by number that the caller may use and change.
   *
   * @throws {ServerError} `unauthenticated`, `not_found`, `permission_denied`.
   */
  async require(caller: Caller, queueId: number): Promise<PlacedQueue> {
    this.#parts.access.requireUser(caller);
    const found = await this.find(caller, queueId);
    if (found === undefined) throw new ServerError("not_found", "Run queue not found", { field: "queueID" });
    await this.#parts.access.requireManageProject(caller, found.project);
    return found;
  }

  /** Throws `unauthenticated`, `not_found` or `permission_denied` unless the caller may have queues in the project. */
  async requireProject(caller: Caller, project: Project): Promise<void> {
    await this.#parts.access.requireManageProject(caller, project);
  }
}
