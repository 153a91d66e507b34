/** Everything that happened, in commit order, written in the same transaction as the change itself. */
export interface ChangeFeed {
  /** The events after `afterSeq`, oldest first. */
  read(request: { readonly afterSeq: number; readonly limit: number }): Promise<readonly ChangeEvent[]>;
  /** The numbers of the oldest and the newest event that are kept; 0 and 0 when none are. */
  span(): Promise<{ readonly first: number; readonly last: number }>;
  /** Where a named consumer stands; 0 when it never read. */
  position(request: { readonly consumer: string }): Promise<number>;
  /** Records that a consumer is done with all events up to `seq`. */
  advance(request: { readonly consumer: string; readonly seq: number }): Promise<void>;
  /** Resolves when an event after `afterSeq` exists or `timeoutMs` is over. */
  wait(request: { readonly afterSeq: number; readonly timeoutMs: number }): Promise<void>;
  /**
   * Removes some of the oldest events made before an instant and that every consumer with a position is done with;
   * returns how many, 0 when none are left.
   */
  prune(request: { readonly createdBefore: string }): Promise<number>;
}

/**
 * Kinds of events, with their payloads: `run.created` `{"name", "state"}` and `run.deleted` `{"name"}`; `run.updated` `{"fields"}`, the
 * names of the changed fields of a run; `run.state` `{"from", "to"}`; `run.history` `{}`; `artifact.linked` and
 * `artifact.unlinked` `{"artifactId", "collectionId"}`, in the project of the portfolio, the first with the `"aliases"`
 * given along; `artifact.aliased` `{"artifactId", "collectionId", "aliases"}`, the ones that the version has from now on
 * in the collection, in the collection's project; `artifact.tagged` `{"artifactId", "collectionId", "added", "removed"}`
 * of a committed version; `collection.tagged` `{"collectionId", "added", "removed"}`. Those of artifacts and collections
 * have a `"userId"`, null where nobody is known.
 */
export const CHANGE_KINDS = [
  "run.created",
  "run.updated",
  "run.state",
  "run.history",
  "run.deleted",
  "file.deleted",
  "artifact.committed",
  "artifact.linked",
  "artifact.unlinked",
  "artifact.aliased",
  "artifact.tagged",
  "collection.tagged",
] as const;

/** One kind of event. */
export type ChangeKind = (typeof CHANGE_KINDS)[number];

/** Something that happened. */
export interface ChangeEvent {
  readonly seq: number;
  readonly kind: ChangeKind;
  readonly projectId: number;
  readonly runId: number | null;
  /** JSON text; its shape goes with the kind. */
  readonly payload: string;
  readonly createdAt: string;
}
