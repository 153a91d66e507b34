// What a filter's test means for rows that hold doubles: mostly an interval, which a loop can look at without calls.
import type { FieldTest, JsonValue } from "@steelyard/protocol";

/** A test of doubles. */
export type NumberTest =
  /** Between both ends, which belong to it; or, negated, not. NaN is never between. */
  | { readonly low: number; readonly high: number; readonly isNegated: boolean }
  | { readonly each: (number: number) => boolean };

const none: NumberTest = { low: NaN, high: NaN, isNegated: false };
const all: NumberTest = { ...none, isNegated: true };

/** The meaning of a test for numbers; `each` is the test itself, for where no interval says the same. */
export function toNumberTest(test: FieldTest, each: (number: number) => boolean): NumberTest {
  switch (test.operator) {
    case "$gt":
    case "$gte":
    case "$lt":
    case "$lte":
      return typeof test.value === "number"
        ? comparedWith(test.operator, test.value)
        : comparedWithOther(test.value, each);
    case "$eq":
    case "$ne":
      return equalTo(test.value, test.operator === "$ne") ?? { each };
    case "$in":
    case "$nin":
      return oneOf(test.values, test.operator === "$nin");
    case "$exists":
      return test.exists ? all : none;
    case "$regex":
    case "$contains":
    case "$size":
      return none;
    case "$all":
      return { each };
  }
}

/** The meaning of a test for instants; where a comparison changes its answer, which it does once, is found by asking. */
export function toInstantTest(test: FieldTest, each: (instant: number) => boolean): NumberTest {
  const { operator } = test;
  if (operator === "$gt" || operator === "$gte") {
    return { low: firstInstant(each), high: Infinity, isNegated: false };
  }
  if (operator === "$lt" || operator === "$lte") {
    return { low: -Infinity, high: firstInstant((instant) => !each(instant)) - 1, isNegated: false };
  }
  if (operator === "$exists") return test.exists ? all : none;
  return { each };
}

const minInstant = Date.parse("0000-01-01T00:00:00.000Z");
const maxInstant = Date.parse("9999-12-31T23:59:59.999Z");

/** The first instant for which `holds`, given that it holds for all later ones. */
function firstInstant(holds: (instant: number) => boolean): number {
  let low = minInstant;
  let high = maxInstant + 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function comparedWithOther(operand: JsonValue, each: (number: number) => boolean): NumberTest {
  return typeof operand === "bigint" ? { each } : none;
}

function comparedWith(operator: "$gt" | "$gte" | "$lt" | "$lte", operand: number): NumberTest {
  switch (operator) {
    case "$gt":
      return { low: operand === Infinity ? NaN : -nextBelow(-operand), high: Infinity, isNegated: false };
    case "$gte":
      return { low: operand, high: Infinity, isNegated: false };
    case "$lt":
      return { low: -Infinity, high: operand === -Infinity ? NaN : nextBelow(operand), isNegated: false };
    case "$lte":
      return { low: -Infinity, high: operand, isNegated: false };
  }
}

const bits = new DataView(new ArrayBuffer(8));

/** The greatest double below another; NaN for NaN. */
function nextBelow(number: number): number {
  if (Number.isNaN(number)) return NaN;
  if (number === 0) return -Number.MIN_VALUE;
  bits.setFloat64(0, number);
  bits.setBigInt64(0, bits.getBigInt64(0) + (number > 0 ? -1n : 1n));
  return bits.getFloat64(0);
}

function equalTo(operand: JsonValue, isNegated: boolean): NumberTest | undefined {
  if (Number.isNaN(operand)) return undefined;
  const number = toExactDouble(operand);
  return number === undefined ? (isNegated ? all : none) : { low: number, high: number, isNegated };
}

/** A set finds NaN, and 0 for -0, as equality does. */
function oneOf(operands: readonly JsonValue[], isNegated: boolean): NumberTest {
  const numbers = new Set(operands.flatMap((operand) => toExactDouble(operand) ?? []));
  if (numbers.size === 0) return isNegated ? all : none;
  return { each: (number) => numbers.has(number) !== isNegated };
}

/** The double that equals an operand, if there is one. */
function toExactDouble(operand: JsonValue): number | undefined {
  if (typeof operand === "number") return operand;
  if (typeof operand !== "bigint") return undefined;
  const number = Number(operand);
  return Number.isFinite(number) && BigInt(number) === operand ? number : undefined;
}
