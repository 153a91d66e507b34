/** A sweep: what it searches, its runs, and the agents that carry them out. */
import { isJsonObject, printJson } from "@steelyard/protocol";
import type { JsonObject } from "@steelyard/protocol";

import type { Api } from "../../api.ts";
import { parseInstant, parseInstantOrNull } from "../../core/dates.ts";
import { CommError, NotFoundError, UnsupportedError } from "../../core/errors.ts";
import type { ReadOptions } from "../../core/paginator.ts";
import type { Service } from "../../core/service.ts";
import { sessionOf } from "../../core/session.ts";
import { encodePart } from "../../core/urls.ts";
import {
  EnqueueSweepRunDocument,
  GetSweepAgentDocument,
  GetSweepAgentsDocument,
  GetSweepDocument,
} from "../../generated/sweeps-documents.ts";
import type { SweepFieldsFragment } from "../../generated/sweeps-documents.ts";
import { renderFrame } from "../html.ts";
import type { HtmlOptions } from "../html.ts";
import { QueryGenerator } from "../query/query-generator.ts";
import type { RunFilter } from "../runs/run-filter.ts";
import type { Run } from "../runs/run.ts";
import { Runs } from "../runs/runs.ts";
import { Agent } from "./agent.ts";

/** The feature of servers that take runs for a sweep from outside. */
const ENQUEUE_FEATURE = "SWEEPS_LOCAL_SCHEDULER";
const RUNS_PER_PAGE = 10;

/** Where a sweep is. */
export interface SweepPlace {
  readonly entity: string;
  readonly project: string;
  /** The sweep's id, unique in its project. */
  readonly id: string;
}

/** What a sweep is made of: the fields of an answer, and the configuration in them. @internal */
export interface SweepState {
  readonly fields: SweepFieldsFragment;
  readonly config: JsonObject;
}

/** A sweep. Mirrors `wandb.apis.public.Sweep`. Its fields are as they were loaded; see {@link load}. */
export class Sweep {
  /** Name of the owning entity. */
  readonly entity: string;
  /** Name of the project. */
  readonly project: string;
  /** The sweep's id, unique in its project: the last part of its path. */
  readonly id: string;
  /** The sweep's runs, oldest first, ten at a time. */
  readonly runs: Runs;
  readonly #service: Service;
  #state: SweepState;

  /** @internal */
  constructor(service: Service, { entity, project, id }: SweepPlace, state: SweepState) {
    this.#service = service;
    this.entity = entity;
    this.project = project;
    this.id = id;
    this.#state = state;
    this.runs = new Runs(this.#runsPlace, { filters: this.#runFilter, perPage: RUNS_PER_PAGE });
  }

  /** A sweep by its place, or null when there is none. Mirrors `Sweep.get`. */
  static async get(api: Api, place: SweepPlace, options: ReadOptions = {}): Promise<Sweep | null> {
    return Sweep.find(await sessionOf(api).service(), place, options);
  }

  /** As {@link get}. @internal */
  static async find(service: Service, place: SweepPlace, options: ReadOptions = {}): Promise<Sweep | null> {
    const fields = await fetchFields(service, place, options);
    return fields === null ? null : Sweep.read(service, place, fields);
  }

  /** Makes a sweep of what an answer says. @internal */
  static async read(
    service: Service,
    place: { readonly entity: string; readonly project: string },
    fields: SweepFieldsFragment,
  ): Promise<Sweep> {
    const { entity, project } = place;
    return new Sweep(service, { entity, project, id: fields.name }, await readState(fields));
  }

  /** Global id. */
  get storageId(): string {
    return this.#state.fields.id;
  }

  /** The same as `entity`. @deprecated as in Python. */
  get username(): string {
    return this.entity;
  }

  /** The name that is shown, or else the configuration's, or else the id. */
  get name(): string {
    const { displayName } = this.#state.fields;
    if (displayName !== null && displayName !== "") return displayName;
    const { name } = this.config;
    return typeof name === "string" && name !== "" ? name : this.id;
  }

  /** The name that someone gave the sweep, or null. */
  get displayName(): string | null {
    return this.#state.fields.displayName;
  }

  /** How parameters are chosen: grid, random, bayes or custom. */
  get method(): string {
    return this.#state.fields.method;
  }

  /** PENDING, RUNNING, PAUSED, FINISHED or CANCELED. */
  get state(): string {
    return this.#state.fields.state;
  }

  /** Free text. */
  get description(): string | null {
    return this.#state.fields.description;
  }

  /** The best value of the metric so far; null when there is none. */
  get bestLoss(): number | null {
    return this.#state.fields.bestLoss;
  }

  /** When the sweep was created. */
  get createdAt(): Date {
    return parseInstant(this.#state.fields.createdAt, "sweep.createdAt");
  }

  /** The same instant as the server wrote it. */
  get createdAtText(): string {
    return this.#state.fields.createdAt;
  }

  /** When the sweep last changed. */
  get updatedAt(): Date | null {
    return parseInstantOrNull(this.#state.fields.updatedAt, "sweep.updatedAt");
  }

  /** The same instant as the server wrote it. */
  get updatedAtText(): string | null {
    return this.#state.fields.updatedAt;
  }

  /** How many runs the sweep has. */
  get runCount(): number {
    return this.#state.fields.runCount;
  }

  /** How many runs the sweep will have in the end; null when nothing limits it. Mirrors `expected_run_count`. */
  get expectedRunCount(): number | null {
    return this.#state.fields.runCountExpected;
  }

  /** The configuration that the sweep was created with. */
  get config(): JsonObject {
    return this.#state.config;
  }

  /** The order that puts the best run first; null when the configuration names no metric. */
  get order(): string | null {
    const { metric } = this.config;
    if (!isJsonObject(metric) || typeof metric["name"] !== "string") return null;
    const isLeastBest = (metric["goal"] ?? "minimize") === "minimize";
    return QueryGenerator.formatOrderKey(`${isLeastBest ? "+" : "-"}${metric["name"]}`);
  }

  /** Entity, project and id, each percent-encoded. */
  get path(): readonly [entity: string, project: string, id: string] {
    return [encodePart(this.entity), encodePart(this.project), encodePart(this.id)];
  }

  /** The sweep's page. */
  get url(): string {
    const [entity, project, id] = this.path;
    return `${this.#service.settings.appUrl}${entity}/${project}/sweeps/${id}`;
  }

  /**
   * Brings the fields up to date when `force` is set; they are always loaded. `runs` stays the list that it is. Mirrors
   * `load`.
   *
   * @throws {NotFoundError} when the sweep does not exist any more.
   */
  async load(options: ReadOptions & { readonly force?: boolean } = {}): Promise<this> {
    if (options.force !== true) return this;
    const fields = await fetchFields(this.#service, this, options);
    if (fields === null) throw new NotFoundError(`Sweep ${this.entity}/${this.project}/${this.id} not found`);
    this.#state = await readState(fields);
    return this;
  }

  /**
   * The best run by the configuration's metric, or the first one in an order that is given (`-` for the greatest first,
   * also without a sign); without either the oldest one. Null when there is no run. Its config and summary are loaded.
   * Mirrors `best_run`.
   */
  async bestRun(order?: string, options: ReadOptions = {}): Promise<Run | null> {
    const wanted = order === undefined ? this.order : QueryGenerator.formatOrderKey(order);
    const runs = new Runs(this.#runsPlace, {
      filters: this.#runFilter,
      perPage: 1,
      ...(wanted === null ? {} : { order: wanted }),
    });
    return (await runs.at(0, options)) ?? null;
  }

  /** An agent by its name or id. Mirrors `agent`. @throws {NotFoundError} when there is none. */
  async agent(agentId: string, options: ReadOptions = {}): Promise<Agent> {
    const variables = { ...this.#variables, agentID: agentId };
    const answer = await this.#service.graphql.execute(GetSweepAgentDocument, variables, options);
    const fields = answer.project?.sweep?.agent;
    if (fields == null) throw new NotFoundError(`Agent ${agentId} of sweep ${this.id} not found`);
    return new Agent(this.#service, this, fields);
  }

  /** The sweep's agents, oldest first. Mirrors `agents`. @throws {NotFoundError} when the sweep is gone. */
  async agents(options: ReadOptions = {}): Promise<Agent[]> {
    const answer = await this.#service.graphql.execute(GetSweepAgentsDocument, this.#variables, options);
    const sweep = answer.project?.sweep;
    if (sweep == null) throw new NotFoundError(`Sweep ${this.entity}/${this.project}/${this.id} not found`);
    return sweep.agents.edges.map(({ node }) => new Agent(this.#service, this, node));
  }

  /**
   * Adds a run with a config of its own, which an agent gets before anything that the search suggests; returns the
   * run's id. Mirrors `enqueue_run`.
   *
   * @throws {UnsupportedError} when the server takes no runs from outside.
   */
  async enqueueRun(
    config: JsonObject,
    options: ReadOptions & { readonly displayName?: string | undefined } = {},
  ): Promise<string> {
    const { displayName, ...read } = options;
    if (!(await this.#service.supports(ENQUEUE_FEATURE)))
      throw new UnsupportedError("This server takes no runs for sweeps from outside");
    const variables = { id: this.storageId, config: printJson(config), displayName: displayName ?? null };
    const answer = await this.#service.graphql.execute(EnqueueSweepRunDocument, variables, read);
    const id = answer.enqueueSweepRun?.id;
    if (id == null) throw new CommError(`The server added no run to sweep ${this.id}`);
    return id;
  }

  /** An HTML frame with the sweep's page. Mirrors `to_html`. */
  toHtml(options: HtmlOptions = {}): string {
    return renderFrame(this.url, options);
  }

  /** What is loaded, as `JSON.stringify` and people see it. */
  toJSON(): Readonly<Record<string, unknown>> {
    const { id, name, entity, project, method, state, description, bestLoss, config, url } = this;
    const { runCount, expectedRunCount, createdAtText: createdAt, updatedAtText: updatedAt } = this;
    const counts = { runCount, expectedRunCount, createdAt, updatedAt };
    return { id, name, entity, project, method, state, description, bestLoss, config, url, ...counts };
  }

  get #variables(): { readonly entity: string; readonly project: string; readonly sweep: string } {
    return { entity: this.entity, project: this.project, sweep: this.id };
  }

  get #runFilter(): RunFilter {
    return { $and: [{ sweep: this.id }] };
  }

  readonly #runsPlace = (): Promise<{ service: Service; entity: string; project: string }> =>
    Promise.resolve({ service: this.#service, entity: this.entity, project: this.project });
}

async function fetchFields(
  service: Service,
  { entity, project, id }: SweepPlace,
  { signal }: ReadOptions,
): Promise<SweepFieldsFragment | null> {
  const variables = { entity, project, name: id };
  const answer = await service.graphql.execute(GetSweepDocument, variables, { signal });
  return answer.project?.sweep ?? null;
}

async function readState(fields: SweepFieldsFragment): Promise<SweepState> {
  const { parseSweepYaml } = await import("./sweep-yaml.ts");
  return { fields, config: parseSweepYaml(fields.config) };
}
