/** Listing, setting and deleting secrets. */
import { parseInstant } from "../../core/dates.ts";
import type { ReadOptions } from "../../core/paginator.ts";
import type { Service } from "../../core/service.ts";
import {
  DeleteSecretDocument,
  EntitySecretsDocument,
  UpsertSecretDocument,
} from "../../generated/automations-documents.ts";
import { requireIntegrations } from "./integration.ts";
import type { Secret } from "./secrets.ts";

/** The secrets of an entity. */
export async function listSecrets(
  service: Service,
  entity: string,
  options: ReadOptions,
): Promise<readonly Secret[]> {
  await requireIntegrations(service);
  const answer = await service.graphql.execute(EntitySecretsDocument, { entity }, options);
  return (answer.entity?.secrets ?? []).map(({ name, createdAt, updatedAt }) => ({
    name,
    createdAt: parseInstant(createdAt, "secret.createdAt"),
    updatedAt: parseInstant(updatedAt, "secret.updatedAt"),
  }));
}

/** Sets a secret. */
export async function setSecret(
  service: Service,
  secret: { readonly entityName: string; readonly name: string; readonly value: string },
  options: ReadOptions,
): Promise<void> {
  await requireIntegrations(service);
  await service.graphql.execute(UpsertSecretDocument, secret, options);
}

/** Deletes a secret. */
export async function deleteSecret(
  service: Service,
  secret: { readonly entityName: string; readonly name: string },
  options: ReadOptions,
): Promise<void> {
  await requireIntegrations(service);
  await service.graphql.execute(DeleteSecretDocument, secret, options);
}
