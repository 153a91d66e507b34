import type {
  PrioritizationMode,
  QueueAccess,
  ResourceConfig,
  RunQueue,
  TemplateVariable,
} from "./run-queue.ts";

/** Queues by project and name, and the resource configs of entities. */
export interface RunQueueStore {
  createConfig(config: NewResourceConfig): Promise<ResourceConfig>;
  findConfig(request: { readonly configId: number }): Promise<ResourceConfig | undefined>;
  /** Throws `already_exists` when the project has a queue of that name. */
  create(queue: NewRunQueue): Promise<RunQueue>;
  /**
   * Creates the queue of that name with a config of its own, or replaces config, links and mode of the one that is
   * there; access and creator of that one stay.
   */
  upsert(queue: RunQueueUpsert): Promise<{ readonly queue: RunQueue; readonly inserted: boolean }>;
  find(
    request: { readonly queueId: number } | { readonly projectId: number; readonly name: string },
  ): Promise<RunQueue | undefined>;
  /** All queues of a project, by name. */
  list(request: { readonly projectId: number }): Promise<readonly RunQueue[]>;
  /** Deletes a queue with its items, and its config unless another queue has it too; agents poll it no more. False when it was not there. */
  delete(request: { readonly queueId: number }): Promise<boolean>;
}

/** A resource config to keep. */
export interface NewResourceConfig {
  readonly entityId: number;
  readonly resource: string;
  readonly config: string;
  readonly templateVariables: readonly TemplateVariable[];
  readonly now: string;
}

/** A queue to create. */
export interface NewRunQueue {
  readonly projectId: number;
  readonly name: string;
  readonly access: QueueAccess;
  readonly prioritizationMode: PrioritizationMode | null;
  readonly configId: number | null;
  readonly userId: number;
  readonly now: string;
}

/** A queue as it is to be. */
export interface RunQueueUpsert {
  readonly projectId: number;
  readonly name: string;
  readonly prioritizationMode: PrioritizationMode | null;
  readonly externalLinks: string | null;
  readonly config: Omit<NewResourceConfig, "now">;
  readonly userId: number;
  readonly now: string;
}
