import type { CollectionKind } from "../artifacts/artifact-collection.ts";
import type { CollectionPage, ListQuery, VersionPage } from "../artifacts/artifact-collection-store.ts";

/** Searches the collections of several projects at once. */
export interface RegistrySearchStore {
  /**
   * A page of those of the projects that match a filter, in an order, newest first without one. Throws
   * `invalid_argument` for a filter, an order or a cursor that cannot be used.
   */
  searchProjects(query: ProjectSearch): Promise<ProjectSearchPage>;
  /**
   * A page of the collections that match a filter, in an order, newest first without one. Throws `invalid_argument` for
   * a filter, an order or a cursor that cannot be used.
   */
  searchCollections(query: CollectionSearch): Promise<CollectionPage>;
  /** A page of the versions in the collections that match a filter; otherwise as `searchCollections`. */
  searchVersions(query: VersionSearch): Promise<VersionPage>;
}

/** Which projects. */
export interface ProjectSearch extends ListQuery {
  readonly projectIds: readonly number[];
}

/** A page of projects, by number. */
export interface ProjectSearchPage {
  readonly projects: readonly { readonly cursor: string; readonly projectId: number }[];
  readonly hasNextPage: boolean;
}

/** Which collections. */
export interface CollectionSearch extends ListQuery {
  readonly projectIds: readonly number[];
  readonly kinds: readonly CollectionKind[];
}

/** Which versions. */
export interface VersionSearch extends CollectionSearch {
  /** JSON text; null for all collections. */
  readonly collectionFilter: string | null;
}
