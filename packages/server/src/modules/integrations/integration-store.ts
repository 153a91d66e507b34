import type { Integration, Secret, SlackIntegration, WebhookIntegration } from "./integration.ts";

/** Integrations of entities. */
export interface IntegrationStore {
  /** Creates an integration. Throws `already_exists` when the entity has one of the same kind and name. */
  create(integration: NewIntegration): Promise<Integration>;
  /** Replaces an integration but for its id, owner and time. Throws as `create`, and `not_found`. */
  replace(integration: Integration & { readonly now: string }): Promise<Integration>;
  find(request: { readonly integrationId: number }): Promise<Integration | undefined>;
  /** Integrations of an entity by id, after one. */
  list(request: {
    readonly entityId: number;
    readonly after: number;
    readonly limit: number;
  }): Promise<readonly Integration[]>;
  /** Removes an integration; its waiting deliveries are given up. Throws `conflict` while automations use it; false when it was not there. */
  delete(request: { readonly integrationId: number; readonly now: string }): Promise<boolean>;
}

/** An integration before it has its id. */
export type NewIntegration = Omit<WebhookIntegration, "id"> | Omit<SlackIntegration, "id">;

/** Secrets of entities, sealed by whoever puts them. */
export interface SecretStore {
  /** Sets a secret, new or not. */
  put(secret: {
    readonly entityId: number;
    readonly name: string;
    readonly sealed: string;
    readonly now: string;
  }): Promise<Secret>;
  /** All secrets of an entity, by name. */
  list(request: { readonly entityId: number }): Promise<readonly Secret[]>;
  /** A sealed value; undefined when the entity has no such secret. */
  findSealed(request: { readonly entityId: number; readonly name: string }): Promise<string | undefined>;
  /** Removes a secret; false when it was not there. */
  delete(request: { readonly entityId: number; readonly name: string }): Promise<boolean>;
}
