import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { ValueError } from "./errors.ts";
import { Paginator } from "./paginator.ts";
import type { Page, PageRequest, PaginatorOptions } from "./paginator.ts";

/** Pages of numbers; the cursor is the number of the page. */
class Numbers extends Paginator<number> {
  requests = 0;
  readonly #pages: readonly (readonly number[])[];
  readonly #delayMs: number;

  constructor(pages: readonly (readonly number[])[], options: PaginatorOptions = {}, delayMs = 0) {
    super(options);
    this.#pages = pages;
    this.#delayMs = delayMs;
  }

  protected override async loadPage({ cursor, signal }: PageRequest): Promise<Page<number>> {
    this.requests += 1;
    const index = Number(cursor ?? "0");
    await new Promise((resolve, reject) => {
      const timer = setTimeout(resolve, this.#delayMs);
      signal.addEventListener("abort", () => {
        clearTimeout(timer);
        reject(new Error("closed"));
      });
    });
    const items = this.#pages[index] ?? [];
    const hasNextPage = index + 1 < this.#pages.length;
    return { items, cursor: String(index + 1), hasNextPage, total: this.#pages.flat().length };
  }
}

const PAGES = [[1, 2], [], [3], [], []];

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

describe("a paginator", () => {
  it("asks nothing until it is read", () => {
    expect(new Numbers(PAGES).requests).toBe(0);
  });

  it("walks through empty pages and ends when the server says so", async () => {
    expect(await collect(new Numbers(PAGES))).toEqual([1, 2, 3]);
  });

  it("gives what any number of readers ask for, loading each page once", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.integer(), { maxLength: 3 }), { minLength: 1, maxLength: 6 }),
        fc.array(fc.nat({ max: 8 }), { minLength: 1, maxLength: 5 }),
        async (pages, limits) => {
          const numbers = new Numbers(pages);
          const all = pages.flat();
          const results = await Promise.all(limits.map((limit) => numbers.toArray({ limit })));
          expect(results).toEqual(limits.map((limit) => all.slice(0, limit)));
          expect(await collect(numbers)).toEqual(all);
          expect(numbers.requests).toBe(pages.length);
          expect(numbers.more).toBe(false);
        },
      ),
    );
  });

  it("replays what is loaded", async () => {
    const numbers = new Numbers(PAGES);
    await collect(numbers);
    expect(await collect(numbers)).toEqual([1, 2, 3]);
    expect(numbers.requests).toBe(5);
  });

  it("stops loading when a loop is left", async () => {
    const numbers = new Numbers(PAGES);
    for await (const number of numbers) if (number === 2) break;
    expect(numbers.requests).toBe(1);
  });

  it("gives pages as the server made them", async () => {
    expect(await collect(new Numbers(PAGES).pages())).toEqual([[1, 2], [], [3], [], []]);
  });

  it("finds elements by index and loads no more than needed", async () => {
    const numbers = new Numbers(PAGES);
    expect(await numbers.at(1)).toBe(2);
    expect(numbers.requests).toBe(1);
    expect(await numbers.at(9)).toBeUndefined();
    expect(await numbers.at(-1)).toBe(3);
  });

  it("slices as arrays do", async () => {
    const slice = (start: number, end?: number): Promise<number[]> => new Numbers(PAGES).slice(start, end);
    expect(await slice(1, 3)).toEqual([2, 3]);
    expect(await slice(1)).toEqual([2, 3]);
    expect(await slice(-1)).toEqual([3]);
    expect(await slice(2, 1)).toEqual([]);
  });

  it("says the server's total after the first page", async () => {
    const numbers = new Numbers(PAGES);
    expect(await numbers.length()).toBe(3);
    expect(numbers.requests).toBe(1);
  });

  it("shares one walk between callers of next", async () => {
    const numbers = new Numbers([[1], [2]]);
    expect(await Promise.all([numbers.next(), numbers.next(), numbers.next()])).toEqual([
      { done: false, value: 1 },
      { done: false, value: 2 },
      { done: true, value: undefined },
    ]);
  });

  it("resumes from a cursor", async () => {
    const first = new Numbers(PAGES);
    await first.at(0);
    const start = first.cursor ?? "";
    expect(await collect(new Numbers(PAGES, { start }))).toEqual([3]);
  });

  it("asks again after a failure", async () => {
    let isBroken = true;
    const numbers = new (class extends Numbers {
      protected override loadPage(request: PageRequest): Promise<Page<number>> {
        return isBroken ? Promise.reject(new Error("broken")) : super.loadPage(request);
      }
    })(PAGES);
    await expect(numbers.toArray()).rejects.toThrow("broken");
    isBroken = false;
    expect(await numbers.toArray()).toEqual([1, 2, 3]);
  });

  it("refuses a server that promises more without a new cursor", async () => {
    const stuck = new (class extends Numbers {
      protected override loadPage(): Promise<Page<number>> {
        return Promise.resolve({ items: [1], cursor: null, hasNextPage: true });
      }
    })(PAGES);
    await expect(stuck.toArray()).rejects.toMatchObject({ code: "invalid_response" });
  });

  it("keeps loading for others when one reader leaves, and closes the request when all have left", async () => {
    const numbers = new Numbers(PAGES, {}, 40);
    const leaving = new AbortController();
    const abandoned = numbers.at(0, { signal: leaving.signal });
    const staying = numbers.at(0);
    leaving.abort(new Error("left"));
    await expect(abandoned).rejects.toThrow("left");
    expect(await staying).toBe(1);
    expect(numbers.requests).toBe(1);

    const alone = new AbortController();
    const waiting = numbers.at(2, { signal: alone.signal });
    alone.abort(new Error("left too"));
    await expect(waiting).rejects.toThrow("left too");
    expect(await numbers.at(2)).toBe(3);
  });

  it("ends every request with its own signal", async () => {
    const numbers = new Numbers(PAGES, { signal: AbortSignal.timeout(10) }, 1_000);
    await expect(numbers.toArray()).rejects.toThrow();
  });

  it.each([0, -1, 1.5, Number.NaN])("refuses %d elements a page", (perPage) => {
    expect(() => new Numbers([], { perPage })).toThrow(ValueError);
  });
});
