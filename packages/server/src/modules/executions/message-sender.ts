/** Makes a request of an execution and an integration, secrets included, and sends it once. */
import { createHmac } from "node:crypto";
import { ServerError } from "../../errors.ts";
import type { SecretBox } from "../../ports/secret-box.ts";
import type { WebhookOutcome, WebhookRequest, WebhookSender } from "../../ports/webhook-sender.ts";
import type { Integration, SlackIntegration, WebhookIntegration } from "../integrations/integration.ts";
import type { SecretStore } from "../integrations/integration-store.ts";
import type { EventVariables, Execution, ExecutionMessage } from "./execution.ts";
import { slackText } from "./slack-text.ts";
import { fillJson, fillText } from "./template.ts";

/** What the sender is built from. */
export interface MessageSenderParts {
  readonly secrets: Pick<SecretStore, "findSealed">;
  readonly box: SecretBox;
  readonly webhooks: Pick<WebhookSender, "post">;
}

/** What to send: an execution, or something like it. */
export type Sendable = Pick<Execution, "variables" | "message"> & { readonly id: number | null };

const TEST_VARIABLES: EventVariables = { event_type: "TEST" };
const TEST_TEXT = "A test message from Steelyard.";
const NEVER: AbortSignal = new AbortController().signal;

/** Sends messages. */
export class MessageSender {
  readonly #parts: MessageSenderParts;

  constructor(parts: MessageSenderParts) {
    this.#parts = parts;
  }

  /** Sends what an execution says. Throws only when the signal or a failure of this server ended it. */
  async send(
    integration: Integration,
    sendable: Sendable,
    signal: AbortSignal = NEVER,
  ): Promise<WebhookOutcome> {
    const request =
      integration.kind === "slack"
        ? this.#slackRequest(integration, sendable)
        : await this.#webhookRequest(integration, sendable);
    if ("error" in request) {
      return {
        isDelivered: false,
        status: null,
        isRetryable: false,
        retryAfterMs: null,
        error: request.error,
      };
    }
    return this.#parts.webhooks.post(request, signal);
  }

  /** Sends a test. Throws `invalid_argument` for a body that is no JSON. */
  sendTest(integration: Integration, payload: string | null): Promise<WebhookOutcome> {
    const message: ExecutionMessage =
      integration.kind === "slack"
        ? { kind: "notification", title: "Test", text: payload ?? TEST_TEXT, severity: "INFO" }
        : { kind: "webhook", payload: payload ?? JSON.stringify({ event_type: "TEST", message: TEST_TEXT }) };
    return this.send(integration, { id: null, variables: TEST_VARIABLES, message });
  }

  async #webhookRequest(
    integration: WebhookIntegration,
    { id, variables, message }: Sendable,
  ): Promise<WebhookRequest | { readonly error: string }> {
    const secrets = new Map<string, string>();
    for (const name of [integration.accessTokenRef, integration.secretRef]) {
      if (name === null) continue;
      const sealed = await this.#parts.secrets.findSealed({ entityId: integration.entityId, name });
      if (sealed === undefined) return { error: `The secret ${name} that the webhook refers to was deleted` };
      secrets.set(name, this.#parts.box.open(sealed));
    }
    const token = integration.accessTokenRef === null ? undefined : secrets.get(integration.accessTokenRef);
    const key = integration.secretRef === null ? undefined : secrets.get(integration.secretRef);
    const body = printBody(
      message,
      {
        ...Object.fromEntries(secrets),
        ...(token !== undefined && { ACCESS_TOKEN: token }),
        ...variables,
      },
      variables,
    );
    return {
      url: integration.url,
      body,
      headers: {
        ...commonHeaders(id),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(key !== undefined && {
          "x-wandb-signature": createHmac("sha256", key).update(body).digest("hex"),
        }),
      },
    };
  }

  #slackRequest(integration: SlackIntegration, { id, variables, message }: Sendable): WebhookRequest {
    if (message.kind !== "notification") {
      throw new ServerError("internal", `Slack was to be sent a message of the kind ${message.kind}`);
    }
    const title = fillText(message.title, variables);
    const text = fillText(message.text, variables);
    return {
      url: this.#parts.box.open(integration.sealedUrl),
      headers: commonHeaders(id),
      body: JSON.stringify({ text: slackText({ title, text, severity: message.severity, variables }) }),
    };
  }
}

/** The id tells a receiver that something came a second time. */
function commonHeaders(id: number | null): Readonly<Record<string, string>> {
  return {
    "content-type": "application/json",
    "x-steelyard-delivery": id === null ? "test" : String(id),
  };
}

/** Secrets go only where a payload names them, never along with all variables. */
function printBody(
  message: ExecutionMessage,
  withSecrets: EventVariables,
  variables: EventVariables,
): string {
  if (message.kind === "webhook" && message.payload !== null) return fillJson(message.payload, withSecrets);
  if (message.kind !== "notification") return JSON.stringify(variables);
  const { title, text, severity } = message;
  return JSON.stringify({ ...variables, title, text, severity });
}
