/** Work done later and at least once, by whichever process holds the lease. */
export interface TaskQueue {
  /** Adds a task; a waiting task of the same key is kept and only moved to the earlier time. */
  enqueue(task: NewTask): Promise<void>;
  /** Leases the due tasks of the given kinds, the longest due first, until `leaseUntil`. */
  lease(request: TaskLease): Promise<readonly Task[]>;
  /** Removes a task that is done. */
  complete(request: { readonly taskId: number }): Promise<void>;
  /** Gives a failed task back, to be due at `runAt`, with one more attempt counted. */
  fail(request: { readonly taskId: number; readonly error: string; readonly runAt: string }): Promise<void>;
}

/** A task to add. */
export interface NewTask {
  readonly kind: string;
  /** One waiting task for each key. */
  readonly key: string;
  /** JSON text. */
  readonly payload: string;
  readonly runAt: string;
}

/** Which tasks to take. */
export interface TaskLease {
  readonly kinds: readonly string[];
  readonly now: string;
  readonly leaseUntil: string;
  readonly limit: number;
}

/** A leased task. */
export interface Task {
  readonly taskId: number;
  readonly kind: string;
  readonly key: string;
  readonly payload: string;
  readonly attempts: number;
}
