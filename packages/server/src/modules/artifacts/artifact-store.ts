/**
 * Artifact versions, their collections, files and uses. One object implements all of it, because a commit touches
 * all of it in one transaction.
 */
import type { Artifact, DigestAlgorithm } from "./artifact.ts";
import type {
  ArtifactAlias,
  ArtifactManifest,
  ArtifactMembership,
  ArtifactCollection,
  ArtifactType,
  ManifestType,
} from "./artifact-collection.ts";
import type { ArtifactFileStore } from "./artifact-file-store.ts";
import type { ArtifactLineageStore } from "./artifact-lineage-store.ts";

/** Everything that is stored of artifacts. */
export interface ArtifactStore extends ArtifactVersionStore, ArtifactFileStore, ArtifactLineageStore {}

/** Versions, collections and types. */
export interface ArtifactVersionStore {
  /** Creates the type or answers with the one of that name, which keeps its description. */
  ensureType(type: NewArtifactType): Promise<ArtifactType>;
  findType(request: { readonly projectId: number; readonly name: string }): Promise<ArtifactType | undefined>;
  /**
   * Begins a version, creating type and sequence on demand. Answers with an existing version instead when one has the
   * client's id, when a pending one of the sequence has the distributed id, or when `reuseCommitted` is set and the sequence has a committed one of the digest: the newest such
   * one then gets the aliases and tags at once and becomes an output of the run. Throws `conflict` when the sequence
   * is of another type, or the name is a portfolio's.
   */
  begin(request: NewArtifact): Promise<Artifact>;
  find(request: ArtifactSelector): Promise<Artifact | undefined>;
  /** Several versions at once, by id; those that are not there are left out. */
  findMany(request: { readonly artifactIds: readonly number[] }): Promise<readonly Artifact[]>;
  /** Versions that a client-made id stands for, in any project, oldest first. */
  findByClientId(request: { readonly clientId: string }): Promise<readonly Artifact[]>;
  findCollection(request: CollectionSelector): Promise<ArtifactCollection | undefined>;
  /** Aliases of a collection in alphabetical order, after one of them. */
  listAliases(request: AliasQuery): Promise<AliasPage>;
  /** Sequences that a client-made id stands for, in any project, oldest first. */
  findSequencesByClientId(request: { readonly clientId: string }): Promise<readonly ArtifactCollection[]>;
  /** The committed version of a collection that a reference means. */
  findMembership(request: MembershipSelector): Promise<ArtifactMembership | undefined>;
  /**
   * Creates a pending version's manifest, or changes its name, MD5 and base; of the type PATCH a new one each time. A
   * committed version's manifest stays as it is.
   */
  putManifest(manifest: NewManifest): Promise<ArtifactManifest>;
  /** Changes a pending version's manifest. A committed version's stays as it is. Throws `not_found`. */
  updateManifest(change: ManifestChange): Promise<ArtifactManifest>;
  /** All manifests of a version, oldest first. */
  listManifests(request: { readonly artifactId: number }): Promise<readonly ArtifactManifest[]>;
  /** A version's manifest, committed or not, the oldest where there are several. */
  findManifest(
    request: { readonly artifactId: number } | { readonly manifestId: number },
  ): Promise<ArtifactManifest | undefined>;
  /**
   * Makes a pending version whole and visible: the next number of its sequence, its aliases and `latest` moved to it,
   * an output of its run, and the event `artifact.committed`, all or nothing. A committed version is answered as it
   * is. Throws `not_found`, and `conflict` when the files put are not the files counted.
   */
  commit(request: ArtifactCommit): Promise<Artifact>;
  /** Changes what is given and leaves the rest alone; `not_found` when there is no such version. */
  update(change: ArtifactChange): Promise<Artifact>;
  /**
   * Moves aliases of collections that hold it to a committed version, then takes others from it, passing over those that
   * other versions have. Throws `not_found`, and `conflict` for a pending version or a collection that does not hold it.
   */
  changeAliases(change: AliasChange): Promise<Artifact>;
}

/** A type to create. */
export interface NewArtifactType {
  readonly projectId: number;
  readonly name: string;
  readonly description: string | null;
  readonly now: string;
}

/** A version to begin. */
export interface NewArtifact {
  readonly projectId: number;
  readonly typeName: string;
  readonly sequenceName: string;
  readonly runId: number | null;
  readonly digest: string;
  readonly digestAlgorithm: DigestAlgorithm;
  readonly description: string | null;
  readonly metadata: string | null;
  readonly historyStep: number | null;
  readonly isTtlInherited: boolean;
  /** Null for ever, where it is not inherited. */
  readonly ttlSeconds: number | null;
  /** What the writers of one version call it together; null for a version of one writer. */
  readonly distributedId: string | null;
  /** Aliases to set when the version is committed. */
  readonly aliases: readonly string[];
  readonly tags: readonly string[];
  readonly clientId: string | null;
  readonly sequenceClientId: string | null;
  /** Whether a committed version of the digest may be answered with. */
  readonly reuseCommitted: boolean;
  readonly now: string;
}

/** Which version. */
export interface ArtifactSelector {
  readonly artifactId: number;
}

/** Which collection. */
export type CollectionSelector =
  { readonly collectionId: number } | { readonly projectId: number; readonly name: string };

/** Which aliases. */
export interface AliasQuery {
  readonly collectionId: number;
  /** Alias after which the page begins; null for the first page. */
  readonly after: string | null;
  readonly limit: number;
}

/** A page of aliases. */
export interface AliasPage {
  readonly aliases: readonly ArtifactAlias[];
  readonly hasNextPage: boolean;
}

/** Which version of which collection. */
export interface MembershipSelector {
  readonly collectionId: number;
  readonly version: VersionSelector;
}

/** How a version is named: by number, by alias, by digest (the newest one of it), or as the newest of all. */
export type VersionSelector =
  | { readonly kind: "index"; readonly versionIndex: number }
  | { readonly kind: "alias"; readonly alias: string }
  | { readonly kind: "digest"; readonly digest: string }
  | { readonly kind: "newest" };

/** A manifest to announce. */
export interface NewManifest {
  readonly artifactId: number;
  readonly projectId: number;
  /** @default FULL */
  readonly type?: ManifestType;
  /** @default null */
  readonly baseArtifactId?: number | null;
  readonly name: string;
  readonly md5: string | null;
  /** Used for a new manifest only. */
  readonly blobKey: string;
  readonly now: string;
}

/** What to change of a manifest; null leaves it alone. */
export interface ManifestChange {
  readonly manifestId: number;
  readonly md5: string | null;
  readonly baseArtifactId: number | null;
  readonly now: string;
}

/** What a commit brings. */
export interface ArtifactCommit {
  readonly artifactId: number;
  readonly commitHash: string;
  /** Of the whole manifest. @default the one that it was begun with */
  readonly digest?: string;
  readonly fileCount: number;
  readonly sizeBytes: number;
  readonly manifest: { readonly blobKey: string; readonly md5: string; readonly sizeBytes: number };
  readonly now: string;
  /** Who commits it, for the event. @default nobody is known */
  readonly userId?: number;
}

/** What to change of a version. */
export interface ArtifactChange {
  readonly artifactId: number;
  readonly description?: string;
  readonly metadata?: string;
  /** Seconds null with isInherited false: for ever. */
  readonly ttl?: { readonly isInherited: boolean; readonly seconds: number | null };
  readonly tagsToAdd: readonly string[];
  readonly tagsToDelete: readonly string[];
  readonly now: string;
  /** Who changes it, for the event. @default nobody is known */
  readonly userId?: number;
}

/** Aliases to give and to take. */
export interface AliasChange {
  readonly artifactId: number;
  readonly changes: readonly CollectionAliasChange[];
  readonly now: string;
  /** Who changes them, for the event. @default nobody is known */
  readonly userId?: number;
}

/** Aliases to give and to take in one collection. */
export interface CollectionAliasChange {
  readonly collectionId: number;
  readonly toAdd: readonly string[];
  readonly toDelete: readonly string[];
}
