/**
 * Compiles an order over runs into sort values and their comparison. Values are small and printable, so that a keyset
 * cursor can carry them.
 */
import { printJson } from "../json/print.ts";
import { isJsonArray } from "../json/value.ts";
import type { JsonValue } from "../json/value.ts";
import type { FieldKind, FilterField } from "./filter-field.ts";
import type { OrderKey } from "./order.ts";
import type { RunDocument } from "./run-document.ts";
import { resolveRunField } from "./run-fields.ts";

/** What a run is ordered by; `printJson` and `parseJson` carry it exactly, NaN included. */
export type OrderValue = null | boolean | number | bigint | string;

/** A compiled order. */
export interface DocumentOrder<D> {
  /** The sort values of a document, one per key. */
  readonly values: (document: D) => readonly OrderValue[];
  /**
   * Negative when `a` comes first, positive when `b` does, 0 when only the caller's tie-break (the id) can tell.
   *
   * It is a total order. Ascending, values stand by class: booleans (false first), numbers, texts (by UTF-16 units),
   * lists and objects (by their JSON text). Descending is the reverse, except that in both directions NaN follows the
   * other numbers and what is null or absent comes last.
   */
  readonly compare: (a: readonly OrderValue[], b: readonly OrderValue[]) => number;
}

/** A compiled order over runs. */
export type RunOrder = DocumentOrder<RunDocument>;

/** Texts are ordered by this many UTF-16 units, to keep cursors small; longer equal beginnings are ties. */
export const MAX_ORDER_VALUE_LENGTH = 1_000;

/** Stands before the JSON text of lists and objects: a code that no text begins with, and above all others. */
const OTHER_MARK = "\uffff";

/**
 * Compiles an order over runs.
 *
 * @throws {FilterError} naming the field, when runs have no such field.
 */
export function compileRunOrder(keys: readonly OrderKey[]): RunOrder {
  return compileOrder(keys, resolveRunField);
}

/**
 * Compiles an order over anything whose fields `resolve` finds.
 *
 * @throws what `resolve` throws for a field that is none.
 */
export function compileOrder<D>(
  keys: readonly OrderKey[],
  resolve: (field: string) => FilterField<D>,
): DocumentOrder<D> {
  const readers = keys.map(({ field }) => resolve(field));
  const directions = keys.map(({ isDescending }) => isDescending);
  return {
    values: (document) => readers.map((field) => toOrderValue(field.read(document), field.kind)),
    compare: (a, b) => {
      for (const [index, isDescending] of directions.entries()) {
        const difference = compareOrderValues(a[index] ?? null, b[index] ?? null, isDescending);
        if (difference !== 0) return difference;
      }
      return 0;
    },
  };
}

/** What a value is ordered by; `null` for none. */
export function toOrderValue(value: JsonValue | undefined, kind: FieldKind): OrderValue {
  if (value === undefined || value === null) return null;
  if (typeof value === "string") return value.slice(0, MAX_ORDER_VALUE_LENGTH);
  if (typeof value !== "object") return value;
  if (kind === "list" && isJsonArray(value) && value.length === 0) return null;
  return (OTHER_MARK + printJson(value)).slice(0, MAX_ORDER_VALUE_LENGTH);
}

/** Compares two of them as {@link RunOrder.compare} does. */
export function compareOrderValues(a: OrderValue, b: OrderValue, isDescending: boolean): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  const sign = isDescending ? -1 : 1;
  if (isNumber(a) && isNumber(b)) {
    const isEitherNaN = Number.isNaN(a) || Number.isNaN(b);
    return isEitherNaN ? Number(Number.isNaN(a)) - Number(Number.isNaN(b)) : sign * compareSame(a, b);
  }
  if (typeof a === "string" && typeof b === "string") return sign * compareSame(a, b);
  if (typeof a === "boolean" && typeof b === "boolean") return sign * (Number(a) - Number(b));
  return sign * (classOf(a) - classOf(b));
}

function compareSame<T extends number | bigint | string>(a: T, b: T): number {
  if (a < b) return -1;
  return a > b ? 1 : 0;
}

function isNumber(value: OrderValue): value is number | bigint {
  return typeof value === "number" || typeof value === "bigint";
}

function classOf(value: Exclude<OrderValue, null>): number {
  if (typeof value === "boolean") return 0;
  return typeof value === "string" ? 2 : 1;
}
