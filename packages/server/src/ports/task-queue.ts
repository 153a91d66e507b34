/** Work done later and at least once, by whichever process holds the lease. */
export interface TaskQueue {
  /**
   * Adds a task; a waiting task of the same kind and key is kept and only moved to the earlier time. One that is leased
   * no longer waits, so what is added meanwhile is done after it.
   */
  enqueue(task: NewTask): Promise<void>;
  /**
   * Leases the due tasks of the given kinds, the longest due first, until `leaseUntil`. A task whose lease ran out is
   * due again; of tasks of the same kind and key only one is leased at a time.
   */
  lease(request: TaskLease): Promise<readonly Task[]>;
  /** Ends all leases: for a start of the only process that works on the queue, whose former self may have been killed. */
  release(): Promise<void>;
  /** Removes a task that is done; one that is not there is no error. */
  complete(request: { readonly taskId: number }): Promise<void>;
  /**
   * Gives a failed task back, to be due at `runAt`, with one more attempt counted. Where another of the same kind and
   * key waits by now, that one takes its place.
   */
  fail(request: { readonly taskId: number; readonly error: string; readonly runAt: string }): Promise<void>;
}

/** A task to add. */
export interface NewTask {
  readonly kind: string;
  /** One waiting task for each kind and key. */
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
  /** How often it has failed. */
  readonly attempts: number;
}
