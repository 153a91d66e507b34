/**
 * Compiles one test into a function of a value, with the operand's type settled beforehand. Semantics are MongoDB's: a
 * test of a list holds when it holds for the list or one of its items, and absent values equal `null`.
 */
import { isJsonArray } from "../json/value.ts";
import type { JsonValue } from "../json/value.ts";
import { isDeepEqual, isNumeric, isSameNumber } from "./equality.ts";
import type { Comparable, ComparisonOperator } from "./filter.ts";

/** A compiled test; `undefined` is an absent value. */
export type ValueMatch = (value: JsonValue | undefined) => boolean;

/** `$eq`: the value, or an item of a list, equals the operand; `null` also matches what is absent. */
export function matchEqual(operand: JsonValue): ValueMatch {
  if (operand === null) {
    return (value) => value === undefined || value === null || (isJsonArray(value) && value.includes(null));
  }
  if (typeof operand === "string" || typeof operand === "boolean") {
    return (value) => value === operand || (isJsonArray(value) && value.includes(operand));
  }
  if (isNumeric(operand)) return someItem((value) => isNumeric(value) && isSameNumber(value, operand));
  return (value) =>
    value !== undefined &&
    (isDeepEqual(value, operand) || (isJsonArray(value) && value.some((item) => isDeepEqual(item, operand))));
}

/** `$in`: equal to one of the operands. Texts are looked up in a set, since lists of run ids grow long. */
export function matchAnyOf(operands: readonly JsonValue[]): ValueMatch {
  const texts = new Set<JsonValue>(operands.filter((operand) => typeof operand === "string"));
  const others = operands.filter((operand) => typeof operand !== "string").map(matchEqual);
  return (value) =>
    (value !== undefined && texts.has(value)) ||
    (isJsonArray(value) && value.some((item) => texts.has(item))) ||
    others.some((matches) => matches(value));
}

/** `$all`: equal to every operand, of which there must be one. */
export function matchAllOf(tests: readonly ValueMatch[]): ValueMatch {
  return (value) => tests.length > 0 && tests.every((matches) => matches(value));
}

/**
 * `$gt`, `$gte`, `$lt`, `$lte`: only values of the operand's class compare (numbers of both kinds; texts, by UTF-16
 * units; booleans, false before true). NaN is never above, below or level with anything.
 */
export function matchComparison(operator: ComparisonOperator, operand: Comparable): ValueMatch {
  const holds = COMPARISONS[operator];
  if (typeof operand === "string")
    return someItem((value) => typeof value === "string" && holds(value, operand));
  if (typeof operand === "boolean") {
    const rank = Number(operand);
    return someItem((value) => typeof value === "boolean" && holds(Number(value), rank));
  }
  return someItem((value) => isNumeric(value) && holds(value, operand));
}

/** `$regex` and `$contains`: a text, or one text in a list, passes the search. */
export function matchText(search: (text: string) => boolean): ValueMatch {
  return someItem((value) => typeof value === "string" && search(value));
}

/** `$size`: a list of exactly that many items. */
export function matchSize(size: number): ValueMatch {
  return (value) => isJsonArray(value) && value.length === size;
}

type Ordered = number | bigint | string;

const COMPARISONS: Readonly<Record<ComparisonOperator, (a: Ordered, b: Ordered) => boolean>> = {
  $gt: (a, b) => a > b,
  $gte: (a, b) => a >= b,
  $lt: (a, b) => a < b,
  $lte: (a, b) => a <= b,
};

function someItem(matches: (value: JsonValue) => boolean): ValueMatch {
  return (value) => {
    if (value === undefined) return false;
    return isJsonArray(value) ? value.some(matches) : matches(value);
  };
}
