/** Agents: registering them, their signs of life, and asking them to stop. */
import { parseJsonObject, printJson } from "@steelyard/protocol";
import { ServerError } from "../../errors.ts";
import type { Clock } from "../../ports/clock.ts";
import type { IdSource } from "../../ports/id-source.ts";
import type { Access } from "../access/access.ts";
import type { Caller } from "../access/caller.ts";
import type { Project } from "../projects/project.ts";
import type { ProjectService } from "../projects/project-service.ts";
import { viewAgent } from "./launch-agent.ts";
import type { LaunchAgent, LaunchAgentView } from "./launch-agent.ts";
import type { LaunchAgentStore } from "./launch-agent-store.ts";
import type { QueueRights } from "./queue-rights.ts";

/** What the service is built from. */
export interface LaunchAgentServiceParts {
  readonly launchAgents: LaunchAgentStore;
  readonly projects: ProjectService;
  readonly access: Access;
  readonly rights: QueueRights;
  readonly ids: IdSource;
  readonly clock: Clock;
}

/** An agent that starts. */
export interface AgentInput {
  readonly entityName: string;
  readonly projectName: string;
  readonly queueIds: readonly number[];
  readonly hostname: string;
  /** JSON text of an object. */
  readonly config: string | null;
  readonly version: string | null;
}

/** What is new about an agent; null leaves it alone. */
export interface AgentChange {
  readonly status: string | null;
  readonly isStopRequested: boolean | null;
}

const MAX_LISTED = 200;
const FORGET_AFTER_MS = 30 * 24 * 60 * 60_000;

/** Reads and changes agents. */
export class LaunchAgentService {
  readonly #parts: LaunchAgentServiceParts;

  constructor(parts: LaunchAgentServiceParts) {
    this.#parts = parts;
  }

  /**
   * Registers an agent under an invented name.
   *
   * @throws {ServerError | ProtocolError} `unauthenticated`, `not_found` for the project or a queue, `permission_denied`,
   *   `invalid_argument` without queues or for a config that is no object.
   */
  async create(caller: Caller, input: AgentInput): Promise<LaunchAgent> {
    const { user } = this.#parts.access.requireUser(caller);
    const project = await this.#parts.projects.require(caller, input);
    await this.#parts.rights.requireProject(caller, project);
    const queueIds = [...new Set(input.queueIds)];
    if (queueIds.length === 0) {
      throw new ServerError("invalid_argument", "An agent polls at least one queue", { field: "runQueues" });
    }
    for (const queueId of queueIds) {
      const found = await this.#parts.rights.require(caller, queueId);
      if (found.project.id !== project.id) {
        throw new ServerError("not_found", "The run queue is in another project", { field: "runQueues" });
      }
    }
    const now = this.#parts.clock.now();
    return this.#parts.launchAgents.create({
      projectId: project.id,
      name: `agent-${this.#parts.ids.hex(4)}`,
      hostname: input.hostname,
      config: input.config === null ? null : printJson(parseJsonObject(input.config)),
      version: input.version,
      queueIds,
      userId: user.id,
      now,
      forgetBefore: new Date(Date.parse(now) - FORGET_AFTER_MS).toISOString(),
    });
  }

  /** An agent; undefined when there is none of that number or the caller may not see its project. */
  async find(caller: Caller, agentId: number): Promise<LaunchAgentView | undefined> {
    const found = await this.#find(caller, agentId);
    return found && viewAgent(found.agent, this.#parts.clock.now());
  }

  /** The agents of a project, newest first. Throws `not_found` when the caller may not see it. */
  async list(caller: Caller, project: Project): Promise<readonly LaunchAgentView[]> {
    await this.#parts.access.requireReadProject(caller, project);
    const agents = await this.#parts.launchAgents.list({ projectId: project.id, limit: MAX_LISTED });
    return agents.map((agent) => viewAgent(agent, this.#parts.clock.now()));
  }

  /**
   * Notes what an agent says of itself, or that it is to stop.
   *
   * @throws {ServerError} `unauthenticated`, `not_found`, `permission_denied`, `invalid_argument` for an odd status.
   */
  async update(caller: Caller, agentId: number, change: AgentChange): Promise<void> {
    this.#parts.access.requireUser(caller);
    const found = await this.#find(caller, agentId);
    if (found === undefined) {
      throw new ServerError("not_found", "Launch agent not found", { field: "launchAgentId" });
    }
    await this.#parts.rights.requireProject(caller, found.project);
    const { status, isStopRequested } = change;
    if (status !== null && !/^[A-Z_]{1,32}$/.test(status)) {
      throw new ServerError("invalid_argument", "The status is a word such as POLLING or RUNNING", {
        field: "agentStatus",
      });
    }
    await this.#parts.launchAgents.update({
      agentId,
      ...(status !== null && { status, heartbeatAt: this.#parts.clock.now() }),
      ...(isStopRequested !== null && { isStopRequested }),
    });
  }

  async #find(
    caller: Caller,
    agentId: number,
  ): Promise<{ readonly agent: LaunchAgent; readonly project: Project } | undefined> {
    const agent = await this.#parts.launchAgents.find({ agentId });
    const project = agent && (await this.#parts.projects.findById(caller, agent.projectId));
    return agent && project && { agent, project };
  }
}
