/** Making webhooks and Slack channels known. */
import { CommError } from "../../core/errors.ts";
import type { ReadOptions } from "../../core/paginator.ts";
import type { Service } from "../../core/service.ts";
import { saveIntegration } from "./integration-documents.ts";
import { SlackIntegration, WebhookIntegration, requireIntegrations, toIntegration } from "./integration.ts";
import type { SlackFields, WebhookFields } from "./integration.ts";

/** Makes a webhook known; W&B's servers can do it as well. */
export async function createWebhook(
  service: Service,
  entityName: string,
  fields: WebhookFields,
  { signal }: ReadOptions,
): Promise<WebhookIntegration> {
  const input = { entityName, ...fields };
  const document = saveIntegration("create", "GenericWebhook");
  const answer = await service.graphql.execute(document, { input }, { signal });
  const created = answer === null ? null : toIntegration(service, answer);
  if (created instanceof WebhookIntegration) return created;
  throw new CommError(`The server did not create the webhook ${JSON.stringify(fields.name)}`);
}

/** Makes a Slack channel known. */
export async function createSlackChannel(
  service: Service,
  entityName: string,
  fields: SlackFields,
  { signal }: ReadOptions,
): Promise<SlackIntegration> {
  await requireIntegrations(service);
  const input = { entityName, ...fields };
  const answer = await service.graphql.execute(saveIntegration("create", "Slack"), { input }, { signal });
  const created = answer === null ? null : toIntegration(service, answer);
  if (created instanceof SlackIntegration) return created;
  throw new CommError(`The server did not create the channel ${JSON.stringify(fields.channelName)}`);
}
