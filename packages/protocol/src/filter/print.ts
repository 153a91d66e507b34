/** Writes a parsed filter back as JSON text, in a plain form that `parseFilter` reads as the same tree. */
import { printJson } from "../json/print.ts";
import type { JsonObject, JsonValue } from "../json/value.ts";
import type { FieldTest, Filter } from "./filter.ts";

/** Prints a filter; `parseFilter(printFilter(filter))` equals a filter that came from `parseFilter`. */
export function printFilter(filter: Filter): string {
  return printJson(toJson(filter));
}

function toJson(filter: Filter): JsonObject {
  switch (filter.kind) {
    case "and":
      return filter.filters.length === 0 ? {} : { $and: filter.filters.map(toJson) };
    case "or":
      return { $or: filter.filters.map(toJson) };
    case "nor":
      return { $nor: filter.filters.map(toJson) };
    case "not":
      return { $not: toJson(filter.filter) };
    case "field":
      // fromEntries, because a field could be called __proto__.
      return Object.fromEntries([[filter.field, toOperators(filter.test)]]);
  }
}

function toOperators(test: FieldTest): JsonObject {
  if (test.operator === "$regex" && test.flags !== "") return { $regex: test.pattern, $options: test.flags };
  return { [test.operator]: toOperand(test) };
}

function toOperand(test: FieldTest): JsonValue {
  switch (test.operator) {
    case "$in":
    case "$nin":
    case "$all":
      return test.values;
    case "$exists":
      return test.exists;
    case "$regex":
      return test.pattern;
    case "$contains":
      return test.text;
    case "$size":
      return test.size;
    case "$eq":
    case "$ne":
    case "$gt":
    case "$gte":
    case "$lt":
    case "$lte":
      return test.value;
  }
}
