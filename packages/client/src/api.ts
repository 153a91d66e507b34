/** The way in: `new Api()` and the objects it hands out. */
import {
  DEFAULT_PROJECT,
  ProtocolError,
  REGISTRY_PREFIX,
  parseArtifactPath,
  parseObjectPath,
  parseRunPath,
  printJson,
  splitProjectPath,
  splitRunPath,
} from "@steelyard/protocol";
import type { JsonObject, ObjectPath, RunPath } from "@steelyard/protocol";

import type { ApiOptions } from "./api-options.ts";
import { USERS_QUERY } from "./api-queries.ts";
import { BoundedCache } from "./core/api-cache.ts";
import { AuthenticationError, CommError, NotFoundError, ValueError, isNotFound } from "./core/errors.ts";
import type { ExecuteOptions, GraphqlVariables } from "./core/graphql.ts";
import type { PaginatorOptions, ReadOptions } from "./core/paginator.ts";
import type { ResourceMakers, Service } from "./core/service.ts";
import { Session, registerSession } from "./core/session.ts";
import type { Settings } from "./core/settings.ts";
import { USER_AGENT } from "./core/version.ts";
import { CreateProjectDocument, GetDefaultEntityDocument, GetViewerDocument } from "./generated/documents.ts";
import type { ArtifactCollection } from "./resources/artifact-collections/artifact-collection.ts";
import { ArtifactCollections } from "./resources/artifact-collections/artifact-collections.ts";
import type { CollectionListOptions } from "./resources/artifact-collections/collection-list.ts";
import { ArtifactTypes } from "./resources/artifact-types/artifact-types.ts";
import { Artifacts } from "./resources/artifacts/artifacts.ts";
import type { ArtifactsOptions } from "./resources/artifacts/artifacts.ts";
import type { ArtifactType } from "./resources/artifact-types/artifact-type.ts";
import type { Artifact } from "./resources/artifacts/artifact.ts";
import type { ArtifactAddress } from "./resources/artifacts/artifact.ts";
import { AutomationExecutions } from "./resources/automations/automation-executions.ts";
import type { ExecutionsOptions } from "./resources/automations/automation-executions.ts";
import type { Automation } from "./resources/automations/automation.ts";
import { Automations } from "./resources/automations/automations.ts";
import type { AutomationsOptions } from "./resources/automations/automations.ts";
import type { NewAutomation } from "./resources/automations/new-automation.ts";
import type {
  CreateAutomationOptions,
  UpdateAutomationOptions,
} from "./resources/automations/save-automation.ts";
import {
  Integrations,
  SlackIntegrations,
  WebhookIntegrations,
} from "./resources/integrations/integrations.ts";
import type { IntegrationsPlace } from "./resources/integrations/integrations.ts";
import { Secrets } from "./resources/integrations/secrets.ts";
import type { CreateRunQueueOptions, UpsertRunQueueOptions } from "./resources/launch/create-run-queue.ts";
import type { Job, JobOptions } from "./resources/launch/job.ts";
import type { RunQueueResource } from "./resources/launch/launch-place.ts";
import type { ListedJob } from "./resources/launch/list-jobs.ts";
import type { QueuedRun } from "./resources/launch/queued-run.ts";
import type { RunQueue } from "./resources/launch/run-queue.ts";
import type { Organization } from "./resources/organizations/organization.ts";
import { Registries } from "./resources/registries/registries.ts";
import type { RegistriesOptions } from "./resources/registries/registries.ts";
import type { CreateRegistryOptions, Registry, RegistryVisibility } from "./resources/registries/registry.ts";
import type { Invite } from "./resources/teams/invite.ts";
import type { CreateTeamOptions, Team } from "./resources/teams/team.ts";
import type { CreateCustomChartOptions } from "./resources/charts/custom-charts.ts";
import type { BetaReport } from "./resources/reports/beta-report.ts";
import { Reports } from "./resources/reports/reports.ts";
import type { ReportsOptions } from "./resources/reports/reports.ts";
import { Project } from "./resources/projects/project.ts";
import { Projects } from "./resources/projects/projects.ts";
import type { CreateRunOptions } from "./resources/runs/create-run.ts";
import { printRunFilter } from "./resources/runs/run-filter.ts";
import { Run } from "./resources/runs/run.ts";
import { Runs } from "./resources/runs/runs.ts";
import type { RunsOptions } from "./resources/runs/runs.ts";
import type { Sweep } from "./resources/sweeps/sweep.ts";
import type { TensorboardFile } from "./resources/tensorboard/event-source.ts";
import type { SyncTensorboardOptions } from "./resources/tensorboard/sync-tensorboard.ts";
import { User } from "./resources/users/user.ts";

/** How many runs and lists an `Api` remembers. */
const CACHE_SIZE = 256;

/** How resources get at objects of other nouns. */
const RESOURCE_MAKERS: ResourceMakers = {
  run: (service, place, options) => Run.fetch(service, place, options),
  createRun: async (service, options) => {
    const { createRun } = await import("./resources/runs/create-run.ts");
    return Run.fetch(service, await createRun(service, options), options);
  },
  sweep: async (service, place, options) => {
    const { Sweep } = await import("./resources/sweeps/sweep.ts");
    return Sweep.find(service, place, options);
  },
  collection: async (service, place, options) => {
    const { ArtifactCollection } = await import("./resources/artifact-collections/artifact-collection.ts");
    return ArtifactCollection.load(service, place, options);
  },
};

/** Sends GraphQL documents as they are. Stands for the attribute `client` of older versions. */
export interface RawClient {
  /**
   * Runs a document and returns its `data`. Mutations are retried only if they certainly were not carried out, unless
   * `isIdempotent` is set.
   *
   * @throws {CommError} when the answer has errors, or there is none.
   */
  execute(document: string, variables?: GraphqlVariables, options?: ExecuteOptions): Promise<JsonObject>;
}

/**
 * Reads and changes what a server holds. Mirrors `wandb.Api`. Making one does nothing; the first request finds the
 * settings and the credentials.
 *
 * ```ts
 * const api = new Api();
 * for await (const run of api.runs("team/project", { filters: { state: "finished" } })) {
 *   console.log(run.name, run.summary.get("loss"));
 * }
 * ```
 */
export class Api {
  /** The document behind {@link viewer}. */
  static readonly VIEWER_QUERY: string = GetViewerDocument.text;
  /** The document behind {@link defaultEntity}. */
  static readonly DEFAULT_ENTITY_QUERY: string = GetDefaultEntityDocument.text;
  /** The document behind {@link createProject}. */
  static readonly CREATE_PROJECT: string = CreateProjectDocument.text;
  /** A document that searches users. */
  static readonly USERS_QUERY: string = USERS_QUERY;

  /** What the client calls itself in requests. Mirrors `user_agent`. */
  readonly userAgent: string = USER_AGENT;
  /** Sends GraphQL documents as they are. */
  readonly client: RawClient = {
    execute: (document, variables, options) => this.graphql(document, variables, options),
  };
  readonly #session: Session;
  readonly #runCache = new BoundedCache<Run>(CACHE_SIZE);
  readonly #runsCache = new BoundedCache<Runs>(CACHE_SIZE);
  readonly #reportsCache = new BoundedCache<Reports>(CACHE_SIZE);
  readonly #projectsCache = new BoundedCache<Projects>(CACHE_SIZE);
  #viewer: User | undefined;
  #defaultEntity: string | undefined;

  /** @throws {AuthenticationError} when the option `apiKey` is malformed. Nothing is sent. */
  constructor(options: ApiOptions = {}) {
    this.#session = new Session(options, (same) => new Api(same), RESOURCE_MAKERS);
    registerSession(this, this.#session);
  }

  /**
   * The settings in force. A promise, because settings files are read on first use. Mirrors the attribute `settings`.
   *
   * @throws {ValueError} when the base URL or a settings file is not understood.
   */
  async settings(): Promise<Settings> {
    return this.#session.settings();
  }

  /**
   * The API key in use; null with an identity token or without credentials. Mirrors the attribute `api_key`.
   *
   * @throws {UsageError} when there are no credentials.
   */
  async apiKey(): Promise<string | null> {
    return (await this.#session.service()).apiKey;
  }

  /**
   * The user behind the credentials; asked once. Mirrors the property `viewer`.
   *
   * @throws {AuthenticationError} when the server does not know the credentials.
   */
  async viewer(options: ReadOptions = {}): Promise<User> {
    if (this.#viewer !== undefined) return this.#viewer;
    const service = await this.#session.service();
    const { viewer } = await service.graphql.execute(GetViewerDocument, {}, options);
    if (viewer === null)
      throw new AuthenticationError(`${service.settings.baseUrl} does not know these credentials`);
    this.#viewer = new User(service, viewer, { isCaller: true });
    this.#defaultEntity ??= viewer.entity ?? undefined;
    return this.#viewer;
  }

  /** The entity that the caller's runs go to by default, or null; asked once. Mirrors the property `default_entity`. */
  async defaultEntity(options: ReadOptions = {}): Promise<string | null> {
    if (this.#defaultEntity !== undefined) return this.#defaultEntity;
    const { graphql } = await this.#session.service();
    const { viewer } = await graphql.execute(GetDefaultEntityDocument, {}, options);
    this.#defaultEntity = viewer?.entity ?? undefined;
    return this.#defaultEntity ?? null;
  }

  /** Runs a GraphQL document and returns its `data`; see {@link RawClient.execute}. */
  async graphql(
    document: string,
    variables: GraphqlVariables = {},
    options: ExecuteOptions = {},
  ): Promise<JsonObject> {
    const { graphql } = await this.#session.service();
    return graphql.query(document, variables, options);
  }

  /** Forgets the runs and lists that `run`, `runs`, `projects` and `reports` remember. Mirrors `flush`. */
  flush(): void {
    this.#runCache.clear();
    this.#runsCache.clear();
    this.#projectsCache.clear();
    this.#reportsCache.clear();
  }

  /**
   * The project, run, sweep or report of a path: `project`, `entity/project`, `entity/project/id`,
   * `entity/project/runs/id`, `entity/project/sweeps/id` or `entity/project/reports/Title--id`. A report is what the path
   * says, without its content. Mirrors `from_path`.
   *
   * @throws {ValueError} when the path has another form.
   */
  async fromPath(path: string, options: ReadOptions = {}): Promise<Project | Run | Sweep | BetaReport> {
    const parsed: ObjectPath = parsedOr(() => parseObjectPath(path));
    switch (parsed.kind) {
      case "project":
        return this.project(parsed.project, { entity: parsed.entity });
      case "run":
        return this.run(path, options);
      case "report": {
        const { BetaReport } = await import("./resources/reports/beta-report.ts");
        return new BetaReport(await this.#session.service(), parsed, parsed);
      }
      case "sweep":
        return this.sweep(path, options);
    }
  }

  /**
   * A project by name; nothing is asked about the project itself until `load()`. For the project of a registry
   * (`wandb-registry-<name>`) `entity` is the organization. Mirrors `project`.
   *
   * @throws {ValueError} when no entity is given and there is no default one.
   * @throws {ValueError} for the name of a registry when the entity is not its organization.
   */
  async project(
    name: string,
    options: ReadOptions & { readonly entity?: string | undefined } = {},
  ): Promise<Project> {
    const service = await this.#session.service();
    return new Project(service, await this.#owner(service, options.entity, name, options), name);
  }

  /**
   * The projects of an entity, newest first; by default those of the settings' or the caller's entity. Mirrors
   * `projects`.
   */
  projects(entity?: string, options: PaginatorOptions = {}): Projects {
    const key = printJson([entity ?? null, options.perPage ?? null]);
    const create = (): Projects =>
      new Projects(async () => {
        const service = await this.#session.service();
        return { service, entity: entity ?? (await this.#entity(service, options)) };
      }, options);
    return remembered(this.#projectsCache, key, options, create);
  }

  /** Creates a project, or finds it. Mirrors `create_project`, which returns nothing. */
  async createProject(name: string, entity: string, options: ReadOptions = {}): Promise<Project> {
    const service = await this.#session.service();
    const variables = { input: { name, entityName: entity } };
    const { upsertModel } = await service.graphql.execute(CreateProjectDocument, variables, options);
    if (upsertModel?.project == null)
      throw new CommError(`The server did not create the project ${entity}/${name}`);
    return new Project(service, upsertModel.project.entityName, upsertModel.project.name);
  }

  /**
   * A run by its path: `entity/project/id`, `entity/project/runs/id`, `project/id` or `id`, with defaults from the
   * settings. It is remembered until `flush()`. Mirrors `run`.
   *
   * @throws {ValueError} when the path has another form or leaves out what has no default.
   * @throws {NotFoundError} when there is no such run.
   */
  async run(path = "", options: ReadOptions = {}): Promise<Run> {
    const service = await this.#session.service();
    const place = await this.#runPlace(service, path === "" ? (service.settings.run ?? "") : path, options);
    const key = printJson([place.entity, place.project, place.id]);
    return this.#runCache.get(key) ?? this.#runCache.set(key, await Run.fetch(service, place, options));
  }

  /**
   * The runs of a project (`entity/project`, `project`, or nothing for the settings' project) that fit a filter. The
   * list is remembered until `flush()`, unless it has a signal or a cursor of its own. Mirrors `runs`, which is lazy by
   * default.
   */
  runs(path?: string, options: RunsOptions = {}): Runs {
    const { filters = {}, order = null, perPage = null, lazy = null } = options;
    const key = printJson([path ?? null, printRunFilter(filters), order, perPage, lazy]);
    const create = (): Runs =>
      new Runs(async () => {
        const service = await this.#session.service();
        return { service, ...(await this.#projectPlace(service, path, options)) };
      }, options);
    return remembered(this.#runsCache, key, options, create);
  }

  /**
   * A sweep by its path: `entity/project/id`, `entity/project/sweeps/id`, `project/id` or `id`, with defaults from the
   * settings. Mirrors `sweep`.
   *
   * @throws {ValueError} when the path has another form or leaves out what has no default.
   * @throws {NotFoundError} when there is no such sweep.
   */
  async sweep(path: string, options: ReadOptions = {}): Promise<Sweep> {
    const service = await this.#session.service();
    const place = await this.#runPlace(service, path, options);
    const sweep = await service.makers.sweep(service, place, options);
    if (sweep === null)
      throw new NotFoundError(`Sweep ${place.entity}/${place.project}/${place.id} not found`);
    return sweep;
  }

  /** Creates a run, or finds the one of that id. Mirrors `create_run`. @throws {CommError} when the server refuses. */
  async createRun(options: CreateRunOptions = {}): Promise<Run> {
    return Run.create(this, options);
  }

  /**
   * Reads TensorBoard's event files below a folder into a run, with the keys and forms of values that W&B's client gives
   * them; `follow` goes on while they are being written. A page passes files instead of a path. Mirrors
   * `sync_tensorboard`.
   *
   * @throws {ValueError} when there are no event files, unless they are waited for.
   * @throws {CommError} when the server refuses; doing it again with the same run id is safe.
   */
  async syncTensorboard(
    rootDir: string | readonly TensorboardFile[],
    options: SyncTensorboardOptions = {},
  ): Promise<Run> {
    const { syncTensorboard } = await import("./resources/tensorboard/sync-tensorboard.ts");
    return syncTensorboard(await this.#session.service(), rootDir, options);
  }

  /**
   * A run queue by its name; nothing is asked until something of it is. Mirrors `run_queue`.
   */
  async runQueue(entity: string, name: string): Promise<RunQueue> {
    const { RunQueue } = await import("./resources/launch/run-queue.ts");
    return new RunQueue(await this.#session.service(), entity, name);
  }

  /**
   * Creates a run queue for jobs that run on `type`, in the entity's project for queues. Mirrors `create_run_queue`.
   *
   * @throws {ValueError} without an entity, for a bad name, type or prioritization mode.
   * @throws {ConflictError} when there is a queue of that name.
   */
  async createRunQueue(
    name: string,
    type: RunQueueResource,
    options: CreateRunQueueOptions = {},
  ): Promise<RunQueue> {
    const { RunQueue } = await import("./resources/launch/run-queue.ts");
    return RunQueue.create(this, name, type, options);
  }

  /**
   * Creates a run queue, or replaces config, template variables, links and mode of the one of that name. Mirrors
   * `upsert_run_queue`.
   *
   * @throws {ValueError} without an entity, for a bad name, type or prioritization mode.
   */
  async upsertRunQueue(
    name: string,
    resourceConfig: JsonObject,
    resourceType: RunQueueResource,
    options: UpsertRunQueueOptions = {},
  ): Promise<RunQueue> {
    const { RunQueue } = await import("./resources/launch/run-queue.ts");
    return RunQueue.upsert(this, name, { resourceConfig, resourceType }, options);
  }

  /**
   * An item of a run queue by its id; nothing is asked until something of it is. Mirrors `queued_run`.
   */
  async queuedRun(
    entity: string,
    project: string,
    queueName: string,
    runQueueItemId: string,
    options: { readonly projectQueue?: string; readonly priority?: number } = {},
  ): Promise<QueuedRun> {
    const { QueuedRun } = await import("./resources/launch/queued-run.ts");
    const place = { ...options, entity, project, queueName, id: runQueueItemId };
    return new QueuedRun(await this.#session.service(), place);
  }

  /**
   * A job by `entity/project/name:version` or alias, with its description. Mirrors `job`.
   *
   * @throws {ValueError} for a name of another form, or when the artifact is no job.
   * @throws {NotFoundError} when there is no such job.
   */
  async job(name: string, options: JobOptions = {}): Promise<Job> {
    const { Job } = await import("./resources/launch/job.ts");
    return Job.load(await this.#session.service(), name, options);
  }

  /**
   * The jobs of a project with their versions; none when it has none. Mirrors `list_jobs`.
   *
   * @throws {NotFoundError} when there is no such project. Python prints that and answers with an empty list.
   */
  async listJobs(entity: string, project: string, options: ReadOptions = {}): Promise<ListedJob[]> {
    const { listJobs } = await import("./resources/launch/list-jobs.ts");
    return listJobs(await this.#session.service(), { entity, project }, options);
  }

  /**
   * A version of an artifact: `entity/project/name:version`, `project/name:alias` or `name`, with defaults from the
   * settings; without version or alias the latest. Mirrors `artifact`.
   *
   * @throws {ValueError} when the path has another form, or the artifact is of another type than asked for.
   * @throws {NotFoundError} when there is no such version.
   */
  async artifact(name: string, options: ReadOptions & { readonly type?: string } = {}): Promise<Artifact> {
    const service = await this.#session.service();
    const address = await this.#artifactAddress(service, name, options);
    const { Artifact } = await import("./resources/artifacts/artifact.ts");
    const found = await Artifact.find(service, address, options);
    if (found === null)
      throw new NotFoundError(`Artifact ${address.entity}/${address.project}/${address.name} not found`);
    if (options.type !== undefined && found.type !== options.type)
      throw new ValueError(`${found.qualifiedName} is of type ${found.type}, not ${options.type}`);
    return found;
  }

  /**
   * Whether there is such a version, of the given type if one is given. Mirrors `artifact_exists`.
   *
   * @throws {CommError} when the server cannot be asked. Python answers False for many failures.
   */
  async artifactExists(
    name: string,
    options: ReadOptions & { readonly type?: string } = {},
  ): Promise<boolean> {
    const service = await this.#session.service();
    const { Artifact } = await import("./resources/artifacts/artifact.ts");
    const found = await Artifact.find(service, await this.#artifactAddress(service, name, options), options);
    return found !== null && (options.type === undefined || found.type === options.type);
  }

  /**
   * An artifact type of a project (`project` or `entity/project`, by default the settings' project). Mirrors
   * `artifact_type`.
   *
   * @throws {NotFoundError} when the project has none of that name.
   */
  async artifactType(
    typeName: string,
    options: ReadOptions & { readonly project?: string } = {},
  ): Promise<ArtifactType> {
    const service = await this.#session.service();
    const place = await this.#projectPlace(service, options.project, options);
    const { ArtifactType } = await import("./resources/artifact-types/artifact-type.ts");
    return ArtifactType.fetch(service, { ...place, type: typeName }, options);
  }

  /** The artifact types of a project, oldest first; by default of the settings' project. Mirrors `artifact_types`. */
  artifactTypes(project?: string, options: PaginatorOptions = {}): ArtifactTypes {
    return new ArtifactTypes(() => this.#placeOf(project, options), options);
  }

  /**
   * The collections of a type in a project. Mirrors `artifact_collections`.
   *
   * @throws {ValueError} when the order is not a field with a sign.
   */
  artifactCollections(
    projectName: string,
    typeName: string,
    options: CollectionListOptions = {},
  ): ArtifactCollections {
    return new ArtifactCollections(() => this.#placeOf(projectName, options), typeName, options);
  }

  /**
   * The versions of a collection (`[[entity/]project/]name`) that are committed, the newest first. Mirrors `artifacts`.
   *
   * @throws {ValueError} when the order is not a field with a sign.
   */
  artifacts(typeName: string, name: string, options: ArtifactsOptions = {}): Artifacts {
    return new Artifacts(
      async () => {
        const service = await this.#session.service();
        const { name: collection, ...place } = await this.#artifactAddress(service, name, options);
        return { service, ...place, collection };
      },
      typeName,
      options,
    );
  }

  /** The same as {@link artifacts}. Mirrors the deprecated `artifact_versions`. */
  artifactVersions(typeName: string, name: string, options: PaginatorOptions = {}): Artifacts {
    return this.artifacts(typeName, name, options);
  }

  /**
   * A collection of artifacts by the name of its type and its path. Mirrors `artifact_collection`.
   *
   * @throws {ValueError} when the path has another form than `[[entity/]project/]name`.
   * @throws {NotFoundError} when there is no such type or collection.
   */
  async artifactCollection(
    typeName: string,
    name: string,
    options: ReadOptions = {},
  ): Promise<ArtifactCollection> {
    const service = await this.#session.service();
    const address = await this.#artifactAddress(service, name, options);
    const place = { ...address, collection: address.name, type: typeName };
    return service.makers.collection(service, place, options);
  }

  /**
   * Whether there is such a collection of that type; note the order of the arguments, which is Python's. Mirrors
   * `artifact_collection_exists`.
   *
   * @throws {CommError} when the server cannot be asked. Python answers False for many failures.
   */
  async artifactCollectionExists(name: string, type: string, options: ReadOptions = {}): Promise<boolean> {
    try {
      await this.artifactCollection(type, name, options);
      return true;
    } catch (error) {
      if (isNotFound(error)) return false;
      throw error;
    }
  }

  /**
   * An organization by name; by default that of the settings, or the only one of the entity. Mirrors `organization`.
   *
   * @throws {NotFoundError} when it does not exist or may not be seen.
   * @throws {ValueError} when no name is given and the entity has none or several.
   */
  async organization(name?: string, options: ReadOptions = {}): Promise<Organization> {
    const service = await this.#session.service();
    const { Organization } = await import("./resources/organizations/organization.ts");
    return Organization.fetch(service, await this.#organizationName(service, name, options), options);
  }

  /**
   * The registries of an organization; by default of the settings', or of the only one of the entity. Mirrors
   * `registries`.
   *
   * @throws {ValueError} when the filter has an unknown field or the order is none of name, created_at and updated_at.
   */
  registries(options: RegistriesOptions & { readonly organization?: string | undefined } = {}): Registries {
    return new Registries(async () => {
      const service = await this.#session.service();
      return { service, organization: await this.#organizationName(service, options.organization, options) };
    }, options);
  }

  /**
   * A registry by its name, without the prefix of its project. Mirrors `registry`.
   *
   * @throws {NotFoundError} when there is none. Python raises `ValueError`.
   */
  async registry(
    name: string,
    options: ReadOptions & { readonly organization?: string } = {},
  ): Promise<Registry> {
    const organization = await this.organization(options.organization, options);
    const { Registry } = await import("./resources/registries/registry.ts");
    return Registry.fetch(await this.#session.service(), organization, name, options);
  }

  /**
   * Creates a registry that the whole organization sees (`organization`) or only its members (`restricted`). Mirrors
   * `create_registry`.
   *
   * @throws {ValueError} when the name or the visibility is not allowed.
   * @throws {ConflictError} when there is one of that name already. Python raises `ValueError`.
   */
  async createRegistry(
    name: string,
    visibility: RegistryVisibility,
    options: CreateRegistryOptions & { readonly organization?: string } = {},
  ): Promise<Registry> {
    const service = await this.#session.service();
    const organization = await this.#organizationName(service, options.organization, options);
    const { Registry } = await import("./resources/registries/registry.ts");
    return Registry.create(this, organization, name, visibility, options);
  }

  /**
   * The automations of an entity, or without one of all projects that the caller sees. Mirrors `automations`.
   *
   * ```ts
   * for await (const automation of api.automations("team")) console.log(automation.name);
   * ```
   */
  automations(entity?: string, options: AutomationsOptions = {}): Automations {
    return new Automations(() => this.#session.service(), entity ?? null, options);
  }

  /**
   * The automation of a name. Mirrors `automation`.
   *
   * @throws {NotFoundError} when there is none, {@link ValueError} when there are several. Python raises `ValueError`.
   */
  async automation(
    name: string,
    options: ReadOptions & { readonly entity?: string } = {},
  ): Promise<Automation> {
    const [found, ...others] = await this.automations(options.entity, { name, ...options }).toArray();
    if (found === undefined) throw new NotFoundError(`There is no automation ${JSON.stringify(name)}`);
    if (others.length === 0) return found;
    throw new ValueError(
      `There are ${1 + others.length} automations ${JSON.stringify(name)}: name the entity`,
    );
  }

  /**
   * Saves an automation: `api.createAutomation(event.then(action), { name: "..." })`. Mirrors `create_automation`.
   *
   * @throws {ConflictError} when the name is taken, unless `fetchExisting` is set.
   * @throws {UnsupportedError} when the server lacks the kind of scope, event or action.
   * @throws {ValueError} without a name, an event or an action, or for a scope that the event does not allow.
   */
  async createAutomation(
    automation: NewAutomation,
    options: CreateAutomationOptions = {},
  ): Promise<Automation> {
    const { createAutomation } = await import("./resources/automations/save-automation.ts");
    const { signal } = options;
    const fetch = (name: string, entity: string | undefined): Promise<Automation> =>
      this.automation(name, { signal, ...(entity !== undefined && { entity }) });
    return createAutomation(await this.#session.service(), automation, options, fetch);
  }

  /**
   * Saves what was changed of an automation, and what the options say. Mirrors `update_automation`.
   *
   * @throws {NotFoundError} when it is gone, unless `createMissing` is set; otherwise as {@link createAutomation}.
   */
  async updateAutomation(automation: Automation, options: UpdateAutomationOptions = {}): Promise<Automation> {
    const { updateAutomation } = await import("./resources/automations/save-automation.ts");
    return updateAutomation(await this.#session.service(), automation, options);
  }

  /** Deletes an automation, or the one with a global id. Mirrors `delete_automation`, which returns true. */
  async deleteAutomation(automation: Automation | string, options: ReadOptions = {}): Promise<void> {
    const { deleteAutomation } = await import("./resources/automations/save-automation.ts");
    return deleteAutomation(await this.#session.service(), automation, options);
  }

  /** What an entity's automations did and are about to do, newest first; by default of one's own entity. */
  automationExecutions(entity?: string, options: ExecutionsOptions = {}): AutomationExecutions {
    return new AutomationExecutions(this.#entityPlace(entity, options), options);
  }

  /**
   * Where an entity's automations can send to; by default those of one's own entity (the settings' one, which Python
   * ignores). New ones are made on the list. Mirrors `integrations`.
   */
  integrations(entity?: string, options: PaginatorOptions = {}): Integrations {
    return new Integrations(this.#entityPlace(entity, options), options);
  }

  /** The Slack channels among {@link integrations}. Mirrors `slack_integrations`. */
  slackIntegrations(options: PaginatorOptions & { readonly entity?: string } = {}): SlackIntegrations {
    return new SlackIntegrations(this.#entityPlace(options.entity, options), options);
  }

  /** The webhooks among {@link integrations}. Mirrors `webhook_integrations`. */
  webhookIntegrations(entity?: string, options: PaginatorOptions = {}): WebhookIntegrations {
    return new WebhookIntegrations(this.#entityPlace(entity, options), options);
  }

  /** The secrets that an entity's webhooks can use; by default of one's own entity. An addition of Steelyard's. */
  secrets(entity?: string): Secrets {
    return new Secrets(this.#entityPlace(entity, {}));
  }

  /**
   * The reports of a project (`entity/project`, `project`, or nothing for the settings' project), the newest first. The
   * list is remembered until `flush()`, unless it has a signal or a cursor of its own. Mirrors `reports`.
   */
  reports(path?: string, options: ReportsOptions = {}): Reports {
    const key = printJson([path ?? null, options.name ?? null, options.perPage ?? null]);
    const create = (): Reports => new Reports(() => this.#placeOf(path, options), options);
    return remembered(this.#reportsCache, key, options, create);
  }

  /**
   * Creates a custom chart and returns its id, `entity/name`, which `wandb.plot_table` takes. Mirrors
   * `create_custom_chart`.
   *
   * @throws {ConflictError} when there is another chart of that name.
   */
  async createCustomChart(entity: string, name: string, options: CreateCustomChartOptions): Promise<string> {
    const { createCustomChart } = await import("./resources/charts/custom-charts.ts");
    return createCustomChart(await this.#session.service(), entity, name, options);
  }

  /** A team by name. Mirrors `team`. @throws {NotFoundError} when there is none. Python raises `KeyError`. */
  async team(name: string, options: ReadOptions = {}): Promise<Team> {
    const { Team } = await import("./resources/teams/team.ts");
    return Team.fetch(await this.#session.service(), name, options);
  }

  /**
   * Creates a team whose first administrator is the caller or another user. Mirrors `create_team`, which hides failures.
   *
   * @throws {PermissionError} when the caller may create no teams.
   * @throws {ConflictError} when the name is taken.
   */
  async createTeam(team: string, options: CreateTeamOptions = {}): Promise<Team> {
    const { Team } = await import("./resources/teams/team.ts");
    return Team.create(this, team, options);
  }

  /** Creates a user account. Mirrors `create_user`. @throws {PermissionError} when the caller is no administrator. */
  async createUser(email: string, options: ReadOptions & { readonly admin?: boolean } = {}): Promise<User> {
    return User.create(this, email, options);
  }

  /**
   * Invites somebody to the server alone, or makes a link with which a user sets a password. Needs an administrator's key;
   * Python has no such method.
   *
   * @throws {UnsupportedError} when the server has no `STEELYARD_INVITE_LINKS`.
   */
  async inviteUser(usernameOrEmail: string, options: ReadOptions = {}): Promise<Invite> {
    const { Invite } = await import("./resources/teams/invite.ts");
    return Invite.create(await this.#session.service(), null, usernameOrEmail, options);
  }

  /** All open invitations, for administrators. Python has no such method. @throws {UnsupportedError} as `inviteUser`. */
  async invites(options: ReadOptions = {}): Promise<Invite[]> {
    const { Invite } = await import("./resources/teams/invite.ts");
    return Invite.list(await this.#session.service(), null, options);
  }

  /** The first user whose name or e-mail address fits, or null. Mirrors `user`. */
  async user(usernameOrEmail: string, options: ReadOptions = {}): Promise<User | null> {
    return (await this.users(usernameOrEmail, options))[0] ?? null;
  }

  /** The users whose name or e-mail address fits; the server decides how. Mirrors `users`. */
  async users(usernameOrEmail: string, options: ReadOptions = {}): Promise<User[]> {
    const service = await this.#session.service();
    const { searchUsers } = await import("./resources/users/user-keys.ts");
    const found = await searchUsers(service, usernameOrEmail, options);
    return found.map((fields) => new User(service, fields));
  }

  /** Where the run or sweep of a path is. */
  async #runPlace(service: Service, path: string, options: ReadOptions): Promise<RunPath> {
    const isEntityNeeded = splitRunPath(path).entity === undefined;
    const entity = service.settings.entity ?? (isEntityNeeded ? await this.defaultEntity(options) : null);
    return parsedOr(() => parseRunPath(path, { entity, project: service.settings.project }));
  }

  async #artifactAddress(service: Service, path: string, options: ReadOptions): Promise<ArtifactAddress> {
    const parts = parsedOr(() => parseArtifactPath(path));
    const { prefix, collection, suffix } = parts;
    const project = parts.project ?? service.settings.project ?? DEFAULT_PROJECT;
    return {
      entity: await this.#owner(service, prefix, project, options),
      project,
      name: suffix === undefined ? collection : `${collection}:${suffix}`,
    };
  }

  /** An entity, by default one's own, found on first use. */
  #entityPlace(entity: string | undefined, { signal }: ReadOptions): IntegrationsPlace {
    return async () => {
      const service = await this.#session.service();
      return { service, entity: entity ?? (await this.#entity(service, { signal })) };
    };
  }

  async #placeOf(
    path: string | undefined,
    options: ReadOptions,
  ): Promise<{ service: Service; entity: string; project: string }> {
    const service = await this.#session.service();
    return { service, ...(await this.#projectPlace(service, path, options)) };
  }

  async #projectPlace(
    service: Service,
    path: string | undefined,
    options: ReadOptions,
  ): Promise<{ entity: string; project: string }> {
    const parts = splitProjectPath(path);
    const project = parts.project ?? service.settings.project ?? DEFAULT_PROJECT;
    return { entity: await this.#owner(service, parts.entity, project, options), project };
  }

  /** The entity of a project; for the project of a registry what stands there is an organization. */
  async #owner(
    service: Service,
    prefix: string | undefined,
    project: string,
    options: ReadOptions,
  ): Promise<string> {
    if (!project.startsWith(REGISTRY_PREFIX) || project === REGISTRY_PREFIX)
      return prefix ?? (await this.#entity(service, options));
    const { resolveOrganization } = await import("./resources/organizations/organization.ts");
    const wanted = prefix ?? service.settings.organization;
    const found = await resolveOrganization(service, await this.#entity(service, options), wanted, options);
    return found.orgEntity;
  }

  /** Name of the organization that is meant: the given one, the settings', or the one of the entity. */
  async #organizationName(service: Service, name: string | undefined, options: ReadOptions): Promise<string> {
    const known = name ?? service.settings.organization;
    if (known !== null) return known;
    const { resolveOrganization } = await import("./resources/organizations/organization.ts");
    return (await resolveOrganization(service, await this.#entity(service, options), null, options)).name;
  }

  async #entity(service: Service, { signal }: ReadOptions): Promise<string> {
    const entity = service.settings.entity ?? (await this.defaultEntity({ signal }));
    if (entity === null) throw new ValueError("No entity: name one, or set it in the settings");
    return entity;
  }
}

/** A list with a signal or a cursor of its own is nobody else's. */
function remembered<T>(cache: BoundedCache<T>, key: string, options: PaginatorOptions, create: () => T): T {
  if (options.signal !== undefined || options.start !== undefined) return create();
  return cache.get(key) ?? cache.set(key, create());
}

/** Python hides the documented `ValueError` of a bad path in a `CommError`; this throws it. */
function parsedOr<T>(parse: () => T): T {
  try {
    return parse();
  } catch (cause) {
    throw cause instanceof ProtocolError ? new ValueError(cause.message, { cause }) : cause;
  }
}
