import type { RunKey } from "../history/history-log.ts";
import type { Alert } from "./alert.ts";

/** The alerts of runs. */
export interface AlertStore {
  /**
   * Stores an alert, and an execution for each integration of the entity that sends alerts on, unless the run has one
   * of the same title from after `unlessSince`; undefined when it has. Atomic, so
   * that of several processes one is heard.
   */
  add(alert: NewAlert): Promise<Alert | undefined>;
  /** A run's alerts, newest first. */
  list(request: RunKey & { readonly limit: number }): Promise<readonly Alert[]>;
}

/** An alert to store. */
export interface NewAlert extends Omit<Alert, "alertId"> {
  /** Null to store it in any case. */
  readonly unlessSince: string | null;
  /** For the integrations that are told of alerts; they are told in the same transaction. @default no variables */
  readonly variables?: Readonly<Record<string, string>>;
}
