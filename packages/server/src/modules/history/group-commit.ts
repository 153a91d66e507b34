/**
 * Commits together what arrives while a commit runs. One commit runs at a time, in the order of arrival; what cannot
 * be committed fails alone.
 */
import { ServerError } from "../../errors.ts";
import { nextTurn } from "./next-turn.ts";

/** How to commit. */
export interface GroupCommitParts<Item, Result> {
  /** Makes all items durable or none, and returns a result for each, in order. */
  readonly commit: (items: readonly Item[]) => Promise<readonly Result[]>;
  /** Items that share a commit at most. */
  readonly maxItems: number;
}

/** Takes items one by one and commits them in groups. */
export class GroupCommit<Item, Result> {
  readonly #parts: GroupCommitParts<Item, Result>;
  #waiting: Waiting<Item, Result>[] = [];
  #isCommitting = false;

  constructor(parts: GroupCommitParts<Item, Result>) {
    this.#parts = parts;
  }

  /** Ends when the item is durable; throws what `commit` threw for it alone. */
  add(item: Item): Promise<Result> {
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    this.#waiting.push({ item, resolve, reject });
    if (!this.#isCommitting) void this.#commitAll();
    return promise;
  }

  /** Never rejects: every item is told of its own failure. */
  async #commitAll(): Promise<void> {
    this.#isCommitting = true;
    while (this.#waiting.length > 0) {
      await nextTurn();
      await this.#commitGroup(this.#waiting.splice(0, this.#parts.maxItems));
    }
    this.#isCommitting = false;
  }

  async #commitGroup(group: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await this.#parts.commit(group.map(({ item }) => item));
      if (results.length !== group.length)
        throw new ServerError("internal", `expected ${group.length} results, found ${results.length}`);
      for (const [index, result] of results.entries()) group[index]?.resolve(result);
    } catch (error) {
      const [only] = group;
      if (group.length === 1 && only !== undefined) only.reject(error);
      else for (const waiting of group) await this.#commitGroup([waiting]);
    }
  }
}

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (reason: unknown) => void;
}
