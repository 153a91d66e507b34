/** The search as the service asks it: it may take a while, so it may run elsewhere. */
import type { JsonObject } from "@steelyard/protocol";
import type { Trial } from "./search/trial.ts";

/** Chooses what a sweep's next run tries. */
export interface SweepSearch {
  /** Throws as `nextParameters` does. */
  next(request: SearchRequest): Promise<Suggestion>;
}

/** What the search goes by; nothing here but plain values, so that it can cross threads. */
export interface SearchRequest {
  /** The sweep's config, not parsed yet. */
  readonly config: JsonObject;
  readonly trials: readonly SearchTrial[];
  /** Where its randomness begins: the same seed chooses the same. */
  readonly seed: number;
}

/** A run as the search sees it. */
export type SearchTrial = Pick<Trial, "parameters" | "metric" | "state">;

/** What to try; null when there is nothing left. */
export interface Suggestion {
  readonly parameters: JsonObject | null;
}
