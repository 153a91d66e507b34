/** What searches in registries have in common. */
import type { Service } from "../../core/service.ts";
import type { RunFilter } from "../runs/run-filter.ts";

/** Where a search is made; found on first use. */
export type SearchPlace = () => Promise<{ readonly service: Service; readonly organization: string }>;

/** Filters on what a list's elements are in. */
export interface OuterFilters {
  /** On registries; null for all. */
  readonly registry: RunFilter | null;
  /** On collections; null for all. */
  readonly collection: RunFilter | null;
}

/** The fields that registries and their collections can be ordered by. */
export const REGISTRY_ORDERS: readonly string[] = ["name", "created_at", "updated_at"];

/** How many elements of a search are asked for at once. */
export const SEARCH_PAGE = 100;

/** The features behind searches. */
export const SEARCH_FEATURE = "ARTIFACT_REGISTRY_SEARCH";
