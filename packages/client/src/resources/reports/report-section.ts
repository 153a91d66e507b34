/**
 * Which runs a section of a report is about. Sections have two forms: older reports choose by one sort key and a tree of
 * conditions, newer ones by several keys and a flat list of conditions with what joins each to the one before.
 */
import { isJsonArray, isJsonObject } from "@steelyard/protocol";
import type { JsonObject, JsonValue } from "@steelyard/protocol";

import { ValueError } from "../../core/errors.ts";
import type { FilterKey, QueryGenerator, TableFilter } from "../query/query-generator.ts";
import type { RunFilter } from "../runs/run-filter.ts";

/** Runs to list. */
export interface SectionRuns {
  readonly filters: RunFilter;
  /** Undefined where the section has none. */
  readonly order: string | undefined;
  /** The project that the runs are of, where the section says it. */
  readonly entity: string | undefined;
  readonly project: string | undefined;
}

/**
 * The runs of a section's open run set.
 *
 * @throws {ValueError} when the section has no such run set, or one of a form that is not known.
 */
export function sectionRuns(
  section: JsonObject,
  queries: QueryGenerator,
  { onlySelected }: { readonly onlySelected: boolean },
): SectionRuns {
  const open = section["openRunSet"];
  const index = typeof open === "number" ? open : 0;
  const runSet = list(section["runSets"], "runSets")[index];
  if (!isJsonObject(runSet)) throw new ValueError(`Invalid section: it has no run set ${index}`);
  const filters = queries.filterToMongo(readFilter(runSet["filters"])) ?? {};
  const selection = onlySelected ? readSelection(runSet["selections"]) : null;
  const project = isJsonObject(runSet["project"]) ? runSet["project"] : {};
  return {
    filters: selection === null ? filters : { $and: [filters, selection] },
    order: readOrder(runSet["sort"], queries),
    entity: textOrNothing(project["entityName"]),
    project: textOrNothing(project["name"]),
  };
}

/** `tree` lists the chosen runs when `root` is 0, and those left out when it is 1. */
function readSelection(selections: JsonValue | undefined): RunFilter | null {
  if (!isJsonObject(selections)) return null;
  const names = list(selections["tree"], "selections.tree").flatMap(runNames);
  if (selections["root"] !== 1) return { name: { $in: names } };
  return names.length === 0 ? null : { name: { $nin: names } };
}

/** A tree of groups has runs as leaves. */
function runNames(node: JsonValue): readonly string[] {
  if (typeof node === "string") return [node];
  if (isJsonObject(node) && isJsonArray(node["children"])) return node["children"].flatMap(runNames);
  throw new ValueError("Invalid section: selections.tree holds something else than runs and groups");
}

function readOrder(sort: JsonValue | undefined, queries: QueryGenerator): string | undefined {
  if (!isJsonObject(sort)) return undefined;
  const entries = sort["keys"] === undefined ? [sort] : list(sort["keys"], "sort.keys");
  const keys = entries.map((entry) => {
    if (!isJsonObject(entry)) throw new ValueError("Invalid section: sort.keys: expected objects");
    return { key: readKey(entry["key"]), ascending: entry["ascending"] === true };
  });
  return keys.length === 0 ? undefined : queries.keysToOrder({ keys }).join(",");
}

function readFilter(filter: JsonValue | undefined): TableFilter {
  if (!isJsonObject(filter)) return { op: "AND", filters: [] };
  const { filters, op } = filter;
  if (filters === undefined) return readCondition(filter);
  const parts = list(filters, "filters");
  if (filter["filterFormat"] === "filterV2") return joined(parts);
  if (typeof op !== "string") throw new ValueError("Invalid section: a group of filters needs an op");
  return { op, filters: parts.map((part) => (part === null ? null : readFilter(part))) };
}

/** Conditions that AND joins belong together; OR begins the next group. */
function joined(parts: readonly JsonValue[]): TableFilter {
  const groups: TableFilter[][] = [[]];
  for (const part of parts) {
    if (isJsonObject(part) && part["connector"] === "OR") groups.push([]);
    const isGroup = isJsonObject(part) && isJsonArray(part["filters"]) && part["op"] === undefined;
    groups.at(-1)?.push(isGroup ? joined(list(part["filters"], "filters")) : readFilter(part));
  }
  return { op: "OR", filters: groups.map((filters) => ({ op: "AND", filters })) };
}

function readCondition(filter: JsonObject): TableFilter {
  const { op, value, disabled } = filter;
  if (typeof op !== "string") throw new ValueError("Invalid section: a condition needs an op");
  // Tables write == where they mean =.
  const isOff = disabled === true;
  return { key: readKey(filter["key"]), op: op === "==" ? "=" : op, value: value ?? null, disabled: isOff };
}

function readKey(key: JsonValue | undefined): FilterKey {
  const { section, name } = isJsonObject(key) ? key : {};
  if (typeof section === "string" && typeof name === "string") return { section, name };
  throw new ValueError("Invalid section: a key needs section and name");
}

function list(value: JsonValue | undefined, what: string): readonly JsonValue[] {
  if (value !== undefined && isJsonArray(value)) return value;
  throw new ValueError(`Invalid section: ${what}: expected a list`);
}

function textOrNothing(value: JsonValue | undefined): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
