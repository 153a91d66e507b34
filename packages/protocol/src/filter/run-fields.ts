/** The fields of a run, under every spelling that W&B's clients, its web page's generators and its users write. */
import type { JsonValue } from "../json/value.ts";
import { readConfig } from "./config-path.ts";
import type { FilterField } from "./filter-field.ts";
import { FilterError } from "./filter-error.ts";
import { KeyPath } from "./key-path.ts";
import { MAX_FIELD_DOTS } from "./limits.ts";
import type { RunDocument } from "./run-document.ts";

type RunField = FilterField<RunDocument>;

const createdAt = dateField((run) => run.createdAt);
const updatedAt = dateField((run) => run.updatedAt);
const heartbeatAt = dateField((run) => run.heartbeatAt);
const displayName = valueField((run) => run.displayName);
const jobType = valueField((run) => run.jobType);
const inputArtifacts = listField((run) => run.inputArtifacts ?? []);
const outputArtifacts = listField((run) => run.outputArtifacts ?? []);

const COLUMNS: ReadonlyMap<string, RunField> = new Map<string, RunField>([
  ["name", valueField((run) => run.name)],
  ["displayName", displayName],
  ["display_name", displayName],
  ["state", valueField((run) => run.state)],
  ["createdAt", createdAt],
  ["created_at", createdAt],
  ["updatedAt", updatedAt],
  ["updated_at", updatedAt],
  ["updated", updatedAt],
  ["heartbeatAt", heartbeatAt],
  ["heartbeat_at", heartbeatAt],
  ["heartbeat", heartbeatAt],
  ["duration", valueField((run) => run.durationSeconds)],
  ["group", valueField((run) => run.group)],
  ["host", valueField((run) => run.host)],
  ["jobType", jobType],
  ["job_type", jobType],
  ["tags", listField((run) => run.tags)],
  ["username", valueField((run) => run.username)],
  ["sweep", valueField((run) => run.sweep)],
  ["entity", valueField((run) => run.entity)],
  ["project", valueField((run) => run.project)],
  ["inputArtifacts", inputArtifacts],
  ["input_artifacts", inputArtifacts],
  ["outputArtifacts", outputArtifacts],
  ["output_artifacts", outputArtifacts],
  ["notes", valueField((run) => run.notes)],
  ["description", valueField((run) => run.description)],
  ["commit", valueField((run) => run.commit)],
  // The report tools write these four of the summary without a prefix.
  ...["_step", "_runtime", "_timestamp", "_absolute_runtime"].map((key): readonly [string, RunField] => [
    key,
    keyedField("summary", key),
  ]),
]);

const SECTIONS: ReadonlyMap<string, "config" | "summary" | "historyKeys" | "tags"> = new Map([
  ["config", "config"],
  ["summary_metrics", "summary"],
  ["summary", "summary"],
  ["keys_info", "historyKeys"],
  ["tags", "tags"],
] as const);

/**
 * Finds a field of runs by name. Keys may hold dots, slashes, spaces and any script. `tags.x` says whether the run has
 * the tag `x`.
 *
 * @throws {FilterError} naming the field, when runs have no such field.
 */
export function resolveRunField(name: string): RunField {
  const column = COLUMNS.get(name);
  if (column !== undefined) return column;
  const dot = name.indexOf(".");
  const section = dot === -1 ? undefined : SECTIONS.get(name.slice(0, dot));
  const key = name.slice(dot + 1);
  if (section === undefined || key === "") throw unknownField(name);
  if (key.split(".").length > MAX_FIELD_DOTS) {
    throw new FilterError(`A field may have at most ${MAX_FIELD_DOTS} dots`, name);
  }
  return keyedField(section, key);
}

function keyedField(section: "config" | "summary" | "historyKeys" | "tags", key: string): RunField {
  const path = new KeyPath(key);
  switch (section) {
    case "config":
      return { kind: "value", read: (run) => readConfig(run.config, path) };
    case "summary":
      return { kind: "value", read: (run) => path.read(run.summary) };
    case "historyKeys":
      return { kind: "value", read: (run) => run.historyKeys && path.read(run.historyKeys) };
    case "tags":
      return { kind: "value", read: (run) => run.tags.includes(key) };
  }
}

function valueField(read: (run: RunDocument) => JsonValue): RunField {
  return { kind: "value", read: (run) => read(run) ?? undefined };
}

function dateField(read: (run: RunDocument) => string | null): RunField {
  return { kind: "date", read: (run) => read(run) ?? undefined };
}

function listField(read: (run: RunDocument) => readonly string[]): RunField {
  return { kind: "list", read };
}

function unknownField(name: string): FilterError {
  const columns = [...COLUMNS.keys()].filter((column) => !column.includes("_"));
  const sections = ["config.<key>", "summary_metrics.<key>", "keys_info.keys.<key>", "tags.<tag>"];
  const shown = JSON.stringify(name.length > 200 ? `${name.slice(0, 200)}…` : name);
  return new FilterError(
    `Unknown run field ${shown}: expected ${sections.join(", ")} or one of ${columns.join(", ")}`,
    name,
  );
}
