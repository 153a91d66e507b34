/** Automations: an event in a scope, and what to do when it happens. */
import type { AlertSeverity } from "@steelyard/protocol";
import type { MetricCondition } from "./metric-condition.ts";

/** What an automation can watch, by W&B's names. */
export const SCOPE_TYPES = ["PROJECT", "ARTIFACT_COLLECTION", "ENTITY"] as const;

/** One of them. */
export type ScopeType = (typeof SCOPE_TYPES)[number];

/** What an automation watches. */
export interface AutomationScope {
  readonly type: ScopeType;
  /** Of the project, the collection or the entity. */
  readonly id: number;
}

/** Events of artifacts and their collections, by W&B's names. */
export const ARTIFACT_EVENT_TYPES = [
  "CREATE_ARTIFACT",
  "LINK_MODEL",
  "UNLINK_ARTIFACT",
  "ADD_ARTIFACT_ALIAS",
  "ADD_ARTIFACT_TAG",
  "REMOVE_ARTIFACT_TAG",
  "ADD_COLLECTION_TAG",
  "REMOVE_COLLECTION_TAG",
] as const;

/** One of them. */
export type ArtifactEventType = (typeof ARTIFACT_EVENT_TYPES)[number];

/** Events of runs' metrics, by W&B's names. */
export const METRIC_EVENT_TYPES = ["RUN_METRIC", "RUN_METRIC_CHANGE", "RUN_METRIC_ZSCORE"] as const;

/** One of them. */
export type MetricEventType = (typeof METRIC_EVENT_TYPES)[number];

/** Every kind of event that an automation can wait for. */
export type AutomationEventType = ArtifactEventType | MetricEventType | "RUN_STATE";

/** The states that automations know; a run that crashed has failed. */
export const COARSE_RUN_STATES = ["RUNNING", "FINISHED", "FAILED"] as const;

/** One of them. */
export type CoarseRunState = (typeof COARSE_RUN_STATES)[number];

/** What has to happen. Filters are JSON text of the filter language, and were checked. */
export type AutomationEvent =
  | { readonly type: ArtifactEventType; readonly filter: string }
  | { readonly type: MetricEventType; readonly runFilter: string; readonly condition: MetricCondition }
  | {
      readonly type: "RUN_STATE";
      readonly runFilter: string;
      readonly states: readonly CoarseRunState[];
    };

/** What to do. */
export type AutomationAction =
  | {
      readonly type: "NOTIFICATION";
      readonly integrationId: number;
      readonly title: string;
      readonly message: string;
      readonly severity: AlertSeverity;
    }
  | {
      readonly type: "GENERIC_WEBHOOK";
      readonly integrationId: number;
      /** JSON text with variables in its strings; null for all variables as they are. */
      readonly payload: string | null;
    }
  | { readonly type: "NO_OP" };

/** An automation. */
export interface Automation {
  readonly id: number;
  /** The owner of the scope. */
  readonly entityId: number;
  /** The project of the scope; null for a whole entity. */
  readonly projectId: number | null;
  /** Unique in the entity. */
  readonly name: string;
  readonly description: string | null;
  readonly isEnabled: boolean;
  readonly scope: AutomationScope;
  readonly event: AutomationEvent;
  readonly action: AutomationAction;
  readonly userId: number;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** The last change of the feed that is none of its business: what happened before it was made, or made anew. */
  readonly afterSeq: number;
  /** When that was. */
  readonly armedAt: string;
}
