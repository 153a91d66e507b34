/** Conditions on the fields of an event's run or artifact, put together by methods; sent as MongoDB's language. */
import { isJsonArray, isJsonObject } from "@steelyard/protocol";
import type { JsonObject, JsonValue } from "@steelyard/protocol";

import { ValueError } from "../../../core/errors.ts";

/** What a field is compared with. */
export type FilterScalar = string | number | boolean;

/** A filter of events of runs, which takes a condition on the runs. */
export interface RunEventFilter<F> {
  /** The same filter, for runs that meet a condition as well. */
  and(runFilter: FilterExpression): F;
}

/** A condition. Mirrors the filter expressions of `wandb.automations`, whose signs are methods here. */
export class FilterExpression {
  readonly #json: JsonObject;

  /** Takes the condition as it is sent, `{}` for one that is always met. */
  constructor(json: JsonObject = {}) {
    this.#json = json;
  }

  /**
   * A condition that is met when both are; with a filter of a metric or state, that filter for such runs only. Mirrors
   * `&`.
   */
  and(other: FilterExpression): FilterExpression;
  and<F>(other: RunEventFilter<F>): F;
  and<F>(other: FilterExpression | RunEventFilter<F>): FilterExpression | F {
    if (!(other instanceof FilterExpression)) return other.and(this);
    return new FilterExpression({
      $and: [...operands(this.#json, "$and"), ...operands(other.#json, "$and")],
    });
  }

  /** A condition that is met when one of both is. Mirrors `|`. */
  or(other: FilterExpression): FilterExpression {
    return new FilterExpression({ $or: [...operands(this.#json, "$or"), ...operands(other.#json, "$or")] });
  }

  /** The opposite. Mirrors `~`. */
  not(): FilterExpression {
    const [operator, operand] = soleEntry(this.#json);
    if (operator === "$not" && isJsonObject(operand)) return new FilterExpression(operand);
    if (operator === "$or" && operand !== undefined) return new FilterExpression({ $nor: operand });
    if (operator === "$nor" && operand !== undefined) return new FilterExpression({ $or: operand });
    return new FilterExpression({ $not: this.#json });
  }

  /** As it is sent: nested conditions of one kind are made one, and opposites are pushed inwards. */
  toJSON(): JsonObject {
    return simplify(this.#json);
  }
}

/** A field that conditions are about. */
export class FilterField {
  readonly #name: string;

  /** Takes the name that the server knows the field by. */
  constructor(name: string) {
    this.#name = name;
  }

  /** The field has this value. Mirrors `==`. */
  eq(value: FilterScalar | readonly FilterScalar[]): FilterExpression {
    return this.#is("$eq", typeof value === "object" ? [...value] : value);
  }

  /** The field has another value. Mirrors `!=`. */
  ne(value: FilterScalar | readonly FilterScalar[]): FilterExpression {
    return this.#is("$ne", typeof value === "object" ? [...value] : value);
  }

  /** The field is less. Mirrors `<`. */
  lt(value: FilterScalar): FilterExpression {
    return this.#is("$lt", value);
  }

  /** The field is less or equal. Mirrors `<=`. */
  lte(value: FilterScalar): FilterExpression {
    return this.#is("$lte", value);
  }

  /** The field is greater. Mirrors `>`. */
  gt(value: FilterScalar): FilterExpression {
    return this.#is("$gt", value);
  }

  /** The field is greater or equal. Mirrors `>=`. */
  gte(value: FilterScalar): FilterExpression {
    return this.#is("$gte", value);
  }

  /** The field has one of these values. Mirrors `in_`. */
  in(values: Iterable<FilterScalar>): FilterExpression {
    return this.#is("$in", [...values]);
  }

  /** The field has none of these values. Mirrors `not_in`. */
  notIn(values: Iterable<FilterScalar>): FilterExpression {
    return this.#is("$nin", [...values]);
  }

  /** The field has this text in it. */
  contains(text: string): FilterExpression {
    return this.#is("$contains", text);
  }

  /** The field fits a regular expression of the server's language. Mirrors `matches_regex`. */
  matchesRegex(pattern: string): FilterExpression {
    return this.#is("$regex", pattern);
  }

  /** The field is there, or is not. */
  exists(exists = true): FilterExpression {
    return this.#is("$exists", exists);
  }

  #is(operator: string, operand: JsonValue): FilterExpression {
    for (const value of isJsonArray(operand) ? operand : [operand]) {
      if (typeof value === "number" && !Number.isFinite(value))
        throw new ValueError(`${this.#name} cannot be compared with ${value}`);
    }
    return new FilterExpression({ [this.#name]: { [operator]: operand } });
  }
}

/** The filter of an event of artifacts as the server takes it: alternatives of conditions. */
export function wrapArtifactFilter(filter: FilterExpression): JsonObject {
  const all = wrap("$and", filter.toJSON());
  return wrap("$or", all);
}

/** The filter of the runs of an event as the server takes it. */
export function wrapRunFilter(filter: FilterExpression | null): JsonObject {
  return filter === null ? { $and: [] } : wrap("$and", filter.toJSON());
}

/** Undoes {@link wrapArtifactFilter} and {@link wrapRunFilter}. */
export function unwrapFilter(json: JsonObject): FilterExpression {
  return new FilterExpression(simplify(json));
}

function wrap(operator: "$and" | "$or", json: JsonObject): JsonObject {
  const [key] = soleEntry(json);
  if (key === operator) return json;
  return { [operator]: Object.keys(json).length === 0 ? [] : [json] };
}

function simplify(json: JsonObject): JsonObject {
  const [operator, operand] = soleEntry(json);
  if ((operator === "$and" || operator === "$or") && isJsonArray(operand)) {
    const parts = operand.flatMap((part) =>
      isJsonObject(part) ? operands(simplify(part), operator) : [part],
    );
    const [only] = parts;
    return parts.length === 1 && isJsonObject(only) ? only : { [operator]: parts };
  }
  if (operator === "$nor" && isJsonArray(operand))
    return { $nor: operand.map((part) => (isJsonObject(part) ? simplify(part) : part)) };
  if (operator === "$not" && isJsonObject(operand)) return negate(simplify(operand));
  return json;
}

/** The opposite of a simplified condition. */
function negate(json: JsonObject): JsonObject {
  const [key, operand] = soleEntry(json);
  if (key === undefined || operand === undefined) return { $not: json };
  if (key === "$not" && isJsonObject(operand)) return operand;
  if (key === "$or") return { $nor: operand };
  if (key === "$nor") return simplify({ $or: operand });
  return { $not: json };
}

/** What an operator joins: of a condition of another kind the condition itself, of an empty one nothing. */
function operands(json: JsonObject, operator: "$and" | "$or"): readonly JsonValue[] {
  const [key, operand] = soleEntry(json);
  if (key === operator && isJsonArray(operand)) return operand;
  if (operator === "$and" && Object.keys(json).length === 0) return [];
  return [json];
}

function soleEntry(json: JsonObject): readonly [string | undefined, JsonValue | undefined] {
  const entries = Object.entries(json);
  return entries.length === 1 ? (entries[0] ?? [undefined, undefined]) : [undefined, undefined];
}
