// Executions as rows: reading them. Loaded when there is one.
import { ALERT_SEVERITIES } from "@steelyard/protocol";
import type { Selectable } from "kysely";
import { z } from "zod";
import type { Execution } from "../../modules/executions/execution.ts";
import type { AutomationExecutionRow } from "./automation-tables.ts";

const variables = z.record(z.string(), z.string());
const message = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("webhook"), payload: z.string().nullable() }),
  z.object({
    kind: z.literal("notification"),
    title: z.string(),
    text: z.string(),
    severity: z.enum(ALERT_SEVERITIES),
  }),
  z.object({ kind: z.literal("none") }),
]);

/** The execution that a row holds. */
export function toExecution(row: Selectable<AutomationExecutionRow>): Execution {
  return {
    id: row.id,
    entityId: row.entity_id,
    automationId: row.automation_id,
    integrationId: row.integration_id,
    projectId: row.project_id,
    eventType: row.event_type,
    variables: variables.parse(JSON.parse(row.variables)),
    message: message.parse(JSON.parse(row.message)),
    state: row.state,
    attempts: row.attempts,
    responseStatus: row.response_status,
    error: row.error,
    createdAt: row.created_at,
    attemptedAt: row.attempted_at,
    nextAttemptAt: row.next_attempt_at,
  };
}
