import type { Execution, ExecutionState } from "./execution.ts";

/** The kind of the tasks that deliver; the key is that of the integration, so that each is called one by one. */
export const DELIVERY_TASK = "automation.delivery";

/** Executions and their deliveries. New ones come with what caused them: recordings of automations, alerts of runs. */
export interface ExecutionStore {
  find(request: { readonly executionId: number }): Promise<Execution | undefined>;
  /** Executions, newest first. */
  list(request: ExecutionQuery): Promise<readonly Execution[]>;
  /** Pending executions of an integration whose time has come, oldest first. */
  listDue(request: {
    readonly integrationId: number;
    readonly now: string;
    readonly limit: number;
  }): Promise<readonly Execution[]>;
  /** When the next pending execution of an integration is due; undefined when there is none. */
  findNextDue(request: { readonly integrationId: number }): Promise<string | undefined>;
  /** Writes down how an attempt ended. One that is no longer pending stays as it is. */
  settle(attempt: SettledAttempt): Promise<void>;
  /** Makes a failed execution pending again, with a task to deliver it; undefined when it is not there or not failed. */
  redeliver(request: { readonly executionId: number; readonly now: string }): Promise<Execution | undefined>;
  /** Removes some of the executions that ended before an instant; returns how many, 0 when none are left. */
  prune(request: { readonly endedBefore: string }): Promise<number>;
}

/** An execution to add; with an integration it is delivered, without one it is finished. */
export interface NewExecution extends Omit<
  Execution,
  "id" | "state" | "attempts" | "responseStatus" | "error" | "attemptedAt" | "nextAttemptAt"
> {
  /** Names the event for the automation: one that is there already is not added again. */
  readonly eventKey: string;
  /** Set when nothing is to be tried because the event could not be judged. @default none */
  readonly error?: string;
}

/** Which executions. */
export interface ExecutionQuery {
  readonly of: { readonly entityId: number } | { readonly automationId: number } | "all";
  /** @default every state */
  readonly state?: ExecutionState | undefined;
  /** Id of the one before the page. @default the newest */
  readonly before?: number | undefined;
  readonly limit: number;
}

/** How an attempt ended. */
export interface SettledAttempt {
  readonly executionId: number;
  readonly state: ExecutionState;
  readonly responseStatus: number | null;
  readonly error: string | null;
  readonly attemptedAt: string;
  readonly nextAttemptAt: string | null;
}
