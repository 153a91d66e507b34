// The runs that one filter selects, kept in one order while runs change, so that the next page and the same question
// a moment later cost no scan.
import type { RunDocument, RunOrder } from "@steelyard/protocol";
import type { RunPosition } from "./run-cursor.ts";

/** Above this many changes at once, sorting anew is faster than putting each in its place. */
const maxSingleMoves = 100;

/** A filter and an order, compiled. */
export interface RunViewParts {
  readonly matches: (run: RunDocument) => boolean;
  readonly order: RunOrder;
}

/** A page of a view. */
export interface RunViewPage {
  readonly positions: readonly RunPosition[];
  readonly hasNextPage: boolean;
}

/** Runs in order, ties by ascending id. */
export class RunView {
  readonly #matches: (run: RunDocument) => boolean;
  readonly #order: RunOrder;
  readonly #byId: Map<number, RunPosition> = new Map();
  #sorted: RunPosition[] = [];

  constructor({ matches, order }: RunViewParts) {
    this.#matches = matches;
    this.#order = order;
  }

  /** How many runs match. */
  get size(): number {
    return this.#byId.size;
  }

  /** Takes runs in that are new or changed, and lets go of those that are gone. */
  update(changed: readonly RunDocument[], goneIds: readonly number[]): void {
    if (changed.length + goneIds.length > maxSingleMoves) {
      for (const run of changed) this.#replace(run.id, this.#positionOf(run));
      for (const id of goneIds) this.#byId.delete(id);
      this.#sorted = [];
    } else {
      if (this.#sorted.length !== this.#byId.size) this.#sort();
      for (const run of changed) this.#move(run.id, this.#positionOf(run));
      for (const id of goneIds) this.#move(id, undefined);
    }
  }

  /** Up to `limit` runs after a place, or from the beginning. */
  page(after: RunPosition | undefined, limit: number): RunViewPage {
    if (this.#sorted.length !== this.#byId.size) this.#sort();
    const start = after === undefined ? 0 : this.#indexAfter(after);
    const end = start + limit;
    return { positions: this.#sorted.slice(start, end), hasNextPage: end < this.#sorted.length };
  }

  #positionOf(run: RunDocument): RunPosition | undefined {
    return this.#matches(run) ? { runId: run.id, values: this.#order.values(run) } : undefined;
  }

  #replace(id: number, position: RunPosition | undefined): void {
    if (position === undefined) this.#byId.delete(id);
    else this.#byId.set(id, position);
  }

  #move(id: number, position: RunPosition | undefined): void {
    const old = this.#byId.get(id);
    if (old !== undefined) this.#sorted.splice(this.#indexAfter(old) - 1, 1);
    this.#replace(id, position);
    if (position !== undefined) this.#sorted.splice(this.#indexAfter(position), 0, position);
  }

  #sort(): void {
    this.#sorted = [...this.#byId.values()].sort((a, b) => this.#compare(a, b));
  }

  /** Index of the first run after a place, whether or not a run stands there. */
  #indexAfter(place: RunPosition): number {
    let low = 0;
    let high = this.#sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const there = this.#sorted[middle];
      if (there !== undefined && this.#compare(there, place) <= 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #compare(a: RunPosition, b: RunPosition): number {
    return this.#order.compare(a.values, b.values) || a.runId - b.runId;
  }
}
