/**
 * Filters of registry searches. Names of registries are short for the caller and long for the server, and which fields
 * can be asked for depends on the server's search: the plain one, or the advanced one for versions.
 */
import { REGISTRY_PREFIX } from "@steelyard/protocol";

import { ValueError } from "../../core/errors.ts";
import type { FilterValue, RunFilter } from "../runs/run-filter.ts";

/** Fields by their names and other names, and what the server calls them. */
type Fields = Readonly<Record<string, string>>;

/** What a filter is about. */
export type RegistryFilterTarget = "registry" | "collection" | "version";

const LOGICAL: readonly string[] = ["$and", "$or", "$nor", "$not"];
/** Operators whose operands are whole names; patterns are left as they are. */
const NAMING: readonly string[] = ["$eq", "$ne", "$in", "$nin", "$gt", "$gte", "$lt", "$lte", "$contains"];

const same = (...names: readonly string[]): Fields => Object.fromEntries(names.map((name) => [name, name]));

const PLAIN: Readonly<Record<RegistryFilterTarget, Fields>> = {
  registry: same("id", "name", "entity_id", "description", "created_at", "updated_at"),
  collection: {
    id: "artifact_collection_id",
    collection_id: "artifact_collection_id",
    artifact_collection_id: "artifact_collection_id",
    ...same("name", "tag", "description", "created_at", "updated_at"),
  },
  version: same("id", "version", "tag", "alias", "metadata", "created_at", "updated_at"),
};

const ADVANCED: Readonly<Record<RegistryFilterTarget, Fields>> = {
  registry: { id: "project_id", project_id: "project_id", ...same("name", "entity_id") },
  collection: {
    id: "artifact_collection_id",
    collection_id: "artifact_collection_id",
    artifact_collection_id: "artifact_collection_id",
    name: "name",
    collection_name: "name",
    artifact_collection_name: "name",
    tag: "tag",
    tags: "tag",
  },
  version: {
    id: "artifact_id",
    artifact_id: "artifact_id",
    version: "version",
    version_index: "version",
    tag: "tag",
    tags: "tag",
    alias: "alias",
    aliases: "alias",
    metadata: "metadata",
    artifact_metadata: "metadata",
    created_at: "artifact_created_at",
    artifact_size: "artifact_size",
  },
};

/**
 * A filter as the server takes it.
 *
 * @throws {ValueError} for a field that the search does not have, or one that is named twice.
 */
export function toServerFilter(
  target: RegistryFilterTarget,
  filter: RunFilter,
  isAdvanced = false,
): RunFilter {
  const fields: Fields = isAdvanced ? ADVANCED[target] : PLAIN[target];
  const result = new Map<string, FilterValue | undefined>();
  for (const [key, value] of Object.entries(filter)) {
    if (value === undefined) continue;
    const name = key.startsWith("$") ? key : toServerField(target, fields, key);
    if (result.has(name)) throw new ValueError(`The field ${JSON.stringify(key)} is in the filter twice`);
    result.set(name, convert(target, isAdvanced, name, value));
  }
  return Object.fromEntries(result);
}

function toServerField(target: RegistryFilterTarget, fields: Fields, key: string): string {
  const [root = "", ...rest] = key.split(".");
  const name = Object.hasOwn(fields, root) ? fields[root] : undefined;
  if (name === undefined) {
    const known = Object.keys(fields).join(", ");
    throw new ValueError(`${JSON.stringify(key)} is no field of a ${target} filter; there are: ${known}`);
  }
  return [name, ...rest].join(".");
}

function convert(
  target: RegistryFilterTarget,
  isAdvanced: boolean,
  name: string,
  value: FilterValue,
): FilterValue {
  if (LOGICAL.includes(name)) {
    if (isFilterList(value))
      return value.map((part) => (isFilter(part) ? toServerFilter(target, part, isAdvanced) : part));
    return isFilter(value) ? toServerFilter(target, value, isAdvanced) : value;
  }
  return target === "registry" && name === "name" ? prefixed(value) : value;
}

/** Puts the prefix before every name in an operand. */
function prefixed(value: FilterValue): FilterValue {
  if (typeof value === "string") return value.startsWith(REGISTRY_PREFIX) ? value : REGISTRY_PREFIX + value;
  if (isFilterList(value)) return value.map(prefixed);
  if (!isFilter(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([operator, operand]) => [
      operator,
      operand !== undefined && (NAMING.includes(operator) || LOGICAL.includes(operator))
        ? prefixed(operand)
        : operand,
    ]),
  );
}

function isFilterList(value: FilterValue): value is readonly FilterValue[] {
  return Array.isArray(value);
}

function isFilter(value: FilterValue): value is RunFilter {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}
