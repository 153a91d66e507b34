/** Executions: each firing of an automation or alert of a run, and what became of its delivery. */
import type { AlertSeverity } from "@steelyard/protocol";

/** Where an execution stands. A failed one is in the dead-letter list. */
export const EXECUTION_STATES = ["PENDING", "FINISHED", "FAILED"] as const;

/** One of them. */
export type ExecutionState = (typeof EXECUTION_STATES)[number];

/** What is to be sent, as it was configured when the event happened. */
export type ExecutionMessage =
  | { readonly kind: "webhook"; readonly payload: string | null }
  | {
      readonly kind: "notification";
      readonly title: string;
      readonly text: string;
      readonly severity: AlertSeverity;
    }
  | { readonly kind: "none" };

/** The variables of an event by name; all of them texts, as they are put into texts. */
export type EventVariables = Readonly<Record<string, string>>;

/** An execution. */
export interface Execution {
  readonly id: number;
  readonly entityId: number;
  /** Null for an alert of a run. */
  readonly automationId: number | null;
  /** Null when nothing is to be sent. */
  readonly integrationId: number | null;
  /** Null for what concerns no project. */
  readonly projectId: number | null;
  readonly eventType: string;
  readonly variables: EventVariables;
  readonly message: ExecutionMessage;
  readonly state: ExecutionState;
  readonly attempts: number;
  readonly responseStatus: number | null;
  readonly error: string | null;
  readonly createdAt: string;
  readonly attemptedAt: string | null;
  readonly nextAttemptAt: string | null;
}
