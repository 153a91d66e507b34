// Where in the tables a field of runs stands, so that a column is read without the rest of the documents.
import { resolveRunField, type FieldKind, type JsonValue, type RunDocument } from "@steelyard/protocol";
import { pickMembers } from "../columns/member-scan.ts";
import type { ProjectNames } from "./run-documents.ts";
import { parseTags } from "./run-rows.ts";
import type { RunRow } from "./run-tables.ts";

/** Columns of `runs` that fields stand in, apart from the summary. */
export type PlainColumn = Exclude<
  keyof RunRow,
  | "project_id"
  | "run_id"
  | "seq"
  | "summary"
  | "program"
  | "repo"
  | "exit_code"
  | "is_stop_requested"
  | "user_id"
>;

/** A row with what was selected; `config` is null where it did not change. */
export type SourceRow = { readonly run_id: number; readonly seq: number } & Partial<
  Pick<RunRow, PlainColumn | "summary">
> & { readonly config?: string | null; readonly username?: string | null };

/** How a field is read. */
export interface RunFieldSource {
  readonly field: string;
  /** One name for all spellings that mean the same. */
  readonly canonical: string;
  readonly kind: FieldKind;
  readonly columns: readonly PlainColumn[];
  /** Set when the field stands in a JSON document: the members that it may be found under. */
  readonly document: { readonly name: "config" | "summary"; readonly keys: readonly string[] } | undefined;
  readonly isUsername: boolean;
  readonly read: (run: RunDocument) => JsonValue | undefined;
}

/** The source of a field; undefined when it stands in none of the tables of runs. Throws `FilterError` for no field. */
export function findFieldSource(field: string): RunFieldSource | undefined {
  const resolved = resolveRunField(field);
  const source = {
    field,
    canonical: canonicalNameOf(field),
    kind: resolved.kind,
    columns: [],
    document: undefined,
    isUsername: false,
    read: (run: RunDocument) => resolved.read(run),
  };
  const columns = plainFields.get(field);
  if (columns !== undefined) return { ...source, columns, isUsername: field === "username" };
  if (/^_(step|runtime|timestamp|absolute_runtime)$/.test(field)) {
    return { ...source, document: { name: "summary", keys: [field] } };
  }
  const [, section, path = ""] = /^([^.]*)\.(.*)$/s.exec(field) ?? [];
  switch (section) {
    case "config":
      return { ...source, document: { name: "config", keys: beginningsOf(path) } };
    case "summary":
    case "summary_metrics":
      return { ...source, document: { name: "summary", keys: beginningsOf(path) } };
    case "tags":
      return { ...source, columns: ["tags"] };
    case undefined:
    default:
      return undefined;
  }
}

/** The document of a row with nothing but what the sources need. */
export function toSourceDocument(
  row: SourceRow,
  names: ProjectNames,
  keys: { readonly config: readonly string[]; readonly summary: readonly string[] },
): RunDocument {
  const { created_at: createdAt = "", heartbeat_at: heartbeatAt = "" } = row;
  return {
    id: row.run_id,
    name: row.name ?? "",
    displayName: row.display_name ?? null,
    state: row.state ?? "",
    config: typeof row.config === "string" ? pickMembers(row.config, keys.config) : {},
    summary: row.summary === undefined ? {} : pickMembers(row.summary, keys.summary),
    tags: row.tags === undefined || row.tags === "[]" ? [] : parseTags(row.tags),
    group: row.group_name ?? null,
    jobType: row.job_type ?? null,
    host: row.host ?? null,
    username: row.username ?? null,
    entity: names.entity,
    project: names.project,
    sweep: row.sweep_name ?? null,
    createdAt,
    updatedAt: row.updated_at ?? "",
    heartbeatAt,
    get durationSeconds() {
      return (Date.parse(heartbeatAt) - Date.parse(createdAt)) / 1000;
    },
    notes: row.notes ?? null,
    description: row.description ?? null,
    commit: row.commit_hash ?? null,
  };
}

const otherSpellings: ReadonlyMap<string, string> = new Map([
  ["display_name", "displayName"],
  ["created_at", "createdAt"],
  ["updated_at", "updatedAt"],
  ["updated", "updatedAt"],
  ["heartbeat_at", "heartbeatAt"],
  ["heartbeat", "heartbeatAt"],
  ["job_type", "jobType"],
]);

const plainFields: ReadonlyMap<string, readonly PlainColumn[]> = new Map<string, readonly PlainColumn[]>([
  ["name", ["name"]],
  ["displayName", ["display_name"]],
  ["display_name", ["display_name"]],
  ["state", ["state"]],
  ["createdAt", ["created_at"]],
  ["created_at", ["created_at"]],
  ["updatedAt", ["updated_at"]],
  ["updated_at", ["updated_at"]],
  ["updated", ["updated_at"]],
  ["heartbeatAt", ["heartbeat_at"]],
  ["heartbeat_at", ["heartbeat_at"]],
  ["heartbeat", ["heartbeat_at"]],
  ["duration", ["created_at", "heartbeat_at"]],
  ["group", ["group_name"]],
  ["host", ["host"]],
  ["jobType", ["job_type"]],
  ["job_type", ["job_type"]],
  ["tags", ["tags"]],
  ["username", []],
  ["sweep", ["sweep_name"]],
  ["entity", []],
  ["project", []],
  ["notes", ["notes"]],
  ["description", ["description"]],
  ["commit", ["commit_hash"]],
]);

/** Fields that are kept for every project, whether or not anyone asks for them; keys of documents are found by looking. */
export const keptFields: readonly string[] = [...plainFields.keys()].filter(
  (field) => canonicalNameOf(field) === field && field !== "entity" && field !== "project",
);

function canonicalNameOf(field: string): string {
  const plain = otherSpellings.get(field);
  if (plain !== undefined) return plain;
  if (field.startsWith("summary.")) return `summary_metrics.${field.slice("summary.".length)}`;
  return /^_(step|runtime|timestamp|absolute_runtime)$/.test(field) ? `summary_metrics.${field}` : field;
}

/** What a dotted path may begin with, since keys may hold dots. */
function beginningsOf(path: string): readonly string[] {
  const parts = path.split(".");
  return parts.map((_, index) => parts.slice(0, index + 1).join("."));
}
