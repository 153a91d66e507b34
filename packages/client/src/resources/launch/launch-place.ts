/** What the classes of launch share: where queues are, and what they may run on. */
import { ValueError } from "../../core/errors.ts";

/** The project that holds an entity's queues unless another is named. */
export const LAUNCH_PROJECT = "model-registry";

/** What a queue's jobs run on. */
export const RUN_QUEUE_RESOURCES = [
  "local-container",
  "local-process",
  "kubernetes",
  "sagemaker",
  "gcp-vertex",
] as const;

/** One of them. */
export type RunQueueResource = (typeof RUN_QUEUE_RESOURCES)[number];

const MAX_NAME_LENGTH = 64;

/** @throws {ValueError} unless it is a name that a queue may have. */
export function checkQueueName(name: string): void {
  if (name.length === 0) throw new ValueError("The name of a run queue must not be empty");
  if (name.length > MAX_NAME_LENGTH)
    throw new ValueError(`The name of a run queue has at most ${MAX_NAME_LENGTH} characters`);
}

/** @throws {ValueError} unless it is a resource that queues know. */
export function checkResource(resource: string): void {
  if (RUN_QUEUE_RESOURCES.some((known) => known === resource)) return;
  throw new ValueError(`The resource is "${resource}"; expected one of ${RUN_QUEUE_RESOURCES.join(", ")}`);
}
