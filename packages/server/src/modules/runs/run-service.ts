/** Runs: finding, listing, creating and changing them, and taking them back to a step. */
import { validateRunId } from "@steelyard/protocol";
import { ServerError } from "../../errors.ts";
import type { Clock } from "../../ports/clock.ts";
import type { IdSource } from "../../ports/id-source.ts";
import type { Access } from "../access/access.ts";
import type { Caller } from "../access/caller.ts";
import type { HistoryLog, RunKey } from "../history/history-log.ts";
import type { HistoryReader } from "../history/history-reader.ts";
import type { Project } from "../projects/project.ts";
import type { ProjectService } from "../projects/project-service.ts";
import type { RunAccess } from "./run-access.ts";
import { parseRunInput } from "./run-input.ts";
import type { RunFields, RunInput } from "./run-input.ts";
import { inventDisplayName, inventRunId } from "./run-name.ts";
import type { Run } from "./run.ts";
import type { RunAggregateQuery, RunGroupPage, RunPage, RunStore, RunUpsert } from "./run-store.ts";

/** What the service is built from. */
export interface RunServiceParts {
  readonly runs: RunStore;
  readonly projects: ProjectService;
  readonly access: Access;
  readonly runAccess: RunAccess;
  readonly history: HistoryReader;
  readonly log: HistoryLog;
  readonly ids: IdSource;
  readonly clock: Clock;
}

/** A run by names; null stands for the caller's own entity and the default project. */
export interface RunAddress {
  readonly entityName: string | null;
  readonly projectName: string | null;
  readonly runName: string;
}

/** Which run to create or change. */
export type RunTarget =
  | {
      readonly key: RunKey;
      /** Whether the run's own process calls, as opposed to someone who edits it. */
      readonly isOwnProcess: boolean;
    }
  | {
      readonly entityName: string | null;
      readonly projectName: string | null;
      /** Null to have one invented. */
      readonly runName: string | null;
    };

/** A created or changed run with its project. */
export interface UpsertedRun {
  readonly run: Run;
  readonly project: Project;
  readonly inserted: boolean;
}

/** Which runs of a project. */
export interface RunListRequest {
  readonly filter: string | null;
  readonly order: string | null;
  readonly after: string | null;
  /** @default 50 */
  readonly first: number | null;
}

/** Which groups of a project's runs. */
export interface RunAggregateList extends Omit<RunAggregateQuery, "projectId" | "limit"> {
  /** @default 1000 */
  readonly first: number | null;
}

const DEFAULT_PAGE = 50;
const DEFAULT_GROUPS = 1_000;
const MAX_GROUPS = 10_000;
const MAX_PAGE = 1_000;

/** Reads and changes runs. */
export class RunService {
  readonly #runs: RunStore;
  readonly #projects: ProjectService;
  readonly #access: Access;
  readonly #runAccess: RunAccess;
  readonly #history: HistoryReader;
  readonly #log: HistoryLog;
  readonly #ids: IdSource;
  readonly #clock: Clock;

  constructor(parts: RunServiceParts) {
    this.#runs = parts.runs;
    this.#projects = parts.projects;
    this.#access = parts.access;
    this.#runAccess = parts.runAccess;
    this.#history = parts.history;
    this.#log = parts.log;
    this.#ids = parts.ids;
    this.#clock = parts.clock;
  }

  /** The run, or undefined when it is missing or the caller may not see it. */
  async find(caller: Caller, address: RunAddress): Promise<Run | undefined> {
    const project = await this.#projects.find(caller, address);
    return project && this.#runs.find({ projectId: project.id, name: address.runName });
  }

  /** A project's run by its id; undefined when it is missing or the caller may not see it. */
  async findIn(caller: Caller, project: Project, name: string): Promise<Run | undefined> {
    if (!(await this.#access.canReadProject(caller, project))) return undefined;
    return this.#runs.find({ projectId: project.id, name });
  }

  /** A run by its key; undefined when it is missing or the caller may not see it. */
  async findByKey(caller: Caller, key: RunKey): Promise<Run | undefined> {
    const project = await this.#projects.findById(caller, key.projectId);
    return project && this.#runs.find(key);
  }

  /** As `find`, but throws `not_found`. */
  async require(caller: Caller, address: RunAddress): Promise<Run> {
    const run = await this.find(caller, address);
    if (run === undefined) throw missingRun(address.runName);
    return run;
  }

  /**
   * One page of a project's runs.
   *
   * @throws {ServerError} `not_found`, or `invalid_argument` for a bad filter, order, cursor or page size.
   */
  async list(caller: Caller, project: Project, request: RunListRequest): Promise<RunPage> {
    await this.#access.requireReadProject(caller, project);
    const { filter, order, after } = request;
    const first = request.first ?? DEFAULT_PAGE;
    if (first < 0) throw new ServerError("invalid_argument", "first must be 0 or more", { field: "first" });
    return this.#runs.query({
      projectId: project.id,
      filter,
      order,
      after,
      limit: Math.min(first, MAX_PAGE),
    });
  }

  /** How many runs of a project match. Throws `not_found`, or `invalid_argument` for a bad filter. */
  async count(caller: Caller, project: Project, filter: string | null): Promise<number> {
    await this.#access.requireReadProject(caller, project);
    return this.#runs.count({ projectId: project.id, filter });
  }

  /**
   * One page of the groups that a project's runs make, with figures over their metrics.
   *
   * @throws {ServerError} `not_found`, or `invalid_argument` for a bad filter, field, cursor or page size, and when
   * there are too many groups.
   */
  async aggregate(caller: Caller, project: Project, request: RunAggregateList): Promise<RunGroupPage> {
    await this.#access.requireReadProject(caller, project);
    const { first, ...query } = request;
    const limit = Math.min(first ?? DEFAULT_GROUPS, MAX_GROUPS);
    if (limit < 0) throw new ServerError("invalid_argument", "first must be 0 or more", { field: "first" });
    return this.#runs.aggregate({ ...query, projectId: project.id, limit });
  }

  /**
   * Creates a run, and its project where needed, or changes what is given of an existing one. A call of the run's own
   * process, which every call by name is, brings a run that had ended back to life; an edit leaves the state alone.
   *
   * @throws {ServerError} `unauthenticated`, `not_found`, `permission_denied`, or `invalid_argument` naming the field.
   */
  async upsert(caller: Caller, target: RunTarget, input: RunInput): Promise<UpsertedRun> {
    this.#access.requireUser(caller);
    const fields = parseRunInput(input);
    if ("key" in target) {
      const project = await this.#runAccess.requireAppend(caller, target.key);
      const run = await this.#require(target.key);
      return this.#store(caller, project, target.isOwnProcess ? revive(run, fields) : edit(run, fields));
    }
    const name = validateRunId(target.runName ?? inventRunId(this.#ids));
    const project = await this.#projects.ensure(caller, target);
    await this.#access.requireAppendProject(caller, project);
    const existing = await this.#runs.find({ projectId: project.id, name });
    if (existing !== undefined) return this.#store(caller, project, revive(existing, fields));
    const count = await this.#runs.count({ projectId: project.id, filter: null });
    const defaultDisplayName = inventDisplayName(this.#ids, count + 1);
    return this.#store(caller, project, { name, defaultDisplayName, isHeartbeat: true, ...fields });
  }

  /** Sets a run's state to pending or failed. Throws as `upsert` does. */
  async updateState(caller: Caller, key: RunKey, state: string): Promise<Run> {
    if (state !== "pending" && state !== "failed") {
      const message = `Only pending and failed can be set, not ${JSON.stringify(state)}`;
      throw new ServerError("invalid_argument", message, { field: "state" });
    }
    return this.#edit(caller, key, { state });
  }

  /** Asks a run to stop; its process hears of it with its next request. */
  async stop(caller: Caller, key: RunKey): Promise<Run> {
    return this.#edit(caller, key, { isStopRequested: true });
  }

  /** Deletes a run; its history and files go after it. Throws `not_found` when it is not there. */
  async delete(caller: Caller, key: RunKey): Promise<void> {
    await this.#runAccess.requireWrite(caller, key);
    const { projectId, runId } = key;
    const wasThere = await this.#runs.delete({ projectId, runId, now: this.#clock.now() });
    if (!wasThere) throw missingRun(String(runId));
  }

  /**
   * Takes a run back so that `step` is its last one: history after it is archived and the run goes on.
   *
   * @throws {ServerError} `invalid_argument` for another metric or a step that is no integer of 0 or more.
   */
  async rewind(
    caller: Caller,
    address: RunAddress,
    point: { readonly metricName: string; readonly value: number },
  ): Promise<UpsertedRun> {
    if (point.metricName !== "_step") {
      throw new ServerError("invalid_argument", "A run can only be taken back to a _step", {
        field: "metricName",
      });
    }
    if (!Number.isSafeInteger(point.value) || point.value < 0) {
      throw new ServerError("invalid_argument", "A step is an integer of 0 or more", {
        field: "metricValue",
      });
    }
    const run = await this.require(caller, address);
    const project = await this.#runAccess.requireAppend(caller, run);
    const key = { projectId: run.projectId, runId: run.runId };
    const lineCount = await this.#history.lineCountAtStep({ ...key, step: point.value });
    await this.#log.truncate({ ...key, stream: "history", lineCount });
    return this.#store(caller, project, revive(run, {}));
  }

  async #edit(
    caller: Caller,
    key: RunKey,
    fields: Pick<RunUpsert, "state" | "isStopRequested">,
  ): Promise<Run> {
    const project = await this.#runAccess.requireWrite(caller, key);
    return (await this.#store(caller, project, edit(await this.#require(key), fields))).run;
  }

  async #require(key: RunKey): Promise<Run> {
    const run = await this.#runs.find(key);
    if (run === undefined) throw missingRun(String(key.runId));
    return run;
  }

  async #store(caller: Caller, project: Project, fields: NamedFields): Promise<UpsertedRun> {
    const userId = this.#access.requireUser(caller).user.id;
    const now = this.#clock.now();
    const upserted = await this.#runs.upsert({ projectId: project.id, userId, now, ...fields });
    return { ...upserted, project };
  }
}

/** The answer for a run that is not there or may not be seen. */
export function missingRun(name: string): ServerError {
  return new ServerError("not_found", `Run "${name}" not found`, { field: "run" });
}

type NamedFields = Omit<RunUpsert, "projectId" | "userId" | "now">;

function edit(run: Run, fields: Partial<RunUpsert>): NamedFields {
  return { name: run.name, defaultDisplayName: run.displayName, ...fields };
}

/** A run whose process called. What follows for its state is decided where the run is changed: by now it may be another. */
function revive(run: Run, fields: RunFields): NamedFields {
  return { ...edit(run, fields), isHeartbeat: true };
}
