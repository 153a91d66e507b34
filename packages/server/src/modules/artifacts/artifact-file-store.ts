import type { ArtifactContent, ArtifactFile, StoredContent } from "./artifact-file.ts";

/** Files of versions and the contents behind them. */
export interface ArtifactFileStore {
  /** Contents with one of the MD5s in any project of the entity, oldest first. */
  findContents(request: ContentQuery): Promise<readonly ArtifactContent[]>;
  /**
   * Creates what the project lacks of the contents and claims all of them for their versions; answers with the
   * project's contents in the order asked for.
   */
  addContents(request: NewContents): Promise<readonly ArtifactContent[]>;
  /**
   * Keeps contents from being deleted until their pending versions are committed or deleted. Contents that are not
   * there and versions that are not pending are passed over.
   */
  claimContents(request: ContentClaims): Promise<void>;
  /** The contents that a pending version has claimed with an XXH128, each with that. */
  listClaimed(request: { readonly artifactId: number }): Promise<readonly ClaimedContent[]>;
  /** Contents whose checked XXH128 is one of the given, in any project of the entity, oldest first. */
  findContentsByXxh128(request: {
    readonly entityId: number;
    readonly digests: readonly string[];
  }): Promise<readonly ArtifactContent[]>;
  /** The content that a version was the first to bring, by the key of its bytes. */
  findContentByKey(request: {
    readonly birthArtifactId: number;
    readonly blobKey: string;
  }): Promise<ArtifactContent | undefined>;
  /** Records that the bytes of contents are there, with their size and what digests of them are known. */
  markStored(request: { readonly contents: readonly StoredContent[] }): Promise<void>;
  /**
   * Puts files of a pending version; a file of the same path is replaced. With `isFirst` all files that the version
   * had before go. Throws `conflict` when the version is committed.
   */
  putFiles(request: FilePut): Promise<void>;
  /** A page of a version's files in the order of their paths, and how many match in all. */
  listFiles(request: FileQuery): Promise<FilePage>;
  /** The content of a digest that a committed version in a collection holds, whichever entity it was logged in. */
  findCollectionContent(request: CollectionContentQuery): Promise<ArtifactContent | undefined>;
  /** The contents of a digest in the entity with the projects whose committed versions hold them, oldest first. */
  listContentUses(request: ContentUseQuery): Promise<readonly ContentUse[]>;
}

/** Contents by MD5. */
export interface ContentQuery {
  readonly entityId: number;
  readonly md5s: readonly string[];
}

/** Contents to create. */
export interface NewContents {
  readonly entityId: number;
  readonly projectId: number;
  readonly contents: readonly {
    readonly md5: string;
    /** Used for a new content only. */
    readonly blobKey: string;
    readonly artifactId: number;
  }[];
  readonly now: string;
}

/** Contents that versions in the making wait for. */
export interface ContentClaims {
  readonly claims: readonly ContentClaim[];
  readonly now: string;
}

/** A content that a version waits for. */
export interface ContentClaim {
  readonly artifactId: number;
  readonly contentId: number;
  /** In base64, as its writer says; null when it says none. */
  readonly xxh128: string | null;
}

/** A content with the XXH128 that its writer says it has. */
export interface ClaimedContent {
  readonly content: ArtifactContent;
  readonly claimedXxh128: string;
}

/** Files to put. */
export interface FilePut {
  readonly artifactId: number;
  readonly files: readonly NewArtifactFile[];
  readonly isFirst: boolean;
}

/** A file to put. */
export interface NewArtifactFile {
  readonly path: string;
  readonly digest: string;
  readonly ref: string | null;
  readonly sizeBytes: number;
  /** Null for a reference. */
  readonly contentId: number | null;
}

/** Which files. */
export interface FileQuery {
  readonly artifactId: number;
  /** Only files of these paths; null for all. */
  readonly paths: readonly string[] | null;
  /** Path after which the page begins. */
  readonly after: string | null;
  readonly limit: number;
}

/** A page of files. */
export interface FilePage {
  readonly files: readonly ArtifactFile[];
  readonly hasNextPage: boolean;
  readonly totalCount: number;
}

/** A content in an entity. */
export interface ContentUseQuery {
  readonly entityId: number;
  /** MD5 or XXH128, in base64. */
  readonly digest: string;
}

/** A content in a collection. */
export interface CollectionContentQuery {
  readonly collectionId: number;
  /** MD5 or XXH128, in base64. */
  readonly digest: string;
}

/** A content, and a project whose committed versions hold it. */
export interface ContentUse {
  readonly content: ArtifactContent;
  readonly projectId: number;
}
