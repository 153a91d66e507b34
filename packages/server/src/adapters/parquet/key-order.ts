/**
 * The usual order of keys, found while lines go by: a new key is put where its line has it, so that lines which lack
 * keys of others still come in the usual order. Only lines that contradict it need their order kept.
 */
import type { PathNode } from "./path-tree.ts";

/** Placing more keys than this among others would cost too much; further ones go to the end. */
const MAX_PLACED = 10_000;

/** An order that grows. */
export class KeyOrder {
  readonly #nodes: PathNode[] = [];

  /** The keys in their order; `rank` is each one's place. */
  get nodes(): readonly PathNode[] {
    return this.#nodes;
  }

  /** Takes up a line's keys; answers whether they come in the usual order. */
  add(leaves: readonly PathNode[], count: number): boolean {
    let isUsual = true;
    let last = -1;
    for (let index = 0; index < count; index += 1) {
      const node = leaves[index];
      if (node === undefined) break;
      if (node.rank === -1) this.#insert(node, last + 1);
      if (node.rank <= last) isUsual = false;
      last = node.rank;
    }
    return isUsual;
  }

  #insert(node: PathNode, place: number): void {
    if (this.#nodes.length >= MAX_PLACED) {
      node.rank = this.#nodes.length;
      this.#nodes.push(node);
      return;
    }
    this.#nodes.splice(place, 0, node);
    for (let rank = place; rank < this.#nodes.length; rank += 1) {
      const moved = this.#nodes[rank];
      if (moved !== undefined) moved.rank = rank;
    }
  }
}
