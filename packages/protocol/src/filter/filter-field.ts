/** What the filter engine needs to know about a field of the things it selects. */
import type { JsonValue } from "../json/value.ts";

/**
 * How a field's values are tested.
 *
 * - `value`: any JSON value.
 * - `date`: ISO text; operands may be ISO text or numbers since 1970, and compare as moments.
 * - `list`: a list; when it is empty it counts as absent for `null` and `$exists`.
 */
export type FieldKind = "value" | "date" | "list";

/** A field that filters and orders can name. */
export interface FilterField<D> {
  readonly kind: FieldKind;
  /** The value of one document, `undefined` when it has none. */
  read(document: D): JsonValue | undefined;
}

/** Finds a field by its spelling; `undefined` when there is no such field. */
export type FieldResolver<D> = (name: string) => FilterField<D> | undefined;
