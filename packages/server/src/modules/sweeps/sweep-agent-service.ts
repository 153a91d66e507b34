/** Agents for callers: registering them, and answering their calls with what to do next. */
import { isJsonObject, parseJsonObject, printJson } from "@steelyard/protocol";
import type { JsonObject } from "@steelyard/protocol";
import { ServerError } from "../../errors.ts";
import type { Clock } from "../../ports/clock.ts";
import type { IdSource } from "../../ports/id-source.ts";
import type { Access } from "../access/access.ts";
import type { Caller } from "../access/caller.ts";
import type { ProjectAddress, ProjectService } from "../projects/project-service.ts";
import type { RunAccess } from "../runs/run-access.ts";
import { inventRunId, inventSweepRunName } from "../runs/run-name.ts";
import type { Run } from "../runs/run.ts";
import type { RunStore } from "../runs/run-store.ts";
import type { EarlyStopping } from "./early-stopping.ts";
import { HandOut } from "./hand-out.ts";
import type { HandOutParts } from "./hand-out.ts";
import { parametersOfConfig, toRunConfig } from "./run-parameters.ts";
import type { SweepAgentStore } from "./sweep-agent-store.ts";
import { missingSweep } from "./sweep-service.ts";
import type { SweepRunStore } from "./sweep-run-store.ts";
import type { SweepStore } from "./sweep-store.ts";
import type { Sweep, SweepAgent } from "./sweep.ts";

/** What the service is built from. */
export interface SweepAgentServiceParts extends Omit<HandOutParts, "lostBefore"> {
  readonly sweeps: SweepStore;
  readonly sweepAgents: SweepAgentStore;
  readonly sweepRuns: SweepRunStore;
  readonly runs: RunStore;
  readonly projects: ProjectService;
  readonly access: Access;
  readonly runAccess: RunAccess;
  readonly earlyStopping: EarlyStopping;
  readonly ids: IdSource;
  readonly clock: Clock;
  /**
   * How long an agent may be silent; it calls every 5 seconds.
   *
   * @default 2 minutes
   */
  readonly timeoutMs?: number;
}

/** How an agent stands: `FINISHED` when it was told to end, `LOST` when it has been silent for too long. */
export type SweepAgentState = "RUNNING" | "LOST" | "FINISHED";

/** What an agent hears. */
export interface HeartbeatReply {
  readonly agent: SweepAgent;
  /** JSON text of a list with at most one command. */
  readonly commands: string;
}

/** A page of the runs that an agent was handed. */
export interface AgentRunPage {
  readonly runs: readonly Run[];
  readonly hasNextPage: boolean;
}

/** Which of an agent's runs. */
export interface AgentRunRequest {
  readonly afterRunId: number | null;
  readonly isNewestFirst: boolean;
  /** @default 50 */
  readonly first: number | null;
}

const DEFAULT_PAGE = 50;
const MAX_PAGE = 1_000;

/** Agents of sweeps. */
export class SweepAgentService {
  readonly #parts: SweepAgentServiceParts;
  readonly #handOut: HandOut;
  readonly #timeoutMs: number;
  readonly #startedAtMs: number;

  constructor(parts: SweepAgentServiceParts) {
    this.#parts = parts;
    this.#timeoutMs = parts.timeoutMs ?? 2 * 60_000;
    this.#startedAtMs = Date.parse(parts.clock.now());
    this.#handOut = new HandOut({ ...parts, lostBefore: () => this.lostBefore() });
  }

  /** Agents that have not called since are lost. A server that was down heard of no one, so that time does not count. */
  lostBefore(): string {
    const silentSinceMs = Date.parse(this.#parts.clock.now()) - this.#timeoutMs;
    return new Date(silentSinceMs < this.#startedAtMs ? 0 : silentSinceMs).toISOString();
  }

  /** How an agent stands. */
  stateOf({ isFinished, heartbeatAt }: SweepAgent): SweepAgentState {
    if (isFinished) return "FINISHED";
    return heartbeatAt < this.lostBefore() ? "LOST" : "RUNNING";
  }

  /**
   * Registers an agent.
   *
   * @throws {ServerError} `unauthenticated`, `not_found`, `permission_denied`.
   */
  async create(
    caller: Caller,
    address: ProjectAddress,
    request: { readonly sweepName: string; readonly host: string },
  ): Promise<SweepAgent> {
    const { access, projects, sweeps, sweepAgents, ids, clock } = this.#parts;
    const { user } = access.requireUser(caller);
    const project = await projects.require(caller, address);
    const sweep = await sweeps.find({ projectId: project.id, name: request.sweepName });
    if (sweep === undefined) throw missingSweep(request.sweepName);
    await access.requireAppendProject(caller, project);
    const agent = { sweepId: sweep.id, name: inventRunId(ids), host: request.host, userId: user.id };
    return sweepAgents.create({ ...agent, now: clock.now() });
  }

  /** A sweep's agents, oldest first. Throws `not_found`. */
  async list(caller: Caller, sweep: Sweep): Promise<readonly SweepAgent[]> {
    await this.#parts.runAccess.requireRead(caller, sweep);
    return this.#parts.sweepAgents.list({ sweepId: sweep.id });
  }

  /** An agent of a sweep by its name or number; undefined when there is none. */
  async find(
    caller: Caller,
    sweep: Sweep,
    selector: { readonly agentId: number } | { readonly name: string },
  ): Promise<SweepAgent | undefined> {
    await this.#parts.runAccess.requireRead(caller, sweep);
    const found = await this.#parts.sweepAgents.find(
      "agentId" in selector ? selector : { ...selector, sweepId: sweep.id },
    );
    return found?.sweepId === sweep.id ? found : undefined;
  }

  /** A page of the runs that an agent was handed, by their age. Throws `not_found`. */
  async listRuns(caller: Caller, agent: SweepAgent, request: AgentRunRequest): Promise<AgentRunPage> {
    const { runAccess, sweepAgents, runs } = this.#parts;
    await runAccess.requireRead(caller, agent);
    const limit = Math.min(request.first ?? DEFAULT_PAGE, MAX_PAGE);
    if (limit < 0) throw new ServerError("invalid_argument", "first must be 0 or more", { field: "first" });
    const { afterRunId, isNewestFirst } = request;
    const page = { agentId: agent.id, afterRunId, isNewestFirst, limit: limit + 1 };
    const runIds = await sweepAgents.listRunIds(page);
    const found = await runs.findMany({ projectId: agent.projectId, runIds: runIds.slice(0, limit) });
    return { runs: found, hasNextPage: runIds.length > limit };
  }

  /**
   * Answers an agent's call. `runState` is the JSON text of an object: each run that the agent has, by its id, and
   * whether it is at work.
   *
   * @throws {ServerError} `not_found`, with its HTTP status, when the sweep was deleted, which ends the agent;
   *   `unauthenticated`, `permission_denied`, `invalid_argument`.
   */
  async heartbeat(
    caller: Caller,
    request: { readonly agentId: number; readonly runState: string | null },
  ): Promise<HeartbeatReply> {
    const { access, runAccess, sweepAgents, earlyStopping, clock } = this.#parts;
    access.requireUser(caller);
    const runNames = parseRunState(request.runState);
    const known = await sweepAgents.find(request);
    if (known === undefined) throw goneAgent();
    await runAccess.requireAppend(caller, known);
    const agent = await sweepAgents.touch({ agentId: request.agentId, now: clock.now() });
    if (agent === undefined) throw goneAgent();
    if (runNames.length > 0) await earlyStopping.judge(agent.sweepId);
    const command = await this.#handOut.answer(agent, runNames);
    if (command === "gone") throw goneAgent();
    if (command?.type === "exit") await sweepAgents.finish({ agentId: agent.id });
    return { agent, commands: printJson(command === undefined ? [] : [command]) };
  }

  /**
   * Adds a run with parameters of the caller's own to a sweep; an agent gets it before anything that is searched.
   *
   * @throws {ServerError} `not_found`, `permission_denied`, `invalid_argument` for parameters that are no JSON object,
   *   `conflict` when the sweep has ended.
   */
  async enqueue(
    caller: Caller,
    sweepId: number,
    request: { readonly parameters: string; readonly displayName: string | null },
  ): Promise<string> {
    const { access, runAccess, sweeps, sweepRuns, ids, clock } = this.#parts;
    const { user } = access.requireUser(caller);
    const parameters = parseParameters(request.parameters);
    const name = inventRunId(ids);
    for (;;) {
      const sweep = await sweeps.find({ sweepId });
      if (sweep === undefined) throw missingSweep(String(sweepId));
      await runAccess.requireAppend(caller, sweep);
      if (sweep.state === "FINISHED" || sweep.state === "CANCELED") {
        throw new ServerError("conflict", `Sweep "${sweep.name}" has ended; resume it first`, {
          field: "id",
        });
      }
      const standing = await sweepRuns.standing({ sweepId, runNames: [] });
      const begun = await sweepRuns.begin({
        sweepId,
        revision: sweep.revision,
        agentId: null,
        name,
        displayName: request.displayName ?? inventSweepRunName(ids, (standing?.runCount ?? 0) + 1),
        parameters: printJson(parameters),
        config: printJson(toRunConfig(parameters)),
        userId: user.id,
        now: clock.now(),
      });
      if (begun !== undefined) return name;
    }
  }
}

function goneAgent(): ServerError {
  // The client looks at the status alone to know that its sweep is gone.
  return new ServerError("not_found", "The sweep of this agent was deleted", {
    field: "id",
    isHttpStatus: true,
  });
}

/** The ids of the runs that an agent has. */
function parseRunState(text: string | null): readonly string[] {
  if (text === null || text === "") return [];
  const runs = Object.entries(parseObject("runState", text));
  return runs.flatMap(([name, isRunning]) => (isRunning === true ? [name] : []));
}

/** Parameters, given as they are or as a run's config has them. */
function parseParameters(text: string): JsonObject {
  const config = parseObject("config", text);
  const entries = Object.values(config);
  const isWrapped = entries.every(
    (entry) => isJsonObject(entry) && Object.hasOwn(entry, "value") && Object.keys(entry).length === 1,
  );
  return isWrapped ? parametersOfConfig(text) : config;
}

function parseObject(field: string, text: string): JsonObject {
  try {
    return parseJsonObject(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ServerError("invalid_argument", `${field} must be a JSON object: ${reason}`, { field, cause });
  }
}
