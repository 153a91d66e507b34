/**
 * Delivers executions, one after another for each integration. What fails for the moment is tried again, each time
 * later; what fails for good, or too often, is in the dead-letter list.
 */
import { z } from "zod";
import type { Clock } from "../../ports/clock.ts";
import type { Task, TaskQueue } from "../../ports/task-queue.ts";
import type { WebhookOutcome } from "../../ports/webhook-sender.ts";
import type { IntegrationStore } from "../integrations/integration-store.ts";
import type { Execution } from "./execution.ts";
import type { ExecutionStore, SettledAttempt } from "./execution-store.ts";
import type { MessageSender } from "./message-sender.ts";

/** What deliveries are made with. */
export interface DeliveryParts {
  readonly executions: ExecutionStore;
  readonly integrations: Pick<IntegrationStore, "find">;
  readonly sender: MessageSender;
  readonly tasks: Pick<TaskQueue, "enqueue">;
  readonly clock: Clock;
}

/** Attempts until an execution is given up: three hours, with the pauses between them. */
export const MAX_ATTEMPTS = 15;

const FIRST_PAUSE_MS = 1000;
const MAX_PAUSE_MS = 60 * 60 * 1000;
/** Few enough that a lease does not run out over them. */
const AT_ONCE = 20;

const payload = z.object({ integrationId: z.number().int() });

/** Does the tasks that deliver. */
export class Delivery {
  readonly #parts: DeliveryParts;

  constructor(parts: DeliveryParts) {
    this.#parts = parts;
  }

  /** Delivers what is due at one integration. */
  async run(task: Task, signal: AbortSignal): Promise<void> {
    const { executions, tasks, clock } = this.#parts;
    const { integrationId } = payload.parse(JSON.parse(task.payload));
    const due = await executions.listDue({ integrationId, now: clock.now(), limit: AT_ONCE });
    for (const execution of due) {
      const { isDelivered, isRetryable } = await this.#deliver(execution, integrationId, signal);
      // Whatever ails the other side now ails the next message too; that one gets its own attempt a little later.
      if (!isDelivered && isRetryable) break;
    }
    const runAt = await executions.findNextDue({ integrationId });
    if (runAt !== undefined) await tasks.enqueue({ ...task, runAt });
  }

  async #deliver(execution: Execution, integrationId: number, signal: AbortSignal): Promise<WebhookOutcome> {
    const { executions, integrations, sender, clock } = this.#parts;
    const integration = await integrations.find({ integrationId });
    const outcome =
      integration === undefined
        ? failure("The integration was deleted")
        : await sender.send(integration, execution, signal);
    await executions.settle(toAttempt(execution, outcome, clock.now()));
    return outcome;
  }
}

/** What an attempt makes of an execution. */
export function toAttempt(execution: Execution, outcome: WebhookOutcome, now: string): SettledAttempt {
  const { isDelivered, isRetryable, status, error, retryAfterMs } = outcome;
  const attempts = execution.attempts + 1;
  const isPending = !isDelivered && isRetryable && attempts < MAX_ATTEMPTS;
  const pauseMs = Math.min(
    Math.max(FIRST_PAUSE_MS * 2 ** execution.attempts, retryAfterMs ?? 0),
    MAX_PAUSE_MS,
  );
  return {
    executionId: execution.id,
    state: isPending ? "PENDING" : isDelivered ? "FINISHED" : "FAILED",
    responseStatus: status,
    error,
    attemptedAt: now,
    nextAttemptAt: isPending ? new Date(Date.parse(now) + pauseMs).toISOString() : null,
  };
}

function failure(error: string): WebhookOutcome {
  return { isDelivered: false, isRetryable: false, status: null, retryAfterMs: null, error };
}
