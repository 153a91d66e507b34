/**
 * The paths of keys that a part's lines have, as a tree: each node is found again by the characters of its key, without
 * a copy of them.
 */
import { ColumnValues } from "./column-values.ts";

/** A key within an object, and the values that stand there. */
export class PathNode {
  readonly key: string;
  readonly parent: PathNode | undefined;
  readonly isType: boolean;
  /** Values of lines in which no plain object stands here. */
  readonly values: ColumnValues = new ColumnValues();
  /** Place in the usual order of keys; -1 while it has no values. */
  rank = -1;
  /** The scan that came by last: a second visit in one scan is a key that is there twice. */
  seenBy = 0;
  /** The key that followed when this one was last seen. */
  next: PathNode | undefined;
  /** The first key of the object here when it was last seen. */
  firstChild: PathNode | undefined;
  readonly #children = new Map<string, PathNode>();
  readonly #byHash = new Map<number, PathNode>();

  constructor(key: string, parent: PathNode | undefined) {
    this.key = key;
    this.parent = parent;
    this.isType = key === "_type";
  }

  /** From the outermost key to this one. */
  get path(): readonly string[] {
    return this.parent === undefined ? [] : [...this.parent.path, this.key];
  }

  /** The node of a key of the object here; made when it is new. */
  child(key: string): PathNode {
    let node = this.#children.get(key);
    if (node === undefined) {
      node = new PathNode(key, this);
      this.#children.set(key, node);
    }
    return node;
  }

  /** The node of the key that stands at [start, end) of a line, `hash` being made of its characters. */
  childAt(line: string, start: number, end: number, hash: number): PathNode {
    const known = this.#byHash.get(hash);
    if (known !== undefined && known.#isAt(line, start, end)) return known;
    const node = this.child(line.slice(start, end));
    this.#byHash.set(hash, node);
    return node;
  }

  #isAt(line: string, start: number, end: number): boolean {
    const key = this.key;
    if (key.length !== end - start) return false;
    for (let index = 0; index < key.length; index += 1) {
      if (key.charCodeAt(index) !== line.charCodeAt(start + index)) return false;
    }
    return true;
  }
}
