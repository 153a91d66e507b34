/** What an automation does when its event happens. */
import { parseJson, printJson } from "@steelyard/protocol";
import type { JsonValue } from "@steelyard/protocol";

import { ValueError } from "../../core/errors.ts";
import type { VariableValue } from "../../core/graphql.ts";
import type { SlackIntegration, WebhookIntegration } from "../integrations/integration.ts";

/** How grave a notification is. */
export const NOTIFICATION_SEVERITIES = ["INFO", "WARN", "ERROR"] as const;

/** How grave a notification is. */
export type NotificationSeverity = (typeof NOTIFICATION_SEVERITIES)[number];

/** The kinds of actions that automations can be given. */
export type ActionType = "NOTIFICATION" | "GENERIC_WEBHOOK" | "NO_OP";

/** Sends a message to a Slack channel. Mirrors `SendNotification`. */
export class SendNotification {
  /** The kind of action. */
  readonly actionType = "NOTIFICATION";
  /** Global id of the Slack integration. Mirrors `integration_id`. */
  readonly integrationId: string;
  /** Title of the message. */
  readonly title: string;
  /** Text of the message. */
  readonly message: string;
  /** How grave it is. */
  readonly severity: NotificationSeverity;
  /** The integration; null unless the server told of it. */
  readonly integration: SlackIntegration | null;

  /** @throws {ValueError} for an unknown severity. */
  constructor(fields: {
    readonly integrationId: string;
    /** @default "" */
    readonly title?: string | null;
    /** @default "" */
    readonly message?: string | null;
    /** In any case. @default "INFO" */
    readonly severity?: string | null;
    readonly integration?: SlackIntegration | null;
  }) {
    this.integrationId = fields.integrationId;
    this.title = fields.title ?? "";
    this.message = fields.message ?? "";
    this.severity = readSeverity(fields.severity ?? "INFO");
    this.integration = fields.integration ?? null;
  }

  /** A message to a channel. Mirrors `from_integration`. @throws {ValueError} for an unknown level. */
  static fromIntegration(
    integration: SlackIntegration,
    options: { readonly title?: string; readonly text?: string; readonly level?: string } = {},
  ): SendNotification {
    const { title, text, level } = options;
    return new SendNotification({
      integrationId: integration.id,
      integration,
      title: title ?? null,
      message: text ?? null,
      severity: level ?? null,
    });
  }
}

/** Calls a webhook. Mirrors `SendWebhook`. */
export class SendWebhook {
  /** The kind of action. */
  readonly actionType = "GENERIC_WEBHOOK";
  /** Global id of the webhook. Mirrors `integration_id`. */
  readonly integrationId: string;
  /** The body, with variables in its texts; null for a body of all variables. Mirrors `request_payload`. */
  readonly requestPayload: JsonValue;
  /** The webhook; null unless the server told of it. */
  readonly integration: WebhookIntegration | null;

  /** Takes the body as a value, or as JSON in a text. @throws {JsonSyntaxError} for a text that is no JSON. */
  constructor(fields: {
    readonly integrationId: string;
    readonly requestPayload?: JsonValue;
    readonly integration?: WebhookIntegration | null;
  }) {
    const { requestPayload = null } = fields;
    this.integrationId = fields.integrationId;
    this.requestPayload = typeof requestPayload === "string" ? parseJson(requestPayload) : requestPayload;
    this.integration = fields.integration ?? null;
  }

  /** A call of a webhook. Mirrors `from_integration`. */
  static fromIntegration(
    integration: WebhookIntegration,
    options: { readonly payload?: JsonValue } = {},
  ): SendWebhook {
    const { payload: requestPayload = null } = options;
    return new SendWebhook({ integrationId: integration.id, integration, requestPayload });
  }
}

/** Does nothing but leave an entry in the list of executions. Mirrors `DoNothing`. */
export class DoNothing {
  /** The kind of action. */
  readonly actionType = "NO_OP";
  /** Always true. Mirrors `no_op`. */
  readonly noOp = true;
}

/** An action. */
export type AutomationAction = SendNotification | SendWebhook | DoNothing;

/** The member of `TriggeredActionConfig` that an action is. @internal */
export function toActionConfig(action: AutomationAction): VariableValue {
  if (action.actionType === "NO_OP") return { noOpActionInput: { noOp: true } };
  const { integrationId: integrationID } = action;
  if (action.actionType === "NOTIFICATION") {
    const { title, message, severity } = action;
    return { notificationActionInput: { integrationID, title, message, severity } };
  }
  const { requestPayload: payload } = action;
  const requestPayload = payload === null ? null : printJson(payload);
  return { genericWebhookActionInput: { integrationID, requestPayload } };
}

function readSeverity(text: string): NotificationSeverity {
  const found = NOTIFICATION_SEVERITIES.find((each) => each === text.toUpperCase());
  if (found === undefined) {
    const known = NOTIFICATION_SEVERITIES.join(", ");
    throw new ValueError(`Invalid severity ${JSON.stringify(text)}: expected one of ${known}`);
  }
  return found;
}
