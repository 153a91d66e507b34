/** Sweeps for callers: creating and changing them, and reading what became of them. What agents do is beside it. */
import type { Clock } from "../../ports/clock.ts";
import type { IdSource } from "../../ports/id-source.ts";
import { ServerError } from "../../errors.ts";
import type { Access } from "../access/access.ts";
import type { Caller } from "../access/caller.ts";
import type { RunQueueItemService } from "../launch/run-queue-item-service.ts";
import type { Project } from "../projects/project.ts";
import type { ProjectAddress, ProjectService } from "../projects/project-service.ts";
import type { RunAccess } from "../runs/run-access.ts";
import { inventRunId } from "../runs/run-name.ts";
import type { RunListRequest, RunService } from "../runs/run-service.ts";
import type { RunPage, RunStore } from "../runs/run-store.ts";
import { parseLaunchScheduler } from "./launch-scheduler.ts";
import { isSameConfig } from "./same-config.ts";
import { expectedRunCount } from "./search/expected-run-count.ts";
import { checkConfig, parseSweepInput } from "./sweep-input.ts";
import type { CheckedConfig, SweepFields, SweepInput } from "./sweep-input.ts";
import { requestStops } from "./stop-runs.ts";
import type { SweepRunStore } from "./sweep-run-store.ts";
import type { SweepChange, SweepPage, SweepStore } from "./sweep-store.ts";
import type { Sweep } from "./sweep.ts";
import { parseSweepYaml } from "./sweep-yaml.ts";

/** What the service is built from. */
export interface SweepServiceParts {
  readonly sweeps: SweepStore;
  readonly sweepRuns: SweepRunStore;
  readonly runs: RunStore;
  readonly projects: ProjectService;
  readonly access: Access;
  readonly runAccess: RunAccess;
  readonly runService: RunService;
  readonly runQueueItems: Pick<RunQueueItemService, "push">;
  readonly ids: IdSource;
  readonly clock: Clock;
}

/** Which sweep to create or change. */
export type SweepTarget = { readonly sweepId: number } | ProjectAddress;

/** A created or changed sweep. */
export interface UpsertedSweep {
  readonly sweep: Sweep;
  /** What is doubtful about the config. */
  readonly warnings: readonly string[];
}

/** Which sweeps of a project. */
export interface SweepListRequest {
  readonly filter: string | null;
  readonly after: string | null;
  /** @default 50 */
  readonly first: number | null;
}

const DEFAULT_PAGE = 50;
const MAX_PAGE = 1_000;

/** Reads and changes sweeps. */
export class SweepService {
  readonly #parts: SweepServiceParts;

  constructor(parts: SweepServiceParts) {
    this.#parts = parts;
  }

  /** A project's sweep by its id; undefined when it is missing or the caller may not see it. */
  async findIn(caller: Caller, project: Project, name: string): Promise<Sweep | undefined> {
    const { access, sweeps } = this.#parts;
    if (!(await access.canReadProject(caller, project))) return undefined;
    return sweeps.find({ projectId: project.id, name });
  }

  /** The sweep of that name in a project known by its number; undefined as `findIn`. */
  async findNamed(caller: Caller, projectId: number, name: string): Promise<Sweep | undefined> {
    const project = await this.#parts.projects.findById(caller, projectId);
    return project && this.findIn(caller, project, name);
  }

  /** One page of a project's sweeps, newest first. Throws `invalid_argument` for a bad filter, cursor or page size. */
  async list(caller: Caller, project: Project, request: SweepListRequest): Promise<SweepPage> {
    const { access, sweeps } = this.#parts;
    await access.requireReadProject(caller, project);
    const first = request.first ?? DEFAULT_PAGE;
    if (first < 0) throw new ServerError("invalid_argument", "first must be 0 or more", { field: "first" });
    const { filter, after } = request;
    return sweeps.list({ projectId: project.id, filter, after, limit: Math.min(first, MAX_PAGE) });
  }

  /** How many sweeps a project has. */
  async count(caller: Caller, project: Project): Promise<number> {
    await this.#parts.access.requireReadProject(caller, project);
    return this.#parts.sweeps.count({ projectId: project.id });
  }

  /** A page of a sweep's runs that match a filter. Throws as `RunService.list`. */
  async listRuns(caller: Caller, sweep: Sweep, request: RunListRequest): Promise<RunPage> {
    const project = await this.#parts.runAccess.requireRead(caller, sweep);
    const filter =
      request.filter === null ? ofSweep(sweep) : `{"$and":[${ofSweep(sweep)},${request.filter}]}`;
    return this.#parts.runService.list(caller, project, { ...request, filter });
  }

  /** A page of the runs of before the sweep that its search learns from. */
  async listPriorRuns(
    caller: Caller,
    sweep: Sweep,
    request: Omit<RunListRequest, "filter">,
  ): Promise<RunPage> {
    const project = await this.#parts.runAccess.requireRead(caller, sweep);
    if (sweep.priorRunsFilter === null) return { runs: [], hasNextPage: false, totalCount: 0 };
    return this.#parts.runService.list(caller, project, { ...request, filter: sweep.priorRunsFilter });
  }

  /** How many runs a sweep has. */
  async countRuns(caller: Caller, sweep: Sweep): Promise<number> {
    const project = await this.#parts.runAccess.requireRead(caller, sweep);
    return this.#parts.runService.count(caller, project, ofSweep(sweep));
  }

  /** How many runs a sweep will have in the end; null when nothing limits it. */
  expectedRunCount(sweep: Sweep): number | null {
    return expectedRunCount(checkConfig(sweep.config).config);
  }

  /** Whether the search runs beside a user's program. */
  hasLocalController(sweep: Sweep): boolean {
    return checkConfig(sweep.config).config.controller === "local";
  }

  /** The best finite value of the sweep's metric in its runs' summaries; null when there is none. */
  async bestLoss(caller: Caller, sweep: Sweep): Promise<number | null> {
    const { metric } = checkConfig(sweep.config).config;
    if (metric === null) return null;
    const project = await this.#parts.runAccess.requireRead(caller, sweep);
    const { groups } = await this.#parts.runService.aggregate(caller, project, {
      filter: ofSweep(sweep),
      groupBy: [],
      metrics: [{ field: `summary_metrics.${metric.name}`, goal: metric.goal, quantiles: [] }],
      after: null,
      first: 1,
    });
    return groups[0]?.group.metrics[0]?.best?.value ?? null;
  }

  /**
   * Creates a sweep, and its project where needed, or changes what is given of an existing one. Everything is checked
   * before anything is stored: a client that is refused asks again in other words, and each would leave a sweep behind.
   *
   * @throws {ServerError} `unauthenticated`, `not_found`, `permission_denied`, `invalid_argument` naming the field,
   *   `conflict` for another config when the sweep has runs.
   */
  async upsert(caller: Caller, target: SweepTarget, input: SweepInput): Promise<UpsertedSweep> {
    this.#parts.access.requireUser(caller);
    const fields = parseSweepInput(input);
    return "sweepId" in target
      ? this.#change(caller, target.sweepId, fields)
      : this.#create(caller, target, fields);
  }

  /** Deletes a sweep; what no process has begun ends with it. Throws `not_found` or `permission_denied`. */
  async delete(caller: Caller, sweepId: number, options: { readonly withRuns: boolean }): Promise<void> {
    const { sweeps, sweepRuns, runs, runService, clock } = this.#parts;
    const sweep = await this.#requireWritable(caller, sweepId);
    // From here on nothing is handed out, so that nothing begins after what is pending was ended.
    await sweeps.update({ sweepId, state: "CANCELED", now: clock.now() });
    await sweepRuns.endPending({ sweepId, runIds: null, state: "killed", now: clock.now() });
    await sweeps.delete({ sweepId });
    while (options.withRuns) {
      const page = await runs.query({ ...pageOfAll(sweep), filter: ofSweep(sweep) });
      for (const { run } of page.runs) await runService.delete(caller, run);
      if (page.runs.length === 0) break;
    }
  }

  async #create(caller: Caller, address: ProjectAddress, fields: SweepFields): Promise<UpsertedSweep> {
    const { access, projects, sweeps, ids, clock } = this.#parts;
    const { config } = fields;
    if (config === undefined) {
      throw new ServerError("invalid_argument", "A new sweep needs a config", { field: "config" });
    }
    const project = await projects.ensure(caller, address);
    await access.requireAppendProject(caller, project);
    const name = inventRunId(ids);
    await this.#pushScheduler(caller, { project, name }, fields);
    const sweep = await sweeps.create({
      projectId: project.id,
      name,
      displayName: fields.displayName ?? null,
      state: fields.state ?? "PENDING",
      description: fields.description ?? config.config.description,
      config: config.text,
      method: config.config.method,
      controller: fields.controller ?? null,
      scheduler: fields.scheduler ?? null,
      launchScheduler: fields.launchScheduler ?? null,
      priorRunsFilter: fields.priorRunsFilter ?? null,
      userId: access.requireUser(caller).user.id,
      now: clock.now(),
    });
    return { sweep, warnings: config.warnings };
  }

  async #change(caller: Caller, sweepId: number, fields: SweepFields): Promise<UpsertedSweep> {
    const { sweeps, clock } = this.#parts;
    const before = await this.#requireWritable(caller, sweepId);
    const { config, templateVariableValues, ...others } = fields;
    const configChange = await this.#configChange(before, config);
    if (fields.launchScheduler !== undefined) {
      const project = await this.#parts.runAccess.requireRead(caller, before);
      await this.#pushScheduler(
        caller,
        { project, name: before.name },
        { ...others, templateVariableValues },
      );
    }
    const now = clock.now();
    const changed = await sweeps.update({
      sweepId,
      now,
      ...given(others),
      ...configChange,
      // Whoever goes on with a sweep wants it searched again: runs may have been deleted to be done anew.
      ...(fields.state === "RUNNING" && { isExhausted: false }),
    });
    if (changed === undefined) throw missingSweep(before.name);
    if (fields.state === "CANCELED") await this.#endRuns(changed, now);
    return { sweep: changed, warnings: config?.warnings ?? [] };
  }

  /** Puts the job that hands out the sweep's runs into its queue, where there is one. */
  async #pushScheduler(
    caller: Caller,
    { project, name }: { readonly project: Project; readonly name: string },
    {
      launchScheduler,
      templateVariableValues,
    }: Pick<SweepFields, "launchScheduler" | "templateVariableValues">,
  ): Promise<void> {
    if (launchScheduler === undefined) return;
    const { queueName, projectName, runSpec } = parseLaunchScheduler(launchScheduler, name);
    const { entityName } = project;
    const input = { runSpec, templateVariableValues: templateVariableValues ?? null, priority: null };
    const address = { entityName, projectName, queueName };
    if ((await this.#parts.runQueueItems.push(caller, address, input)) !== undefined) return;
    const message = `"${entityName}/${projectName}" has no run queue "${queueName}"`;
    throw new ServerError("not_found", message, { field: "launchScheduler" });
  }

  /** Runs that are there were chosen by the config, so that one may only be said again. */
  async #configChange(sweep: Sweep, config: CheckedConfig | undefined): Promise<Partial<SweepChange>> {
    if (config === undefined || isSameConfig(parseSweepYaml(sweep.config), config.json)) return {};
    const runCount = await this.#parts.runs.count({ projectId: sweep.projectId, filter: ofSweep(sweep) });
    if (runCount > 0) {
      const message = `Sweep "${sweep.name}" has ${runCount} runs, so its config cannot change; create another sweep`;
      throw new ServerError("conflict", message, { field: "config" });
    }
    return { config: config.text, method: config.config.method, isExhausted: false };
  }

  /** Runs that no process has begun end at once; the processes of the others are asked to stop. */
  async #endRuns(sweep: Sweep, now: string): Promise<void> {
    const { sweepRuns, runs } = this.#parts;
    await sweepRuns.endPending({ sweepId: sweep.id, runIds: null, state: "killed", now });
    const filter = `{"$and":[${ofSweep(sweep)},{"state":{"$in":["running","preempting"]}}]}`;
    let after: string | null = null;
    do {
      const page: RunPage = await runs.query({ ...pageOfAll(sweep), filter, after });
      await requestStops(
        runs,
        page.runs.map(({ run }) => run),
        now,
      );
      after = page.hasNextPage ? (page.runs.at(-1)?.cursor ?? null) : null;
    } while (after !== null);
  }

  async #requireWritable(caller: Caller, sweepId: number): Promise<Sweep> {
    const sweep = await this.#parts.sweeps.find({ sweepId });
    if (sweep === undefined) throw missingSweep(String(sweepId));
    await this.#parts.runAccess.requireWrite(caller, sweep);
    return sweep;
  }
}

/** The filter of a sweep's runs. */
export function ofSweep({ name }: Sweep): string {
  return JSON.stringify({ sweep: name });
}

/** The answer for a sweep that is not there or may not be seen. */
export function missingSweep(name: string): ServerError {
  return new ServerError("not_found", `Sweep "${name}" not found`, { field: "sweep" });
}

function pageOfAll({ projectId }: Sweep): { projectId: number; order: null; after: null; limit: number } {
  return { projectId, order: null, after: null, limit: MAX_PAGE };
}

type Given = Partial<Omit<SweepChange, "sweepId" | "now" | "ifRevision" | "isExhausted">>;

/** What is given, without what is to be left alone. */
function given(fields: Omit<SweepFields, "config" | "templateVariableValues">): Given {
  return {
    ...(fields.description !== undefined && { description: fields.description }),
    ...(fields.displayName !== undefined && { displayName: fields.displayName }),
    ...(fields.controller !== undefined && { controller: fields.controller }),
    ...(fields.scheduler !== undefined && { scheduler: fields.scheduler }),
    ...(fields.launchScheduler !== undefined && { launchScheduler: fields.launchScheduler }),
    ...(fields.state !== undefined && { state: fields.state }),
    ...(fields.priorRunsFilter !== undefined && { priorRunsFilter: fields.priorRunsFilter }),
  };
}
