/**
 * The order language: keys separated by commas, each a field with an optional sign, e.g.
 * `-summary_metrics.loss,config.lr`. No sign means ascending.
 */
import { FilterError } from "./filter-error.ts";
import { MAX_ORDER_KEYS, MAX_ORDER_TEXT_LENGTH } from "./limits.ts";

/** One key of an order. */
export interface OrderKey {
  /** The field, spelt as in filters. */
  readonly field: string;
  readonly isDescending: boolean;
}

/** A name in double quotes, up to the end of the key or the next dot. */
const QUOTED = /"((?:[^"\\]|\\["\\])*)"(?=\.| *(?:,|$))/y;
const ESCAPE = /\\(["\\])/g;
const NEEDS_QUOTES = /[",]|^[\s+-]|\s$/;

/**
 * Parses an order. A name with commas stands in double quotes: the whole key (`-"summary_metrics.a,b"`) or one part of
 * it (`-summary_metrics."a,b"`); inside, `\"` and `\\` stand for `"` and `\`.
 *
 * @param fallback the order to use when there is none or it is blank.
 * @throws {FilterError} for an empty key or too many of them.
 */
export function parseOrder(order: string | null | undefined, fallback: string): readonly OrderKey[] {
  const text = order === null || order === undefined || order.trim() === "" ? fallback : order;
  if (text.length > MAX_ORDER_TEXT_LENGTH) {
    throw new FilterError(`An order may have at most ${MAX_ORDER_TEXT_LENGTH} characters`, "order");
  }
  const keys: OrderKey[] = [];
  let position = 0;
  do {
    const { key, end } = parseKey(text, position);
    keys.push(key);
    position = end + 1;
  } while (position <= text.length);
  if (keys.length > MAX_ORDER_KEYS) {
    throw new FilterError(`An order may have at most ${MAX_ORDER_KEYS} keys, not ${keys.length}`, "order");
  }
  return keys;
}

/** Prints an order so that {@link parseOrder} gives the same keys. */
export function printOrder(keys: readonly OrderKey[]): string {
  return keys.map(({ field, isDescending }) => `${isDescending ? "-" : "+"}${printField(field)}`).join(",");
}

function printField(field: string): string {
  return NEEDS_QUOTES.test(field) ? `"${field.replaceAll(/["\\]/g, "\\$&")}"` : field;
}

/** Reads one key from `start` to the comma or end after it. */
function parseKey(text: string, start: number): { readonly key: OrderKey; readonly end: number } {
  let position = start;
  while (text[position] === " ") position += 1;
  const sign = text[position];
  if (sign === "+" || sign === "-") position += 1;
  const first = position;
  let field = "";
  let kept = 0; // how much of `field` stood in quotes, whose spaces are not trimmed
  while (position < text.length && text[position] !== ",") {
    const isPartStart = position === first || text[position - 1] === ".";
    const quoted = isPartStart ? quotedAt(text, position) : undefined;
    field += quoted?.name ?? text.charAt(position);
    position = quoted?.end ?? position + 1;
    if (quoted !== undefined) kept = field.length;
  }
  field = field.slice(0, kept) + field.slice(kept).trimEnd();
  if (field === "") {
    throw new FilterError(
      `Expected a field at position ${start} of the order ${JSON.stringify(text)}`,
      "order",
    );
  }
  return { key: { field, isDescending: sign === "-" }, end: position };
}

function quotedAt(
  text: string,
  position: number,
): { readonly name: string; readonly end: number } | undefined {
  QUOTED.lastIndex = position;
  const name = QUOTED.exec(text)?.[1];
  return name === undefined ? undefined : { name: name.replaceAll(ESCAPE, "$1"), end: QUOTED.lastIndex };
}
