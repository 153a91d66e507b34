/** Search over the registries that a caller may see, their collections, and the versions linked in them. */
import type { Caller } from "../access/caller.ts";
import type { CollectionKind } from "../artifacts/artifact-collection.ts";
import type { CollectionPage, VersionPage } from "../artifacts/artifact-collection-store.ts";
import type { ListRequest } from "../artifacts/artifact-collections.ts";
import { parsePageSize } from "../artifacts/page-size.ts";
import type { Entity } from "../entities/entity.ts";
import type { Project } from "../projects/project.ts";
import type { ProjectPage, ProjectService } from "../projects/project-service.ts";
import type { ProjectCursor } from "../projects/project-store.ts";
import type { RegistrySearchStore } from "./registry-search-store.ts";

/** What the service is built from. */
export interface RegistrySearchServiceParts {
  readonly registrySearch: RegistrySearchStore;
  readonly projects: ProjectService;
}

/** Which collections. */
export interface CollectionSearchRequest extends ListRequest {
  /** Over registries, as JSON text; null for all. */
  readonly registryFilters: string | null;
  readonly kinds: readonly CollectionKind[];
}

/** Which versions. */
export interface VersionSearchRequest extends ListRequest {
  /** Over registries, as JSON text; null for all. */
  readonly registryFilters: string | null;
  /** Over collections, as JSON text; null for all. */
  readonly collectionFilters: string | null;
}

/** A page of registries. */
export interface RegistryPage {
  readonly registries: readonly { readonly cursor: string; readonly project: Project }[];
  readonly hasNextPage: boolean;
}

const MAX_PAGE = 1_000;

/** Searches registries. */
export class RegistrySearchService {
  readonly #parts: RegistrySearchServiceParts;

  constructor(parts: RegistrySearchServiceParts) {
    this.#parts = parts;
  }

  /** A page of an entity's projects, newest first without an order. Throws `invalid_argument`. @default first 50 */
  async listRegistries(caller: Caller, entity: Entity, request: ListRequest): Promise<RegistryPage> {
    const { filters: filter, order, after } = request;
    const limit = parsePageSize(request.first, MAX_PAGE);
    const visible = new Map((await this.#visible(caller, entity)).map((project) => [project.id, project]));
    const query = { projectIds: [...visible.keys()], filter, order, after, limit };
    const { projects, hasNextPage } = await this.#parts.registrySearch.searchProjects(query);
    const registries = projects.flatMap(({ cursor, projectId }) => {
      const project = visible.get(projectId);
      return project === undefined ? [] : [{ cursor, project }];
    });
    return { registries, hasNextPage };
  }

  /** A page of the collections in an entity's registries. Throws `invalid_argument`. @default first 50 */
  async searchCollections(
    caller: Caller,
    entity: Entity,
    request: CollectionSearchRequest,
  ): Promise<CollectionPage> {
    const { filters: filter, order, after, kinds } = request;
    const projectIds = await this.#matching(caller, entity, request.registryFilters);
    const limit = parsePageSize(request.first, MAX_PAGE);
    const query = { projectIds, kinds, filter, order, after, limit };
    return this.#parts.registrySearch.searchCollections(query);
  }

  /** A page of the versions linked in an entity's registries. Throws `invalid_argument`. @default first 50 */
  async searchVersions(caller: Caller, entity: Entity, request: VersionSearchRequest): Promise<VersionPage> {
    const { filters: filter, collectionFilters: collectionFilter, order, after } = request;
    const projectIds = await this.#matching(caller, entity, request.registryFilters);
    const limit = parsePageSize(request.first, MAX_PAGE);
    const kinds = ["portfolio"] as const;
    const query = { projectIds, kinds, collectionFilter, filter, order, after, limit };
    return this.#parts.registrySearch.searchVersions(query);
  }

  async #matching(caller: Caller, entity: Entity, filters: string | null): Promise<readonly number[]> {
    const projectIds = (await this.#visible(caller, entity)).map(({ id }) => id);
    if (filters === null) return projectIds;
    const query = { projectIds, filter: filters, order: null, after: null, limit: projectIds.length };
    return (await this.#parts.registrySearch.searchProjects(query)).projects.map(
      ({ projectId }) => projectId,
    );
  }

  async #visible(caller: Caller, entity: Entity): Promise<readonly Project[]> {
    const found: Project[] = [];
    for (let after: ProjectCursor | null = null, isMore = true; isMore;) {
      const page: ProjectPage | undefined = await this.#parts.projects.list(caller, {
        entityName: entity.name,
        after,
        limit: MAX_PAGE,
      });
      if (page === undefined) break;
      found.push(...page.projects);
      const last = page.projects.at(-1);
      if (last !== undefined) after = { createdAt: last.createdAt, id: last.id };
      isMore = page.hasNextPage && last !== undefined;
    }
    return found;
  }
}
