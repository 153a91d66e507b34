/** Tasks in a SQL table, leased by time. */
import type { Kysely, Transaction } from "kysely";
import type { NewTask, Task, TaskLease, TaskQueue } from "../../ports/task-queue.ts";
import type { MetadataTables } from "./tables.ts";

/** `TaskQueue` over any SQL dialect. */
export class SqlTaskQueue implements TaskQueue {
  readonly #db: Kysely<MetadataTables>;

  constructor(parts: { readonly db: Kysely<MetadataTables> }) {
    this.#db = parts.db;
  }

  enqueue(task: NewTask): Promise<void> {
    return this.#db.transaction().execute((trx) => enqueueTask(trx, task));
  }

  lease(request: TaskLease): Promise<readonly Task[]> {
    if (request.kinds.length === 0) return Promise.resolve([]);
    return this.#db.transaction().execute(async (trx) => {
      const due = await trx
        .selectFrom("tasks")
        .select(["id", "kind", "key", "payload", "attempts"])
        .where("kind", "in", request.kinds)
        .where("run_at", "<=", request.now)
        .where((eb) => eb.or([eb("leased_until", "is", null), eb("leased_until", "<=", request.now)]))
        .where((eb) =>
          eb.not(
            eb.exists(
              eb
                .selectFrom("tasks as others")
                .select("others.id")
                .whereRef("others.kind", "=", "tasks.kind")
                .whereRef("others.key", "=", "tasks.key")
                .where("others.leased_until", ">", request.now),
            ),
          ),
        )
        .orderBy("run_at")
        .orderBy("id")
        .limit(request.limit)
        .execute();
      const leased = [...Map.groupBy(due, (task) => JSON.stringify([task.kind, task.key])).values()].flatMap(
        ([first]) => first ?? [],
      );
      if (leased.length === 0) return [];
      await trx
        .updateTable("tasks")
        .set({ leased_until: request.leaseUntil })
        .where(
          "id",
          "in",
          leased.map((task) => task.id),
        )
        .execute();
      return leased.map(({ id, ...task }) => ({ taskId: id, ...task }));
    });
  }

  release(): Promise<void> {
    return this.#db.transaction().execute(async (trx) => {
      const leased = await trx
        .selectFrom("tasks")
        .select(["id", "kind", "key"])
        .where("leased_until", "is not", null)
        .execute();
      for (const task of leased) {
        // Another of the same kind and key that waits takes its place, as after a failure.
        if ((await findWaiting(trx, task)) === undefined) {
          await trx.updateTable("tasks").set({ leased_until: null }).where("id", "=", task.id).execute();
        } else {
          await trx.deleteFrom("tasks").where("id", "=", task.id).execute();
        }
      }
    });
  }

  async complete(request: { readonly taskId: number }): Promise<void> {
    await this.#db.deleteFrom("tasks").where("id", "=", request.taskId).execute();
  }

  fail(request: { readonly taskId: number; readonly error: string; readonly runAt: string }): Promise<void> {
    return this.#db.transaction().execute(async (trx) => {
      const task = await trx
        .selectFrom("tasks")
        .select(["kind", "key"])
        .where("id", "=", request.taskId)
        .executeTakeFirst();
      if (task === undefined) return;
      const waiting = await findWaiting(trx, task);
      if (waiting !== undefined) {
        await trx.deleteFrom("tasks").where("id", "=", request.taskId).execute();
        return;
      }
      await trx
        .updateTable("tasks")
        .set((eb) => ({
          leased_until: null,
          run_at: request.runAt,
          last_error: request.error,
          attempts: eb("attempts", "+", 1),
        }))
        .where("id", "=", request.taskId)
        .execute();
    });
  }
}

/** Adds a task when, and only when, the transaction commits. */
export async function enqueueTask(trx: Transaction<MetadataTables>, task: NewTask): Promise<void> {
  const waiting = await findWaiting(trx, task);
  if (waiting === undefined) {
    const { kind, key, payload, runAt } = task;
    await trx.insertInto("tasks").values({ kind, key, payload, run_at: runAt }).execute();
  } else if (task.runAt < waiting.run_at) {
    await trx.updateTable("tasks").set({ run_at: task.runAt }).where("id", "=", waiting.id).execute();
  }
}

async function findWaiting(
  trx: Transaction<MetadataTables>,
  task: Pick<NewTask, "kind" | "key">,
): Promise<{ readonly id: number; readonly run_at: string } | undefined> {
  return trx
    .selectFrom("tasks")
    .select(["id", "run_at"])
    .where("kind", "=", task.kind)
    .where("key", "=", task.key)
    .where("leased_until", "is", null)
    .executeTakeFirst();
}
