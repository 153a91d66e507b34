/** Where automations send to: Slack channels and webhooks. */
import { printJson } from "@steelyard/protocol";
import type { JsonValue } from "@steelyard/protocol";

import { CommError, UnsupportedError } from "../../core/errors.ts";
import type { ReadOptions } from "../../core/paginator.ts";
import type { Service } from "../../core/service.ts";
import { DeleteIntegrationDocument, TestIntegrationDocument } from "../../generated/automations-documents.ts";
import { saveIntegration } from "./integration-documents.ts";
import type { IntegrationFields } from "./integration-documents.ts";

/** The feature that says that a server lets clients make integrations and secrets. */
export const INTEGRATIONS_FEATURE = "STEELYARD_INTEGRATIONS";

/** A webhook to make known. */
export interface WebhookFields {
  /** Name, unique among the entity's webhooks. */
  readonly name: string;
  /** Address to call. */
  readonly urlEndpoint: string;
  /** Name of the secret that is sent as bearer token. */
  readonly accessTokenRef?: string;
  /** Name of the secret that signs bodies. */
  readonly secretRef?: string;
  /** Whether alerts of runs go there too. @default false */
  readonly sendsRunAlerts?: boolean;
}

/** A Slack channel to make known. */
export interface SlackFields {
  /** Slack workspace, as people know it. */
  readonly teamName: string;
  /** Channel. */
  readonly channelName: string;
  /** The incoming webhook that Slack made for the channel; never shown again. */
  readonly webhookUrl: string;
  /** Whether alerts of runs go there too. @default false */
  readonly sendsRunAlerts?: boolean;
}

/** How a test delivery ended. */
export interface TestDelivery {
  /** Whether the other side took it. */
  readonly success: boolean;
  /** Status of the answer; null when none came. */
  readonly responseStatus: number | null;
  /** Why it failed; null when it did not. */
  readonly error: string | null;
}

/** What both kinds of integrations can do. */
abstract class SavedIntegration {
  /** Global id. */
  readonly id: string;
  readonly #service: Service;

  /** @internal */
  constructor(service: Service, id: string) {
    this.#service = service;
    this.id = id;
  }

  /**
   * Sends one message at once, without trying again: to a webhook the payload, to Slack the message; by default a
   * sentence about a test. An addition of Steelyard's.
   *
   * @throws {UnsupportedError} when the server has no test deliveries.
   */
  async test(options: ReadOptions & { readonly payload?: JsonValue } = {}): Promise<TestDelivery> {
    const service = await requireIntegrations(this.#service);
    const { payload, signal } = options;
    const text = typeof payload === "string" || payload === undefined ? payload : printJson(payload);
    const variables = { id: this.id, payload: text };
    const answer = await service.graphql.execute(TestIntegrationDocument, variables, { signal });
    if (answer.testIntegration === null) throw new CommError("The server did not test the integration");
    return answer.testIntegration;
  }

  /** Deletes the integration. An addition of Steelyard's. @throws {ConflictError} while an automation uses it. */
  async delete(options: ReadOptions = {}): Promise<void> {
    const service = await requireIntegrations(this.#service);
    await service.graphql.execute(DeleteIntegrationDocument, { id: this.id }, options);
  }

  /** Changes what is given and returns the integration as it is now. */
  protected async change(
    kind: "Slack" | "GenericWebhook",
    fields: Partial<SlackFields> | Partial<WebhookFields>,
    { signal }: ReadOptions,
  ): Promise<Integration> {
    const service = await requireIntegrations(this.#service);
    const input = { id: this.id, ...fields };
    const answer = await service.graphql.execute(saveIntegration("update", kind), { input }, { signal });
    const changed = answer === null ? null : toIntegration(service, answer);
    if (changed === null) throw new CommError(`The server did not change the integration ${this.id}`);
    return changed;
  }
}

/** A Slack channel. Mirrors `wandb.automations.SlackIntegration`. */
export class SlackIntegration extends SavedIntegration {
  /** Tells the kinds of integrations apart. */
  readonly kind = "slack";
  /** Slack workspace. Mirrors `team_name`. */
  readonly teamName: string;
  /** Channel. Mirrors `channel_name`. */
  readonly channelName: string;

  /** @internal */
  constructor(
    service: Service,
    fields: { readonly id: string; readonly teamName: string; readonly channelName: string },
  ) {
    super(service, fields.id);
    this.teamName = fields.teamName;
    this.channelName = fields.channelName;
  }

  /** Changes what is given and returns the integration as it is now. An addition of Steelyard's. */
  async update(fields: Partial<SlackFields>, options: ReadOptions = {}): Promise<Integration> {
    return this.change("Slack", fields, options);
  }
}

/** A webhook. Mirrors `wandb.automations.WebhookIntegration`. */
export class WebhookIntegration extends SavedIntegration {
  /** Tells the kinds of integrations apart. */
  readonly kind = "webhook";
  /** Name, unique among the entity's webhooks. */
  readonly name: string;
  /** The address that is called. Mirrors `url_endpoint`. */
  readonly urlEndpoint: string;

  /** @internal */
  constructor(
    service: Service,
    fields: { readonly id: string; readonly name: string; readonly urlEndpoint: string },
  ) {
    super(service, fields.id);
    this.name = fields.name;
    this.urlEndpoint = fields.urlEndpoint;
  }

  /** Changes what is given, an empty text taking a reference away, and returns the integration as it is now. An addition of Steelyard's. */
  async update(fields: Partial<WebhookFields>, options: ReadOptions = {}): Promise<Integration> {
    return this.change("GenericWebhook", fields, options);
  }
}

/** An integration. */
export type Integration = SlackIntegration | WebhookIntegration;

/** What an answer tells of; null for a kind that is not known here. @internal */
export function toIntegration(service: Service, fields: IntegrationFields): Integration | null {
  const { __typename, id, teamName, channelName, name, urlEndpoint } = fields;
  if (id === null) return null;
  if (__typename === "SlackIntegration" && teamName !== null && channelName !== null)
    return new SlackIntegration(service, { id, teamName, channelName });
  if (__typename === "GenericWebhookIntegration" && name !== null && urlEndpoint !== null)
    return new WebhookIntegration(service, { id, name, urlEndpoint });
  return null;
}

/** The service, if its server lets clients make integrations. @throws {UnsupportedError} otherwise. @internal */
export async function requireIntegrations(service: Service): Promise<Service> {
  if (!(await service.supports(INTEGRATIONS_FEATURE)))
    throw new UnsupportedError("On this server integrations and secrets are made on its pages only");
  return service;
}
