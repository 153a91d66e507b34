// What every queue of tasks must do.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { NewTask, Task, TaskQueue } from "@steelyard/server";

/** A queue to test, empty. */
export interface TaskQueueUnderTest {
  readonly tasks: TaskQueue;
  close(): Promise<void>;
}

/** Declares the suite; `create` is called before each test. */
export function describeTaskQueue(name: string, create: () => Promise<TaskQueueUnderTest>): void {
  describe(name, () => {
    let under: TaskQueueUnderTest;
    let tasks: TaskQueue;

    beforeEach(async () => {
      under = await create();
      tasks = under.tasks;
    });
    afterEach(() => under.close());

    const add = (key: string, changes: Partial<NewTask> = {}): Promise<void> =>
      tasks.enqueue({ kind: "seal", key, payload: `{"key":"${key}"}`, runAt: at(0), ...changes });
    const lease = (
      minute: number,
      changes: { readonly kinds?: readonly string[]; readonly limit?: number } = {},
    ): Promise<readonly Task[]> =>
      tasks.lease({ kinds: ["seal"], now: at(minute), leaseUntil: at(minute + 5), limit: 10, ...changes });
    const keys = async (minute: number): Promise<readonly string[]> =>
      (await lease(minute)).map((task) => task.key);

    it("leases a task with everything that it was given, once", async () => {
      await add("a");
      const [task] = await lease(1);
      expect(task).toEqual({
        taskId: task?.taskId,
        kind: "seal",
        key: "a",
        payload: '{"key":"a"}',
        attempts: 0,
      });
      expect(await lease(1)).toEqual([]);
    });

    it("leases what is due and of the kinds asked for, the longest due first, up to the limit", async () => {
      await add("late", { runAt: at(2) });
      await add("future", { runAt: at(9) });
      await add("early", { runAt: at(1) });
      await add("foreign", { kind: "mail" });
      expect((await lease(3, { limit: 1 })).map((task) => task.key)).toEqual(["early"]);
      expect(await keys(3)).toEqual(["late"]);
      expect(await lease(3, { kinds: [] })).toEqual([]);
      expect((await lease(3, { kinds: ["mail", "seal"] })).map((task) => task.key)).toEqual(["foreign"]);
    });

    it("keeps one waiting task of a kind and key, at the earlier time", async () => {
      await add("a", { runAt: at(5), payload: "1" });
      await add("a", { runAt: at(1), payload: "2" });
      await add("a", { runAt: at(9), payload: "3" });
      await add("a", { kind: "mail", runAt: at(1) });
      expect(await lease(2)).toMatchObject([{ payload: "1" }]);
      expect(await lease(60, { kinds: ["mail"] })).toHaveLength(1);
    });

    it("does what is added during a lease after it, not beside it", async () => {
      await add("a", { payload: "first" });
      const [first] = await lease(1);
      await add("a", { payload: "second" });
      expect(await keys(2)).toEqual([]);
      await complete(first);
      expect(await lease(2)).toMatchObject([{ payload: "second" }]);
    });

    it("gives a task whose lease ran out to the next, but not twice at once", async () => {
      await add("a", { payload: "first" });
      const [lost] = await lease(1);
      await add("a", { payload: "second" });
      expect(await keys(5)).toEqual([]);
      const again = await lease(6);
      expect(again).toEqual([lost]);
      await complete(lost);
      expect(await lease(6)).toMatchObject([{ payload: "second" }]);
    });

    it("forgets a task that is done; doing it again is no error", async () => {
      await add("a");
      const [task] = await lease(1);
      await complete(task);
      await complete(task);
      expect(await keys(60)).toEqual([]);
    });

    it("gives a failed task back for later, counting its failures", async () => {
      await add("a");
      const [task] = await lease(1);
      await fail(task, at(3));
      expect(await keys(2)).toEqual([]);
      expect(await lease(3)).toMatchObject([{ key: "a", attempts: 1 }]);
      await fail(task, at(4));
      expect(await lease(4)).toMatchObject([{ attempts: 2 }]);
    });

    it("lets a waiting task take the place of a failed one", async () => {
      await add("a", { payload: "first" });
      const [task] = await lease(1);
      await add("a", { payload: "second", runAt: at(2) });
      await fail(task, at(30));
      expect(await lease(2)).toMatchObject([{ payload: "second" }]);
      expect(await keys(60)).toEqual(["a"]);
    });

    it("takes failures of tasks that are gone", async () => {
      await tasks.fail({ taskId: 12345, error: "late", runAt: at(1) });
      expect(await keys(60)).toEqual([]);
    });

    it("leases each task to one of many who ask at once", async () => {
      for (let index = 0; index < 20; index += 1) await add(`t${index}`);
      const leases = await Promise.all(Array.from({ length: 5 }, () => lease(1, { limit: 6 })));
      const leased = leases.flat().map((task) => task.key);
      expect(leased).toHaveLength(20);
      expect(new Set(leased).size).toBe(20);
    });

    async function complete(task: Task | undefined): Promise<void> {
      await tasks.complete({ taskId: idOf(task) });
    }

    async function fail(task: Task | undefined, runAt: string): Promise<void> {
      await tasks.fail({ taskId: idOf(task), error: "no luck", runAt });
    }
  });
}

function idOf(task: Task | undefined): number {
  if (task === undefined) throw new Error("nothing was leased");
  return task.taskId;
}

function at(minute: number): string {
  return new Date(Date.UTC(2026, 2, 1, 10, minute)).toISOString();
}
