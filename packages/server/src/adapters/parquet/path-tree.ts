/**
 * The paths of keys that a part's lines have, as a tree: each node is found again by the bytes of its key, without a
 * copy of them.
 */
import { ColumnValues } from "./column-values.ts";

const QUOTE = 0x22;

/** A key within an object, and the values that stand there. */
export class PathNode {
  readonly key: string;
  /** The key as lines have it, unless they escape something in it. */
  readonly bytes: Uint8Array;
  readonly parent: PathNode | undefined;
  readonly isType: boolean;
  /** The keys from the outermost one to this one, joined by dots. */
  readonly name: string;
  /** Place in the usual order of keys; -1 while it has no values. */
  rank = -1;
  /** The scan that came by last: a second visit in one scan is a key that is there twice. */
  seenBy = 0;
  /** The key that followed when this one was last seen. */
  next: PathNode | undefined;
  /** The first key of the object here when it was last seen. */
  firstChild: PathNode | undefined;
  /** How many keys were made below this one. */
  descendantCount = 0;
  #values: ColumnValues | undefined;
  readonly #children = new Map<string, PathNode>();
  readonly #byHash = new Map<number, PathNode>();

  constructor(key: string, parent: PathNode | undefined) {
    this.key = key;
    this.name = parent?.parent === undefined ? key : `${parent.name}.${key}`;
    this.bytes = Buffer.from(key);
    this.parent = parent;
    this.isType = key === "_type";
  }

  /** Values of lines in which no plain object stands here; only who keeps values has room made for them. */
  get values(): ColumnValues {
    return (this.#values ??= new ColumnValues());
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
      for (let above: PathNode | undefined = node.parent; above !== undefined; above = above.parent) {
        above.descendantCount += 1;
      }
    }
    return node;
  }

  /** The node of the key whose bytes are [start, end) of a line, `hash` being made of them. */
  childAt(line: Buffer, start: number, end: number, hash: number): PathNode {
    const known = this.#byHash.get(hash);
    if (known !== undefined && known.endAt(line, start) === end) return known;
    const node = this.child(line.toString("utf8", start, end));
    this.#byHash.set(hash, node);
    return node;
  }

  /** Where this key ends that begins at `start` of a line, given that its closing quote follows; -1 otherwise. */
  endAt(line: Uint8Array, start: number): number {
    const bytes = this.bytes;
    const end = start + bytes.length;
    if (line[end] !== QUOTE) return -1;
    for (let index = 0; index < bytes.length; index += 1) {
      if (line[start + index] !== bytes[index]) return -1;
    }
    return end;
  }
}
