/**
 * Parses the Mongo-style filter language into a tree. Everything that is wrong with a filter apart from its field
 * names is found here, with the path of the offending part.
 */
import { isJsonArray, isJsonObject } from "../json/value.ts";
import type { JsonObject, JsonValue } from "../json/value.ts";
import { toCheckedInput } from "./checked-input.ts";
import { FilterError } from "./filter-error.ts";
import type { Filter } from "./filter.ts";
import { MAX_FILTER_NODES } from "./limits.ts";
import { parseTest } from "./parse-test.ts";

/**
 * Parses a filter: JSON text, or the same as parsed values. Nothing, blank text, `null` and `{}` match everything.
 *
 * Several keys in one object must all hold. `null` entries in `$and`, `$or` and `$nor` are ignored, because W&B's
 * report tools leave them where a condition was switched off; a list of nothing but nulls is no condition at all.
 *
 * @throws {FilterError} naming the path: not JSON, an unknown operator, an operand of the wrong type, too large.
 */
export function parseFilter(input: unknown): Filter {
  const value = toCheckedInput(input);
  if (value === null) return { kind: "and", filters: [] };
  const parser = new FilterParser();
  return parser.parseObject(value, "");
}

class FilterParser {
  #nodes = 0;

  parseObject(value: JsonValue, path: string): Filter {
    if (!isJsonObject(value)) {
      throw new FilterError(`Expected an object of conditions at ${path || "the top of the filter"}`, path);
    }
    return allOf(Object.entries(value).flatMap(([key, operand]) => this.#parseEntry(key, operand, path)));
  }

  #parseEntry(key: string, operand: JsonValue, parent: string): readonly Filter[] {
    const path = parent === "" ? key : `${parent}.${key}`;
    switch (key) {
      case "$and":
        return this.#parseList("and", operand, path);
      case "$or":
        return this.#parseList("or", operand, path);
      case "$nor":
        return this.#parseList("nor", operand, path);
      case "$not":
        return [this.#counted({ kind: "not", filter: this.parseObject(operand, path) })];
      default:
        if (key.startsWith("$")) throw unknownLogical(key, path);
        return [this.#parseCondition(key, operand, path)];
    }
  }

  #parseList(kind: "and" | "or" | "nor", operand: JsonValue, path: string): readonly Filter[] {
    if (!isJsonArray(operand)) throw new FilterError(`Expected a list of filters at ${path}`, path);
    const filters: Filter[] = [];
    for (const [index, item] of operand.entries()) {
      if (item !== null) filters.push(this.parseObject(item, `${path}[${index}]`));
    }
    const isSwitchedOff = filters.length === 0 && operand.length > 0;
    return isSwitchedOff ? [] : [this.#counted({ kind, filters })];
  }

  /** `{field: value}` or `{field: {$op: operand, …}}`. */
  #parseCondition(field: string, operand: JsonValue, path: string): Filter {
    if (!isJsonObject(operand) || !hasOperators(operand, path)) {
      return this.#counted({ kind: "field", field, test: { operator: "$eq", value: operand } });
    }
    return this.#parseTests(field, operand, path);
  }

  #parseTests(field: string, tests: JsonObject, path: string): Filter {
    const filters: Filter[] = [];
    for (const [operator, operand] of Object.entries(tests)) {
      const testPath = `${path}.${operator}`;
      if (operator === "$not") {
        filters.push(this.#counted({ kind: "not", filter: this.#parseNegated(field, operand, testPath) }));
      } else if (operator !== "$options") {
        const test = parseTest(operator, operand, tests, testPath);
        filters.push(this.#counted({ kind: "field", field, test }));
      } else if (!Object.hasOwn(tests, "$regex")) {
        throw new FilterError(`$options at ${testPath} needs a $regex beside it`, testPath);
      }
    }
    return allOf(filters);
  }

  #parseNegated(field: string, operand: JsonValue, path: string): Filter {
    if (!isJsonObject(operand) || !hasOperators(operand, path)) {
      throw new FilterError(`Expected an object of operators at ${path}, such as {"$gt": 1}`, path);
    }
    return this.#parseTests(field, operand, path);
  }

  #counted(filter: Filter): Filter {
    this.#nodes += 1;
    if (this.#nodes > MAX_FILTER_NODES) {
      throw new FilterError(`A filter may have at most ${MAX_FILTER_NODES} conditions`);
    }
    return filter;
  }
}

function allOf(filters: readonly Filter[]): Filter {
  const [only] = filters;
  return only !== undefined && filters.length === 1 ? only : { kind: "and", filters };
}

/** Whether an object holds operators; an object without any is a value to compare with. */
function hasOperators(value: JsonObject, path: string): boolean {
  const keys = Object.keys(value);
  const plain = keys.filter((key) => !key.startsWith("$"));
  if (plain.length > 0 && plain.length < keys.length) {
    throw new FilterError(`Operators and plain keys cannot be mixed at ${path}`, path);
  }
  return keys.length > 0 && plain.length === 0;
}

function unknownLogical(operator: string, path: string): FilterError {
  return new FilterError(
    `Unknown operator ${operator} at ${path}: expected $and, $or, $nor, $not or a field's name`,
    path,
  );
}
