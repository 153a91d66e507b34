// Pages of things that are few enough to be judged one by one: filters and orders over their documents, with keyset
// cursors, so that what is made or changed meanwhile neither repeats nor hides others.
import { compileFilter, compileOrder, parseFilter, parseOrder } from "@steelyard/protocol";
import type { FilterField, OrderValue } from "@steelyard/protocol";
import { compileRe2 } from "../re2/regex.ts";
import { decodeCursor, encodeCursor } from "./run-cursor.ts";

/** Which page of which documents. */
export interface DocumentQuestion<D> {
  readonly documents: readonly D[];
  /** JSON text; null for everything. */
  readonly filter: string | null;
  readonly order: string | null;
  /** The order of those who ask for none. */
  readonly defaultOrder: string;
  /** Finds a field. Throws for one that there is not. */
  readonly field: (name: string) => FilterField<D>;
  readonly after: string | null;
  readonly limit: number;
}

/** A page of documents. */
export interface DocumentPage<D> {
  readonly entries: readonly { readonly document: D; readonly cursor: string }[];
  readonly hasNextPage: boolean;
  readonly totalCount: number;
}

/**
 * Picks a page. Ties go by id, in the direction of the first key.
 *
 * @throws {ServerError | FilterError} `invalid_argument`, naming what is wrong with filter, order or cursor.
 */
export function pageOfDocuments<D extends { readonly id: number }>(
  question: DocumentQuestion<D>,
): DocumentPage<D> {
  const { documents, field, after, limit, defaultOrder } = question;
  const orderText = question.order ?? defaultOrder;
  const keys = parseOrder(orderText, defaultOrder);
  const order = compileOrder(keys, field);
  const isDescending = keys[0]?.isDescending === true;
  const filter = parseFilter(question.filter ?? "{}");
  const matches = compileFilter(filter, { regex: compileRe2, field });
  const compare = (a: Place, b: Place): number =>
    order.compare(a.values, b.values) || (isDescending ? b.id - a.id : a.id - b.id);
  const matching = documents
    .filter(matches)
    .map((document) => ({ document, id: document.id, values: order.values(document) }))
    .sort(compare);
  const start = after === null ? 0 : startAfter(matching, toPlace(orderText, after), compare);
  const page = matching.slice(start, start + limit);
  return {
    entries: page.map(({ document, id, values }) => ({
      document,
      cursor: encodeCursor(orderText, { values, runId: id }),
    })),
    hasNextPage: start + limit < matching.length,
    totalCount: matching.length,
  };
}

interface Place {
  readonly values: readonly OrderValue[];
  readonly id: number;
}

function toPlace(order: string, cursor: string): Place {
  const { values, runId } = decodeCursor(order, cursor);
  return { values, id: runId };
}

function startAfter(sorted: readonly Place[], place: Place, compare: (a: Place, b: Place) => number): number {
  const index = sorted.findIndex((candidate) => compare(candidate, place) > 0);
  return index === -1 ? sorted.length : index;
}
