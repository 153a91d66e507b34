/** A project: its name and owner at once, the rest after `load()`. */
import { CommError, NotFoundError } from "../../core/errors.ts";
import { parseInstant } from "../../core/dates.ts";
import type { PaginatorOptions, ReadOptions } from "../../core/paginator.ts";
import type { Service } from "../../core/service.ts";
import { encodePart } from "../../core/urls.ts";
import { GetProjectDocument } from "../../generated/documents.ts";
import type { ProjectFieldsFragment } from "../../generated/documents.ts";
import type { CollectionListOptions } from "../artifact-collections/collection-list.ts";
import { ProjectArtifactCollections } from "../artifact-collections/project-artifact-collections.ts";
import { ArtifactTypes } from "../artifact-types/artifact-types.ts";
import { renderFrame } from "../html.ts";
import type { HtmlOptions } from "../html.ts";
import type { RunsWatchEvent, RunsWatchOptions } from "../live/runs-watch.ts";
import type { Run } from "../runs/run.ts";
import { Runs } from "../runs/runs.ts";
import { Sweeps } from "../sweeps/sweeps.ts";
import type { SweepsOptions } from "../sweeps/sweeps.ts";
import { User } from "../users/user.ts";

/** A project. Mirrors `wandb.apis.public.Project`; its fetching attributes are here what `load()` returns. */
export class Project {
  /** Name of the owning entity. */
  readonly entity: string;
  /** Name, unique in its entity. */
  readonly name: string;
  readonly #service: Service;
  #details: Promise<ProjectDetails> | undefined;

  constructor(service: Service, entity: string, name: string, fields?: ProjectFieldsFragment) {
    this.#service = service;
    this.entity = entity;
    this.name = name;
    if (fields !== undefined) this.#details = Promise.resolve(readDetails(service, fields));
  }

  /** Entity and name. */
  get path(): readonly [entity: string, name: string] {
    return [this.entity, this.name];
  }

  /** The project's page. */
  get url(): string {
    return `${this.#service.settings.appUrl}${encodePart(this.entity)}/${encodePart(this.name)}/workspace`;
  }

  /**
   * What the server knows of the project; asked once. Projects of a list have it already.
   *
   * @throws {NotFoundError} when the project does not exist or may not be seen.
   */
  async load(options: ReadOptions & { readonly force?: boolean } = {}): Promise<ProjectDetails> {
    if (this.#details !== undefined && options.force !== true) return this.#details;
    const details = await this.#load(options);
    this.#details = Promise.resolve(details);
    return details;
  }

  /** Global id. Mirrors the property `id`, which fetches. */
  async id(options: ReadOptions = {}): Promise<string> {
    return (await this.load(options)).id;
  }

  /**
   * The user who created the project. Mirrors the property `owner`, which fetches.
   *
   * @throws {CommError} when the server names none.
   */
  async owner(options: ReadOptions = {}): Promise<User> {
    const { owner } = await this.load(options);
    if (owner === null) throw new CommError(`The server names no owner of ${this.entity}/${this.name}`);
    return owner;
  }

  /** The project's artifact types, oldest first. Mirrors `artifacts_types`. */
  artifactsTypes(options: PaginatorOptions = {}): ArtifactTypes {
    const place = { service: this.#service, entity: this.entity, project: this.name };
    return new ArtifactTypes(() => Promise.resolve(place), options);
  }

  /** The project's artifact collections, whatever their types. Mirrors `collections`. */
  collections(options: CollectionListOptions = {}): ProjectArtifactCollections {
    return new ProjectArtifactCollections(
      this.#service,
      { entity: this.entity, project: this.name },
      options,
    );
  }

  /** The project's sweeps, newest first. Mirrors `sweeps`, whose `order` does nothing. */
  sweeps(options: SweepsOptions = {}): Sweeps {
    return new Sweeps(this.#service, { entity: this.entity, project: this.name }, options);
  }

  /** The project's runs, and how they change; see `Runs.watch`, which can be of some runs only. */
  watch(options: RunsWatchOptions = {}): AsyncGenerator<RunsWatchEvent<Run>, void, undefined> {
    const place = { service: this.#service, entity: this.entity, project: this.name };
    return new Runs(() => Promise.resolve(place)).watch(options);
  }

  /** An HTML frame with the project's page. Mirrors `to_html`. */
  toHtml(options: HtmlOptions = {}): string {
    return renderFrame(this.url, options);
  }

  async #load({ signal }: ReadOptions): Promise<ProjectDetails> {
    const variables = { name: this.name, entity: this.entity };
    const { project } = await this.#service.graphql.execute(GetProjectDocument, variables, { signal });
    if (project === null) throw new NotFoundError(`Project ${this.entity}/${this.name} not found`);
    return readDetails(this.#service, project);
  }
}

/** What the server knows of a project. */
export interface ProjectDetails {
  /** Global id. */
  readonly id: string;
  readonly name: string;
  /** Name of the owning entity. */
  readonly entityName: string;
  readonly createdAt: Date;
  /** The same instant as the server wrote it. */
  readonly createdAtText: string;
  readonly isBenchmark: boolean;
  /** The user who created the project. */
  readonly owner: User | null;
}

function readDetails(service: Service, fields: ProjectFieldsFragment): ProjectDetails {
  return {
    id: fields.id,
    name: fields.name,
    entityName: fields.entityName,
    createdAt: parseInstant(fields.createdAt, "project.createdAt"),
    createdAtText: fields.createdAt,
    isBenchmark: fields.isBenchmark,
    owner: fields.user === null ? null : new User(service, fields.user),
  };
}
