import type { AlertSeverity } from "@steelyard/protocol";

/** A message that a run sent to people. */
export interface Alert {
  readonly alertId: number;
  readonly projectId: number;
  readonly runId: number;
  readonly title: string;
  readonly text: string;
  readonly severity: AlertSeverity;
  readonly userId: number;
  readonly createdAt: string;
}
