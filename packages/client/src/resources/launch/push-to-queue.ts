/** Adds an item to a queue, by name. */
import { printJson } from "@steelyard/protocol";
import type { JsonObject, JsonValue } from "@steelyard/protocol";

import { CommError, NotFoundError, isConflict } from "../../core/errors.ts";
import type { ReadOptions } from "../../core/paginator.ts";
import type { Service } from "../../core/service.ts";
import { CreateRunQueueDocument, PushToRunQueueByNameDocument } from "../../generated/launch-documents.ts";
import { LAUNCH_PROJECT } from "./launch-place.ts";

/** The queue that is made when it is missing, as W&B's clients do. */
const DEFAULT_QUEUE = "default";

/** What to add. */
export interface NewItem {
  readonly spec: { readonly [key: string]: JsonValue };
  readonly priority: number | undefined;
  readonly templateVariables: JsonObject | undefined;
}

/** Which queue. */
export interface QueuePlace {
  readonly entity: string;
  /** @default "model-registry" */
  readonly project: string | undefined;
  readonly queue: string;
}

/**
 * Adds an item and answers with its id.
 *
 * @throws {NotFoundError} when there is no such queue.
 * @throws {CommError} when the server refuses.
 */
export async function pushToQueue(
  service: Service,
  { entity, queue, ...place }: QueuePlace,
  item: NewItem,
  options: ReadOptions,
): Promise<string> {
  const address = { entity, project: place.project ?? LAUNCH_PROJECT, queue };
  const found = await push(service, address, item, options);
  if (found !== null) return found;
  if (queue === DEFAULT_QUEUE) {
    await createDefault(service, address, options);
    const made = await push(service, address, item, options);
    if (made !== null) return made;
  }
  throw new NotFoundError(`Run queue ${entity}/${address.project}/${queue} not found`);
}

type Address = Required<{ readonly entity: string; readonly project: string; readonly queue: string }>;

async function push(
  service: Service,
  address: Address,
  { spec, priority, templateVariables }: NewItem,
  options: ReadOptions,
): Promise<string | null> {
  const variables = {
    ...address,
    runSpec: printJson(spec),
    templateVariableValues: templateVariables === undefined ? null : printJson(templateVariables),
    priority: priority ?? null,
  };
  const { graphql } = service;
  const { pushToRunQueueByName } = await graphql.execute(PushToRunQueueByNameDocument, variables, options);
  return pushToRunQueueByName?.runQueueItemId ?? null;
}

async function createDefault(service: Service, address: Address, options: ReadOptions): Promise<void> {
  const variables = { ...address, access: "PROJECT", prioritizationMode: null, configId: null } as const;
  try {
    const { createRunQueue } = await service.graphql.execute(CreateRunQueueDocument, variables, options);
    if (createRunQueue?.success !== true) throw new CommError("The server did not create the default queue");
  } catch (error) {
    // Somebody else was quicker.
    if (!isConflict(error)) throw error;
  }
}
