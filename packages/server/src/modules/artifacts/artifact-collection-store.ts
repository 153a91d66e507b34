import type { ArtifactTag } from "./artifact.ts";
import type { ArtifactCollection, ArtifactMembership, ArtifactType } from "./artifact-collection.ts";
import type { Removal } from "./artifact-removal-store.ts";

/** Lists of types, collections and versions, and what changes a collection as a whole. */
export interface ArtifactCollectionStore {
  /** A page of a project's types, oldest first. */
  listTypes(request: TypeQuery): Promise<TypePage>;
  /**
   * A page of the collections that match a filter, in an order, newest first without one. Throws `invalid_argument`
   * for a filter, an order or a cursor that cannot be used.
   */
  queryCollections(request: CollectionQuery): Promise<CollectionPage>;
  /** A page of a collection's committed versions; otherwise as `queryCollections`. */
  queryVersions(request: VersionQuery): Promise<VersionPage>;
  /** The tags of a collection in alphabetical order. */
  listCollectionTags(request: { readonly collectionId: number }): Promise<readonly ArtifactTag[]>;
  /** Gives tags and then takes others away; answers with all that are left. Throws `not_found`. */
  changeCollectionTags(change: CollectionTagChange): Promise<readonly ArtifactTag[]>;
  /** Changes what is given and leaves the rest alone. Throws `not_found`, and `already_exists` for a name in use. */
  updateCollection(change: CollectionChange): Promise<ArtifactCollection>;
  /** Moves a collection to a type of its project, created on demand. Throws `not_found`. */
  moveCollection(request: CollectionMove): Promise<ArtifactCollection>;
  /** Deletes a sequence with all its versions; one that is gone already frees nothing. */
  deleteSequence(request: { readonly collectionId: number; readonly now: string }): Promise<Removal>;
}

/** Which types. */
export interface TypeQuery {
  readonly projectId: number;
  /** Id of the type before the page; null for the first page. */
  readonly after: number | null;
  readonly limit: number;
}

/** A page of types. */
export interface TypePage {
  readonly types: readonly ArtifactType[];
  readonly hasNextPage: boolean;
}

/** Which part of a list. */
export interface ListQuery {
  /** JSON text; null for everything. */
  readonly filter: string | null;
  readonly order: string | null;
  /** Cursor of the element before the page; null for the first page. */
  readonly after: string | null;
  readonly limit: number;
}

/** Which collections. */
export interface CollectionQuery extends ListQuery {
  readonly projectId: number;
  /** Only collections of this type; null for all. */
  readonly typeId: number | null;
}

/** A page of collections. */
export interface CollectionPage {
  readonly collections: readonly { readonly cursor: string; readonly collection: ArtifactCollection }[];
  readonly hasNextPage: boolean;
  readonly totalCount: number;
}

/** Which versions. */
export interface VersionQuery extends ListQuery {
  readonly collectionId: number;
}

/** A page of versions as members of their collection. */
export interface VersionPage {
  readonly members: readonly { readonly cursor: string; readonly membership: ArtifactMembership }[];
  readonly hasNextPage: boolean;
  readonly totalCount: number;
}

/** Tags to give and to take. */
export interface CollectionTagChange {
  readonly collectionId: number;
  readonly toAdd: readonly string[];
  readonly toDelete: readonly string[];
  readonly now: string;
  /** Who changes them, for the event. @default nobody is known */
  readonly userId?: number;
}

/** What to change of a collection. */
export interface CollectionChange {
  readonly collectionId: number;
  readonly name?: string;
  readonly description?: string;
  /** Null for what the entity says. */
  readonly ttlSeconds?: number | null;
  readonly now: string;
}

/** Where to move a collection. */
export interface CollectionMove {
  readonly collectionId: number;
  readonly typeName: string;
  readonly now: string;
}
