/** What a caller wants a run to become, checked: texts that hold JSON do hold it, states and tags exist. */
import { isRunState, parseJsonObject } from "@steelyard/protocol";
import type { RunState } from "@steelyard/protocol";
import { ServerError } from "../../errors.ts";
import type { RunUpsert } from "./run-store.ts";

/** Fields of a run as they arrive; null and undefined leave a field alone. */
export interface RunInput {
  readonly displayName?: string | null | undefined;
  readonly description?: string | null | undefined;
  readonly notes?: string | null | undefined;
  readonly tags?: readonly string[] | null | undefined;
  /** JSON text of an object. */
  readonly config?: string | null | undefined;
  /** JSON text of an object. */
  readonly summary?: string | null | undefined;
  readonly state?: string | null | undefined;
  readonly group?: string | null | undefined;
  readonly jobType?: string | null | undefined;
  readonly commit?: string | null | undefined;
  readonly host?: string | null | undefined;
  readonly program?: string | null | undefined;
  readonly repo?: string | null | undefined;
  readonly sweepName?: string | null | undefined;
}

/** The checked fields. */
export type RunFields = Omit<
  RunUpsert,
  "projectId" | "name" | "userId" | "now" | "defaultDisplayName" | "isStopRequested" | "isHeartbeat"
>;

const TEXT_FIELDS = [
  "description",
  "notes",
  "group",
  "jobType",
  "commit",
  "host",
  "program",
  "repo",
  "sweepName",
] as const;

const MAX_TAG_LENGTH = 64;

/**
 * Checks fields and leaves out what is to be left alone.
 *
 * @throws {ServerError} `invalid_argument` naming the field.
 */
export function parseRunInput(input: RunInput): RunFields {
  const fields: { -readonly [Name in keyof RunFields]: RunFields[Name] } = {};
  for (const name of TEXT_FIELDS) {
    const text = input[name];
    if (text !== undefined && text !== null) fields[name] = text;
  }
  // An empty name would leave nothing to show.
  if (hasText(input.displayName)) fields.displayName = input.displayName;
  if (given(input.tags)) fields.tags = parseTags(input.tags);
  if (given(input.config)) fields.config = parseObjectText("config", input.config);
  if (given(input.summary)) fields.summary = parseObjectText("summaryMetrics", input.summary);
  if (given(input.state)) fields.state = parseRunState(input.state);
  return fields;
}

/** Reads a run state. Throws `invalid_argument`. */
export function parseRunState(state: string): RunState {
  if (isRunState(state)) return state;
  throw new ServerError("invalid_argument", `${JSON.stringify(state)} is not a run state`, {
    field: "state",
  });
}

function parseTags(tags: readonly string[]): readonly string[] {
  for (const tag of tags) {
    if (tag.trim() === "" || tag.length > MAX_TAG_LENGTH) {
      const message = `Invalid tag ${JSON.stringify(tag.slice(0, 100))}: expected 1 to ${MAX_TAG_LENGTH} characters`;
      throw new ServerError("invalid_argument", message, { field: "tags" });
    }
  }
  return [...new Set(tags)];
}

/** The text itself is stored, so that no digit of it changes. */
function parseObjectText(field: string, text: string): string {
  try {
    parseJsonObject(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ServerError("invalid_argument", `${field} must be a JSON object: ${reason}`, { field, cause });
  }
  return text;
}

function given<T>(value: T | null | undefined): value is T {
  return value !== undefined && value !== null;
}

function hasText(text: string | null | undefined): text is string {
  return given(text) && text.trim() !== "";
}
