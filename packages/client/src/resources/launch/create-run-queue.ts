/** Creates and changes run queues. Apart from `RunQueue` because `Api` does both too. */
import { printJson } from "@steelyard/protocol";
import type { JsonObject } from "@steelyard/protocol";

import { CommError, ValueError } from "../../core/errors.ts";
import type { ReadOptions } from "../../core/paginator.ts";
import type { Service } from "../../core/service.ts";
import { CreateProjectDocument } from "../../generated/documents.ts";
import {
  CreateDefaultResourceConfigDocument,
  CreateRunQueueDocument,
  UpsertRunQueueDocument,
} from "../../generated/launch-documents.ts";
import { LAUNCH_PROJECT, checkQueueName, checkResource } from "./launch-place.ts";
import type { RunQueueResource } from "./launch-place.ts";

/** Template variables by name. */
export type TemplateVariableSchemas = Readonly<
  Record<string, { readonly schema: JsonObject; readonly description?: string }>
>;

/** Options of `api.createRunQueue`. */
export interface CreateRunQueueOptions extends ReadOptions {
  /** @default the entity of the settings, else the caller's default entity */
  readonly entity?: string | undefined;
  /** `V0` for items with priorities. @default none */
  readonly prioritizationMode?: "V0" | undefined;
  /** What the items get on their resource; `{{name}}` stands for a template variable. @default {} */
  readonly config?: JsonObject | undefined;
  /** @default none */
  readonly templateVariables?: TemplateVariableSchemas | undefined;
}

/** Options of `api.upsertRunQueue`. */
export interface UpsertRunQueueOptions extends ReadOptions {
  /** @default the entity of the settings, else the caller's default entity */
  readonly entity?: string | undefined;
  /** @default none */
  readonly templateVariables?: TemplateVariableSchemas | undefined;
  /** Links to show with the queue, by label. @default none */
  readonly externalLinks?: Readonly<Record<string, string>> | undefined;
  /** @default "DISABLED" */
  readonly prioritizationMode?: "DISABLED" | "V0" | undefined;
  /** Hears of what is odd about the config, which was kept all the same. @default nobody */
  readonly onWarning?: ((message: string) => void) | undefined;
}

/** Which queue to create or change. */
export interface QueueRequest {
  /** Null when there is none to be found. */
  readonly entity: string | null;
  readonly name: string;
  readonly resource: RunQueueResource;
}

/**
 * Creates a queue with a resource config of its own; answers with the entity.
 *
 * @throws {ValueError} without an entity, for a bad name, resource or mode.
 * @throws {ConflictError} when there is a queue of that name.
 * @throws {CommError} when the server refuses.
 */
export async function createRunQueue(
  service: Service,
  request: QueueRequest,
  options: CreateRunQueueOptions,
): Promise<string> {
  const { signal, config = {}, templateVariables = {} } = options;
  const prioritizationMode = parseMode(options.prioritizationMode ?? null, ["V0"]);
  const entity = await prepare(service, request, options);
  const { graphql } = service;
  const { createDefaultResourceConfig } = await graphql.execute(
    CreateDefaultResourceConfigDocument,
    {
      entity,
      resource: request.resource,
      config: printJson({ resource_args: { [request.resource]: config } }),
      templateVariables: printJson(templateVariables),
    },
    { signal },
  );
  if (createDefaultResourceConfig?.success !== true)
    throw new CommError(`The server did not keep the resource config of the run queue ${request.name}`);
  const configId = createDefaultResourceConfig.defaultResourceConfigID;
  const place = { entity, project: LAUNCH_PROJECT, queue: request.name };
  const variables = { ...place, access: "PROJECT", prioritizationMode, configId } as const;
  const { createRunQueue: created } = await graphql.execute(CreateRunQueueDocument, variables, { signal });
  if (created?.success !== true)
    throw new CommError(`The server did not create the run queue ${request.name}`);
  return entity;
}

/**
 * Creates a queue, or replaces what the one of that name holds; answers with the entity.
 *
 * @throws {ValueError} without an entity, for a bad name, resource or mode.
 * @throws {CommError} when the server refuses.
 */
export async function upsertRunQueue(
  service: Service,
  request: QueueRequest,
  resourceConfig: JsonObject,
  options: UpsertRunQueueOptions,
): Promise<string> {
  const { signal, templateVariables, externalLinks = {} } = options;
  const prioritizationMode = parseMode(options.prioritizationMode ?? "DISABLED", ["V0", "DISABLED"]);
  const entity = await prepare(service, request, options);
  const links = Object.entries(externalLinks).map(([label, url]) => ({ label, url }));
  const { upsertRunQueue: upserted } = await service.graphql.execute(
    UpsertRunQueueDocument,
    {
      entity,
      project: LAUNCH_PROJECT,
      queue: request.name,
      resourceType: request.resource,
      resourceConfig: printJson({ resource_args: { [request.resource]: resourceConfig } }),
      templateVariables: templateVariables === undefined ? null : printJson(templateVariables),
      prioritizationMode,
      externalLinks: printJson({ links }),
    },
    { signal },
  );
  if (upserted?.success !== true)
    throw new CommError(`The server did not keep the run queue ${request.name}`);
  for (const oddity of upserted.configSchemaValidationErrors) options.onWarning?.(oddity);
  return entity;
}

/** Checks what can be checked here and makes sure that there is a project for queues. */
async function prepare(
  service: Service,
  { entity, name, resource }: QueueRequest,
  { signal }: ReadOptions,
): Promise<string> {
  if (entity === null) throw new ValueError("No entity: name one, or set it in the settings");
  checkQueueName(name);
  checkResource(resource);
  const variables = { input: { name: LAUNCH_PROJECT, entityName: entity } };
  await service.graphql.execute(CreateProjectDocument, variables, { signal });
  return entity;
}

/** Python accepts lower case. */
function parseMode<const Mode extends string>(mode: string | null, allowed: readonly Mode[]): Mode | null {
  if (mode === null) return null;
  const known = allowed.find((each) => each === mode.toUpperCase());
  if (known !== undefined) return known;
  throw new ValueError(`The prioritization mode is "${mode}"; expected ${allowed.join(" or ")}`);
}
