/**
 * The parsed form of a filter: a small tree of logical nodes over tests of single fields. It knows no fields; those
 * are resolved when a filter is compiled for the kind of thing it selects.
 */
import type { JsonValue } from "../json/value.ts";

/** A filter. An empty `and` matches everything, an empty `or` nothing. */
export type Filter =
  | { readonly kind: "and" | "or" | "nor"; readonly filters: readonly Filter[] }
  | { readonly kind: "not"; readonly filter: Filter }
  | { readonly kind: "field"; readonly field: string; readonly test: FieldTest };

/** What values can be compared by size. */
export type Comparable = boolean | number | bigint | string;

/** The operators that compare by size. */
export type ComparisonOperator = "$gt" | "$gte" | "$lt" | "$lte";

/** One test of a field's value. `flags` are the letters of `$options`, sorted: of i, m and s. */
export type FieldTest =
  | { readonly operator: "$eq" | "$ne"; readonly value: JsonValue }
  | { readonly operator: ComparisonOperator; readonly value: Comparable }
  | { readonly operator: "$in" | "$nin" | "$all"; readonly values: readonly JsonValue[] }
  | { readonly operator: "$exists"; readonly exists: boolean }
  | { readonly operator: "$regex"; readonly pattern: string; readonly flags: string }
  | { readonly operator: "$contains"; readonly text: string }
  | { readonly operator: "$size"; readonly size: number };

/** Turns a pattern into a search that is not anchored; throws when the pattern is bad. */
export type RegexCompiler = (pattern: string) => (text: string) => boolean;
