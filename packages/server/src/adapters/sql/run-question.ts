// A filter and an order as they were asked, understood: what to look at, and a key under which the answer is kept.
import {
  compileRunFilter,
  compileRunOrder,
  parseFilter,
  parseOrder,
  printFilter,
  type Filter,
  type OrderKey,
  type RegexCompiler,
} from "@steelyard/protocol";
import type { RunViewParts } from "./run-view.ts";

/** The order of those who ask for none. */
export const DEFAULT_ORDER = "+created_at";

/** A question about a project's runs. */
export interface RunQuestion extends RunViewParts {
  /** Equal for equal questions. */
  readonly key: string;
  readonly filter: Filter;
  readonly orderKeys: readonly OrderKey[];
  /** The fields that the filter names. */
  readonly filterFields: readonly string[];
  /** The fields that the filter and the order name. */
  readonly fields: readonly string[];
  /** Set when all runs are asked for by age, which the table itself can answer. */
  readonly timeline: { readonly isDescending: boolean } | undefined;
}

/** Understands a filter and an order. Throws `invalid_argument` naming the part that is wrong. */
export function parseQuestion(filterText: string, orderText: string, regex: RegexCompiler): RunQuestion {
  const filter = parseFilter(filterText);
  const order = parseOrder(orderText, DEFAULT_ORDER);
  const filterFields = fieldsOf(filter);
  return {
    key: `${JSON.stringify(order)}${printFilter(filter)}`,
    filter,
    orderKeys: order,
    filterFields,
    fields: [...filterFields, ...order.map((key) => key.field)],
    timeline: timelineOf(filter, order),
    matches: compileRunFilter(filter, { regex }),
    order: compileRunOrder(order),
  };
}

function timelineOf(filter: Filter, order: readonly OrderKey[]): RunQuestion["timeline"] {
  const [key, second] = order;
  const isForAll = filter.kind === "and" && filter.filters.length === 0;
  const isByAge = second === undefined && (key?.field === "created_at" || key?.field === "createdAt");
  return isForAll && isByAge ? { isDescending: key.isDescending } : undefined;
}

function fieldsOf(filter: Filter): readonly string[] {
  switch (filter.kind) {
    case "field":
      return [filter.field];
    case "not":
      return fieldsOf(filter.filter);
    case "and":
    case "or":
    case "nor":
      return filter.filters.flatMap(fieldsOf);
  }
}
