/**
 * Translates between the filters of a run table (`{key, op, value}` in AND and OR groups), the Mongo-style filters of
 * the server, and orders.
 */
import { isJsonArray, isJsonObject } from "@steelyard/protocol";
import type { JsonObject, JsonValue } from "@steelyard/protocol";

import { ValueError } from "../../core/errors.ts";

/** Where a table's key is: a column of the run, its config, its summary, key statistics, or a tag. */
export interface FilterKey {
  readonly section: string;
  readonly name: string;
}

/** One condition of a table's filter. */
export interface IndividualFilter {
  readonly key: FilterKey;
  /** One of `=`, `!=`, `>`, `>=`, `<`, `<=`, `IN`, `NIN`, `REGEX`. */
  readonly op: string;
  readonly value?: JsonValue;
  /** Whether the condition is switched off. */
  readonly disabled?: boolean | null;
}

/** A group of conditions. */
export interface GroupFilter {
  /** `AND` or `OR`. */
  readonly op: string;
  readonly filters: readonly (TableFilter | null)[];
}

/** A table's filter. */
export type TableFilter = IndividualFilter | GroupFilter;

/** A key to order by. */
export interface OrderEntry {
  readonly key: FilterKey;
  readonly ascending?: boolean;
}

/** Section of a table's key and the prefix of its path on the server; the longest prefix decides. */
const SECTIONS: readonly (readonly [section: string, prefix: string])[] = [
  ["config", "config."],
  ["summary", "summary_metrics."],
  ["keys_info", "keys_info.keys."],
  ["tags", "tags."],
];

/** Columns of a run that orders name without a prefix. */
const RUN_COLUMNS: readonly string[] = ["createdAt", "updatedAt", "name", "sweep"];
const ORDER_PREFIXES: readonly string[] = ["config", "summary_metrics", "tags"];

const INDIVIDUAL_OPERATORS: Readonly<Record<string, string>> = {
  "!=": "$ne",
  ">": "$gt",
  ">=": "$gte",
  "<": "$lt",
  "<=": "$lte",
  IN: "$in",
  NIN: "$nin",
  REGEX: "$regex",
};
const GROUP_OPERATORS: Readonly<Record<string, string>> = { AND: "$and", OR: "$or" };

/** Translates filters and orders. Mirrors `wandb.apis.public.QueryGenerator`. */
export class QueryGenerator {
  /** Operator of a condition to operator of the server. */
  static readonly INDIVIDUAL_OP_TO_MONGO: Readonly<Record<string, string>> = INDIVIDUAL_OPERATORS;

  /** The reverse of {@link INDIVIDUAL_OP_TO_MONGO}. */
  static readonly MONGO_TO_INDIVIDUAL_OP: Readonly<Record<string, string>> = reversed(INDIVIDUAL_OPERATORS);

  /** Operator of a group to operator of the server. */
  static readonly GROUP_OP_TO_MONGO: Readonly<Record<string, string>> = GROUP_OPERATORS;

  /** The reverse of {@link GROUP_OP_TO_MONGO}. */
  static readonly MONGO_TO_GROUP_OP: Readonly<Record<string, string>> = reversed(GROUP_OPERATORS);

  /**
   * Completes a key to order by: a missing sign is `-`, and a key that is no column of a run and has no known prefix is
   * a summary key. Mirrors `format_order_key`, which returns None for the columns `createdAt`, `updatedAt`, `name` and
   * `sweep`; this returns them with their sign, as the documentation promises.
   */
  static formatOrderKey(key: string): string {
    const isSigned = key.startsWith("+") || key.startsWith("-");
    const sign = isSigned ? key.slice(0, 1) : "-";
    const path = isSigned ? key.slice(1) : key;
    const dot = path.indexOf(".");
    const isKnown = dot === -1 ? RUN_COLUMNS.includes(path) : ORDER_PREFIXES.includes(path.slice(0, dot));
    return isKnown ? `${sign}${path}` : `${sign}summary_metrics.${path}`;
  }

  /** The same as the static method. */
  formatOrderKey(key: string): string {
    return QueryGenerator.formatOrderKey(key);
  }

  /** The server's path of a table's key. @throws {ValueError} for an unknown section. */
  keyToServerPath(key: FilterKey): string {
    if (key.section === "run") return key.name;
    const prefix = SECTIONS.find(([section]) => section === key.section)?.[1];
    if (prefix === undefined)
      throw new ValueError(`Invalid key: unknown section ${JSON.stringify(key.section)}`);
    return `${prefix}${key.name}`;
  }

  /** The table's key of a path of the server; a path without a known prefix is a column of the run. */
  serverPathToKey(path: string): FilterKey {
    const found = SECTIONS.find(([, prefix]) => path.startsWith(prefix));
    if (found === undefined) return { section: "run", name: path };
    const [section, prefix] = found;
    return { section, name: path.slice(prefix.length) };
  }

  /** The orders of a table's keys: `+path` or `-path` each. @throws {ValueError} for an unknown section. */
  keysToOrder(keys: { readonly keys: readonly OrderEntry[] }): string[] {
    return keys.keys.map(
      ({ key, ascending }) => `${ascending === true ? "+" : "-"}${this.keyToServerPath(key)}`,
    );
  }

  /**
   * The table's keys of orders. As in Python the whole path becomes the name of a run's column.
   *
   * @throws {ValueError} when an order has no sign.
   */
  orderToKeys(order: readonly string[]): { keys: { key: FilterKey; ascending: boolean }[] } {
    const keys = order.map((entry) => {
      const sign = entry.slice(0, 1);
      if (sign !== "+" && sign !== "-") {
        throw new ValueError(`Invalid order ${JSON.stringify(entry)}: it must begin with + or -`);
      }
      return { key: { section: "run", name: entry.slice(1) }, ascending: sign === "+" };
    });
    return { keys };
  }

  /**
   * The server's filter of a table's filter. A condition without a name, without a value (unless it is `=` or `!=`), or
   * switched off becomes null, also inside groups, where servers ignore it.
   *
   * @throws {ValueError} for an unknown operator or section.
   */
  filterToMongo(filter: TableFilter): JsonObject | null {
    if (!("filters" in filter)) return this.#conditionToMongo(filter);
    const op = translated(QueryGenerator.GROUP_OP_TO_MONGO, filter.op);
    return { [op]: filter.filters.map((part) => (part === null ? null : this.filterToMongo(part))) };
  }

  /**
   * The table's filter of a server's filter. Only the first group or condition of an object counts, as in Python.
   *
   * @throws {ValueError} for operators that tables do not have, such as `$exists`, where Python raises `KeyError`.
   */
  mongoToFilter(filter: JsonObject | null): TableFilter | null {
    if (filter === null) return null;
    const entries = Object.entries(filter);
    const group = entries.find(([key]) => Object.hasOwn(QueryGenerator.MONGO_TO_GROUP_OP, key));
    if (group !== undefined) return this.#groupToFilter(...group);
    const [first] = entries;
    if (first === undefined) return null;
    const [path, condition] = first;
    const key = this.serverPathToKey(path);
    if (!isJsonObject(condition)) return { key, op: "=", value: condition };
    const [operator = "", value = null] = Object.entries(condition)[0] ?? [];
    return { key, op: translated(QueryGenerator.MONGO_TO_INDIVIDUAL_OP, operator), value };
  }

  #groupToFilter(operator: string, parts: JsonValue): GroupFilter {
    if (!isJsonArray(parts)) throw new ValueError(`Invalid filter: ${operator} needs a list`);
    const filters = parts.map((part) => {
      if (part !== null && !isJsonObject(part))
        throw new ValueError(`Invalid filter: ${operator} needs a list of filters`);
      return this.mongoToFilter(part);
    });
    return { op: translated(QueryGenerator.MONGO_TO_GROUP_OP, operator), filters };
  }

  #conditionToMongo({ key, op, value, disabled }: IndividualFilter): JsonObject | null {
    const hasValue = value !== undefined && value !== null;
    if (key.name === "" || disabled === true || (!hasValue && op !== "=" && op !== "!=")) return null;
    if (key.section === "tags") return tagCondition(key.name, op, value ?? null);
    const path = this.keyToServerPath(key);
    const expected = value ?? null;
    return {
      [path]: op === "=" ? expected : { [translated(QueryGenerator.INDIVIDUAL_OP_TO_MONGO, op)]: expected },
    };
  }
}

/** Runs have a list of tags: a tag is in it, is not, or one of several is. */
function tagCondition(name: string, op: string, value: JsonValue): JsonObject {
  if (op === "IN") return { tags: { $in: value } };
  return value === false ? { $or: [{ tags: null }, { tags: { $ne: name } }] } : { tags: name };
}

function translated(table: Readonly<Record<string, string>>, operator: string): string {
  const found = Object.hasOwn(table, operator) ? table[operator] : undefined;
  if (found === undefined)
    throw new ValueError(`Invalid filter: unknown operator ${JSON.stringify(operator)}`);
  return found;
}

function reversed(table: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(table).map(([key, value]) => [value, key]));
}
