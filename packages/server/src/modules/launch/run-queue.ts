/** Queues of jobs, and what the jobs get to run on. */

/** Who may see and use a queue: those who may change its project; its creator and administrators of the entity. */
export const QUEUE_ACCESS = ["PROJECT", "USER"] as const;

/** One kind of access. */
export type QueueAccess = (typeof QUEUE_ACCESS)[number];

/** Whether items have priorities. */
export const PRIORITIZATION_MODES = ["DISABLED", "V0"] as const;

/** One such mode. */
export type PrioritizationMode = (typeof PRIORITIZATION_MODES)[number];

/** The project that holds an entity's queues unless another is named. */
export const LAUNCH_PROJECT = "model-registry";

/** A queue of a project. */
export interface RunQueue {
  readonly id: number;
  readonly projectId: number;
  readonly name: string;
  readonly access: QueueAccess;
  readonly prioritizationMode: PrioritizationMode | null;
  /** Null when items bring their own resources. */
  readonly configId: number | null;
  /** JSON text. */
  readonly externalLinks: string | null;
  readonly createdByUserId: number;
  readonly createdBy: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** What the items of a queue run on. */
export interface ResourceConfig {
  readonly id: number;
  readonly entityId: number;
  /** What runs the jobs, such as local-process. */
  readonly resource: string;
  /** JSON text of an object with `resource_args`. */
  readonly config: string;
  readonly templateVariables: readonly TemplateVariable[];
}

/** A value that whoever adds an item chooses; `{{name}}` stands for it in the config. */
export interface TemplateVariable {
  readonly name: string;
  readonly description: string | null;
  /** JSON schema as text. */
  readonly schema: string;
}
