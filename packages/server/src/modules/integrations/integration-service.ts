/**
 * Integrations and secrets for callers. Members of an entity may see where its automations can send to; only its
 * administrators decide about that, and nobody is ever shown a secret.
 */
import { ServerError } from "../../errors.ts";
import type { Clock } from "../../ports/clock.ts";
import type { SecretBox } from "../../ports/secret-box.ts";
import type { WebhookOutcome, WebhookSender } from "../../ports/webhook-sender.ts";
import { missingEntity } from "../access/access.ts";
import type { Access } from "../access/access.ts";
import type { Caller } from "../access/caller.ts";
import type { EntityStore } from "../entities/entity-store.ts";
import type { Entity } from "../entities/entity.ts";
import type { MessageSender } from "../executions/message-sender.ts";
import type { Integration, Secret, SlackIntegration, WebhookIntegration } from "./integration.ts";
import type { IntegrationStore, SecretStore } from "./integration-store.ts";

/** What the service is built from. */
export interface IntegrationServiceParts {
  readonly integrations: IntegrationStore;
  readonly secrets: SecretStore;
  readonly entities: EntityStore;
  readonly access: Access;
  readonly box: SecretBox;
  readonly webhooks: Pick<WebhookSender, "findFault">;
  readonly sender: MessageSender;
  readonly clock: Clock;
}

/** A webhook as a caller wants it. */
export interface WebhookInput {
  readonly name: string;
  readonly url: string;
  readonly accessTokenRef: string | null;
  readonly secretRef: string | null;
  readonly sendsRunAlerts: boolean;
}

/** A Slack channel as a caller wants it. */
export interface SlackInput {
  readonly teamName: string;
  readonly channelName: string;
  readonly url: string;
  readonly sendsRunAlerts: boolean;
}

/** A page of integrations. */
export interface IntegrationPage {
  readonly integrations: readonly Integration[];
  readonly hasNextPage: boolean;
}

const WEBHOOK_NAME = /^[-\p{L}\p{N}_]+( +[-\p{L}\p{N}_]+)*$/u;
const SECRET_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,254}$/;
const MAX_NAME_LENGTH = 64;
const MAX_URL_LENGTH = 4096;
const MAX_SECRET_LENGTH = 64 * 1024;
const MAX_TEST_LENGTH = 64 * 1024;

/** Reads and changes integrations and secrets. */
export class IntegrationService {
  readonly #parts: IntegrationServiceParts;

  constructor(parts: IntegrationServiceParts) {
    this.#parts = parts;
  }

  /** An entity's integrations by id; none for those who are not in the entity. */
  async list(
    caller: Caller,
    entity: Entity,
    { after, limit }: { readonly after: number; readonly limit: number },
  ): Promise<IntegrationPage> {
    if (!(await this.#maySee(caller, entity))) return { integrations: [], hasNextPage: false };
    const found = await this.#parts.integrations.list({ entityId: entity.id, after, limit: limit + 1 });
    return { integrations: found.slice(0, limit), hasNextPage: found.length > limit };
  }

  /** The integration of an automation that the caller may see. Throws `internal` when it is gone. */
  async integrationOf(_caller: Caller, action: { readonly integrationId: number }): Promise<Integration> {
    const found = await this.#parts.integrations.find(action);
    if (found !== undefined) return found;
    throw new ServerError("internal", `Integration ${action.integrationId} is gone`);
  }

  /**
   * Makes a webhook known.
   *
   * @throws {ServerError} `unauthenticated`, `not_found`, `permission_denied`, `invalid_argument`, `already_exists`.
   */
  async createWebhook(caller: Caller, entityName: string, input: WebhookInput): Promise<Integration> {
    const { id: entityId } = await this.#requireAdmin(caller, entityName);
    const webhook = await this.#checkWebhook(entityId, input);
    const createdAt = this.#parts.clock.now();
    return this.#parts.integrations.create({ kind: "webhook", entityId, createdAt, ...webhook });
  }

  /** Changes what is given of a webhook. Throws as `createWebhook`. */
  async updateWebhook(caller: Caller, id: number, edit: Partial<WebhookInput>): Promise<Integration> {
    const before = await this.#requireKind(caller, id, "webhook");
    const checked = await this.#checkWebhook(before.entityId, { ...before, ...edit });
    return this.#parts.integrations.replace({ ...before, ...checked, now: this.#parts.clock.now() });
  }

  /** Makes a Slack channel known. Throws as `createWebhook`. */
  async createSlack(caller: Caller, entityName: string, input: SlackInput): Promise<Integration> {
    const { id: entityId } = await this.#requireAdmin(caller, entityName);
    const { url, ...slack } = input;
    checkSlackNames(slack);
    const sealedUrl = this.#parts.box.seal(this.#checkUrl(url, "webhookUrl"));
    const createdAt = this.#parts.clock.now();
    return this.#parts.integrations.create({ kind: "slack", entityId, createdAt, ...slack, sealedUrl });
  }

  /** Changes what is given of a Slack channel. Throws as `createWebhook`. */
  async updateSlack(caller: Caller, id: number, edit: Partial<SlackInput>): Promise<Integration> {
    const before = await this.#requireKind(caller, id, "slack");
    const { url, ...names } = edit;
    const changed = { ...before, ...names };
    checkSlackNames(changed);
    const sealedUrl =
      url === undefined ? before.sealedUrl : this.#parts.box.seal(this.#checkUrl(url, "webhookUrl"));
    return this.#parts.integrations.replace({ ...changed, sealedUrl, now: this.#parts.clock.now() });
  }

  /** Deletes an integration. Throws as `createWebhook`, and `conflict` while an automation uses it. */
  async delete(caller: Caller, id: number): Promise<void> {
    await this.#require(caller, id);
    await this.#parts.integrations.delete({ integrationId: id, now: this.#parts.clock.now() });
  }

  /** Sends one message now, once, and tells how it ended. Throws as `createWebhook`. */
  async test(caller: Caller, id: number, payload: string | null): Promise<WebhookOutcome> {
    const integration = await this.#require(caller, id);
    if (payload !== null && payload.length > MAX_TEST_LENGTH) {
      throw invalid("payload", `at most ${MAX_TEST_LENGTH} characters`);
    }
    return this.#parts.sender.sendTest(integration, payload);
  }

  /** The secrets of an entity by name; none for those who may not use them. */
  async listSecrets(caller: Caller, entity: Entity): Promise<readonly Secret[]> {
    if (!(await this.#maySee(caller, entity))) return [];
    return this.#parts.secrets.list({ entityId: entity.id });
  }

  /** Sets a secret. Throws as `createWebhook`. */
  async putSecret(
    caller: Caller,
    entityName: string,
    { name, value }: { readonly name: string; readonly value: string },
  ): Promise<Secret> {
    const { id: entityId } = await this.#requireAdmin(caller, entityName);
    if (!SECRET_NAME.test(name)) throw invalid("name", "expected letters, digits and _, and no digit first");
    if (value === "" || value.length > MAX_SECRET_LENGTH) {
      throw invalid("value", `expected 1 to ${MAX_SECRET_LENGTH} characters`);
    }
    const sealed = this.#parts.box.seal(value);
    return this.#parts.secrets.put({ entityId, name, sealed, now: this.#parts.clock.now() });
  }

  /** Deletes a secret. Throws as `createWebhook`; `not_found` also when there is none of that name. */
  async deleteSecret(caller: Caller, entityName: string, name: string): Promise<void> {
    const { id: entityId } = await this.#requireAdmin(caller, entityName);
    if (await this.#parts.secrets.delete({ entityId, name })) return;
    throw new ServerError("not_found", `"${entityName}" has no secret "${name}"`, { field: "name" });
  }

  /** All integrations of an entity for its administrators. Throws as `createWebhook`. */
  async listAll(caller: Caller, entityName: string): Promise<readonly Integration[]> {
    const entity = await this.#requireAdmin(caller, entityName);
    const limit = 1000;
    const found: Integration[] = [];
    for (;;) {
      const after = found.at(-1)?.id ?? 0;
      const page = await this.#parts.integrations.list({ entityId: entity.id, after, limit });
      found.push(...page);
      if (page.length < limit) return found;
    }
  }

  /** The entity of that name for its administrators. Throws as `createWebhook`. */
  requireAdmin(caller: Caller, entityName: string): Promise<Entity> {
    return this.#requireAdmin(caller, entityName);
  }

  async #maySee(caller: Caller, entity: Entity): Promise<boolean> {
    if (caller.kind === "anonymous" || caller.onlyProjectId !== null) return false;
    return this.#parts.access.canReadEntity(caller, entity);
  }

  async #requireAdmin(caller: Caller, entityName: string): Promise<Entity> {
    this.#parts.access.requireUser(caller);
    const entity = await this.#parts.entities.find({ name: entityName });
    if (entity === undefined) throw missingEntity(entityName);
    await this.#parts.access.requireEntityAdmin(caller, entity);
    return entity;
  }

  async #require(caller: Caller, id: number): Promise<Integration> {
    this.#parts.access.requireUser(caller);
    const integration = await this.#parts.integrations.find({ integrationId: id });
    const entity = integration && (await this.#parts.entities.find({ entityId: integration.entityId }));
    if (integration === undefined || entity === undefined || !(await this.#maySee(caller, entity))) {
      throw new ServerError("not_found", "There is no such integration", { field: "id" });
    }
    await this.#parts.access.requireEntityAdmin(caller, entity);
    return integration;
  }

  async #requireKind(caller: Caller, id: number, kind: "webhook"): Promise<WebhookIntegration>;
  async #requireKind(caller: Caller, id: number, kind: "slack"): Promise<SlackIntegration>;
  async #requireKind(caller: Caller, id: number, kind: Integration["kind"]): Promise<Integration> {
    const integration = await this.#require(caller, id);
    if (integration.kind === kind) return integration;
    throw new ServerError("not_found", `The integration is not of the kind ${kind}`, { field: "id" });
  }

  async #checkWebhook(entityId: number, input: WebhookInput): Promise<WebhookInput> {
    const { name, url, accessTokenRef, secretRef, sendsRunAlerts } = input;
    if (name.length > MAX_NAME_LENGTH || !WEBHOOK_NAME.test(name)) {
      throw invalid("name", `expected 1 to ${MAX_NAME_LENGTH} letters, digits, spaces, - and _`);
    }
    const known = new Set((await this.#parts.secrets.list({ entityId })).map((secret) => secret.name));
    for (const [field, ref] of [
      ["accessTokenRef", accessTokenRef],
      ["secretRef", secretRef],
    ] as const) {
      if (ref !== null && ref !== "" && !known.has(ref)) throw invalid(field, `there is no secret "${ref}"`);
    }
    return {
      name,
      url: this.#checkUrl(url, "urlEndpoint"),
      accessTokenRef: accessTokenRef === "" ? null : accessTokenRef,
      secretRef: secretRef === "" ? null : secretRef,
      sendsRunAlerts,
    };
  }

  #checkUrl(url: string, field: string): string {
    if (url.length > MAX_URL_LENGTH) throw invalid(field, `at most ${MAX_URL_LENGTH} characters`);
    const fault = this.#parts.webhooks.findFault(url);
    if (fault !== undefined) throw invalid(field, fault);
    return url;
  }
}

function checkSlackNames({
  teamName,
  channelName,
}: {
  readonly teamName: string;
  readonly channelName: string;
}): void {
  for (const [field, name] of [
    ["teamName", teamName],
    ["channelName", channelName],
  ] as const) {
    if (name === "" || name.length > 256) throw invalid(field, "expected 1 to 256 characters");
  }
}

function invalid(field: string, reason: string): ServerError {
  return new ServerError("invalid_argument", `Invalid integration: ${field}: ${reason}`, { field });
}
