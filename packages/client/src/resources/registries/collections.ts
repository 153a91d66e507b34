/** Collections in registries, found by filters. */
import { NotFoundError } from "../../core/errors.ts";
import { Paginator } from "../../core/paginator.ts";
import type { Page, PageRequest, PaginatorOptions } from "../../core/paginator.ts";
import type { ArtifactCollection } from "../artifact-collections/artifact-collection.ts";
import type { Artifact } from "../artifacts/artifact.ts";
import { signedOrder } from "../artifacts/list-order.ts";
import { printRunFilter } from "../runs/run-filter.ts";
import type { RunFilter } from "../runs/run-filter.ts";
import { ChainedPaginator } from "./chained-paginator.ts";
import type { Registry } from "./registry.ts";
import { REGISTRY_ORDERS, SEARCH_PAGE } from "./search-place.ts";
import type { SearchPlace } from "./search-place.ts";
import { toServerFilter } from "./registry-filters.ts";
import { Versions } from "./versions.ts";
import type { VersionsOptions } from "./versions.ts";

/** Options of searches for collections. */
export interface CollectionsOptions extends PaginatorOptions {
  /** In MongoDB's language, over id, name, tag, description, created_at and updated_at. @default all */
  readonly filter?: RunFilter | undefined;
  /** One of name, created_at and updated_at, with `+` or `-` in front; ascending without. */
  readonly order?: string | undefined;
}

/** Collections in registries. Mirrors `Collections`. */
export class Collections extends Paginator<ArtifactCollection> {
  /** The filter in force; null for none. */
  readonly filter: RunFilter | null;
  /** The order asked for, with its sign; null for the server's. */
  readonly order: string | null;
  readonly #place: SearchPlace;
  readonly #registryFilter: RunFilter | null;

  /** @throws {ValueError} when the filter has an unknown field, or the order is none of those allowed. */
  constructor(place: SearchPlace, registryFilter: RunFilter | null, options: CollectionsOptions = {}) {
    super(options, SEARCH_PAGE);
    this.#place = place;
    this.#registryFilter = registryFilter;
    this.filter = options.filter ?? null;
    if (this.filter !== null) toServerFilter("collection", this.filter);
    this.order = options.order === undefined ? null : signedOrder(options.order, REGISTRY_ORDERS);
  }

  /** The versions in these collections: in their order if there is one, else in the server's. Mirrors `versions`. */
  versions(options: VersionsOptions = {}): Paginator<Artifact> {
    const outer = { registry: this.#registryFilter, collection: this.filter };
    if (this.order === null) return new Versions(this.#place, outer, options);
    return versionsOf(this, this.#place, this.#registryFilter, options);
  }

  protected override async loadPage({
    cursor,
    perPage,
    signal,
  }: PageRequest): Promise<Page<ArtifactCollection>> {
    const lazy = await import("./search-page.ts");
    const { service, organization } = await this.#place();
    const registry = this.#registryFilter;
    const variables = {
      organization,
      registryFilter: registry === null ? null : printRunFilter(toServerFilter("registry", registry)),
      collectionFilter:
        this.filter === null ? null : printRunFilter(toServerFilter("collection", this.filter)),
      cursor,
      perPage,
      order: this.order,
    };
    const answer = await service.graphql.execute(lazy.RegistryCollectionsDocument, variables, { signal });
    if (answer.organization?.orgEntity == null)
      throw new NotFoundError(`There is no organization ${JSON.stringify(organization)}`);
    const page = answer.organization.orgEntity.artifactCollections;
    const nodes = (page?.edges ?? []).map(({ node }) => node).filter((node) => node !== null);
    return {
      // What runs log to is no part of a registry.
      items: nodes
        .filter(({ __typename: kind }) => kind !== "ArtifactSequence")
        .map((node) => new lazy.ArtifactCollection(service, node)),
      cursor: page?.pageInfo.endCursor ?? null,
      hasNextPage: page?.pageInfo.hasNextPage ?? false,
      total: page?.totalCount ?? null,
    };
  }
}

/** The collections of registries that are in an order, registry by registry. Mirrors `_OrderedCollections`. */
export class OrderedCollections extends ChainedPaginator<Registry, ArtifactCollection> {
  readonly #place: SearchPlace;

  constructor(registries: AsyncIterable<Registry>, place: SearchPlace, options: CollectionsOptions) {
    super(registries, (registry) => registry.collections(options), options);
    this.#place = place;
  }

  /** The versions in these collections, collection by collection. */
  versions(options: VersionsOptions = {}): Paginator<Artifact> {
    return versionsOf(this, this.#place, null, options);
  }
}

function versionsOf(
  collections: AsyncIterable<ArtifactCollection>,
  place: SearchPlace,
  registry: RunFilter | null,
  options: VersionsOptions,
): Paginator<Artifact> {
  const { filter, perPage, signal } = options;
  return new ChainedPaginator(
    collections,
    ({ id }) =>
      new Versions(place, { registry, collection: { id: numberOf(id) } }, { filter, perPage, signal }),
    options,
  );
}

/** The number behind a collection's global id, as filters want it. */
function numberOf(id: string): number {
  return Number(/:(\d+)$/.exec(atob(id))?.[1] ?? Number.NaN);
}
