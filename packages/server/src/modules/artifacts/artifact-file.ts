/** The files of artifact versions and the stored bytes behind them. */

/** One entry of a committed version's manifest. */
export interface ArtifactFile {
  readonly id: number;
  readonly artifactId: number;
  /** Path inside the artifact. */
  readonly path: string;
  /** As the manifest states it: MD5 in base64 for stored files, whatever the source gave for references. */
  readonly digest: string;
  /** Where a reference points; null for a stored file. */
  readonly ref: string | null;
  readonly sizeBytes: number;
  /** The stored bytes; null for a reference. */
  readonly content: ArtifactContent | null;
}

/**
 * Bytes that files of any number of versions share. A project has one content for each MD5; files may also use the
 * content of another project of the same entity.
 */
export interface ArtifactContent {
  readonly id: number;
  readonly entityId: number;
  readonly projectId: number;
  /** MD5 in base64. */
  readonly md5: string;
  readonly blobKey: string;
  /** Null until the bytes are known to be there. */
  readonly sizeBytes: number | null;
  /** The version that first brought the bytes. */
  readonly birthArtifactId: number;
  /** Their XXH128 in base64, as checked; null while nobody has said it. */
  readonly xxh128: string | null;
  /** When an address to upload to was last given out. */
  readonly announcedAt: string | null;
  readonly createdAt: string;
}

/** A content whose bytes are there. */
export interface StoredContent extends ArtifactContent {
  readonly sizeBytes: number;
}
