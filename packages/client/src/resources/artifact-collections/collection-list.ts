/** What lists of collections have in common: their options, and how a server without filters is asked. */
import { UnsupportedError } from "../../core/errors.ts";
import type { PaginatorOptions } from "../../core/paginator.ts";
import type { Service } from "../../core/service.ts";
import { signedOrder } from "../artifacts/list-order.ts";
import { printRunFilter } from "../runs/run-filter.ts";
import type { RunFilter } from "../runs/run-filter.ts";

/** Options of lists of collections. */
export interface CollectionListOptions extends PaginatorOptions {
  /** In MongoDB's language. @default all */
  readonly filters?: RunFilter | undefined;
  /** One field, with `+` or `-` in front; ascending without. @default the server's order, the newest first */
  readonly order?: string | undefined;
}

/** Where a list of collections is; found on first use. */
export type CollectionListPlace = () => Promise<{
  readonly service: Service;
  readonly entity: string;
  readonly project: string;
}>;

/** What a list was asked for. */
export interface CollectionQuery {
  /** Null for all. */
  readonly filters: RunFilter | null;
  /** With its sign; null for the server's. */
  readonly order: string | null;
}

/** Reads the options. @throws {ValueError} when the order is not a field with a sign. */
export function readCollectionQuery(options: CollectionListOptions): CollectionQuery {
  return {
    filters: options.filters ?? null,
    order: options.order === undefined ? null : signedOrder(options.order),
  };
}

/**
 * The variables of a filtered list; null when the server has only plain ones.
 *
 * @throws {UnsupportedError} when there is a filter or an order, and the server has only plain lists.
 */
export async function filterVariables(
  service: Service,
  { filters, order }: CollectionQuery,
): Promise<{ filters: string | null; order: string | null } | null> {
  if (await service.supports("ARTIFACT_COLLECTIONS_FILTERING_SORTING"))
    return { filters: filters === null ? null : printRunFilter(filters), order };
  if (filters !== null || order !== null)
    throw new UnsupportedError("This server neither filters nor orders lists of artifact collections");
  return null;
}

/** How many collections a list has; null where the server was not asked for it. */
export function totalOf(page: { readonly pageInfo: unknown; readonly totalCount?: number }): number | null {
  return page.totalCount ?? null;
}
