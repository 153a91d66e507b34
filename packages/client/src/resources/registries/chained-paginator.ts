/** One list made of the lists of many parents, in the parents' order. */
import { ValueError } from "../../core/errors.ts";
import { Paginator } from "../../core/paginator.ts";
import type { Page, PaginatorOptions } from "../../core/paginator.ts";

/**
 * The lists of every parent, one after the other; each is begun when the one before has ended. It has no cursor to begin
 * from and no length. Mirrors `_ChainedPaginators`.
 */
export class ChainedPaginator<P, T> extends Paginator<T> {
  readonly #parents: AsyncIterator<P>;
  readonly #childOf: (parent: P) => Paginator<T>;
  #pages: AsyncIterator<readonly T[]> | undefined;
  #pageCount = 0;

  /** @throws {ValueError} when a cursor to begin from is given. */
  constructor(parents: AsyncIterable<P>, childOf: (parent: P) => Paginator<T>, options: PaginatorOptions) {
    super(options, 100);
    if (options.start !== undefined)
      throw new ValueError("A list that follows the order of its parents cannot begin from a cursor");
    this.#parents = parents[Symbol.asyncIterator]();
    this.#childOf = childOf;
  }

  /** Always null: such a list cannot be resumed. */
  override get cursor(): null {
    return null;
  }

  protected override async loadPage(): Promise<Page<T>> {
    if (this.#pages === undefined) {
      const parent = await this.#parents.next();
      if (parent.done === true) return { items: [], cursor: null, hasNextPage: false };
      this.#pages = this.#childOf(parent.value).pages();
    }
    this.#pageCount += 1;
    // Walking on takes a cursor that is new each time; nobody outside sees it.
    const next = { cursor: String(this.#pageCount), hasNextPage: true };
    const page = await this.#pages.next();
    if (page.done !== true) return { items: page.value, ...next };
    this.#pages = undefined;
    return { items: [], ...next };
  }
}
