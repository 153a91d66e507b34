import type { NewExecution } from "../executions/execution-store.ts";
import type { Automation } from "./automation.ts";
import type { MetricProgress } from "./engine/metric-progress.ts";

/** Automations, and how far each has watched the metrics of runs. */
export interface AutomationStore {
  /** Creates an automation. Throws `already_exists` when the entity has one of that name. */
  create(automation: NewAutomation): Promise<Automation>;
  /** Changes an automation. Throws `not_found`, and `already_exists` as `create` does. */
  update(change: AutomationChange): Promise<Automation>;
  /** Removes an automation and gives up its deliveries; false when it was not there. */
  delete(request: { readonly automationId: number; readonly now: string }): Promise<boolean>;
  find(request: { readonly automationId: number }): Promise<Automation | undefined>;
  /** Automations by id, after one, of an entity or of a project. */
  list(request: AutomationQuery): Promise<readonly Automation[]>;
  /** Whether any automation would do anything. */
  hasEnabled(): Promise<boolean>;
  /** All automations that are enabled, unless nothing changed since `revision`; its numbers grow with every change. */
  listEnabled(request: {
    readonly revision: number;
  }): Promise<{ readonly revision: number; readonly automations: readonly Automation[] } | undefined>;
  /** How far automations have come with a run. */
  progressOf(request: {
    readonly projectId: number;
    readonly runId: number;
    readonly automationIds: readonly number[];
  }): Promise<readonly StoredProgress[]>;
  /**
   * Records in one transaction what events came to. An execution that is there already, by automation and key of the
   * event, stays as it is; those of automations that are gone, or were made anew meanwhile, are dropped with their
   * progress.
   */
  record(request: Recording): Promise<void>;
}

/** An automation before it has its id. */
export type NewAutomation = Omit<Automation, "id" | "updatedAt" | "afterSeq" | "armedAt">;

/** What to change; what is undefined is left alone. */
export interface AutomationChange extends Partial<
  Pick<
    Automation,
    "name" | "description" | "isEnabled" | "scope" | "event" | "action" | "entityId" | "projectId"
  >
> {
  readonly automationId: number;
  readonly now: string;
}

/** Which automations. */
export interface AutomationQuery {
  readonly of: { readonly entityId: number } | { readonly projectId: number };
  /** @default every name */
  readonly name?: string;
  /** Id of the one before the page; 0 for the first page. */
  readonly after: number;
  readonly limit: number;
}

/** How far one automation has come with one run. */
export interface StoredProgress {
  readonly automationId: number;
  readonly projectId: number;
  readonly runId: number;
  readonly progress: MetricProgress;
}

/** What events came to. */
export interface Recording {
  /** The automations' `afterSeq` as they were judged, by id. */
  readonly judged: ReadonlyMap<number, number>;
  readonly executions: readonly NewExecution[];
  readonly progress: readonly StoredProgress[];
  /** Runs that are gone, whose progress goes too. */
  readonly deletedRuns: readonly { readonly projectId: number; readonly runId: number }[];
}
