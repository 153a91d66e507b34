/** Tells that a transaction was committed, so that waiting readers look again at once instead of polling. */
export interface CommitSignal {
  /** Calls `listener` after each commit until the returned function is called. */
  subscribe(listener: () => void): () => void;
}
