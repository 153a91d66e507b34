// Automations as rows.
import { ALERT_SEVERITIES } from "@steelyard/protocol";
import type { Insertable, Selectable } from "kysely";
import { z } from "zod";
import type { Automation, AutomationAction } from "../../modules/automations/automation.ts";
import { parseAutomationEvent, printEventInput } from "../../modules/automations/event-filter.ts";
import type { MetricProgress } from "../../modules/automations/engine/metric-progress.ts";
import { compileRe2 } from "../re2/regex.ts";
import type { AutomationRow } from "./automation-tables.ts";

const notification = z.object({
  title: z.string(),
  message: z.string(),
  severity: z.enum(ALERT_SEVERITIES),
});
const webhook = z.object({ payload: z.string().nullable() });
/** Infinity is written as text, because JSON has none. */
const value = z.union([z.number(), z.enum(["Infinity", "-Infinity"]).transform(Number)]);
const progress = z.object({
  version: z.number(),
  lineCount: z.number(),
  lines: z.array(z.number()),
  values: z.array(value),
  isMet: z.boolean(),
  firings: z.number(),
  firedAt: z.string().nullable(),
});

/** The automation that a row holds. */
export function toAutomation(row: Selectable<AutomationRow>): Automation {
  return {
    id: row.id,
    entityId: row.entity_id,
    projectId: row.project_id,
    name: row.name,
    description: row.description,
    isEnabled: row.is_enabled === 1,
    scope: { type: row.scope_type, id: row.scope_id },
    event: parseAutomationEvent(row.event_type, row.event_filter, compileRe2),
    action: toAction(row),
    userId: row.user_id,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    afterSeq: row.after_seq,
    armedAt: row.armed_at,
  };
}

/** The columns of what is given. */
export function toAutomationColumns(
  automation: Partial<Automation>,
): Partial<Omit<Insertable<AutomationRow>, "id">> {
  const { name, description, isEnabled, entityId, projectId, scope, event, action } = automation;
  return {
    ...(name !== undefined && { name }),
    ...(description !== undefined && { description }),
    ...(isEnabled !== undefined && { is_enabled: Number(isEnabled) }),
    ...(entityId !== undefined && { entity_id: entityId }),
    ...(projectId !== undefined && { project_id: projectId }),
    ...(scope !== undefined && { scope_type: scope.type, scope_id: scope.id }),
    ...(event !== undefined && { event_type: event.type, event_filter: printEventInput(event) }),
    ...(action !== undefined && toActionColumns(action)),
  };
}

/** Progress as it is stored. */
export function printProgress(state: MetricProgress): string {
  return JSON.stringify({ ...state, values: state.values.map((n) => (Number.isFinite(n) ? n : String(n))) });
}

/** Progress as it was stored. */
export function parseProgress(text: string): MetricProgress {
  return progress.parse(JSON.parse(text));
}

function toActionColumns(
  action: AutomationAction,
): Pick<Insertable<AutomationRow>, "action_type" | "integration_id" | "action_config"> {
  if (action.type === "NO_OP") return { action_type: "NO_OP", integration_id: null, action_config: "{}" };
  const { type, integrationId, ...config } = action;
  return { action_type: type, integration_id: integrationId, action_config: JSON.stringify(config) };
}

function toAction(row: Selectable<AutomationRow>): AutomationAction {
  if (row.action_type === "NO_OP" || row.integration_id === null) return { type: "NO_OP" };
  const config: unknown = JSON.parse(row.action_config);
  const integrationId = row.integration_id;
  return row.action_type === "NOTIFICATION"
    ? { type: "NOTIFICATION", integrationId, ...notification.parse(config) }
    : { type: "GENERIC_WEBHOOK", integrationId, ...webhook.parse(config) };
}
