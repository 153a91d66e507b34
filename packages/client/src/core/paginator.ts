/**
 * The one form of every list that a server gives page by page. Pages are kept, so that a list can be walked again and
 * by several readers at once without asking twice; it ends when the server says so, never because a page was empty.
 */
import { reasonOf } from "./clock.ts";
import { CommError, ValueError } from "./errors.ts";

/** One page as its list's class reads it. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Where the next page begins; a list can be resumed from it. Null when the server gives none. */
  readonly cursor: string | null;
  /** Whether the server says that more follows. */
  readonly hasNextPage: boolean;
  /** How many elements the whole list has, where the server says it. */
  readonly total?: number | null;
}

/** What {@link Paginator.loadPage} is asked for. */
export interface PageRequest {
  /** Where the page begins; null for the first one. */
  readonly cursor: string | null;
  /** How many elements at most. */
  readonly perPage: number;
  readonly signal: AbortSignal;
}

/** Options that every list has. */
export interface PaginatorOptions {
  /** How many elements to ask for at once. @default 50 */
  readonly perPage?: number | undefined;
  /** A cursor of an earlier list of the same kind; the list begins after it. */
  readonly start?: string | undefined;
  /** Ends every request of the list. */
  readonly signal?: AbortSignal | undefined;
}

/** Options of one read of a list. */
export interface ReadOptions {
  /** Stops waiting; a request for which nobody waits any more is closed. */
  readonly signal?: AbortSignal | undefined;
}

interface Loading {
  readonly promise: Promise<void>;
  readonly controller: AbortController;
  waiting: number;
}

/**
 * A list that loads its pages as they are needed. Mirrors `wandb.apis.paginator.Paginator` and its kin.
 *
 * ```ts
 * for await (const run of api.runs("team/project")) console.log(run.name);
 * ```
 */
export abstract class Paginator<T> implements AsyncIterable<T> {
  /** How many elements are asked for at once. Mirrors `per_page`. */
  readonly perPage: number;
  readonly #signal: AbortSignal | undefined;
  readonly #objects: T[] = [];
  /** How many elements are loaded at the end of each page. */
  readonly #pageEnds: number[] = [];
  #cursor: string | null;
  #more = true;
  #total: number | null = null;
  #loading: Loading | undefined;
  #position = 0;

  /** @throws {ValueError} when `perPage` is not a positive integer. */
  constructor(options: PaginatorOptions, defaultPerPage = 50) {
    this.perPage = options.perPage ?? defaultPerPage;
    if (!Number.isSafeInteger(this.perPage) || this.perPage < 1) {
      throw new ValueError(`Invalid perPage: expected a positive integer, found ${this.perPage}`);
    }
    this.#cursor = options.start ?? null;
    this.#signal = options.signal;
  }

  /** Asks the server for one page. */
  protected abstract loadPage(request: PageRequest): Promise<Page<T>>;

  /** Everything loaded so far. */
  get objects(): readonly T[] {
    return this.#objects;
  }

  /** Where the next page begins: pass it as `start` to resume later. Null before the first page. */
  get cursor(): string | null {
    return this.#cursor;
  }

  /** Whether there may be more than what is loaded. */
  get more(): boolean {
    return this.#more;
  }

  /** Walks the whole list; what is loaded already is replayed. Leaving the loop stops loading. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for (let index = 0; await this.#reach(index); index += 1) yield* this.#objects.slice(index, index + 1);
  }

  /**
   * The next element of one walk that all callers of `next` share, as Python's `next(paginator)`. Loops have walks of
   * their own.
   */
  async next(options: ReadOptions = {}): Promise<IteratorResult<T, undefined>> {
    const index = this.#position;
    this.#position += 1;
    const isThere = await this.#reach(index, options.signal);
    const value = isThere ? this.#objects[index] : undefined;
    return value === undefined ? { done: true, value: undefined } : { done: false, value };
  }

  /** Walks the list page by page; a page may be empty without being the last. */
  async *pages(options: ReadOptions = {}): AsyncGenerator<readonly T[], void, undefined> {
    for (let index = 0; ; index += 1) {
      while (this.#pageEnds.length <= index && this.#more) await this.#loadMore(options.signal);
      const end = this.#pageEnds[index];
      if (end === undefined) return;
      yield this.#objects.slice(this.#pageEnds[index - 1] ?? 0, end);
    }
  }

  /**
   * The element at an index, or undefined past the end. A negative index counts from the end of the whole list, and so
   * loads all of it.
   */
  async at(index: number, options: ReadOptions = {}): Promise<T | undefined> {
    if (index < 0) await this.#loadAll(options.signal);
    else await this.#reach(index, options.signal);
    return this.#objects.at(index);
  }

  /** The elements from one index up to, not including, another; as `Array.slice`. Without an end it loads everything. */
  async slice(start: number, end?: number, options: ReadOptions = {}): Promise<T[]> {
    if (end === undefined || end < 0 || start < 0) await this.#loadAll(options.signal);
    else if (end > start) await this.#reach(end - 1, options.signal);
    return this.#objects.slice(start, end);
  }

  /** How many elements the whole list has by the server's count, or null where it gives none. May load the first page. */
  async length(options: ReadOptions = {}): Promise<number | null> {
    if (this.#pageEnds.length === 0) await this.#loadMore(options.signal);
    return this.#total;
  }

  /** The first `limit` elements, or all of them. */
  async toArray(options: ReadOptions & { readonly limit?: number } = {}): Promise<T[]> {
    const limit = options.limit ?? Number.POSITIVE_INFINITY;
    if (limit === Number.POSITIVE_INFINITY) await this.#loadAll(options.signal);
    else if (limit > 0) await this.#reach(limit - 1, options.signal);
    return this.#objects.slice(0, Math.max(0, limit));
  }

  async #loadAll(signal: AbortSignal | undefined): Promise<void> {
    while (this.#more) await this.#loadMore(signal);
  }

  /** Loads until an index is there; false when the list ends before it. */
  async #reach(index: number, signal?: AbortSignal): Promise<boolean> {
    while (index >= this.#objects.length && this.#more) await this.#loadMore(signal);
    return index < this.#objects.length;
  }

  /** Loads one page; readers that come while it is on its way wait for the same one. */
  async #loadMore(signal: AbortSignal | undefined): Promise<void> {
    if (signal?.aborted) throw reasonOf(signal);
    const loading = (this.#loading ??= this.#startLoading());
    loading.waiting += 1;
    await waitFor(loading.promise, signal, () => {
      loading.waiting -= 1;
      if (loading.waiting > 0) return;
      loading.controller.abort();
      if (this.#loading === loading) this.#loading = undefined;
    });
  }

  #startLoading(): Loading {
    const controller = new AbortController();
    const signal =
      this.#signal === undefined ? controller.signal : AbortSignal.any([controller.signal, this.#signal]);
    const loading: Loading = { controller, waiting: 0, promise: this.#load(signal) };
    const done = (): void => {
      if (this.#loading === loading) this.#loading = undefined;
    };
    loading.promise.then(done, done);
    return loading;
  }

  async #load(signal: AbortSignal): Promise<void> {
    const from = this.#cursor;
    const page = await this.loadPage({ cursor: from, perPage: this.perPage, signal });
    if (signal.aborted) throw reasonOf(signal);
    if (page.hasNextPage && (page.cursor === null || page.cursor === from)) {
      throw new CommError(
        "The server says that there are more pages but gives no new cursor to continue from",
        {
          code: "invalid_response",
        },
      );
    }
    for (const item of page.items) this.#objects.push(item);
    this.#pageEnds.push(this.#objects.length);
    this.#cursor = page.cursor ?? from;
    this.#more = page.hasNextPage;
    this.#total = page.total ?? this.#total;
  }
}

/** Waits for a promise unless the signal is aborted first; `leave` is called then. */
async function waitFor(
  promise: Promise<void>,
  signal: AbortSignal | undefined,
  leave: () => void,
): Promise<void> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      leave();
      reject(reasonOf(signal));
    };
    signal.addEventListener("abort", stop, { once: true });
    promise.then(resolve, reject).finally(() => {
      signal.removeEventListener("abort", stop);
    });
  });
}
