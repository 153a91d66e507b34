/** Creates a run on the server. Apart from `Run` because `Api.createRun` and `Run.create` share it. */
import { DEFAULT_PROJECT } from "@steelyard/protocol";

import { CommError } from "../../core/errors.ts";
import type { ReadOptions } from "../../core/paginator.ts";
import type { Service } from "../../core/service.ts";
import { CreateRunDocument } from "../../generated/documents.ts";

const ID_LENGTH = 8;
const ID_ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";

/** Options of `Run.create` and `api.createRun`. */
export interface CreateRunOptions extends ReadOptions {
  /** The run's id; a run that has it already is taken as it is. @default eight random letters and digits */
  readonly runId?: string | undefined;
  /** @default the project of the settings, else "uncategorized" */
  readonly project?: string | undefined;
  /** @default the entity of the settings, else the caller's default entity */
  readonly entity?: string | undefined;
  /** @default "running" */
  readonly state?: "running" | "pending" | undefined;
}

/**
 * Creates a run, or finds the one of that id, and says where it is.
 *
 * @throws {CommError} when the server refuses, or does not say where the run is.
 */
export async function createRun(
  service: Service,
  options: CreateRunOptions,
): Promise<{ readonly entity: string; readonly project: string; readonly id: string }> {
  const variables = {
    project: options.project ?? service.settings.project ?? DEFAULT_PROJECT,
    entity: options.entity ?? service.settings.entity,
    name: options.runId ?? randomId(),
    state: options.state ?? "running",
  };
  const { signal } = options;
  const { upsertBucket } = await service.graphql.execute(CreateRunDocument, variables, { signal });
  const bucket = upsertBucket?.bucket;
  const entity = bucket?.project?.entity.name ?? variables.entity;
  if (bucket == null || entity === null)
    throw new CommError(`The server did not create the run ${variables.name}`);
  return { entity, project: bucket.project?.name ?? variables.project, id: bucket.name };
}

function randomId(): string {
  const numbers = crypto.getRandomValues(new Uint32Array(ID_LENGTH));
  return Array.from(numbers, (number) => ID_ALPHABET.charAt(number % ID_ALPHABET.length)).join("");
}
