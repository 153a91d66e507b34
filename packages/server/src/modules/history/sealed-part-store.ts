import type { LineStream, RunKey } from "./history-log.ts";

/** A sealed stretch of a stream's lines. It lies over everything written up to its version, as one write would. */
export interface StoredPart extends RunKey {
  readonly stream: LineStream;
  readonly firstLine: number;
  readonly lineCount: number;
  /** The version of the stream that its lines are of. */
  readonly version: number;
  /** How many of the lines are rows. */
  readonly rowCount: number;
  /** Of the lines that state an integer step; null when none does. */
  readonly minStep: number | null;
  readonly maxStep: number | null;
  /** Whether every line is a row and states a greater step than the one before. */
  readonly isStepAscending: boolean;
  /** Keys and sizes of the two blobs that hold it. */
  readonly tableKey: string;
  readonly tableBytes: number;
  readonly besideKey: string;
  readonly besideBytes: number;
}

/**
 * What is sealed, where the log is. Blobs are named here before they are written and until they are deleted, so that
 * none is forgotten when the server stops in between.
 */
export interface SealedPartStore {
  /** Names blobs that are about to be written. */
  reserve(request: { readonly blobKeys: readonly string[] }): Promise<void>;
  /**
   * Puts a part whose blobs were reserved into its stream, in place of others whose blobs may go at `deleteAfter`, and
   * deletes a portion of the writes that nothing is read of any more. Returns false, with nothing changed, when the
   * stream or one of the other parts is gone, or the reservation was taken back.
   */
  commit(request: PartCommit): Promise<boolean>;
  /** Deletes another portion of the writes that a part covers; returns whether there may be more. */
  trim(request: { readonly part: StoredPart }): Promise<boolean>;
  /** Parts of which writes may be left to delete. */
  untrimmed(): Promise<readonly StoredPart[]>;
  /** The streams with at least so many lines that are not sealed, a page in a fixed order. */
  listUnsealed(request: UnsealedRequest): Promise<UnsealedPage>;
  /**
   * Takes reservations back, so that the blobs are to be deleted; returns false, with nothing changed, when they are
   * not reserved any more, as after a commit.
   */
  abandon(request: { readonly blobKeys: readonly string[] }): Promise<boolean>;
  /** Takes back all reservations: those of a process or thread that has ended. */
  abandonAll(): Promise<void>;
  /** Blobs that may be deleted now, some of them. */
  leftovers(request: { readonly now: string }): Promise<readonly string[]>;
  /** Forgets blobs that were deleted. */
  forget(request: { readonly blobKeys: readonly string[] }): Promise<void>;
}

/** A part to put in place. */
export interface PartCommit {
  readonly part: StoredPart;
  /** Of history: statistics of the lines as JSON text; otherwise empty. */
  readonly statistics: string;
  readonly replaces: readonly StoredPart[];
  /** When the blobs of what is replaced may go, so that whoever was handed their addresses can finish. */
  readonly deleteAfter: string;
}

/** Which streams. */
export interface UnsealedRequest {
  readonly minLines: number;
  /** The end of the page before. */
  readonly after: StreamPosition | null;
  readonly limit: number;
}

/** Some streams; `next` is null after the last ones. */
export interface UnsealedPage {
  readonly streams: readonly StreamPosition[];
  readonly next: StreamPosition | null;
}

/** A stream, as a place in the order of all. */
export interface StreamPosition extends RunKey {
  readonly stream: LineStream;
}
