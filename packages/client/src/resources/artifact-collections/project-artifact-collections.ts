/** All collections of a project, whatever their types. */
import { NotFoundError } from "../../core/errors.ts";
import { Paginator } from "../../core/paginator.ts";
import type { Page, PageRequest } from "../../core/paginator.ts";
import type { Service } from "../../core/service.ts";
import type { RunFilter } from "../runs/run-filter.ts";
import type { ArtifactCollection } from "./artifact-collection.ts";
import { filterVariables, readCollectionQuery, totalOf } from "./collection-list.ts";
import type { CollectionListOptions, CollectionQuery } from "./collection-list.ts";

/** The collections of a project. Mirrors `wandb.apis.public.ProjectArtifactCollections`. */
export class ProjectArtifactCollections extends Paginator<ArtifactCollection> {
  /** The entity. */
  readonly entity: string;
  /** The project. */
  readonly project: string;
  readonly #service: Service;
  readonly #query: CollectionQuery;

  /** @throws {ValueError} when the order is not a field with a sign. */
  constructor(
    service: Service,
    place: { readonly entity: string; readonly project: string },
    options: CollectionListOptions = {},
  ) {
    super(options);
    this.#service = service;
    this.#query = readCollectionQuery(options);
    this.entity = place.entity;
    this.project = place.project;
  }

  /** The filter in force; null for none. */
  get filters(): RunFilter | null {
    return this.#query.filters;
  }

  /** The order asked for, with its sign; null for the server's. */
  get order(): string | null {
    return this.#query.order;
  }

  protected override async loadPage(request: PageRequest): Promise<Page<ArtifactCollection>> {
    const lazy = await import("./collections-page.ts");
    const { graphql } = this.#service;
    const { cursor, perPage, signal } = request;
    const place = { entity: this.entity, project: this.project, cursor, perPage };
    const filters = await filterVariables(this.#service, this.#query);
    const answer =
      filters === null
        ? await graphql.execute(lazy.PlainArtifactCollectionsDocument, place, { signal })
        : await graphql.execute(
            lazy.ProjectArtifactCollectionsDocument,
            { ...place, ...filters },
            { signal },
          );
    const page = answer.project?.artifactCollections;
    if (page == null) throw new NotFoundError(`Project ${this.entity}/${this.project} not found`);
    const nodes = page.edges.map(({ node }) => node).filter((node) => node !== null);
    return {
      items: nodes.map((node) => new lazy.ArtifactCollection(this.#service, node)),
      cursor: page.pageInfo.endCursor,
      hasNextPage: page.pageInfo.hasNextPage,
      total: totalOf(page),
    };
  }
}
