/** Versions in registries, found by filters. */
import { NotFoundError } from "../../core/errors.ts";
import { Paginator } from "../../core/paginator.ts";
import type { Page, PageRequest, PaginatorOptions } from "../../core/paginator.ts";
import type { Service } from "../../core/service.ts";
import type { Artifact } from "../artifacts/artifact.ts";
import { printRunFilter } from "../runs/run-filter.ts";
import type { RunFilter } from "../runs/run-filter.ts";
import { SEARCH_PAGE } from "./search-place.ts";
import type { OuterFilters, SearchPlace } from "./search-place.ts";

/** Options of searches for versions. */
export interface VersionsOptions extends PaginatorOptions {
  /**
   * In MongoDB's language, over id, version, tag, alias, metadata (and paths into it), created_at and updated_at; with
   * the server's advanced search also over artifact_size.
   */
  readonly filter?: RunFilter | undefined;
}

/** Versions in registries, as members of their collections. Mirrors `Versions`. */
export class Versions extends Paginator<Artifact> {
  readonly #place: SearchPlace;
  readonly #outer: OuterFilters;
  readonly #filter: RunFilter | null;
  #isAdvanced: Promise<boolean> | undefined;

  constructor(place: SearchPlace, outer: OuterFilters, options: VersionsOptions = {}) {
    super(options, SEARCH_PAGE);
    this.#place = place;
    this.#outer = outer;
    this.#filter = options.filter ?? null;
  }

  protected override async loadPage({ cursor, perPage, signal }: PageRequest): Promise<Page<Artifact>> {
    const lazy = await import("./search-page.ts");
    const { service, organization } = await this.#place();
    const isAdvanced = await (this.#isAdvanced ??= askAdvanced(service, organization, signal));
    const print = (target: "registry" | "collection" | "version", filter: RunFilter | null): string | null =>
      filter === null ? null : printRunFilter(lazy.toServerFilter(target, filter, isAdvanced));
    const variables = {
      organization,
      registryFilter: print("registry", this.#outer.registry),
      collectionFilter: print("collection", this.#outer.collection),
      artifactFilter: print("version", this.#filter),
      cursor,
      perPage,
    };
    const answer = await service.graphql.execute(lazy.RegistryVersionsDocument, variables, { signal });
    if (answer.organization?.orgEntity == null)
      throw new NotFoundError(`There is no organization ${JSON.stringify(organization)}`);
    const page = answer.organization.orgEntity.artifactMemberships;
    const nodes = (page?.edges ?? []).map(({ node }) => node).filter((node) => node !== null);
    return {
      items: nodes
        .filter(({ artifact }) => artifact !== null)
        .map((node) => lazy.Artifact.fromLogged(service, lazy.fromMembership(node, null))),
      cursor: page?.pageInfo.endCursor ?? null,
      hasNextPage: page?.pageInfo.hasNextPage ?? false,
    };
  }
}

/** Whether an organization has the advanced search; servers without lists of collections in order do not know it. */
async function askAdvanced(service: Service, organization: string, signal: AbortSignal): Promise<boolean> {
  if (!(await service.supports("ARTIFACT_COLLECTIONS_FILTERING_SORTING"))) return false;
  const { FetchAdvancedRegistryFeaturesDocument } = await import("./search-page.ts");
  const answer = await service.graphql.execute(
    FetchAdvancedRegistryFeaturesDocument,
    { organization },
    { signal },
  );
  return answer.organization?.advancedRegistryFeatures?.advancedSearch ?? false;
}
