/** The collections of a type. */
import { NotFoundError } from "../../core/errors.ts";
import { Paginator } from "../../core/paginator.ts";
import type { Page, PageRequest } from "../../core/paginator.ts";
import type { RunFilter } from "../runs/run-filter.ts";
import type { ArtifactCollection } from "./artifact-collection.ts";
import { filterVariables, readCollectionQuery, totalOf } from "./collection-list.ts";
import type { CollectionListOptions, CollectionListPlace, CollectionQuery } from "./collection-list.ts";

/** The collections of a type. Mirrors `wandb.apis.public.ArtifactCollections`. */
export class ArtifactCollections extends Paginator<ArtifactCollection> {
  /** Name of the type. Mirrors `type_name`. */
  readonly typeName: string;
  readonly #place: CollectionListPlace;
  readonly #query: CollectionQuery;
  #found: { readonly entity: string; readonly project: string } | undefined;

  /** @throws {ValueError} when the order is not a field with a sign. */
  constructor(place: CollectionListPlace, typeName: string, options: CollectionListOptions = {}) {
    super(options);
    this.#place = place;
    this.#query = readCollectionQuery(options);
    this.typeName = typeName;
  }

  /** The entity; undefined until the first page. */
  get entity(): string | undefined {
    return this.#found?.entity;
  }

  /** The project; undefined until the first page. */
  get project(): string | undefined {
    return this.#found?.project;
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
    const { service, entity, project } = await this.#place();
    this.#found = { entity, project };
    const { cursor, perPage, signal } = request;
    const place = { entity, project, type: this.typeName, cursor, perPage };
    const filters = await filterVariables(service, this.#query);
    const answer =
      filters === null
        ? await service.graphql.execute(lazy.PlainTypeArtifactCollectionsDocument, place, { signal })
        : await service.graphql.execute(
            lazy.ArtifactTypeArtifactCollectionsDocument,
            { ...place, ...filters },
            { signal },
          );
    const page = answer.project?.artifactType?.artifactCollections;
    if (page == null)
      throw new NotFoundError(`${entity}/${project} has no artifact type ${JSON.stringify(this.typeName)}`);
    const nodes = page.edges.map(({ node }) => node).filter((node) => node !== null);
    return {
      items: nodes.map((node) => new lazy.ArtifactCollection(service, node)),
      cursor: page.pageInfo.endCursor,
      hasNextPage: page.pageInfo.hasNextPage,
      total: totalOf(page),
    };
  }
}
