/** Puts the variables of an event into texts and into the strings of JSON bodies. */
import { isJsonArray, isJsonObject, parseJson, printJson, setOwn } from "@steelyard/protocol";
import type { JsonValue } from "@steelyard/protocol";
import type { EventVariables } from "./execution.ts";

/** Variables that every template may name; those that an event does not have are empty. */
const KNOWN: ReadonlySet<string> = new Set([
  "event_type",
  "event_author",
  "entity_name",
  "project_name",
  "automation_name",
  "alias",
  "tag",
  "artifact_collection_name",
  "artifact_version",
  "artifact_version_string",
  "artifact_version_index",
  "run_id",
  "run_name",
  "run_state",
  "metric_name",
  "metric_value",
  "metric_threshold",
  "metric_comparison",
  "metric_prior_value",
  "metric_compared",
  "metric_line",
  "alert_title",
  "alert_text",
  "alert_level",
]);

/** A top-level key of the version's metadata. */
const METADATA_PREFIX = "artifact_metadata.";

const VARIABLE = /\$\{([^${}]+)\}/g;

/**
 * The text with variables put in. What is no variable stays as it stands, so that a text may show `${HOME}`; a value is
 * never looked through for variables again.
 */
export function fillText(text: string, variables: EventVariables): string {
  return text.replace(VARIABLE, (placeholder, name: string) => {
    if (Object.hasOwn(variables, name)) return variables[name] ?? "";
    return KNOWN.has(name) || name.startsWith(METADATA_PREFIX) ? "" : placeholder;
  });
}

/** The JSON text with variables put into its strings, which therefore stays JSON whatever they hold. */
export function fillJson(text: string, variables: EventVariables): string {
  return printJson(fillValue(parseJson(text), variables));
}

function fillValue(value: JsonValue, variables: EventVariables): JsonValue {
  if (typeof value === "string") return fillText(value, variables);
  if (isJsonArray(value)) return value.map((item) => fillValue(item, variables));
  if (!isJsonObject(value)) return value;
  const filled: Record<string, JsonValue> = {};
  for (const [key, member] of Object.entries(value)) setOwn(filled, key, fillValue(member, variables));
  return filled;
}
