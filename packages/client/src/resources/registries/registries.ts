/** The registries of an organization. */
import { NotFoundError, UnsupportedError } from "../../core/errors.ts";
import { Paginator } from "../../core/paginator.ts";
import type { Page, PageRequest, PaginatorOptions } from "../../core/paginator.ts";
import type { Artifact } from "../artifacts/artifact.ts";
import { signedOrder } from "../artifacts/list-order.ts";
import { printRunFilter } from "../runs/run-filter.ts";
import type { RunFilter } from "../runs/run-filter.ts";
import { ChainedPaginator } from "./chained-paginator.ts";
import { Collections, OrderedCollections } from "./collections.ts";
import type { CollectionsOptions } from "./collections.ts";
import type { Registry } from "./registry.ts";
import { toServerFilter } from "./registry-filters.ts";
import { REGISTRY_ORDERS, SEARCH_FEATURE, SEARCH_PAGE } from "./search-place.ts";
import type { SearchPlace } from "./search-place.ts";
import { Versions } from "./versions.ts";
import type { VersionsOptions } from "./versions.ts";

/** Options of lists of registries. */
export interface RegistriesOptions extends PaginatorOptions {
  /** In MongoDB's language, over id, name, entity_id, description, created_at and updated_at. @default all */
  readonly filter?: RunFilter | undefined;
  /** One of name, created_at and updated_at, with `+` or `-` in front; ascending without. */
  readonly order?: string | undefined;
}

/** The registries of an organization. Mirrors `Registries`. */
export class Registries extends Paginator<Registry> {
  /** The filter in force; null for none. Names are without the prefix of their projects. */
  readonly filter: RunFilter | null;
  /** The order asked for, with its sign; null for the server's. */
  readonly order: string | null;
  readonly #place: SearchPlace;
  #organization: string | undefined;

  /** @throws {ValueError} when the filter has an unknown field, or the order is none of those allowed. */
  constructor(place: SearchPlace, options: RegistriesOptions = {}) {
    super(options, SEARCH_PAGE);
    this.#place = place;
    this.filter = options.filter ?? null;
    if (this.filter !== null) toServerFilter("registry", this.filter);
    this.order = options.order === undefined ? null : signedOrder(options.order, REGISTRY_ORDERS);
  }

  /** Name of the organization; undefined until the first page when it is a default. */
  get organization(): string | undefined {
    return this.#organization;
  }

  /** The collections in these registries: in their order if there is one, else in the server's. Mirrors `collections`. */
  collections(options: CollectionsOptions = {}): Collections | OrderedCollections {
    if (this.order === null) return new Collections(this.#place, this.filter, options);
    return new OrderedCollections(this, this.#place, options);
  }

  /** The versions in these registries: in their order if there is one, else in the server's. Mirrors `versions`. */
  versions(options: VersionsOptions = {}): Paginator<Artifact> {
    if (this.order === null)
      return new Versions(this.#place, { registry: this.filter, collection: null }, options);
    return new ChainedPaginator(this, (registry: Registry) => registry.versions(options), options);
  }

  protected override async loadPage({ cursor, perPage, signal }: PageRequest): Promise<Page<Registry>> {
    const lazy = await import("./registries-page.ts");
    const { service, organization } = await this.#place();
    this.#organization = organization;
    if (!(await service.supports(SEARCH_FEATURE)))
      throw new UnsupportedError("This server does not search in registries");
    const filters = this.filter === null ? null : printRunFilter(toServerFilter("registry", this.filter));
    const variables = { organization, filters, cursor, perPage, order: this.order };
    const answer = await service.graphql.execute(lazy.FetchRegistriesDocument, variables, { signal });
    if (answer.organization?.orgEntity == null)
      throw new NotFoundError(`There is no organization ${JSON.stringify(organization)}`);
    const page = answer.organization.orgEntity.projects;
    const nodes = (page?.edges ?? []).map(({ node }) => node).filter((node) => node !== null);
    return {
      items: nodes.map((node) => new lazy.Registry(service, node)),
      cursor: page?.pageInfo.endCursor ?? null,
      hasNextPage: page?.pageInfo.hasNextPage ?? false,
    };
  }
}
