/** A notification as Slack shows it: title, text, and what it is about. */
import type { AlertSeverity } from "@steelyard/protocol";
import type { EventVariables } from "./execution.ts";

/** What to show. */
export interface SlackNotice {
  readonly title: string;
  readonly text: string;
  readonly severity: AlertSeverity;
  readonly variables: EventVariables;
}

/** What an event is about, in the order in which it is shown. */
const SHOWN = [
  ["event_type", "Event"],
  ["automation_name", "Automation"],
  ["run_name", "Run"],
  ["run_state", "State"],
  ["metric_name", "Metric"],
  ["metric_value", "Value"],
  ["artifact_version_string", "Artifact"],
  ["alias", "Alias"],
  ["tag", "Tag"],
  ["event_author", "By"],
] as const;

/** The message in Slack's markup. What users wrote can mention nobody and link nowhere. */
export function slackText({ title, text, severity, variables }: SlackNotice): string {
  const heading = title === "" ? "" : `*${escape(title)}*`;
  const project = [variables["entity_name"], variables["project_name"]].filter(Boolean).join("/");
  const about = SHOWN.flatMap(([name, label]) => {
    const value = variables[name];
    return value === undefined || value === "" ? [] : [`${label}: ${escape(value)}`];
  });
  const lines = [
    severity === "INFO" ? heading : `${severity}: ${heading}`,
    escape(text),
    project === "" ? "" : `Project: ${escape(project)}`,
    ...about,
  ];
  return lines.filter((line) => line !== "").join("\n");
}

/** The three characters that begin or end Slack's markup. */
function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
