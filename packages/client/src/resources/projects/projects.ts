/** The projects of an entity. */
import { NotFoundError } from "../../core/errors.ts";
import { Paginator } from "../../core/paginator.ts";
import type { Page, PageRequest, PaginatorOptions } from "../../core/paginator.ts";
import type { Service } from "../../core/service.ts";
import { GetProjectsDocument } from "../../generated/documents.ts";
import { Project } from "./project.ts";

const DEFAULT_PER_PAGE = 200;

/** Whose projects, through which service; found on first use. */
export type ProjectsPlace = () => Promise<{ readonly service: Service; readonly entity: string }>;

/** An entity's projects, newest first. Mirrors `wandb.apis.public.Projects`; `length()` is null there too. */
export class Projects extends Paginator<Project> {
  readonly #place: ProjectsPlace;
  #entity: string | undefined;

  constructor(place: ProjectsPlace, options: PaginatorOptions = {}) {
    super(options, DEFAULT_PER_PAGE);
    this.#place = place;
  }

  /** The entity; undefined until the first page when it is the caller's default one. */
  get entity(): string | undefined {
    return this.#entity;
  }

  protected override async loadPage({ cursor, perPage, signal }: PageRequest): Promise<Page<Project>> {
    const { service, entity } = await this.#place();
    this.#entity = entity;
    const { models } = await service.graphql.execute(
      GetProjectsDocument,
      { entity, cursor, perPage },
      { signal },
    );
    if (models === null)
      throw new NotFoundError(`The entity ${JSON.stringify(entity)} does not exist or may not be seen`);
    const nodes = models.edges.map(({ node }) => node).filter((node) => node !== null);
    return {
      items: nodes.map((node) => new Project(service, node.entityName, node.name, node)),
      cursor: models.pageInfo.endCursor,
      hasNextPage: models.pageInfo.hasNextPage,
    };
  }
}
