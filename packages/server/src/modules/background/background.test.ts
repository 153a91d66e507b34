import { afterEach, describe, expect, it, vi } from "vitest";
import type { NewTask, Task, TaskLease, TaskQueue } from "../../ports/task-queue.ts";
import { BackgroundLoop } from "./background-loop.ts";
import { TaskRunner } from "./task-runner.ts";

const clock = { now: () => "2026-03-01T10:00:00.000Z" };

/** A queue that gives out what it is told to and writes down what it hears. */
class ListedQueue implements TaskQueue {
  readonly heard: unknown[] = [];
  #tasks: Task[];

  constructor(kinds: readonly string[]) {
    this.#tasks = kinds.map((kind, index) => ({
      taskId: index + 1,
      kind,
      key: kind,
      payload: "{}",
      attempts: 1,
    }));
  }

  enqueue(task: NewTask): Promise<void> {
    this.heard.push(task);
    return Promise.resolve();
  }

  lease({ kinds, limit }: TaskLease): Promise<readonly Task[]> {
    const leased = this.#tasks.filter((task) => kinds.includes(task.kind)).slice(0, limit);
    this.#tasks = this.#tasks.filter((task) => !leased.includes(task));
    return Promise.resolve(leased);
  }

  release(): Promise<void> {
    return Promise.resolve();
  }

  complete(request: { readonly taskId: number }): Promise<void> {
    this.heard.push({ done: request.taskId });
    return Promise.resolve();
  }

  fail(request: { readonly taskId: number; readonly error: string; readonly runAt: string }): Promise<void> {
    this.heard.push({ failed: request.taskId, error: request.error, runAt: request.runAt });
    return Promise.resolve();
  }
}

describe("the task runner", () => {
  it("does tasks of its kinds and gives failed ones back for later", async () => {
    const tasks = new ListedQueue(["good", "bad", "foreign"]);
    const failures: string[] = [];
    const runner = new TaskRunner({
      tasks,
      clock,
      handlers: { good: () => Promise.resolve(), bad: () => Promise.reject(new Error("no luck")) },
      onFailure: (task) => failures.push(task.kind),
    });
    expect(await runner.runDue(new AbortController().signal)).toBe(false);
    expect(failures).toEqual(["bad"]);
    expect(tasks.heard).toEqual(
      expect.arrayContaining([
        { done: 1 },
        { failed: 2, error: "no luck", runAt: "2026-03-01T10:00:10.000Z" },
      ]),
    );
    expect(tasks.heard).toHaveLength(2);
  });

  it("says that there may be more after a full batch", async () => {
    const tasks = new ListedQueue(Array.from({ length: 9 }, () => "good"));
    const runner = new TaskRunner({
      tasks,
      clock,
      handlers: { good: () => Promise.resolve() },
      onFailure: vi.fn(),
    });
    const { signal } = new AbortController();
    expect(await runner.runDue(signal)).toBe(true);
    expect(await runner.runDue(signal)).toBe(false);
    expect(tasks.heard).toHaveLength(9);
  });
});

describe("a background loop", () => {
  const loops: BackgroundLoop[] = [];
  afterEach(() => Promise.all(loops.splice(0).map((loop) => loop.stop())));

  it("goes on at once while more is waiting, and stops in the middle of a pause", async () => {
    let rounds = 0;
    const done = Promise.withResolvers<undefined>();
    const loop = new BackgroundLoop({
      name: "test",
      pauseMs: 60_000,
      onFailure: vi.fn(),
      round: () => {
        rounds += 1;
        if (rounds === 3) done.resolve(undefined);
        return Promise.resolve(rounds < 3);
      },
    });
    loops.push(loop);
    loop.start();
    loop.start();
    await done.promise;
    await loop.stop();
    expect(rounds).toBe(3);
  });

  it("reports a failed round and goes on", async () => {
    const failures: unknown[] = [];
    const again = Promise.withResolvers<undefined>();
    let rounds = 0;
    const loop = new BackgroundLoop({
      name: "test",
      pauseMs: 1,
      onFailure: (name, cause) => failures.push([name, cause]),
      round: () => {
        rounds += 1;
        if (rounds === 1) return Promise.reject(new Error("once"));
        again.resolve(undefined);
        return Promise.resolve(false);
      },
    });
    loops.push(loop);
    loop.start();
    await again.promise;
    expect(failures).toEqual([["test", new Error("once")]]);
  });
});
