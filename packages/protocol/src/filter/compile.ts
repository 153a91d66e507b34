/**
 * Compiles a filter into one function. Fields, operands and patterns are settled once; judging a document only reads
 * values and calls closures.
 */
import { isJsonArray } from "../json/value.ts";
import type { JsonValue } from "../json/value.ts";
import { parseDateOperand } from "./date-operand.ts";
import { FilterError } from "./filter-error.ts";
import type { FieldKind, FieldResolver, FilterField } from "./filter-field.ts";
import type { FieldTest, Filter, RegexCompiler } from "./filter.ts";
import { compilePattern } from "./pattern.ts";
import type { RunDocument } from "./run-document.ts";
import { resolveRunField } from "./run-fields.ts";
import { toEpochMs } from "./timestamp.ts";
import { matchAllOf, matchAnyOf, matchComparison, matchEqual, matchSize, matchText } from "./value-match.ts";
import type { ValueMatch } from "./value-match.ts";

/** What compiling needs from outside. */
export interface FilterOptions<D> {
  /** The engine for `$regex`; a server passes one that runs in linear time. */
  readonly regex: RegexCompiler;
  /** Finds the fields of a document. */
  readonly field: FieldResolver<D>;
}

/** Judges one document. */
export type Predicate<D> = (document: D) => boolean;

/**
 * Compiles a filter over runs.
 *
 * @throws {FilterError} naming the field: unknown, a date that is none, a pattern that does not compile.
 */
export function compileRunFilter(
  filter: Filter,
  options: { readonly regex: RegexCompiler },
): Predicate<RunDocument> {
  return compileFilter(filter, { regex: options.regex, field: resolveRunField });
}

/**
 * Compiles a filter over anything whose fields `options.field` finds.
 *
 * @throws {FilterError} naming the field: unknown, a date that is none, a pattern that does not compile.
 */
export function compileFilter<D>(filter: Filter, options: FilterOptions<D>): Predicate<D> {
  switch (filter.kind) {
    case "and":
      return allOf(filter.filters.map((inner) => compileFilter(inner, options)));
    case "or":
      return anyOf(filter.filters.map((inner) => compileFilter(inner, options)));
    case "nor": {
      const matches = anyOf(filter.filters.map((inner) => compileFilter(inner, options)));
      return (document) => !matches(document);
    }
    case "not": {
      const matches = compileFilter(filter.filter, options);
      return (document) => !matches(document);
    }
    case "field": {
      const field = options.field(filter.field);
      if (field === undefined) throw new FilterError(`Unknown field ${filter.field}`, filter.field);
      const matches = compileTest(filter.test, filter.field, field, options.regex);
      return (document) => matches(field.read(document));
    }
  }
}

function compileTest<D>(
  test: FieldTest,
  name: string,
  field: FilterField<D>,
  regex: RegexCompiler,
): ValueMatch {
  const toOperand = field.kind === "date" ? (value: JsonValue) => toDate(value, name) : keep;
  switch (test.operator) {
    case "$eq":
      return onField(field.kind, matchEqual(toOperand(test.value)));
    case "$ne":
      return negated(onField(field.kind, matchEqual(toOperand(test.value))));
    case "$in":
      return onField(field.kind, matchAnyOf(test.values.map(toOperand)));
    case "$nin":
      return negated(onField(field.kind, matchAnyOf(test.values.map(toOperand))));
    case "$all":
      return matchAllOf(test.values.map((value) => onField(field.kind, matchEqual(toOperand(value)))));
    case "$gt":
    case "$gte":
    case "$lt":
    case "$lte": {
      const operand = field.kind === "date" ? parseDateOperand(test.value, name) : test.value;
      return onField(field.kind, matchComparison(test.operator, operand));
    }
    case "$exists": {
      const isPresent = field.kind === "list" ? hasItems : isThere;
      return (value) => isPresent(value) === test.exists;
    }
    case "$regex":
      return matchText(compilePattern(test.pattern, test.flags, name, regex));
    case "$contains":
      return matchText((text) => text.includes(test.text));
    case "$size":
      return matchSize(test.size);
  }
}

/** Shows a match the value as the field's kind wants it seen. */
function onField(kind: FieldKind, matches: ValueMatch): ValueMatch {
  switch (kind) {
    case "value":
      return matches;
    case "date":
      return (value) => matches(typeof value === "string" ? toEpochMs(value) : value);
    case "list":
      return (value) => matches(value) || (!hasItems(value) && matches(undefined));
  }
}

function toDate(operand: JsonValue, name: string): JsonValue {
  return operand === null ? null : parseDateOperand(operand, name);
}

function keep(value: JsonValue): JsonValue {
  return value;
}

function negated(matches: ValueMatch): ValueMatch {
  return (value) => !matches(value);
}

function isThere(value: JsonValue | undefined): boolean {
  return value !== undefined;
}

/** Fields that are lists always have one; an empty one stands for "none". */
function hasItems(value: JsonValue | undefined): boolean {
  return isJsonArray(value) && value.length > 0;
}

function allOf<D>(tests: readonly Predicate<D>[]): Predicate<D> {
  const [first, second] = tests;
  if (first === undefined) return () => true;
  if (second === undefined) return first;
  if (tests.length === 2) return (document) => first(document) && second(document);
  return (document) => tests.every((test) => test(document));
}

function anyOf<D>(tests: readonly Predicate<D>[]): Predicate<D> {
  const [first, second] = tests;
  if (first === undefined) return () => false;
  if (second === undefined) return first;
  if (tests.length === 2) return (document) => first(document) || second(document);
  return (document) => tests.some((test) => test(document));
}
