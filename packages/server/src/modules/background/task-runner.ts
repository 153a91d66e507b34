/** Does the tasks of the queue: leased, so that a task whose server died is done by the next one. */
import type { Clock } from "../../ports/clock.ts";
import type { Task, TaskQueue } from "../../ports/task-queue.ts";

/** Does one task. May be called again for the same task, also after it succeeded. */
export type TaskHandler = (task: Task, signal: AbortSignal) => Promise<void>;

/** What the runner is built from. */
export interface TaskRunnerParts {
  readonly tasks: TaskQueue;
  readonly clock: Clock;
  /** By kind of task; other kinds are left alone. */
  readonly handlers: Readonly<Record<string, TaskHandler>>;
  /** Told of each failed attempt. */
  readonly onFailure: (task: Task, cause: unknown) => void;
}

const LEASE_MS = 5 * 60_000;
const BATCH = 8;
const FIRST_RETRY_MS = 5000;
const MAX_RETRY_MS = 60 * 60_000;

/** Does due tasks. */
export class TaskRunner {
  readonly #parts: TaskRunnerParts;

  constructor(parts: TaskRunnerParts) {
    this.#parts = parts;
  }

  /** Does the tasks that are due, side by side; returns whether there may be more. */
  async runDue(signal: AbortSignal): Promise<boolean> {
    const { tasks, clock, handlers } = this.#parts;
    const kinds = Object.keys(handlers);
    if (kinds.length === 0) return false;
    const now = clock.now();
    const leased = await tasks.lease({ kinds, now, leaseUntil: later(now, LEASE_MS), limit: BATCH });
    await Promise.all(leased.map((task) => this.#run(task, signal)));
    return leased.length === BATCH;
  }

  async #run(task: Task, signal: AbortSignal): Promise<void> {
    const { tasks, clock, handlers, onFailure } = this.#parts;
    const handler = handlers[task.kind];
    if (handler === undefined) return;
    try {
      await handler(task, signal);
    } catch (cause) {
      onFailure(task, cause);
      const pauseMs = Math.min(FIRST_RETRY_MS * 2 ** task.attempts, MAX_RETRY_MS);
      const error = cause instanceof Error ? cause.message : String(cause);
      await tasks.fail({ taskId: task.taskId, error, runAt: later(clock.now(), pauseMs) });
      return;
    }
    await tasks.complete({ taskId: task.taskId });
  }
}

function later(instant: string, ms: number): string {
  return new Date(Date.parse(instant) + ms).toISOString();
}
