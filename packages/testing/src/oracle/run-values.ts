/**
 * Reads the fields of a run for the oracles: as plainly as possible, every spelling written out, nothing shared with
 * the engine that the oracles judge.
 */
import type { JsonObject, JsonValue, RunDocument } from "@steelyard/protocol";

/** The fields that hold dates. */
export const DATE_FIELDS: readonly string[] = [
  "createdAt",
  "created_at",
  "updatedAt",
  "updated_at",
  "updated",
  "heartbeatAt",
  "heartbeat_at",
  "heartbeat",
];

/** The fields that hold lists, where an empty list stands for none. */
export const LIST_FIELDS: readonly string[] = [
  "tags",
  "inputArtifacts",
  "input_artifacts",
  "outputArtifacts",
  "output_artifacts",
];

/**
 * The value of a field, `undefined` when the run has none.
 *
 * @throws {Error} when runs have no such field.
 */
export function readRunValue(run: RunDocument, field: string): JsonValue | undefined {
  const parts = field.split(".");
  const rest = parts.slice(1);
  if (parts.length > 1) {
    if (parts[0] === "config") return readConfigValue(run.config, rest);
    if (parts[0] === "summary" || parts[0] === "summary_metrics") return readNested(run.summary, rest);
    if (parts[0] === "keys_info") return readNested(run.historyKeys ?? {}, rest);
    if (parts[0] === "tags") return run.tags.includes(rest.join("."));
  }
  return readColumn(run, field) ?? undefined;
}

function readColumn(run: RunDocument, field: string): JsonValue | undefined {
  switch (field) {
    case "name":
      return run.name;
    case "displayName":
    case "display_name":
      return run.displayName;
    case "state":
      return run.state;
    case "createdAt":
    case "created_at":
      return run.createdAt;
    case "updatedAt":
    case "updated_at":
    case "updated":
      return run.updatedAt;
    case "heartbeatAt":
    case "heartbeat_at":
    case "heartbeat":
      return run.heartbeatAt;
    case "duration":
      return run.durationSeconds;
    case "group":
      return run.group;
    case "host":
      return run.host;
    case "jobType":
    case "job_type":
      return run.jobType;
    case "tags":
      return run.tags;
    case "username":
      return run.username;
    case "sweep":
      return run.sweep;
    case "entity":
      return run.entity;
    case "project":
      return run.project;
    case "inputArtifacts":
    case "input_artifacts":
      return run.inputArtifacts ?? [];
    case "outputArtifacts":
    case "output_artifacts":
      return run.outputArtifacts ?? [];
    case "notes":
      return run.notes;
    case "description":
      return run.description;
    case "commit":
      return run.commit;
    case "_step":
    case "_runtime":
    case "_timestamp":
    case "_absolute_runtime":
      return readNested(run.summary, [field]);
    default:
      throw new Error(`the oracle knows no run field ${field}`);
  }
}

/** Longest key first at every level; list items by index. */
function readNested(value: JsonValue, parts: readonly string[]): JsonValue | undefined {
  if (parts.length === 0) return value;
  if (isList(value)) {
    const [index = ""] = parts;
    const item = String(Number(index)) === index ? value[Number(index)] : undefined;
    return item === undefined ? undefined : readNested(item, parts.slice(1));
  }
  if (!isObject(value)) return undefined;
  for (let count = parts.length; count > 0; count -= 1) {
    const member = own(value, parts.slice(0, count).join("."));
    const found = member === undefined ? undefined : readNested(member, parts.slice(count));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** As {@link readNested}, but each entry is `{"value": …}`, which the path may name or leave out. */
function readConfigValue(config: JsonObject, parts: readonly string[]): JsonValue | undefined {
  for (let count = parts.length; count > 0; count -= 1) {
    const entry = own(config, parts.slice(0, count).join("."));
    if (entry === undefined) continue;
    const rest = parts.slice(count);
    const wrapped = isObject(entry) ? own(entry, "value") : undefined;
    const spellings = wrapped !== undefined && rest[0] === "value" ? [rest.slice(1), rest] : [rest];
    for (const spelling of spellings) {
      const found = readNested(wrapped === undefined ? entry : wrapped, spelling);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function own(object: JsonObject, key: string): JsonValue | undefined {
  return Object.entries(object).find(([name]) => name === key)?.[1];
}

/** Tells a list from other values. */
export function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** Tells an object from other values. */
export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !isList(value);
}
