import type { ItemNotice, RunQueueItem } from "./run-queue-item.ts";

/** Items of queues, handed out one by one. */
export interface RunQueueItemStore {
  /** Throws `not_found` when the queue is not there any more. */
  push(item: NewRunQueueItem): Promise<RunQueueItem>;
  find(request: { readonly itemId: number }): Promise<RunQueueItem | undefined>;
  /** Items of a queue, newest first, with numbers below `before`. */
  list(request: {
    readonly queueId: number;
    readonly before: number | null;
    readonly limit: number;
  }): Promise<readonly RunQueueItem[]>;
  count(request: { readonly queueId: number }): Promise<number>;
  /**
   * Leases the most urgent, then oldest, of the items that wait, those whose lease ran out included, under its next
   * lease number. However many ask at once, each item goes to one of them.
   */
  pop(lease: ItemLease): Promise<RunQueueItem | undefined>;
  /**
   * Announces the run of a leased item. False when the item is gone, failed, handed out anew since, or claimed for
   * another run; repeating it is no failure. A lease that ran out still counts while nobody else took the item.
   */
  claim(request: ItemKey & { readonly runName: string }): Promise<boolean>;
  /** Marks an item as failed, whether it waits, is leased or claimed. False when it is gone or handed out anew since. */
  fail(request: ItemKey & { readonly notice: ItemNotice }): Promise<boolean>;
  /** Adds a warning unless the item has it; false when the item is gone. */
  warn(request: {
    readonly itemId: number;
    readonly notice: ItemNotice;
    readonly now: string;
  }): Promise<boolean>;
  /** False when the queue has no such item. */
  delete(request: { readonly queueId: number; readonly itemId: number }): Promise<boolean>;
}

/** An item to add. */
export interface NewRunQueueItem {
  readonly queueId: number;
  readonly projectId: number;
  readonly priority: number;
  readonly runSpec: string;
  readonly targetEntity: string;
  readonly targetProject: string;
  readonly userId: number;
  readonly now: string;
}

/** Who takes from which queue until when. */
export interface ItemLease {
  readonly queueId: number;
  readonly agentId: number | null;
  readonly now: string;
  readonly leaseUntil: string;
}

/** An item under a lease. */
export interface ItemKey {
  readonly itemId: number;
  /** The lease that the caller has; null for the first one, or none. */
  readonly leaseNumber: number | null;
  readonly now: string;
}
