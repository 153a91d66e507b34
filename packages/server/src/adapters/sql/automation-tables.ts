import type { Generated } from "kysely";
import type {
  AutomationAction,
  AutomationEventType,
  ScopeType,
} from "../../modules/automations/automation.ts";
import type { ExecutionState } from "../../modules/executions/execution.ts";

/** Tables of automations, executions and integrations. */
export interface AutomationTables {
  integrations: IntegrationRow;
  team_secrets: TeamSecretRow;
  automations: AutomationRow;
  automation_revisions: AutomationRevisionRow;
  automation_progress: AutomationProgressRow;
  automation_executions: AutomationExecutionRow;
}

/** An integration; which columns are set goes with the kind. */
export interface IntegrationRow {
  id: Generated<number>;
  entity_id: number;
  kind: "webhook" | "slack";
  /** The webhook's name, or the channel. */
  name: string;
  /** Empty for a webhook. */
  team_name: string;
  url: string | null;
  sealed_url: string | null;
  access_token_ref: string | null;
  secret_ref: string | null;
  /** 0 or 1. */
  sends_run_alerts: number;
  created_at: string;
  updated_at: string;
}

/** A secret. */
export interface TeamSecretRow {
  id: Generated<number>;
  entity_id: number;
  name: string;
  sealed: string;
  created_at: string;
  updated_at: string;
}

/** An automation. */
export interface AutomationRow {
  id: Generated<number>;
  entity_id: number;
  project_id: number | null;
  name: string;
  description: string | null;
  /** 0 or 1. */
  is_enabled: number;
  scope_type: ScopeType;
  scope_id: number;
  event_type: AutomationEventType;
  event_filter: string;
  action_type: AutomationAction["type"];
  integration_id: number | null;
  /** JSON text. */
  action_config: string;
  user_id: number;
  created_at: string;
  updated_at: string;
  after_seq: number;
  armed_at: string;
}

/** The one row that counts changes of automations. */
export interface AutomationRevisionRow {
  id: number;
  revision: number;
}

/** How far an automation has come with a run. */
export interface AutomationProgressRow {
  automation_id: number;
  project_id: number;
  run_id: number;
  /** JSON text. */
  progress: string;
}

/** An execution. */
export interface AutomationExecutionRow {
  id: Generated<number>;
  entity_id: number;
  automation_id: number | null;
  integration_id: number | null;
  project_id: number | null;
  event_type: string;
  event_key: string;
  /** JSON text. */
  variables: string;
  /** JSON text. */
  message: string;
  state: ExecutionState;
  attempts: number;
  response_status: number | null;
  error: string | null;
  created_at: string;
  attempted_at: string | null;
  next_attempt_at: string | null;
}
